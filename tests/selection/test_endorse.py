"""Endorsing by link without an account: manager, then chief officer; decline, pass on, resend, replace; links that are spent."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from reminders.models import Message
from reminders.obligations import owed
from selection.models import Application, Endorsement, SelectionRound
from selection.services.endorsements import give_endorsement, replace_endorser, resend_endorsement_request
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, WrongState
from tenancy.links import mint_link
from tenancy.models import Role, Tenant
from tenancy.scope import tenant_context
from tests.conftest import make_member
from tests.factories.selection import make_application, make_round

YES = {"confirms": ["releases_time", "confirms_scope"], "comment": "Right person, right time"}


@pytest.fixture
def round_(essex: Tenant) -> SelectionRound:
    with tenant_context(essex):
        return make_round()


@pytest.fixture
def application(essex: Tenant, round_: SelectionRound) -> Application:
    with tenant_context(essex):
        return make_application(round_, state="submitted")


def row_of(essex: Tenant, kind: str = "line_manager") -> Endorsement:
    with tenant_context(essex):
        return Endorsement.objects.select_related("endorser", "application__cohort").get(kind=kind)


def link_to(essex: Tenant, row: Endorsement, name: str = "endorse", **fields: object) -> str:
    """As the message would carry it: minted when it leaves."""
    with tenant_context(essex):
        token = mint_link(person=row.endorser_id, purpose="endorse", about=row.public_id, **fields)
    return reverse(f"selection:{name}", kwargs={"tenant": "essex", "token": token})


def test_manager_then_chief_officer_without_an_account(essex: Tenant, application: Application) -> None:
    manager = row_of(essex)
    url, client = link_to(essex, manager), Client()
    page = client.get(url).content.decode()
    assert "Alice Applicant" in page and "A budget of £2 million" in page and "release their time" in page
    assert "be their sponsor" not in page
    assert "on question 1" not in page  # the answers are for assessors
    with tenant_context(essex):
        assert Message.objects.filter(kind="selection.endorse").count() == 1
    response = client.post(url, YES)
    assert "Your endorsement is recorded" in client.get(response["Location"]).content.decode()
    manager = row_of(essex)
    assert (manager.state, manager.releases_time, manager.comment) == ("given", True, "Right person, right time")
    officer = row_of(essex, "chief_officer")
    assert officer.state == "asked"
    url = link_to(essex, officer)
    assert "be their sponsor" in client.get(url).content.decode()
    client.post(url, {"confirms": ["confirms_scope", "will_sponsor"], "comment": ""})
    with tenant_context(essex):
        assert Application.objects.get().state == "endorsed"
        assert Message.objects.filter(kind="selection.endorsed").count() == 1
        assert row_of(essex, "chief_officer").will_sponsor is True


def test_a_link_works_once_and_says_nothing_after(essex: Tenant, application: Application) -> None:
    url, client = link_to(essex, row_of(essex)), Client()
    client.post(url, YES)
    for response in (client.get(url), client.post(url, YES)):
        assert response.status_code == 404
        page = response.content.decode()
        assert "This link doesn’t work any more" in page
        assert "Alice" not in page and "Leading Greater Essex" not in page


def test_wrong_expired_foreign_and_withdrawn_links_look_the_same(
    essex: Tenant, hsmc: Tenant, application: Application, round_: SelectionRound
) -> None:
    from tenancy.links import revoke_links

    row, client = row_of(essex), Client()
    good = link_to(essex, row)
    expired = link_to(essex, row, days=-1)
    gone = link_to(essex, row)
    with tenant_context(essex):
        revoke_links(purpose="endorse", about=row.public_id)
        other = mint_link(person=row.endorser_id, purpose="invitation", about=row.public_id)
    pages = {
        client.get(url).content
        for url in (
            expired,
            gone,
            good,
            reverse("selection:endorse", kwargs={"tenant": "essex", "token": "nonsense"}),
            reverse("selection:endorse", kwargs={"tenant": "essex", "token": other}),
        )
    }
    assert len(pages) == 1
    live = link_to(essex, row)
    assert client.get(live.replace("/essex/", "/hsmc/")).status_code == 404
    assert client.get(live).status_code == 200


def test_a_confirmation_is_needed_to_endorse_and_a_reason_not_to(essex: Tenant, application: Application) -> None:
    url, client = link_to(essex, row_of(essex)), Client()
    response = client.post(url, {"confirms": ["confirms_scope"], "comment": "Fine"})
    assert response.status_code == 422
    assert "Confirm that you’ll release their time" in response.content.decode()
    response = client.post(url, {"decline": "1", "comment": " "})
    assert response.status_code == 422
    assert "Say why you don’t endorse the application" in response.content.decode()
    assert row_of(essex).state == "asked"
    assert client.get(url).status_code == 200  # the link is spent by an answer alone


def test_a_refusal_reaches_the_applicant_with_its_reason(essex: Tenant, application: Application) -> None:
    url, client = link_to(essex, row_of(essex)), Client()
    response = client.post(url, {"decline": "1", "comment": "We can't <spare> her before June."})
    assert "Your answer is recorded" in client.get(response["Location"]).content.decode()
    with tenant_context(essex):
        message = Message.objects.get(kind="selection.not_endorsed")
        assert message.recipient_id == application.applicant_id
        assert "“We can't <spare> her before June.”" in message.body_text
        assert row_of(essex, "chief_officer").state == "waiting"
        assert Application.objects.get().state == "submitted"


def test_one_person_in_both_parts_answers_once(essex: Tenant, round_: SelectionRound) -> None:
    with tenant_context(essex):
        make_application(round_, state="submitted", manager="Otto Officer", sponsor="Otto Officer")
        assert Message.objects.filter(kind="selection.endorse").count() == 1
        assert [o.kind for o in owed(kind="selection.endorsement")] == ["selection.endorsement"]
    url, client = link_to(essex, row_of(essex)), Client()
    page = client.get(url).content.decode()
    assert "release their time" in page and "be their sponsor" in page
    client.post(url, {"confirms": ["releases_time", "confirms_scope", "will_sponsor"], "comment": ""})
    assert row_of(essex).state == row_of(essex, "chief_officer").state == "given"
    with tenant_context(essex):
        assert Application.objects.get().state == "endorsed"


def test_passing_it_on_gives_somebody_else_a_link_and_kills_the_old_one(
    essex: Tenant, application: Application
) -> None:
    row = row_of(essex)
    url, client = link_to(essex, row, "endorse-pass-on"), Client()
    asked = re.search(r'<a href="([^"]+)" class="govuk-back-link"', client.get(url).content.decode())
    assert asked and "Endorse " in client.get(asked[1]).content.decode()
    response = client.post(url, {"name": "Dee Deputy", "email": "alice.applicant@essex.example"})
    assert response.status_code == 422
    response = client.post(url, {"name": "Dee Deputy", "email": "dee.deputy@essex.example"})
    assert "passed on" in client.get(response["Location"]).content.decode()
    assert client.get(url).status_code == 404
    row = row_of(essex)
    assert (row.endorser.name, row.state) == ("Dee Deputy", "asked")
    with tenant_context(essex):
        assert Message.objects.filter(kind="selection.endorse", recipient=row.endorser_id).count() == 1
        assert Application.objects.get().line_manager_id == row.endorser_id


def test_staff_resend_and_old_links_die(essex: Tenant, staff: SimpleNamespace, application: Application) -> None:
    row = row_of(essex)
    url = link_to(essex, row)
    at = reverse("selection:endorsement-resend", kwargs={"tenant": "essex", "public_id": row.public_id})
    assert "Mia Manager is asked again" in staff.client.post(at, follow=True).content.decode()
    assert Client().get(url).status_code == 404
    with tenant_context(essex):
        assert Message.objects.filter(kind="selection.endorse").count() == 2


def test_staff_replace_an_endorser_who_declined(
    essex: Tenant, staff: SimpleNamespace, application: Application
) -> None:
    Client().post(link_to(essex, row_of(essex)), {"decline": "1", "comment": "I've left."})
    row = row_of(essex)
    at = reverse("selection:endorsement-replace", kwargs={"tenant": "essex", "public_id": row.public_id})
    assert staff.client.get(at).status_code == 200
    page = staff.client.post(at, {"name": "New Boss", "email": "new.boss@essex.example"}, follow=True).content.decode()
    assert "New Boss is asked instead." in page
    row = row_of(essex)
    assert (row.state, row.comment, row.endorser.name) == ("asked", "", "New Boss")


def test_a_given_endorsement_isnt_replaced_or_resent(
    essex: Tenant, staff: SimpleNamespace, application: Application
) -> None:
    Client().post(link_to(essex, row_of(essex)), YES)
    row = row_of(essex)
    with tenant_context(essex):
        with pytest.raises(WrongState):
            replace_endorser(endorsement=row, name="X", email="x@essex.example", by=staff.actor)
        with pytest.raises(WrongState):
            resend_endorsement_request(endorsement=row, by=staff.actor)
        with pytest.raises(WrongState):
            give_endorsement(
                endorsement=row, by=Actor.for_link(row.endorser, "endorse"), releases_time=True, confirms_scope=True
            )


def test_somebody_with_an_account_answers_signed_in(essex: Tenant, application: Application) -> None:
    from tests.conftest import cast_member

    row = row_of(essex)
    with tenant_context(essex):
        from tenancy.services.people import ensure_account

        account = ensure_account(person=row.endorser)
    mia = cast_member(essex, row.endorser, account)
    url = reverse("selection:endorsement-detail", kwargs={"tenant": "essex", "public_id": row.public_id})
    assert mia.client.get(url).status_code == 200
    assert mia.client.post(url, YES).status_code == 302
    assert "Nothing left to do" in mia.client.get(url).content.decode()
    assert row_of(essex).state == "given"


def test_who_may_endorse_and_who_may_follow(
    essex: Tenant, staff: SimpleNamespace, stranger: SimpleNamespace, application: Application
) -> None:
    row = row_of(essex)
    member = make_member(essex, "Mo Member", Role.ASSESSOR)
    answer = reverse("selection:endorsement-detail", kwargs={"tenant": "essex", "public_id": row.public_id})
    replace = reverse("selection:endorsement-replace", kwargs={"tenant": "essex", "public_id": row.public_id})
    assert staff.client.get(answer).status_code == 403  # not even staff answer for somebody
    assert stranger.client.get(answer).status_code == 404
    assert member.client.get(replace).status_code == 403
    assert stranger.client.get(replace).status_code == 404
    with tenant_context(essex), pytest.raises(NotAllowed):
        give_endorsement(endorsement=row, by=staff.actor, releases_time=True, confirms_scope=True)


def test_a_link_for_one_row_answers_no_other(essex: Tenant, application: Application) -> None:
    """The token says which row it is for; the officer's row isn't open while the manager is asked."""
    officer = row_of(essex, "chief_officer")
    assert Client().get(link_to(essex, officer)).status_code == 404


def test_what_is_owed_follows_the_rows(essex: Tenant, application: Application) -> None:
    with tenant_context(essex):
        assert [(o.about, o.due) for o in owed(kind="selection.endorsement")] == [
            ("Alice Applicant", application.round.endorse_by)
        ]
        assert owed(kind="selection.application") == []
    Client().post(link_to(essex, row_of(essex)), YES)
    with tenant_context(essex):
        assert [o.person_id for o in owed(kind="selection.endorsement")] == [row_of(essex, "chief_officer").endorser_id]


def test_an_application_is_owed_until_it_is_sent(essex: Tenant, round_: SelectionRound) -> None:
    from selection.services.rounds import close_round
    from tests.factories.selection import SYSTEM

    with tenant_context(essex):
        application = make_application(round_, state="draft")
        assert [(o.person_id, o.due) for o in owed(kind="selection.application")] == [
            (application.applicant_id, round_.closes_at)
        ]
        close_round(round=round_, by=SYSTEM)
        assert owed(kind="selection.application") == []
