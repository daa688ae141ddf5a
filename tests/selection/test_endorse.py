"""Endorsing by link without an account: manager, then chief officer; decline, pass on, resend, replace; links that are spent."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from reminders.models import Message
from reminders.obligations import owed
from selection.models import Application, Endorsement, SelectionRound
from selection.services.endorsements import give_endorsement, replace_endorser, resend_endorsement_request
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, WrongState
from tenancy.links import mint_link
from tenancy.models import Person, Role, Tenant
from tenancy.scope import tenant_context
from tenancy.services.people import ensure_account, ensure_person
from tests.conftest import make_member
from tests.factories.selection import make_application, make_round

YES = {
    "confirms": ["releases_time", "confirms_scope"],
    "days_released": "15",
    "cover": "Jo Hart acts up",
    "comment": "Right person, right time",
}
OFFICER = {
    "confirms": ["confirms_scope", "will_sponsor", "will_fund"],
    "project_idea": "One front door for families",
    "comment": "",
}


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
        rows = Endorsement.objects.select_related("endorser", "application__cohort", "application__round")
        return rows.get(kind=kind)


def link_to(essex: Tenant, row: Endorsement, name: str = "endorse", **fields: object) -> str:
    """As the message would carry it: minted when it leaves."""
    with tenant_context(essex):
        token = mint_link(person=row.endorser_id, purpose="endorse", about=row.public_id, **fields)
    return reverse(f"selection:{name}", kwargs={"tenant": "essex", "token": token})


def test_manager_then_chief_officer_without_an_account(
    essex: Tenant, staff: SimpleNamespace, application: Application
) -> None:
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
    client.post(url, OFFICER)
    with tenant_context(essex):
        assert Application.objects.get().state == "endorsed"
        assert Message.objects.filter(kind="selection.endorsed").count() == 1
        officer = row_of(essex, "chief_officer")
        assert (officer.will_sponsor, officer.will_fund, officer.releases_time) == (True, True, None)
        assert officer.project_idea == "One front door for families"
        assert (manager.days_released, manager.cover, manager.will_fund) == (15, "Jo Hart acts up", None)
    review = reverse("selection:application-detail", kwargs={"tenant": "essex", "public_id": application.public_id})
    page = staff.client.get(review).content.decode()
    for words in ("15 days released", "Cover: Jo Hart acts up", "Pays what taking part costs", "One front door"):
        assert words in page


def test_a_link_works_once_and_then_shows_its_holder_what_was_said(essex: Tenant, application: Application) -> None:
    """Replayed and forwarded alike: nothing is answered twice, and no other link shows it."""
    url, client = link_to(essex, row_of(essex)), Client()
    other = link_to(essex, row_of(essex), days=-1)
    client.post(url, YES)
    for response in (client.get(url), client.post(url, {"decline": "1", "comment": "No, after all"})):
        assert response.status_code == 410
        page = response.content.decode()
        assert "You endorsed Alice Applicant’s application" in page
        assert "You release 15 days of their time." in page and "Jo Hart acts up" in page
        assert "Right person, right time" in page
    assert row_of(essex).state == "given"
    page = client.get(other).content.decode()
    assert "Nothing left to do" not in page and "Right person" in page  # answering spent every link to this request
    # asked again after a re-opening, the old answer isn't shown as the new one
    with tenant_context(essex):
        Endorsement.objects.filter(kind="line_manager").update(state="waiting")
    page = client.get(url).content.decode()
    assert "Nothing left to do" in page and "Alice" not in page


def test_what_became_of_a_link_is_told_to_its_holder_only(
    essex: Tenant, hsmc: Tenant, staff: SimpleNamespace, application: Application
) -> None:
    row, client = row_of(essex), Client()
    with tenant_context(essex):
        elsewhere = mint_link(person=row.endorser_id, purpose="invitation", about=row.public_id)
    unknown = {
        client.get(reverse("selection:endorse", kwargs={"tenant": "essex", "token": token})).content
        for token in ("nonsense", elsewhere)
    }
    assert len(unknown) == 1 and b"This link doesn\xe2\x80\x99t work any more" in unknown.pop()
    live = link_to(essex, row, days=28)
    assert client.get(live.replace("/essex/", "/hsmc/")).status_code == 404
    assert client.get(live).status_code == 200 and "This link works once, until" in client.get(live).content.decode()
    # a newer one was sent
    with tenant_context(essex):
        resend_endorsement_request(endorsement=row, by=staff.actor)
    response = client.get(live)
    assert response.status_code == 410 and "There is a newer link" in response.content.decode()
    # the application is withdrawn: no link of its wants an answer
    newest, ran_out = link_to(essex, row), link_to(essex, row, days=-2)
    with tenant_context(essex):
        Application.objects.update(state="withdrawn")
    for url in (live, newest, ran_out):
        page = client.get(url).content.decode()
        assert "Nothing left to do" in page and "Alice" not in page


def test_a_link_that_ran_out_says_so_and_gets_a_new_one_sent_to_the_same_address(
    essex: Tenant, hsmc: Tenant, application: Application
) -> None:
    row, client = row_of(essex), Client()
    url = link_to(essex, row, days=-1)
    page = client.get(url).content.decode()
    assert "This link has run out" in page and "It worked until" in page
    assert "Alice" not in page and row.endorser.email not in page
    renew = re.search(r'action="([^"]+/renew/)"', page)[1]
    assert client.get(renew).status_code == 405
    assert client.post(renew.replace("/essex/", "/hsmc/")).status_code == 404
    for _press in range(2):  # a double click
        response = client.post(renew, follow=True)
    assert response.status_code == 410  # the second finds that a newer one is out
    assert "There is a newer link" in response.content.decode()
    with tenant_context(essex):
        sent = Message.objects.filter(kind="selection.endorse").order_by("-queued_at")
        assert [m.recipient_id for m in sent] == [row.endorser_id] * 2
    nonsense = reverse("selection:endorse-renew", kwargs={"tenant": "essex", "token": "nonsense"})
    assert client.post(nonsense).status_code == 404
    answered = link_to(essex, row, days=-1)
    client.post(link_to(essex, row), YES)
    renew_answered = answered + "renew/"
    assert client.post(renew_answered).status_code == 410
    with tenant_context(essex):
        assert Message.objects.filter(kind="selection.endorse", recipient=row.endorser_id).count() == 2


def test_a_confirmation_is_needed_to_endorse_and_a_reason_not_to(essex: Tenant, application: Application) -> None:
    url, client = link_to(essex, row_of(essex)), Client()
    wrong = (
        ({"confirms": ["confirms_scope"]}, "Confirm that you’ll release their time"),
        ({"confirms": ["releases_time"]}, "Confirm what they decide"),
        ({"days_released": ""}, "Enter how many days you release"),
        ({"days_released": "0"}, "Enter how many days you release"),
        ({"days_released": "201"}, "from 1 to 200"),
        ({"days_released": "some"}, "Enter the days as a number"),
        ({"cover": " "}, "Say who covers for them"),
    )
    for change, words in wrong:
        response = client.post(url, YES | change)
        assert response.status_code == 422 and words in response.content.decode(), change
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


def test_passing_it_on_gives_somebody_else_a_link_and_kills_the_old_one(
    essex: Tenant, staff: SimpleNamespace, application: Application
) -> None:
    """And on again: each step is on record for staff and for the applicant, under the names that were typed."""
    row = row_of(essex)
    url, client = link_to(essex, row, "endorse-pass-on"), Client()
    asked = re.search(r'<a href="([^"]+)" class="govuk-back-link"', client.get(url).content.decode())
    assert asked and "Endorse " in client.get(asked[1]).content.decode()
    for own in ("alice.applicant@essex.example", "Otto.Officer@Essex.example", "mia.manager@essex.example"):
        response = client.post(url, {"name": "Dee Deputy", "email": own})
        assert response.status_code == 422, own
    response = client.post(url, {"name": "Dee  Deputy", "email": "dee.deputy@essex.example"})
    assert "passed on" in client.get(response["Location"]).content.decode()
    page = client.get(url).content.decode()
    assert "Nothing left to do" in page and "Dee" not in page
    assert client.post(url.removesuffix("pass-on/"), YES).status_code == 410
    row = row_of(essex)
    assert (row.endorser.name, row.state) == ("Dee Deputy", "asked")
    with tenant_context(essex):
        assert Message.objects.filter(kind="selection.endorse", recipient=row.endorser_id).count() == 1
        assert Application.objects.get().line_manager_id == row.endorser_id
        told = Message.objects.get(kind="selection.passed_on")
        assert told.recipient_id == application.applicant_id and "Dee Deputy" in told.body_text
    client.post(link_to(essex, row, "endorse-pass-on"), {"name": "Eve Else", "email": "eve.else@essex.example"})
    client.post(link_to(essex, row_of(essex)), YES)
    assert row_of(essex).state == "given"
    alice = signed_in(essex, application.applicant)
    at = {"tenant": "essex", "public_id": application.public_id}
    for reader, url in (
        (alice, reverse("selection:application-detail", kwargs=at)),
        (staff, reverse("selection:application-detail", kwargs=at)),
        (staff, reverse("selection:endorsement-list", kwargs=at | {"public_id": application.round.public_id})),
    ):
        page = reader.client.get(url).content.decode()
        assert "Mia Manager to Dee Deputy" in page and "Dee Deputy to Eve Else" in page


def signed_in(essex: Tenant, person: Person) -> SimpleNamespace:
    from tests.conftest import cast_member

    with tenant_context(essex):
        return cast_member(essex, person, ensure_account(person=person))


def test_the_applicant_names_somebody_else_and_the_first_is_no_longer_asked(
    essex: Tenant, stranger: SimpleNamespace, application: Application
) -> None:
    row, alice = row_of(essex), signed_in(essex, application.applicant)
    old = link_to(essex, row)
    detail = reverse("selection:application-detail", kwargs={"tenant": "essex", "public_id": application.public_id})
    page = alice.client.get(detail).content.decode()
    url = reverse("selection:endorsement-change", kwargs={"tenant": "essex", "public_id": row.public_id})
    assert url in page
    assert stranger.client.get(url).status_code == 404
    assert signed_in(essex, row.endorser).client.get(url).status_code == 403
    for own in ("alice.applicant@essex.example", "otto.officer@essex.example"):
        response = alice.client.post(url, {"name": "Self", "email": own})
        assert response.status_code == 422, own
    assert alice.client.post(url, {"name": "New Boss", "email": "new.boss@essex.example"}).status_code == 302
    for method in (Client().get, Client().post):
        response = method(old)
        assert response.status_code == 410
        assert "you don’t need to answer" in response.content.decode()
    row = row_of(essex)
    assert (row.endorser.email, row.state) == ("new.boss@essex.example", "asked")
    Client().post(link_to(essex, row), YES)
    assert url not in alice.client.get(detail).content.decode()
    assert alice.client.get(url).status_code == 302
    response = alice.client.post(url, {"name": "Third", "email": "third@essex.example"})
    assert response.status_code == 422 and "given already" in response.content.decode()
    # the second step may be changed before it is asked
    officer = row_of(essex, "chief_officer")
    url = url.replace(row.public_id, officer.public_id)
    alice.client.post(url, {"name": "Chief Two", "email": "chief.two@essex.example"})
    assert (row_of(essex, "chief_officer").endorser.name, row_of(essex, "chief_officer").state) == (
        "Chief Two",
        "asked",
    )


@pytest.mark.django_db(databases=["default", "sys"])
def test_an_address_the_tenant_knows_shows_the_applicant_the_name_they_typed(
    essex: Tenant, staff: SimpleNamespace, round_: SelectionRound
) -> None:
    """Else naming addresses would tell who stands behind them."""
    from tests.factories.selection import SYSTEM

    with tenant_context(essex):
        ensure_person(name="Secret Known-Name", email="known@essex.example", by=SYSTEM)
        application = make_application(round_, state="draft")
    alice = signed_in(essex, application.applicant)
    at = {"tenant": "essex", "public_id": application.public_id}
    url = reverse("selection:application-endorsers", kwargs=at)
    form = alice.client.get(url).context["form"]
    values = {name: form[name].value() for name in form.fields}
    values |= {"manager_name": "My Boss", "manager_email": "KNOWN@essex.example"}
    assert alice.client.post(url, values).status_code == 302

    def alice_reads(name: str) -> str:
        return alice.client.get(reverse(f"selection:{name}", kwargs=at)).content.decode()

    for name in ("application-endorsers", "application-submit"):
        assert "My Boss" in alice_reads(name) and "Secret" not in alice_reads(name)
    alice.client.post(reverse("selection:application-submit", kwargs=at))
    assert "My Boss" in alice_reads("application-detail") and "Secret" not in alice_reads("application-detail")
    row = row_of(essex)
    Client().post(link_to(essex, row, "endorse-pass-on"), {"name": "Her Deputy", "email": "mia.manager@essex.example"})
    assert "My Boss to Her Deputy" in alice_reads("application-detail")
    Client().post(link_to(essex, row_of(essex)), {"decline": "1", "comment": "Not now."})
    with tenant_context(essex):
        mails = Message.objects.filter(recipient=application.applicant_id)
        assert mails.filter(body_text__contains="Her Deputy doesn’t endorse").exists()
        assert not mails.filter(body_text__contains="Secret").exists()
        assert not mails.filter(body_text__contains="Mia Manager").exists()
    copy = alice.client.get(reverse("tenancy:your-data-download", kwargs={"tenant": "essex"})).content.decode()
    assert "Her Deputy" in copy and "Secret" not in copy and "Mia Manager" not in copy
    page = staff.client.get(reverse("selection:application-detail", kwargs=at)).content.decode()
    assert "Mia Manager (named as Her Deputy)" in page


def test_two_different_people_endorse_and_neither_is_the_applicant(essex: Tenant, round_: SelectionRound) -> None:
    with tenant_context(essex):
        application = make_application(round_, state="draft")
    alice = signed_in(essex, application.applicant)
    at = {"tenant": "essex", "public_id": application.public_id}
    url = reverse("selection:application-endorsers", kwargs=at)
    form = alice.client.get(url).context["form"]
    values = {name: form[name].value() for name in form.fields}
    response = alice.client.post(url, values | {"sponsor_email": values["manager_email"].upper()})
    assert response.status_code == 422
    assert response.context["form"].errors["sponsor_email"]
    assert "must be two people" in response.content.decode()
    # a log may name one person for both: it can't be sent until that is put right
    with tenant_context(essex):
        application = Application.objects.get()
        Application.objects.update(sponsor=application.line_manager)
    response = alice.client.post(reverse("selection:application-submit", kwargs=at))
    assert response.status_code == 422 and "Chief officer: Enter a different address" in response.content.decode()
    with tenant_context(essex):
        assert Application.objects.get().state == "draft" and not Endorsement.objects.exists()


def test_a_round_takes_addresses_of_its_domains_only(
    essex: Tenant, staff: SimpleNamespace, stranger: SimpleNamespace, round_: SelectionRound
) -> None:
    with tenant_context(essex):
        application = make_application(round_, state="draft")
        late = make_application(round_, "Lena Later", state="draft")
    alice = signed_in(essex, application.applicant)
    at = {"tenant": "essex", "public_id": round_.public_id}
    limit = reverse("selection:endorser-domains", kwargs=at)
    assert (alice.client.get(limit).status_code, stranger.client.get(limit).status_code) == (403, 404)
    for wrong in ("essex", "es sex.gov.uk", "http://essex.gov.uk", "-a.gov.uk", "*.", "a..uk"):
        response = staff.client.post(limit, {"domains": wrong})
        assert response.status_code == 422 and "isn’t a domain" in response.content.decode(), wrong
    staff.client.post(limit, {"domains": "@Essex.gov.uk\r\n\r\n*.nhs.uk\r\nessex.GOV.uk.\r\nbücher.example"})
    with tenant_context(essex):
        assert SelectionRound.objects.get().endorser_domains == ["essex.gov.uk", "*.nhs.uk", "xn--bcher-kva.example"]
    mine = {"tenant": "essex", "public_id": application.public_id}
    url = reverse("selection:application-endorsers", kwargs=mine)

    def name(address: str) -> HttpResponse:
        form = alice.client.get(url).context["form"]
        values = {name: form[name].value() for name in form.fields}
        return alice.client.post(url, values | {"manager_email": address, "sponsor_email": "chief@essex.gov.uk"})

    refused = (
        "boss@gmail.com",
        "boss@evil-essex.gov.uk",
        "boss@essex.gov.uk.evil.example",
        "boss@people.essex.gov.uk",  # a subdomain is another domain unless it's listed
        "boss@nhs.uk",
        "boss@fakenhs.uk",
        "boss@еssex.gov.uk",  # a Cyrillic е
        "boss@essex.gov.uk@evil.example",
        '"boss@essex.gov.uk"@evil.example',
        "boss@nhs.uk.evil.example",
    )
    for address in refused:
        response = name(address)
        assert response.status_code == 422, address
        assert response.context["form"].errors["manager_email"], address
    said = name("boss@gmail.com").content.decode()
    assert "@essex.gov.uk, anything below nhs.uk or @xn--bcher-kva.example" in said
    for address in (
        "BOSS@ESSEX.GOV.UK",
        "boss@mid.nhs.uk",
        "boss@a.b.nhs.uk",
        "boss@bücher.example",
        "boss@ｅssex.gov.uk",
    ):
        assert name(address).status_code == 302, address
    # staff let one in, for this application, with a reason
    allow = reverse("selection:endorser-allow", kwargs=mine)
    assert (alice.client.get(allow).status_code, stranger.client.get(allow).status_code) == (403, 404)
    assert staff.client.post(allow, {"email": "boss@charity.org", "reason": " "}).status_code == 422
    for _click in range(2):
        staff.client.post(allow, {"email": "Boss@Charity.org", "reason": "Seconded from a charity."})
    assert name("boss@charity.org").status_code == 302
    alice.client.post(reverse("selection:application-submit", kwargs=mine))
    page = staff.client.get(reverse("selection:application-detail", kwargs=mine)).content.decode()
    assert page.count("boss@charity.org: Seconded from a charity.") == 1
    # whoever passes it on keeps to them too; staff may name anybody with a reason
    row = row_of(essex)
    passing = link_to(essex, row, "endorse-pass-on")
    response = Client().post(passing, {"name": "Dee", "email": "dee@gmail.com"})
    assert response.status_code == 422 and "@essex.gov.uk" in response.content.decode()
    replace = reverse("selection:endorsement-replace", kwargs={"tenant": "essex", "public_id": row.public_id})
    values = {"name": "Dee", "email": "dee@gmail.com", "reason": ""}
    assert staff.client.post(replace, values).status_code == 422
    assert staff.client.post(replace, values | {"reason": "Her own address while IT is down"}).status_code == 302
    assert row_of(essex).endorser.email == "dee@gmail.com"
    # limited later than the page was saved: asked again when it's sent
    lena = signed_in(essex, late.applicant)
    send = reverse("selection:application-submit", kwargs={"tenant": "essex", "public_id": late.public_id})
    response = lena.client.post(send)
    assert (
        response.status_code == 422 and "Line manager: Enter a work address that ends in" in response.content.decode()
    )
    staff.client.post(limit, {"domains": ""})
    assert lena.client.post(send).status_code == 302


def test_staff_resend_and_old_links_die(essex: Tenant, staff: SimpleNamespace, application: Application) -> None:
    row = row_of(essex)
    url = link_to(essex, row)
    at = reverse("selection:endorsement-resend", kwargs={"tenant": "essex", "public_id": row.public_id})
    assert "Mia Manager is asked again" in staff.client.post(at, follow=True).content.decode()
    assert "There is a newer link" in Client().get(url).content.decode()
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
                endorsement=row,
                by=Actor.for_link(row.endorser, "endorse"),
                releases_time=True,
                confirms_scope=True,
                days_released=1,
                cover="Jo",
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
    assert "Nothing left to do" in Client().get(link_to(essex, officer)).content.decode()


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


def test_an_endorsement_that_was_given_is_taken_back_by_staff(
    essex: Tenant, staff: SimpleNamespace, stranger: SimpleNamespace, application: Application
) -> None:
    """The whole way: both endorse, one takes it back, somebody else is asked and endorses."""
    row = row_of(essex)
    at = reverse("selection:endorsement-take-back", kwargs={"tenant": "essex", "public_id": row.public_id})
    early = staff.client.post(at, {"reason": "She told me"})
    assert early.status_code == 422 and "Only an endorsement that was given" in early.content.decode()
    assert Client().post(link_to(essex, row), YES).status_code == 302
    assert Client().post(link_to(essex, row_of(essex, "chief_officer")), OFFICER).status_code == 302
    with tenant_context(essex):
        application.refresh_from_db(fields=["state"])
        assert application.state == "endorsed"
    listed = reverse("selection:endorsement-list", kwargs={"tenant": "essex", "public_id": application.round.public_id})
    assert at in staff.client.get(listed).content.decode()
    assert stranger.client.get(at).status_code == 404
    assert staff.client.post(at, {"reason": " "}).status_code == 422
    page = staff.client.post(at, {"reason": "The team lost two posts."}, follow=True).content.decode()
    assert "Mia Manager no longer endorses it" in page and "The team lost two posts." in page
    assert staff.client.post(at, {"reason": "The team lost two posts."}).status_code == 422  # the second click
    row = row_of(essex)
    assert (row.state, row.days_released, row.cover) == ("declined", None, "")
    assert row_of(essex, "chief_officer").state == "given"
    with tenant_context(essex):
        application.refresh_from_db(fields=["state"])
        assert application.state == "submitted"
        told = Message.objects.get(kind="selection.not_endorsed")
        assert told.recipient_id == application.applicant_id and "The team lost two posts." in told.body_text
    replace = reverse("selection:endorsement-replace", kwargs={"tenant": "essex", "public_id": row.public_id})
    assert staff.client.post(replace, {"name": "New Boss", "email": "new.boss@essex.example"}).status_code == 302
    assert Client().post(link_to(essex, row_of(essex)), YES).status_code == 302
    with tenant_context(essex):
        application.refresh_from_db(fields=["state"])
        assert application.state == "endorsed"
        # once assessors have it, nothing of it is taken back
        Application.objects.filter(pk=application.pk).update(state="eligible")
    late = staff.client.post(at, {"reason": "Too late"})
    assert late.status_code == 422 and "has moved on" in late.content.decode()
