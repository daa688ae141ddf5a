"""Alumni: membership, how much they hear, careers by consent; and that another employer and address take nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from cohorts.face_report import careers_figure, figures
from cohorts.models import AlumniMembership, CareerConsent, CareerStep, Cohort, Notebook, Participation, Reflection
from cohorts.services.alumni import (
    add_career_step,
    add_past_alumnus,
    admit_alumnus,
    agree_to_use,
    change_standing,
    edit_career_step,
)
from cohorts.services.development import add_goal
from cohorts.services.leadership_history import add_history_entry
from cohorts.services.participation import close_cohort, graduate_participant
from cohorts.services.reflections import write_reflection
from cohorts.states import ALUMNI, AlumniState
from engine.reports import check_figure
from engine.transitions import possible
from reminders.calendars import calendar_sources
from reminders.models import Message
from tenancy.errors import NotAllowed
from tenancy.links import mint_link
from tenancy.models import Account, Change, Membership, Person, Role
from tenancy.privacy import export_person
from tenancy.scope import tenant_context
from tenancy.selectors import actor_of
from tenancy.services.retention import delete_due
from tests.factories.cohorts import (
    SYSTEM,
    actor_for,
    make_cohort,
    make_event,
    make_many,
    make_participant,
    make_past_event,
    make_person,
    sign_in_as,
)
from tests.factories.tenancy import make_organisation
from tests.queries import page_queries

SYS = pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])


def at(name, row=None, **more):
    public = {"public_id": row.public_id} if row is not None else {}
    return reverse(f"cohorts:{name}", kwargs={"tenant": "essex", **public, **more})


@pytest.fixture
def alumna(essex, cohort, participant):
    """She has finished the cohort, in which somebody else goes on."""
    with tenant_context(essex):
        make_participant(cohort, "Gus Going")
        place = Participation.objects.select_related("person", "cohort__programme").get(person=participant.person)
        graduate_participant(participation=place, by=SYSTEM)
    return sign_in_as(essex, participant.person)


def test_finishing_makes_one_membership_whatever_comes_after(essex, cohort, participant, staff):
    with tenant_context(essex):
        assert close_cohort(cohort=cohort, by=staff.actor) == 1
        membership = AlumniMembership.objects.get()
        assert (membership.person, membership.programme, membership.state) == (
            participant.person,
            cohort.programme,
            "active",
        )
        assert Change.objects.filter(subject_id=membership.public_id).count() == 1
        # a second cohort of the programme, after having left
        change_standing(membership=membership, state="left", by=actor_for(participant.person))
        again = make_participant(make_cohort("Cohort 7"), "Pat Participant")
        assert again.person == participant.person
        graduate_participant(participation=again, by=SYSTEM)
        assert AlumniMembership.objects.get().state == "left"


def test_staff_add_somebody_from_before_and_she_signs_in(essex, cohort, other_cohort, staff, other_staff, stranger):
    page = at("alumni-add", cohort)
    form = {"name": "Una Earlier", "email": "Una@Elsewhere.example", "job_title": "Head of place"}
    early = staff.client.post(page, form)
    assert early.status_code == 422 and "hasn’t finished" in early.content.decode()
    with tenant_context(essex):
        Cohort.objects.filter(pk=cohort.pk).update(stage="finished")
        taking_part = make_participant(cohort, "Tess Taking").person
    for who, status in ((other_staff, 403), (stranger, 404)):
        assert who.client.get(page).status_code == status
    there = staff.client.post(page, {"name": "Tess", "email": taking_part.email})
    assert there.status_code == 422 and "has a place on this cohort already" in there.content.decode()
    for _click in range(2):
        assert staff.client.post(page, form).status_code == 302
    with tenant_context(essex):
        membership = AlumniMembership.objects.select_related("person").get()
        una = membership.person
        assert una.email == "una@elsewhere.example" and Membership.objects.filter(person=una).count() == 1
        assert [p.state for p in una.participations.all()] == ["alumnus"]
        assert una.roles.filter(role=Role.ALUMNUS, cohort_id=cohort.pk).count() == 1
        mail = Message.objects.get(kind="cohorts.alumni_welcome")
        assert mail.recipient == una and not mail.asks and at("alumni-home") in mail.link_path
        with pytest.raises(NotAllowed):
            add_past_alumnus(cohort=cohort, name="X", email="x@example.org", by=other_staff.actor)
    una_in = sign_in_as(essex, una)
    assert "Leading Greater Essex" in una_in.client.get(at("alumni-home")).content.decode()
    listed = staff.client.get(at("participation-list", cohort) + "?state=alumnus").content.decode()
    assert "Una Earlier" in listed and page in listed


def test_an_alumnus_says_how_much_she_hears_and_nobody_else_does(essex, alumna, staff, other_participant):
    home = alumna.client.get(at("alumni-home")).content.decode()
    with tenant_context(essex):
        membership = AlumniMembership.objects.get()
    page = at("alumni-standing", membership)
    assert page in home and "Active" in home
    assert at("alumni-home") in alumna.client.get("/essex/").content.decode()
    for who in (staff, other_participant):
        assert who.client.get(page).status_code == 403
    assert other_participant.client.get(at("alumni-home")).status_code == 403
    empty = alumna.client.post(page, {"state": ""})
    assert empty.status_code == 422 and "Choose how much" in empty.content.decode()
    for state, seen in (("away", "Away for now"), ("left", "Left"), ("active", "Active")):
        for _click in range(2):
            assert alumna.client.post(page, {"state": state}).status_code == 302
        assert seen in alumna.client.get(at("alumni-home")).content.decode()
    with tenant_context(essex):
        changes = Change.objects.filter(subject_id=membership.public_id)
        assert list(changes.order_by("pk").values_list("target", flat=True)) == ["active", "away", "left", "active"]
        with pytest.raises(NotAllowed):
            change_standing(membership=membership, state="left", by=staff.actor)


@pytest.mark.parametrize("state", AlumniState.values)
def test_every_state_offers_what_the_table_says(essex, alumna, staff, state):
    with tenant_context(essex):
        row = AlumniMembership.objects.select_related("programme").get()
        row.state = state
        assert {t.name for t in possible(row, alumna.actor)} == {t.name for t in ALUMNI if state in t.source}
        assert possible(row, staff.actor) == []


def test_careers_are_their_authors_until_she_agrees_and_once_she_takes_it_back(
    essex, cohort, alumna, staff, other_staff, stranger
):
    page, add = at("career"), at("career-step-add")
    assert page in alumna.client.get(at("alumni-home")).content.decode()
    form = {"role": "Director of Place", "employer": "Blackwater Council", "level": "director"}
    day = {"since-day": "1", "since-month": "6", "since-year": "2026", "version": "0"}
    future = alumna.client.post(add, {**form, **day, "since-year": "2099"})
    assert future.status_code == 422 and "still to come" in future.content.decode()
    for _click in range(2):
        assert alumna.client.post(add, {**form, **day}).status_code == 302
    listed = at("alumni-list", cohort.programme)
    assert listed in staff.client.get(at("programme-detail", cohort.programme)).content.decode()

    def shown(who=staff):
        return "Director of Place" in who.client.get(listed).content.decode()

    for who, status in ((other_staff, 403), (alumna, 403), (stranger, 404)):
        assert who.client.get(listed).status_code == status
    assert "Pat Participant" in staff.client.get(listed).content.decode() and not shown()
    agree = {"purpose": "staff", "agreed": "yes"}
    for _click in range(2):
        assert alumna.client.post(at("career-consent"), agree).status_code == 302
    assert shown() and "You agree" in alumna.client.get(page).content.decode()
    with tenant_context(essex):
        programme_staff = sign_in_as(essex, make_person("Pru Programme"), Role.STAFF, programme=cohort.programme)
        step = CareerStep.objects.using("default").filter(person=alumna.person)
        assert not step.exists()  # as nobody in particular
        assert CareerConsent.objects.count() == 1
    assert shown(programme_staff)
    with tenant_context(essex, other_staff.person):
        assert not CareerStep.objects.exists()
    with tenant_context(essex, staff.person):
        row = CareerStep.objects.get()
        with pytest.raises(NotAllowed):
            edit_career_step(
                step=row, version=1, role="x", employer="", level="other", since=date(2026, 1, 1), by=staff.actor
            )
        with connection.cursor() as cursor:
            cursor.execute("UPDATE cohorts_careerstep SET role = 'x'")
            assert cursor.rowcount == 0
    assert staff.client.get(at("career-step-edit", row)).status_code == 403
    assert other_staff.client.get(at("career-step-edit", row)).status_code == 404
    alumna.client.post(at("career-consent"), {**agree, "agreed": "no"})
    assert not shown() and staff.client.get(at("career-step-edit", row)).status_code == 404
    # a purpose that isn't one changes nothing
    alumna.client.post(at("career-consent"), {"purpose": "press", "agreed": "yes"})
    with tenant_context(essex, alumna.person):
        (consent,) = CareerConsent.objects.all()
        assert consent.withdrawn_at is not None
        copy = str(export_person(alumna.person))
        assert "Blackwater Council" in copy and "taken back" in copy
    assert (
        alumna.client.post(at("career-step-edit", row), {**form, **day, "role": "Director", "version": "1"}).status_code
        == 302
    )
    assert alumna.client.post(at("career-step-delete", row), {}).status_code == 302
    assert "Nothing yet" in alumna.client.get(page).content.decode()


@SYS
def test_the_report_counts_who_agreed_and_no_few(essex):
    with tenant_context(essex):
        cohort = make_cohort(places=20)
        places = make_many(cohort, 16)
        Participation.objects.filter(cohort=cohort).update(joined_at=timezone.now() - timedelta(days=400))
        close_cohort(cohort=cohort, by=SYSTEM)
    long_ago, since = timezone.localdate() - timedelta(days=900), timezone.localdate() - timedelta(days=90)

    def says(number, level, day, agreed=True):
        with tenant_context(essex, places[number].person):
            by = actor_of(places[number].person)
            add_career_step(role="A role", employer="", level=level, since=day, by=by)
            if agreed:
                agree_to_use(purpose="report", agreed=True, by=by)

    for number in range(4):
        says(number, "director", since)
    with tenant_context(essex):
        assert careers_figure(cohort.pk) is None
    says(4, "chief", since)
    for number in range(5, 10):
        says(number, "service", since)
    says(10, "director", long_ago)  # was one when they joined
    says(11, "director", since, agreed=False)
    with tenant_context(essex):
        figure = careers_figure(cohort.pk)
        assert figure["data"] == {"value": 5, "of": 11}
        check_figure(figure)
        assert "careers" in [f["key"] for f in figures(cohort.pk)]
    # four would be too few to say
    with tenant_context(essex, places[0].person):
        agree_to_use(purpose="report", agreed=False, by=actor_of(places[0].person))
    with tenant_context(essex):
        assert careers_figure(cohort.pk) is None
    with tenant_context(essex, places[1].person):
        CareerStep.objects.update(written_at=timezone.now() - timedelta(days=2193))
    assert delete_due(tenant=essex)["cohorts.careers"] == 1


def test_the_list_filters_and_asks_the_same_whatever_its_length(essex, cohort, other_cohort, staff):
    page = at("alumni-list", cohort.programme)
    assert "No alumni here" in staff.client.get(page).content.decode()
    with tenant_context(essex):
        for place in make_many(cohort, 2) + make_many(other_cohort, 1):
            place = Participation.objects.select_related("person", "cohort__programme").get(pk=place.pk)
            graduate_participant(participation=place, by=SYSTEM)
        first = AlumniMembership.objects.get(person__name="Person 01")
        first.state = "away"
        first.save()
    everybody = staff.client.get(page).content.decode()
    assert "2 alumni" in everybody and "Cohort 2, Cohort 3" in everybody.replace(
        "Cohort 3, Cohort 2", "Cohort 2, Cohort 3"
    )
    assert "1 alumnus" in staff.client.get(f"{page}?state=away").content.decode()
    of_other = staff.client.get(f"{page}?cohort={other_cohort.public_id}").content.decode()
    assert "Person 00" in of_other and "Person 01" not in of_other
    before = page_queries(staff.client, page)
    with tenant_context(essex):
        for n in range(5):
            person = make_person(f"More {n}")
            admit_alumnus(person=person, programme=cohort.programme, by=SYSTEM)
    assert page_queries(staff.client, page) == before <= 12 + 6


def test_another_employer_and_another_address_take_nothing(essex, cohort, other_cohort, participant, staff):
    """Participations, history, reflections, memberships, calendar feed, sign-in: all of it hangs on the person."""
    person = participant.person
    with tenant_context(essex, person):
        by = actor_of(person)
        write_reflection(cohort=cohort, kind="event", title="A quiet room", body="I spoke last.", by=by)
        add_history_entry(
            cohort=cohort, year=1999, tone="turn", title="First team", body="Nine people.", audience="me", by=by
        )
        add_goal(cohort=cohort, better_at="Chairing", measure="Others ask me to", due_on=None, objective=None, by=by)
        make_event(cohort, "Workshop 5")
        mint_link(person=person, purpose="calendar", about=person.public_id)
    with tenant_context(essex):
        make_past_event(cohort)
        place = Participation.objects.select_related("person", "cohort__programme").get(person=person)
        graduate_participant(participation=place, by=SYSTEM)
        make_participant(other_cohort, person.name, email=person.email)

    def kept():
        with tenant_context(essex, person):
            held = {
                str(k): str(v)
                for k, v in export_person(Person.objects.get(pk=person.pk)).items()
                if "employ" not in str(k).lower()
            }
            held = {k: v for k, v in held.items() if person.email not in v and "police.example" not in v}
            return (
                held,
                sorted(p.pk for p in Participation.objects.filter(person=person)),
                [m.programme_id for m in AlumniMembership.objects.filter(person=person)],
                sorted((e.uid, e.sequence) for e in calendar_sources["cohorts"](person)),
                [r.title for r in Reflection.objects.filter(author=person)],
                Notebook.objects.filter(owner=person).count(),
                Membership.objects.get(person=person, ended_at__isnull=True).account_id,
            )

    before = kept()
    assert "A quiet room" in str(before) and before[1] and before[2]
    with tenant_context(essex):
        police = make_organisation("Essex Police", "police and fire")
    form = {
        "organisation": police.pk,
        "job_title": "Head of change",
        "on-day": "1",
        "on-month": "6",
        "on-year": "2026",
        "email": "pat@police.example",
    }
    change = reverse("tenancy:employer-change", kwargs={"tenant": "essex", "public_id": person.public_id})
    assert staff.client.post(change, form).status_code == 302
    assert kept() == before
    with tenant_context(essex):
        person.refresh_from_db()
        assert (person.organisation, person.email) == (police, "pat@police.example")
        # the place keeps who sent them
        assert {p.organisation.name for p in Participation.objects.filter(person=person, cohort=cohort)} == {
            "Mid Essex Trust"
        }
    account = Account.objects.get(pk=before[-1])
    account.email = "pat@police.example"
    account.save()
    client = sign_in_as(essex, person).client
    for path, word in (
        (reverse("cohorts:reflection-list", kwargs={"tenant": "essex"}), "A quiet room"),
        (reverse("cohorts:leadership-history", kwargs={"tenant": "essex"}), "First team"),
        (reverse("cohorts:development-plan", kwargs={"tenant": "essex"}), "Chairing"),
        (at("alumni-home"), "Leading Greater Essex"),
    ):
        assert word in client.get(path).content.decode(), path
    assert kept() == before
