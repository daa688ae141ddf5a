"""The register of interest: anybody registers, the address confirms, a round that opens tells them once, staff see the balance."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.db.utils import IntegrityError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Programme
from reminders.models import Message
from selection.models import ExpressionOfInterest, SelectionRound
from selection.services.interest import confirm_interest, join_interest, register_interest, withdraw_interest
from selection.services.rounds import close_round, open_round
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, WrongState
from tenancy.links import mint_link
from tenancy.models import Account, Change, Person, Role, Tenant
from tenancy.scope import tenant_context
from tenancy.selectors import actor_of
from tenancy.services.people import ensure_person, give_role
from tests.conftest import make_member
from tests.factories.selection import SYSTEM, make_application, make_cohort_for_round, make_round
from tests.factories.tenancy import make_organisation
from tests.queries import page_queries, plain

TYPED = {"name": "Ines Interested", "email": "ines@health.example", "organisation_name": "", "job_title": "Matron"}
VISITOR = Actor("visitor")


@pytest.fixture
def programme(essex: Tenant) -> Programme:
    with tenant_context(essex):
        made: Programme = make_cohort_for_round("Cohort 1").programme
        return made


def at(name: str, programme: Programme, tenant: str = "essex") -> str:
    return reverse(f"selection:{name}", kwargs={"tenant": tenant, "public_id": programme.public_id})


def listed(programme: Programme | None = None) -> str:
    url = reverse("selection:interest-list", kwargs={"tenant": "essex"})
    return f"{url}?programme={programme.public_id}" if programme else url


def somewhere() -> Client:
    """A visitor at an address of the network that nobody else uses: what it typed is counted."""
    return Client(REMOTE_ADDR=f"10.{secrets.randbelow(250)}.{secrets.randbelow(250)}.{secrets.randbelow(250)}")


def register(programme: Programme, name: str = "Ines Interested", **more: Any) -> ExpressionOfInterest:
    email = f"{name.lower().replace(' ', '.')}@health.example"
    return register_interest(programme=programme, by=VISITOR, **({"name": name, "email": email} | more))


def confirmed(programme: Programme, name: str = "Ines Interested", **more: Any) -> ExpressionOfInterest:
    row = register(programme, name, **more)
    return confirm_interest(interest=row, by=Actor.for_link(row.person, "interest"))


def link_of(row: ExpressionOfInterest, **fields: Any) -> str:
    """As the message would carry it: minted when it leaves. In the open tenant."""
    token = mint_link(person=row.person_id, purpose="interest", about=row.public_id, **fields)
    return reverse("selection:interest-link", kwargs={"tenant": "essex", "token": token})


def told() -> Any:
    return Message.objects.filter(kind="selection.interest_open")


def test_a_visitor_registers_and_counts_once_the_address_has_confirmed(
    essex: Tenant, programme: Programme, staff: SimpleNamespace
) -> None:
    with tenant_context(essex):
        hospital = make_organisation("Mid Essex Hospital", "health")
    client = somewhere()
    page = client.get(at("interest-register", programme)).content.decode()
    assert "Mid Essex Hospital" in page and "For leaders of the whole system." in page
    answer = client.post(at("interest-register", programme), TYPED | {"organisation": hospital.public_id}, follow=True)
    assert "We’ve sent a message to ines@health.example" in answer.content.decode()
    with tenant_context(essex):
        row = ExpressionOfInterest.objects.select_related("person").get()
        assert (row.organisation_id, row.job_title, row.confirmed_at) == (hospital.pk, "Matron", None)
        message = Message.objects.get(kind="selection.interest")
        assert (message.recipient_id, message.link_purpose, message.link_about) == (
            row.person_id,
            "interest",
            row.public_id,
        )
        assert "Ines" not in message.subject + message.body_text
        link = link_of(row)
    assert "<strong>0</strong> people have" in staff.client.get(listed(programme)).content.decode()
    client = Client()
    assert "Matron" in client.get(link).content.decode()
    with tenant_context(essex):
        assert ExpressionOfInterest.objects.get().confirmed_at is None  # mail programs open links too
    assert "Thank you" in client.post(link, {"confirm": "1"}, follow=True).content.decode()
    with tenant_context(essex):
        first = ExpressionOfInterest.objects.get().confirmed_at
        assert first is not None
    client.post(link, {"confirm": "1"})
    with tenant_context(essex):
        assert ExpressionOfInterest.objects.get().confirmed_at == first
        assert list(Change.objects.filter(subject_id=row.public_id).order_by("id").values_list("name", "by_label")) == [
            ("register", "interest page"),
            ("confirm", "Ines Interested (by link)"),
        ]
    page = staff.client.get(listed(programme)).content.decode()
    assert "<strong>1</strong> person has" in page and "Ines Interested" in page
    assert not Account.objects.filter(email="ines@health.example").exists()


def test_the_answer_is_the_same_for_known_and_unknown_and_nothing_known_is_changed(
    essex: Tenant, programme: Programme
) -> None:
    with tenant_context(essex):
        employer = make_organisation("Essex County Council")
        ensure_person(
            name="Karl Known", email="karl@ecc.example", organisation=employer, job_title="Director", by=SYSTEM
        )
        waiting, on_list = register(programme, "Wanda Waiting").person, confirmed(programme, "Cara Confirmed").person
    answers = []
    for email in ("karl@ecc.example", "new@ecc.example", waiting.email, on_list.email):
        sent = TYPED | {"name": "Somebody Else", "email": email, "organisation_name": "Nowhere Ltd"}
        response = somewhere().post(at("interest-register", programme), sent, follow=True)
        # the tokens of the page are its own at every answer
        page = re.sub(r'nonce="[^"]*"|csrfmiddlewaretoken[^>]*>', "", response.content.decode())
        answers.append((response.redirect_chain, page.replace(email, "…")))
    assert len({str(answer) for answer in answers}) == 1
    with tenant_context(essex):
        karl = Person.objects.get(email="karl@ecc.example")
        assert (karl.name, karl.organisation_id, karl.job_title) == ("Karl Known", employer.pk, "Director")
        assert ExpressionOfInterest.objects.get(person=karl).organisation_name == "Nowhere Ltd"
        assert ExpressionOfInterest.objects.count() == 4
        assert ExpressionOfInterest.objects.get(person=on_list).organisation_name == ""


def test_registered_twice_is_one_with_one_message_a_day(essex: Tenant, programme: Programme) -> None:
    client = somewhere()
    for email in ("ines@health.example", "Ines@Health.example", " ines@health.example "):
        assert client.post(at("interest-register", programme), TYPED | {"email": email}).status_code == 302
    with tenant_context(essex):
        row = ExpressionOfInterest.objects.get()
        assert Message.objects.count() == 1
        with pytest.raises(IntegrityError), transaction.atomic():
            ExpressionOfInterest.objects.create(
                programme=programme, person_id=row.person_id, registered_at=timezone.now()
            )


def test_what_isnt_filled_in_is_named(programme: Programme) -> None:
    response = somewhere().post(at("interest-register", programme), {"email": "not an address"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "Enter your name" in page and "name@example.com" in page and "Enter your job title" in page


def test_an_organisation_typed_by_its_name_is_the_one_on_the_list(essex: Tenant, programme: Programme) -> None:
    with tenant_context(essex):
        council = make_organisation("Essex County Council", short_name="ECC")
        assert register(programme, "A One", organisation_name="ecc").organisation_id == council.pk
        other = register(programme, "B Two", organisation_name="  Blackwater  Transport ")
        assert (other.organisation, other.organisation_name) == (None, "Blackwater Transport")


def test_links_that_arent_live_or_for_this_look_the_same(essex: Tenant, hsmc: Tenant, programme: Programme) -> None:
    with tenant_context(essex):
        row, gone = confirmed(programme), confirmed(programme, "Gwen Gone")
        live, withdrawn = link_of(row), link_of(gone)
        withdraw_interest(interest=gone, by=Actor.for_link(gone.person, "interest"))
        bad = [link_of(row, days=-1), withdrawn, live.rsplit("/", 2)[0] + "/nonsense/"]
        other = mint_link(person=row.person_id, purpose="endorse", about=row.public_id)
        somebody = make_member(essex, "Sam Somebody").person
        bad += [link_of(row).rsplit("/", 2)[0] + f"/{other}/"]
        token = mint_link(person=somebody, purpose="interest", about=row.public_id)
        bad += [live.rsplit("/", 2)[0] + f"/{token}/"]
    client = somewhere()
    answers = [client.get(url) for url in bad] + [client.post(url, {"withdraw": "1"}) for url in bad]
    assert {answer.status_code for answer in answers} == {404}
    assert all(
        "This link doesn’t work any more" in a.content.decode() and "Ines" not in a.content.decode() for a in answers
    )
    assert client.get(live.replace("/essex/", "/hsmc/")).status_code == 404
    assert client.get(live).status_code == 200


def test_withdrawing_by_the_link_ends_it_and_they_may_come_back(essex: Tenant, programme: Programme) -> None:
    with tenant_context(essex):
        row = confirmed(programme)
        link, second = link_of(row), link_of(row)
    client = Client()
    page = client.post(link, {"withdraw": "1"}, follow=True).content.decode()
    assert "You’re not on the list any more." in page
    assert [client.get(url).status_code for url in (link, second)] == [404, 404]
    with tenant_context(essex):
        assert ExpressionOfInterest.objects.get().withdrawn_at is not None
        with pytest.raises(WrongState):
            confirm_interest(interest=row, by=Actor.for_link(row.person, "interest"))
        again = register(programme)
        assert again.pk != row.pk and again.confirmed_at is None


def test_one_address_of_the_network_cant_write_to_the_whole_county(programme: Programme, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"interest": "3/h/ip"}
    client = somewhere()
    said = [
        client.post(at("interest-register", programme), TYPED | {"email": f"n{n}@health.example"}).status_code
        for n in range(4)
    ]
    assert said == [302, 302, 302, 429]
    assert client.get(at("interest-register", programme)).status_code == 200
    assert somewhere().post(at("interest-register", programme), TYPED).status_code == 302


def test_a_member_registers_and_leaves_by_one_button(essex: Tenant, programme: Programme) -> None:
    member = make_member(essex, "Mo Member", Role.MENTOR)
    page = member.client.get(at("interest-register", programme)).content.decode()
    assert at("interest-join", programme) in page and "Your job title" not in page
    for _click in range(2):
        member.client.post(at("interest-join", programme))
    with tenant_context(essex):
        row = ExpressionOfInterest.objects.get()
        assert row.confirmed_at is not None and row.organisation_id == member.person.organisation_id
        assert not Message.objects.exists()
    assert "You’ve been on the list since" in member.client.get(at("interest-register", programme)).content.decode()
    member.client.post(at("interest-leave", programme))
    with tenant_context(essex):
        assert ExpressionOfInterest.objects.get().withdrawn_at is not None
        with pytest.raises(NotAllowed):
            join_interest(programme=programme, by=VISITOR)


def test_only_its_own_person_confirms_or_withdraws(essex: Tenant, programme: Programme) -> None:
    other = make_member(essex, "Otto Other", Role.STAFF)
    with tenant_context(essex):
        row = register(programme)
        for who in (
            other.actor,
            Actor.for_link(other.person, "interest"),
            Actor.for_link(row.person, "endorse"),
            VISITOR,
        ):
            with pytest.raises(NotAllowed):
                confirm_interest(interest=row, by=who)
            with pytest.raises(NotAllowed):
                withdraw_interest(interest=row, by=who)


def test_opening_a_round_tells_those_on_the_list_once(
    essex: Tenant, programme: Programme, staff: SimpleNamespace
) -> None:
    with tenant_context(essex):
        round_ = make_round(opened=False)
        names = ("Ines Interested", "Wanda Withdrawn", "Ada Applied")
        on_list, gone, applied = (confirmed(programme, name) for name in names)
        register(programme, "Una Unconfirmed")
        withdraw_interest(interest=gone, by=Actor.for_link(gone.person, "interest"))
        application = make_application(round_, state="invited")
        application.applicant = applied.person
        application.save(update_fields=["applicant"])
        elsewhere = confirmed(Programme.objects.create(name="Another", slug="another"), "Elsie Elsewhere")
    page = staff.client.post(at("round-open", round_), follow=True).content.decode()
    assert "those who asked to hear of it" in page
    with tenant_context(essex):
        message = told().get()
        assert message.recipient_id == on_list.person_id
        assert at("round-about", round_) in message.body_text and "are open until" in message.body_text
        assert (message.link_purpose, message.link_about) == ("interest", on_list.public_id)
        later = confirmed(programme, "Lena Later")
        for _time in range(2):
            close_round(round=SelectionRound.objects.get(pk=round_.pk), by=staff.actor)
            open_round(round=SelectionRound.objects.get(pk=round_.pk), by=staff.actor)
        assert set(told().values_list("recipient", flat=True)) == {on_list.person_id, later.person_id}
        assert told().count() == 2
        on_list.refresh_from_db()
        elsewhere.refresh_from_db()
        assert (on_list.told_for_id, elsewhere.told_for_id) == (round_.pk, None)
        # the next cohort's round is news again; the first one opened once more is not
        following = make_round(make_cohort_for_round("Cohort 3"))
        assert told().filter(about_is(following)).count() == 3
        close_round(round=SelectionRound.objects.get(pk=round_.pk), by=staff.actor)
        open_round(round=SelectionRound.objects.get(pk=round_.pk), by=staff.actor)
        assert told().filter(about_is(round_)).count() == 2


def about_is(round_: SelectionRound) -> Any:
    return Q(dedupe_key__contains=f":{round_.public_id}:")


def test_a_round_published_ahead_says_when_it_will_open(essex: Tenant, programme: Programme) -> None:
    with tenant_context(essex):
        confirmed(programme)
        today = timezone.localdate()
        round_ = make_round(opens_on=today + timedelta(days=5))
        message = told().get()
        assert "open on" in message.subject and "open on" in message.body_text
    page = Client().get(at("round-about", round_)).content.decode()
    assert at("interest-register", programme) in page and "Tell me when applications open" in page


def test_the_public_page_of_a_round_leads_there_unless_it_is_open(essex: Tenant, programme: Programme) -> None:
    with tenant_context(essex):
        round_ = make_round()
    assert at("interest-register", programme) not in Client().get(at("round-about", round_)).content.decode()
    assert at("round-about", round_) in Client().get(at("interest-register", programme)).content.decode()
    with tenant_context(essex):
        close_round(round=SelectionRound.objects.get(pk=round_.pk), by=SYSTEM)
    assert at("interest-register", programme) in Client().get(at("round-about", round_)).content.decode()
    assert at("round-about", round_) not in Client().get(at("interest-register", programme)).content.decode()


def some(programme: Programme, count: int, name: str) -> None:
    """That many on the list, without going through the pages one by one."""
    employer = make_organisation("Essex County Council")
    people = Person.objects.bulk_create(
        Person(name=f"{name} {n}", email=f"{name}.{n}@example.org", organisation=employer) for n in range(count)
    )
    now = timezone.now()
    ExpressionOfInterest.objects.bulk_create(
        ExpressionOfInterest(
            programme=programme, person=person, organisation=employer, registered_at=now, confirmed_at=now
        )
        for person in people
    )


def test_300_cost_the_statements_of_three(essex: Tenant, programme: Programme, staff: SimpleNamespace) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            open_round(round=round_, by=staff.actor)
        return len(plain(asked))

    with tenant_context(essex, staff.person):
        some(programme, 3, "few")
        round_ = make_round(make_cohort_for_round("Cohort 2"), opened=False)
        few = statements()
        some(programme, 297, "many")
        round_ = make_round(make_cohort_for_round("Cohort 3"), opened=False)
        assert statements() == few
        assert told().count() == 303


def test_staff_see_the_balance_of_sectors_at_once(essex: Tenant, programme: Programme, staff: SimpleNamespace) -> None:
    with tenant_context(essex):
        make_organisation("Essex Police", "police and fire")
        hospital = make_organisation("Mid Essex Hospital", "health")
        for name in ("Ann One", "Bea Two", "Cy Three"):
            confirmed(programme, name, organisation=hospital)
        confirmed(programme, "Dee Four", organisation=make_organisation("Essex County Council"))
        confirmed(programme, "Eve Five", organisation_name="Blackwater Transport")
        register(programme, "Fay Six", organisation=hospital)
        gone = confirmed(programme, "Gus Seven", organisation=hospital)
        withdraw_interest(interest=gone, by=Actor.for_link(gone.person, "interest"))
        make_round()
    answer = staff.client.get(listed(programme))
    page = answer.content.decode()
    assert dict(answer.context["balance"].lines) == {
        "health": 3,
        "local government": 1,
        "police and fire": 0,
        "Organisation not on our list": 1,
    }
    assert "<strong>5</strong> people have confirmed" in page and "<strong>1</strong> more has yet" in page
    assert "health: 3" in page and "police and fire: 0" in page
    assert "Blackwater Transport" in page and "Cohort 2" in page
    assert "Fay Six" not in page and "Gus Seven" not in page
    assert f'value="{settings.BASE_URL}{at("interest-register", programme)}"' in page


def test_the_list_costs_the_same_for_one_row_and_fifty(
    essex: Tenant, programme: Programme, staff: SimpleNamespace
) -> None:
    with tenant_context(essex):
        some(programme, 1, "one")
    first = page_queries(staff.client, listed(programme))
    with tenant_context(essex):
        some(programme, 49, "more")
    assert page_queries(staff.client, listed(programme)) == first <= 12


def test_whose_register_it_is(
    essex: Tenant, programme: Programme, staff: SimpleNamespace, stranger: SimpleNamespace
) -> None:
    mine, other = make_member(essex, "Pia Programme"), make_member(essex, "Cora Cohort")
    with tenant_context(essex):
        confirmed(programme)
        second = Programme.objects.create(name="Another", slug="another")
        give_role(person=mine.person, role=Role.STAFF, programme_id=second.pk, by=SYSTEM)
        cohort = make_cohort_for_round("Cohort 9")
        give_role(person=other.person, role=Role.STAFF, cohort_id=cohort.pk, by=SYSTEM)
    assert staff.client.get(listed(programme)).status_code == 200
    assert mine.client.get(listed(second)).status_code == 200
    assert [m.client.get(listed(programme)).status_code for m in (mine, other, stranger)] == [404, 404, 404]
    assert "Ines" not in other.client.get(listed()).content.decode()
    # the other tenant's address with Essex's programme in it
    assert stranger.client.get(listed(programme).replace("/essex/", "/hsmc/")).status_code == 404
    assert Client().get(at("interest-register", programme, "hsmc")).status_code == 404
    assert somewhere().post(at("interest-register", programme, "hsmc"), TYPED).status_code == 404
    with tenant_context(essex):
        assert actor_of(mine.person).has_role("staff", programme_id=second.pk)


def test_staff_find_the_register_from_the_cohort_and_its_round(
    essex: Tenant, programme: Programme, staff: SimpleNamespace
) -> None:
    with tenant_context(essex):
        round_ = make_round()
    page = staff.client.get(at("round-detail", round_)).content.decode()
    assert page.count(listed(programme)) == 2
