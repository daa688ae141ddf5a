"""The applicant's way: task list, one thing per page, save and return, check, send, re-open, withdraw."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from reminders.models import Message
from selection.models import Application, ApplicationAnswer, Endorsement, SelectionRound
from selection.services.applications import save_answer, submit_application, what_is_left
from selection.states import ApplicationState
from tenancy.errors import NotAllowed, Refused, StaleEdit, WrongState
from tenancy.models import Account, Link, Organisation, Person, Role, Tenant
from tenancy.scope import tenant_context
from tenancy.selectors import actor_of
from tests.conftest import cast_member, make_member
from tests.factories.selection import make_application, make_round
from tests.queries import plain

# The page after sending asks portal_sys for earlier answers.
pytestmark = pytest.mark.django_db(databases=["default", "owner", "sys"])
State = ApplicationState


@pytest.fixture
def round_(essex: Tenant) -> SelectionRound:
    with tenant_context(essex):
        return make_round()


def applicant_with(
    essex: Tenant, round_: SelectionRound, state: str = State.INVITED, name: str = "Alice Applicant"
) -> SimpleNamespace:
    with tenant_context(essex):
        application = make_application(round_, name, state=state)
        account = Account.objects.get(email=application.applicant.email)
    member = cast_member(essex, application.applicant, account)
    member.application = application
    return member


def at(name: str, obj: object, **more: object) -> str:
    return reverse(f"selection:{name}", kwargs={"tenant": "essex", "public_id": obj.public_id, **more})


def fresh(essex: Tenant, application: Application) -> Application:
    with tenant_context(essex):
        return Application.objects.get(pk=application.pk)


def close(essex: Tenant, round_: SelectionRound) -> None:
    with tenant_context(essex):
        now = timezone.now()
        SelectionRound.objects.filter(pk=round_.pk).update(
            opens_at=now - timedelta(days=9), closes_at=now - timedelta(minutes=1)
        )


def test_a_nominee_writes_the_whole_application_in_the_browser(essex: Tenant, round_: SelectionRound) -> None:
    alice = applicant_with(essex, round_)
    a, client = alice.application, alice.client
    page = client.get(at("application-detail", a)).content.decode()
    assert "7 things are left" in page and "Not yet done" in page
    details = client.get(at("application-details", a))
    assert details.context["form"]["job_title"].value() == "Head of service"
    with tenant_context(essex):
        employer = Organisation.objects.get()
    client.post(
        at("application-details", a),
        {
            "organisation": employer.public_id,
            "job_title": "Head of Housing",
            "grade": "",
            "version": "1",
        },
    )
    client.post(at("application-scope", a), {"decision_scope": "A budget of £2 million.", "version": "2"})
    for position in range(1, 5):
        url = at("application-question", a, position=position)
        assert client.post(url, {"text": f"Answer {position}", "version": "0"})["Location"] == at(
            "application-detail", a
        )
    endorsers = client.get(at("application-endorsers", a)).context["form"]
    form = {name: endorsers[name].value() for name in endorsers.fields}
    assert form["manager_email"] == "mia.manager@essex.example"
    client.post(at("application-endorsers", a), form)
    page = client.get(at("application-detail", a)).content.decode()
    assert "left before you can send it" not in page and "Not yet done" not in page
    check = client.get(at("application-submit", a)).content.decode()
    for words in ("Answer 3", "A budget of £2 million.", "Mia Manager, mia.manager@essex.example", "Change"):
        assert words in check
    response = client.post(at("application-submit", a))
    asked = client.get(response["Location"]).content.decode()
    assert "Equality questions" in asked and at("application-submitted", a) in asked
    sent = client.get(at("application-submitted", a)).content.decode()
    assert a.reference in sent and "We’ve written to Mia Manager" in sent
    a = fresh(essex, a)
    assert (a.state, a.job_title) == ("submitted", "Head of Housing")
    with tenant_context(essex):
        assert Person.objects.get(pk=a.applicant_id).job_title == "Head of Housing"
        assert Message.objects.filter(kind="selection.submitted", recipient=a.applicant_id).count() == 1
        assert Message.objects.get(kind="selection.endorse").recipient.name == "Mia Manager"


def test_sending_twice_is_sending_once(essex: Tenant, round_: SelectionRound) -> None:
    alice = applicant_with(essex, round_, State.DRAFT)
    url = at("application-submit", alice.application)
    assert alice.client.post(url)["Location"] == alice.client.post(url)["Location"]
    with tenant_context(essex):
        assert Message.objects.filter(kind="selection.submitted").count() == 1
        assert Endorsement.objects.count() == 2


def test_an_unfinished_application_isnt_sent_and_says_what_is_left(essex: Tenant, round_: SelectionRound) -> None:
    alice = applicant_with(essex, round_)
    response = alice.client.post(at("application-submit", alice.application))
    assert response.status_code == 422
    page = response.content.decode()
    assert "Finish these first: Check your details; Say what you decide; Answer question 1" in page
    assert "<title>Error:" in page
    assert fresh(essex, alice.application).state == State.INVITED


def test_the_word_limit_counts_as_the_reader_does(essex: Tenant, round_: SelectionRound) -> None:
    alice = applicant_with(essex, round_)
    url = at("application-question", alice.application, position=1)
    response = alice.client.post(url, {"text": "word " * 251, "version": "0"})
    assert response.status_code == 422
    assert "you have 1 word too many" in response.content.decode()
    assert "word word word" in response.content.decode()  # nothing typed is lost
    assert alice.client.post(url, {"text": "well-known\n\n " * 250, "version": "0"}).status_code == 302
    with tenant_context(essex), pytest.raises(Refused):
        save_answer(
            application=alice.application,
            question=round_.questions.first(),
            version=1,
            text="word " * 251,
            by=actor_of(alice.person),
        )


def test_a_stale_edit_shows_both_texts(essex: Tenant, round_: SelectionRound) -> None:
    alice = applicant_with(essex, round_)
    url = at("application-question", alice.application, position=2)
    alice.client.post(url, {"text": "The first text", "version": "0"})
    response = alice.client.post(url, {"text": "From the other tab", "version": "0"})
    assert response.status_code == 409
    page = response.content.decode()
    assert "The first text" in page and "From the other tab" in page
    # saving again is a choice: the page now carries the stored version
    assert 'name="version" value="1"' in page
    assert alice.client.post(url, {"text": "From the other tab", "version": "1"}).status_code == 302
    with tenant_context(essex):
        assert ApplicationAnswer.objects.get().text == "From the other tab"
        with pytest.raises(StaleEdit):
            save_answer(
                application=alice.application,
                question=round_.questions.get(position=2),
                version=1,
                text="Late",
                by=actor_of(alice.person),
            )


def test_a_stale_scope_is_found_too(essex: Tenant, round_: SelectionRound) -> None:
    alice = applicant_with(essex, round_)
    url = at("application-scope", alice.application)
    assert alice.client.post(url, {"decision_scope": "One", "version": "1"}).status_code == 302
    response = alice.client.post(url, {"decision_scope": "Two", "version": "1"})
    assert response.status_code == 409
    assert "One" in response.content.decode() and "Two" in response.content.decode()


def test_after_closing_it_is_read_only_and_says_so(essex: Tenant, round_: SelectionRound) -> None:
    alice = applicant_with(essex, round_, State.DRAFT)
    close(essex, round_)
    page = alice.client.get(at("application-detail", alice.application)).content.decode()
    assert "and yours wasn’t sent" in page and "on question 1" in page
    for name, more in (
        ("application-scope", {}),
        ("application-question", {"position": 1}),
        ("application-submit", {}),
    ):
        assert alice.client.get(at(name, alice.application, **more))["Location"] == at(
            "application-detail", alice.application
        )
    response = alice.client.post(at("application-scope", alice.application), {"decision_scope": "Late", "version": "9"})
    assert response.status_code == 422
    assert "Applications for this round are closed" in response.content.decode()
    with tenant_context(essex), pytest.raises(WrongState):
        submit_application(application=alice.application, by=actor_of(alice.person))


def test_before_the_opening_day_nothing_can_be_written(essex: Tenant) -> None:
    with tenant_context(essex):
        round_ = make_round(opens_on=timezone.localdate() + timedelta(days=2))
    alice = applicant_with(essex, round_)
    page = alice.client.get(at("application-detail", alice.application)).content.decode()
    assert "You can write yours from then." in page


def test_reopen_stops_asking_and_sending_again_asks_again(essex: Tenant, round_: SelectionRound) -> None:
    alice = applicant_with(essex, round_, State.SUBMITTED)
    a = alice.application
    with tenant_context(essex):
        row = Endorsement.objects.get(kind="line_manager")
        assert row.state == "asked"
    page = alice.client.post(at("application-reopen", a), follow=True).content.decode()
    assert "The application is open again" in page
    assert fresh(essex, a).state == State.DRAFT
    with tenant_context(essex):
        row.refresh_from_db()
        assert row.state == "waiting"
    alice.client.post(at("application-submit", a))
    with tenant_context(essex):
        row.refresh_from_db()
        assert row.state == "asked"
        assert Message.objects.filter(kind="selection.endorse").count() == 2


def test_a_given_endorsement_stays_given_through_a_reopening(essex: Tenant, round_: SelectionRound) -> None:
    alice = applicant_with(essex, round_, State.ENDORSED)
    alice.client.post(at("application-reopen", alice.application))
    alice.client.post(at("application-submit", alice.application))
    assert fresh(essex, alice.application).state == State.ENDORSED
    with tenant_context(essex):
        assert Message.objects.filter(kind="selection.endorse").count() == 2


def test_naming_another_manager_asks_that_one(essex: Tenant, round_: SelectionRound) -> None:
    alice = applicant_with(essex, round_, State.ENDORSED)
    a, client = alice.application, alice.client
    client.post(at("application-reopen", a))
    form = client.get(at("application-endorsers", a)).context["form"]
    values = {name: form[name].value() for name in form.fields} | {
        "manager_name": "New Boss",
        "manager_email": "new.boss@essex.example",
    }
    client.post(at("application-endorsers", a), values)
    client.post(at("application-submit", a))
    with tenant_context(essex):
        row = Endorsement.objects.select_related("endorser").get(kind="line_manager")
        assert (row.state, row.endorser.name, row.releases_time) == ("asked", "New Boss", None)
    assert fresh(essex, a).state == State.SUBMITTED


def test_nobody_endorses_themselves(essex: Tenant, round_: SelectionRound) -> None:
    alice = applicant_with(essex, round_)
    form = {
        "manager_name": "Me",
        "manager_email": "ALICE.applicant@essex.example",
        "sponsor_name": "Otto",
        "version": "1",
        "sponsor_email": "otto.officer@essex.example",
    }
    response = alice.client.post(at("application-endorsers", alice.application), form)
    assert response.status_code == 422
    assert 'href="#id_manager_email"' in response.content.decode()


def test_withdrawing_stops_everything(essex: Tenant, round_: SelectionRound) -> None:
    alice = applicant_with(essex, round_, State.SUBMITTED)
    page = alice.client.post(
        at("application-withdraw", alice.application), {"reason": "New job"}, follow=True
    ).content.decode()
    assert "You’ve withdrawn this application" in page
    with tenant_context(essex):
        assert not Endorsement.objects.filter(state="asked").exists()
        assert not Link.objects.filter(used_at__isnull=True, revoked_at__isnull=True).exists()
    again = alice.client.post(at("application-withdraw", alice.application), {"reason": ""})
    assert again.status_code == 422
    assert "it&#x27;s now" in again.content.decode() or "it's now" in again.content.decode()


def test_staff_read_it_with_history_and_applicants_read_their_own(
    essex: Tenant, staff: SimpleNamespace, stranger: SimpleNamespace, round_: SelectionRound
) -> None:
    alice = applicant_with(essex, round_, State.SUBMITTED)
    bob = applicant_with(essex, round_, State.SUBMITTED, "Bob Builder")
    url = at("application-detail", alice.application)
    page = staff.client.get(url).content.decode()
    assert "History" in page and "Alice Applicant on question 1" in page
    assert "History" not in alice.client.get(url).content.decode()
    assert bob.client.get(url).status_code == 403
    assert make_member(essex, "Asa Assessor", Role.ASSESSOR).client.get(url).status_code == 403
    assert stranger.client.get(url).status_code == 404
    assert Client().get(url).status_code == 302


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("application-details", {}),
        ("application-scope", {}),
        ("application-question", {"position": 1}),
        ("application-endorsers", {}),
        ("application-submit", {}),
    ],
)
def test_only_the_applicant_writes(
    essex: Tenant, staff: SimpleNamespace, stranger: SimpleNamespace, round_: SelectionRound, name: str, more: dict
) -> None:
    alice = applicant_with(essex, round_)
    url = at(name, alice.application, **more)
    assert alice.client.get(url).status_code == 200
    assert staff.client.get(url).status_code == 403
    assert staff.client.post(url, {"text": "x", "version": "0"}).status_code == 403
    assert stranger.client.get(url).status_code == 404


def test_the_service_asks_too(essex: Tenant, staff: SimpleNamespace, round_: SelectionRound) -> None:
    alice = applicant_with(essex, round_, State.DRAFT)
    with tenant_context(essex), pytest.raises(NotAllowed):
        submit_application(application=alice.application, by=staff.actor)


def test_the_list_of_what_is_left_names_each_part(essex: Tenant, round_: SelectionRound) -> None:
    alice = applicant_with(essex, round_, State.DRAFT)
    with tenant_context(essex):
        assert what_is_left(alice.application) == []
        ApplicationAnswer.objects.filter(question__position=3).update(text="  ")
        assert what_is_left(fresh(essex, alice.application)) == ["Answer question 3"]


def test_the_home_page_leads_an_applicant_to_their_application(essex: Tenant, round_: SelectionRound) -> None:
    alice = applicant_with(essex, round_)
    page = alice.client.get(reverse("portal:home", kwargs={"tenant": "essex"})).content.decode()
    assert at("application-detail", alice.application) in page


def test_a_page_of_the_application_keeps_to_its_queries(essex: Tenant, round_: SelectionRound) -> None:
    alice = applicant_with(essex, round_, State.DRAFT)
    for url in (at("application-detail", alice.application), at("application-submit", alice.application)):
        with CaptureQueriesContext(connection) as seen:
            alice.client.get(url)
        assert len(plain(seen)) <= 12, "\n".join(plain(seen))


def test_a_withdrawn_application_is_taken_up_again_while_the_round_is_open(
    essex: Tenant, round_: SelectionRound
) -> None:
    alice = applicant_with(essex, round_, State.ENDORSED)
    a, client = alice.application, alice.client
    client.post(at("application-withdraw", a), {"reason": "No time"})
    page = client.get(at("application-detail", a)).content.decode()
    assert "You’ve withdrawn this application" in page and "Re-open to change it" in page
    home = client.get(reverse("portal:home", kwargs={"tenant": "essex"})).content.decode()
    assert "1 earlier application" in home and at("application-detail", a) not in home
    listed = client.get(reverse("selection:own-applications", kwargs={"tenant": "essex"})).content.decode()
    assert "Earlier ones" in listed and at("application-detail", a) in listed
    assert client.post(at("application-reopen", a)).status_code == 302
    assert fresh(essex, a).state == State.DRAFT and fresh(essex, a).submitted_at is None
    with tenant_context(essex):  # who endorsed it before has endorsed it still
        assert [e.state for e in Endorsement.objects.filter(application=a)] == ["given", "given"]
    client.post(at("application-submit", a))
    assert fresh(essex, a).state == State.ENDORSED
    client.post(at("application-withdraw", a), {"reason": ""})
    close(essex, round_)
    assert "Re-open to change it" not in client.get(at("application-detail", a)).content.decode()
    client.post(at("application-reopen", a))
    assert fresh(essex, a).state == State.WITHDRAWN


def test_an_answer_saves_itself_while_it_is_typed(essex: Tenant, round_: SelectionRound) -> None:
    """What the script sends: the page's own form, with a header. The versions go on as with the button."""
    alice = applicant_with(essex, round_)
    url = at("application-question", alice.application, position=1)
    page = alice.client.get(url).content.decode()
    assert "data-baton-autosave=" in page and "data-baton-draft=" in page

    def save(text: str, version: int) -> tuple[int, dict]:
        answer = alice.client.post(url, {"text": text, "version": version}, headers={"X-Baton-Autosave": "1"})
        return answer.status_code, answer.json() if answer["Content-Type"] == "application/json" else {}

    assert save("I led", 0) == (200, {"version": 1})
    assert save("I led a merger", 1) == (200, {"version": 2})
    assert save("I led a merger", 1) == (200, {"version": 2})  # sent twice
    assert save("I led something else, in another tab", 1) == (409, {})
    assert save("word " * 251, 2)[0] == 422
    with tenant_context(essex):
        assert ApplicationAnswer.objects.get().text == "I led a merger"
    assert alice.client.post(url, {"text": "I led a merger well", "version": 2}).status_code == 302
    assert alice.client.post(url, {"text": "From the other tab", "version": 2}).status_code == 409
    close(essex, round_)
    assert save("Too late", 3)[0] == 422
