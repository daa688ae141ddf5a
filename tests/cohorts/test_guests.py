"""Capacity, guests and the waiting list: who has a place, who is next, and that the last one goes to one person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts.face_report import attendance_figure
from cohorts.models import Attendance, Event, EventGuest, EventNeeds
from cohorts.selectors.events import expected_people, is_expected
from cohorts.selectors.guests import places_at
from cohorts.selectors.needs import needs_at
from cohorts.services.events import cancel_event, edit_event, save_register, send_apologies
from cohorts.services.guests import accept_place, decline_place, invite_guest, remove_guest, settle_places
from cohorts.tasks import settle_waiting_lists
from reminders.calendars import calendar_sources
from reminders.models import Message
from reminders.selectors import read_obligations
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, WrongState
from tenancy.links import mint_link
from tenancy.models import Role
from tenancy.privacy import export_person
from tenancy.scope import tenant_context
from tenancy.services.retention import delete_due
from tests.cohorts.test_events import url_of
from tests.factories.cohorts import SYSTEM, make_event, make_participant, sign_in_as, ten_in_the_morning

SYS = pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])


def guest_of(event, name="Gus Guest", **fields):
    return invite_guest(
        event=event, name=name, email=f"{name.lower().replace(' ', '.')}@elsewhere.example", by=SYSTEM, **fields
    )


def by_link(guest) -> Actor:
    return Actor.for_link(guest.person, "guest")


def states(event):
    return [row.state for row in EventGuest.objects.filter(event=event).order_by("added_at", "pk")]


def mails(guest, kind):
    return list(Message.objects.filter(recipient=guest.person, kind=f"cohorts.{kind}").order_by("pk"))


def reload(guest):
    return EventGuest.objects.select_related("event__cohort__programme", "person").get(pk=guest.pk)


@pytest.fixture
def full(essex, cohort, participant, other_participant):
    """An event of two own people with three places."""
    with tenant_context(essex):
        return make_event(cohort, capacity=3)


def test_staff_ask_an_outsider_who_answers_by_link_and_says_what_they_need(
    essex, full, staff, other_staff, participant
):
    page = url_of("event-guests", full)
    assert page in staff.client.get(url_of("event-detail", full)).content.decode()
    assert "No guests yet" in staff.client.get(page).content.decode()
    sent = {"name": "Gus Guest", "email": "Gus@Elsewhere.example", "employer": "  Anglia   Ruskin University"}
    for _click in range(2):
        assert staff.client.post(page, sent).status_code == 302
    for who in (other_staff, participant):
        assert who.client.get(page).status_code == 403
    expected = staff.client.post(page, {**sent, "email": participant.person.email})
    assert expected.status_code == 422 and "expected anyway" in expected.content.decode()
    with tenant_context(essex):
        guest = EventGuest.objects.get()
        assert (guest.state, guest.employer, guest.person.name) == ("asked", "Anglia Ruskin University", "Gus Guest")
        assert guest.answer_by == full.starts_at or guest.answer_by < full.starts_at
        (mail,) = mails(guest, "guest_asked")
        assert mail.asks and mail.link_purpose == "guest" and mail.link_about == guest.public_id
        (owed,) = read_obligations(kind="cohorts.guest")
        assert (owed.person_id, owed.due) == (guest.person_id, guest.answer_by)
        assert places_at(full).free == 0
        token = mint_link(person=guest.person, purpose="guest", about=guest.public_id)
    link, visitor = f"/essex/guest/{token}/", Client()
    shown = visitor.get(link).content.decode()
    assert "There is a place for you, Gus Guest" in shown and "County Hall" in shown
    needs = f"{link}what-you-need/"
    assert needs in shown
    assert (
        visitor.post(needs, {"version": "0", "diet": "vegan", "allergy": "Nuts", "access": "A ramp"}).status_code == 302
    )
    empty = visitor.post(link, {})
    assert empty.status_code == 422 and "Say whether you’ll come" in empty.content.decode()
    for _click in range(2):
        assert visitor.post(link, {"answer": "yes", "employer": "ARU"}).status_code == 302
    with tenant_context(essex, staff.person):
        guest.refresh_from_db()
        assert (guest.state, guest.employer, guest.answer_by) == ("coming", "ARU", None)
        assert read_obligations(kind="cohorts.guest") == []
        (told,) = mails(guest, "event_new")
        assert told.link_purpose == "guest" and "BEGIN:VEVENT" in told.calendar_text
        assert is_expected(full, guest.person_id) and guest.person in expected_people(full)
        assert [e.title for e in calendar_sources["cohorts"](guest.person)] == [full.title]
        found = needs_at(full)
        assert (found.coming, found.said, [r.allergy for r in found.allergies]) == (3, 1, ["Nuts"])
    assert "We look forward" in visitor.get(link).content.decode()
    assert "ARU" in str(export(essex, guest.person))
    # withdrawn: the link opens nothing, and they are told
    assert staff.client.post(reverse("cohorts:guest-remove", kwargs=at(guest))).status_code == 302
    assert visitor.get(link).status_code == 404
    with tenant_context(essex):
        assert states(full) == ["removed"] and len(mails(guest, "event_cancelled")) == 1


def at(row):
    return {"tenant": "essex", "public_id": row.public_id}


def export(tenant, person):
    with tenant_context(tenant, person):
        return export_person(person)


def test_what_a_guest_needs_is_behind_the_same_wall(essex, full, staff, other_staff, facilitator, participant):
    """Read by staff of the event's cohort once the guest comes, near the event, and by nobody else."""

    def seen_by(member):
        with tenant_context(essex, member.person), connection.cursor() as cursor:
            cursor.execute("SELECT access FROM cohorts_eventneeds")
            return [row[0] for row in cursor.fetchall()]

    with tenant_context(essex):
        guest = reload(guest_of(full))
    with tenant_context(essex, guest.person):
        EventNeeds.objects.create(person=guest.person, access="A ramp", saved_at=timezone.now())
    assert seen_by(staff) == []
    with tenant_context(essex, guest.person):
        accept_place(guest=guest, by=by_link(guest))
    assert seen_by(staff) == ["A ramp"]
    assert [seen_by(m) for m in (other_staff, facilitator, participant)] == [[], [], []]
    with tenant_context(essex):
        Event.objects.filter(pk=full.pk).update(
            starts_at=full.starts_at + timedelta(days=60), ends_at=full.ends_at + timedelta(days=60)
        )
    assert seen_by(staff) == []
    with tenant_context(essex):
        Event.objects.filter(pk=full.pk).update(starts_at=full.starts_at, ends_at=full.ends_at)
    assert seen_by(staff) == ["A ramp"]
    with tenant_context(essex, guest.person):
        decline_place(guest=reload(guest), by=by_link(guest))
    assert seen_by(staff) == []


def test_the_list_moves_up_by_itself(essex, full, participant, other_participant, staff):
    with tenant_context(essex):
        first, second, third = (guest_of(full, name) for name in ("Ann First", "Bob Second", "Cy Third"))
        assert states(full) == ["asked", "waiting", "waiting"]
        assert len(mails(second, "guest_waiting")) == 1 and mails(second, "guest_asked") == []
        token = mint_link(person=third.person, purpose="guest", about=third.public_id)
    assert "You’re number 2 on the waiting list" in Client().get(f"/essex/guest/{token}/").content.decode()
    page = staff.client.get(url_of("event-guests", full)).content.decode()
    assert "0 places are free." in page and "2 people wait" in page
    # apologies free a place: whoever is next is asked at once, once
    for _click in range(2):
        assert participant.client.post(url_of("event-apologies", full), {"note": "Childcare"}).status_code == 302
    with tenant_context(essex):
        assert states(full) == ["asked", "asked", "waiting"]
        assert len(mails(second, "guest_asked")) == 1 and places_at(full).free == 0
    # too late: the place has gone, so they wait behind the others
    assert participant.client.post(url_of("event-apologies-take-back", full)).status_code == 302
    waiting = participant.client.get(url_of("event-detail", full)).content.decode()
    assert "you’re on the waiting list" in waiting
    with tenant_context(essex):
        mine = EventGuest.objects.get(person=participant.person)
        assert Attendance.objects.get(person=participant.person).state == "apologies"
        # a guest declines; then the next two who wait are those who were first
        decline_place(guest=reload(first), by=by_link(first))
        assert states(full) == ["declined", "asked", "asked", "waiting"]
        # nobody answers in time
        EventGuest.objects.filter(pk__in=(second.pk, third.pk)).update(answer_by=timezone.now() - timedelta(minutes=1))
        with pytest.raises(WrongState, match="time to answer is over"):
            accept_place(guest=reload(second), by=by_link(second))
        assert settle_places(event=full) == 3 and settle_places(event=full) == 0
        assert states(full) == ["declined", "lapsed", "lapsed", "asked"]
        assert mails(mine, "guest_asked")
        accept_place(guest=reload(mine), by=Actor.for_person(participant.person))
        assert not Attendance.objects.filter(person=participant.person).exists()
        assert (places_at(full).own, places_at(full).kept, places_at(full).free) == (2, 0, 1)
        # away again: both the place and the apologies say so
        send_apologies(event=full, by=participant.actor)
        assert states(full)[-1] == "declined" and places_at(full).own == 1


def test_more_room_and_a_cancelled_event_tell_everybody(essex, full):
    with tenant_context(essex):
        asked, waits = guest_of(full, "Ann First"), guest_of(full, "Bob Second")
        edited = edit_event(event=full, version=full.version, capacity=4, by=SYSTEM)
        assert states(full) == ["asked", "asked"] and edited.sequence == 0
        edit_event(event=full, version=edited.version, capacity=None, by=SYSTEM)
        assert places_at(full).has_room and guest_of(full, "Cy Third").state == "asked"
        accept_place(guest=reload(asked), by=by_link(asked))
        cancel_event(event=full, by=SYSTEM, reason="Snow")
        assert len(mails(asked, "event_cancelled")) == 1 and len(mails(waits, "guest_off")) == 1
        assert read_obligations(kind="cohorts.guest") == []
        for change in (accept_place, decline_place):
            with pytest.raises(WrongState, match="cancelled"):
                change(guest=reload(waits), by=by_link(waits))
        with pytest.raises(WrongState, match="cancelled"):
            guest_of(full, "Di Late")


def test_every_step_from_every_state(essex, full, staff, participant):
    """accept and decline by the guest alone, remove by staff: refused or done, as the state has it."""
    with tenant_context(essex):
        guest = guest_of(full)
        for state in ("waiting", "asked", "coming", "declined", "lapsed", "removed"):
            for step in (accept_place, decline_place, remove_guest):
                EventGuest.objects.filter(pk=guest.pk).update(
                    state=state, answer_by=full.starts_at if state == "asked" else None
                )
                EventGuest.objects.exclude(pk=guest.pk).delete()
                by = staff.actor if step is remove_guest else by_link(guest)
                wanted = {
                    (accept_place, "asked"): "coming",
                    (accept_place, "coming"): "coming",
                    (decline_place, "waiting"): "declined",
                    (decline_place, "asked"): "declined",
                    (decline_place, "coming"): "declined",
                    (decline_place, "declined"): "declined",
                    (remove_guest, "waiting"): "removed",
                    (remove_guest, "asked"): "removed",
                    (remove_guest, "coming"): "removed",
                }.get((step, state))
                if wanted is None and step is not remove_guest:
                    with pytest.raises(WrongState):
                        step(guest=reload(guest), by=by)
                    assert reload(guest).state == state
                else:
                    step(guest=reload(guest), by=by)
                    assert reload(guest).state == (wanted or state), (step, state)
        with pytest.raises(NotAllowed):
            accept_place(guest=reload(guest), by=participant.actor)
        with pytest.raises(NotAllowed):
            remove_guest(guest=reload(guest), by=participant.actor)
        with pytest.raises(NotAllowed):
            invite_guest(event=full, name="Me", email="me@example.org", by=participant.actor)
        Event.objects.filter(pk=full.pk).update(starts_at=timezone.now() - timedelta(hours=1))
        with pytest.raises(WrongState, match="already started"):
            guest_of(full, "Di Late")


def test_a_guest_of_another_cohort_is_in_the_register_and_in_no_figure(essex, cohort, other_cohort, participant, staff):
    with tenant_context(essex):
        event = make_event(cohort)
        person = make_participant(other_cohort, "Olga Othercohort").person
        guest = invite_guest(event=event, name="Whatever", email=person.email, by=SYSTEM)
        assert guest.person == person
    member = sign_in_as(essex, person, Role.PARTICIPANT, cohort=other_cohort)
    page = reverse("cohorts:guest-answer", kwargs=at(guest))
    assert member.client.get(url_of("event-detail", event)).status_code == 403
    assert participant.client.get(page).status_code == 403
    # what somebody said behind a sign-in isn't shown to whoever has the mail
    with tenant_context(essex):
        token = mint_link(person=person, purpose="guest", about=guest.public_id)
    by_mail = Client().get(f"/essex/guest/{token}/").content.decode()
    assert "/essex/events/what-you-need/" in by_mail and f"{token}/what-you-need/" not in by_mail
    assert Client().get(f"/essex/guest/{token}/what-you-need/").status_code == 404
    assert member.client.post(page, {"answer": "yes"}).status_code == 302
    assert member.client.get(url_of("event-detail", event)).status_code == 200
    assert event.title in member.client.get("/essex/events/").content.decode()
    with tenant_context(essex):
        Event.objects.filter(pk=event.pk).update(
            starts_at=ten_in_the_morning(-2), ends_at=ten_in_the_morning(-2) + timedelta(hours=2)
        )
        event.refresh_from_db()
        names = [p.name for p in expected_people(event)]
        assert names == ["Olga Othercohort", "Pat Participant"]
        save_register(
            event=event,
            version=event.version,
            marks={p.public_id: "present" if p == person else "absent" for p in expected_people(event)},
            by=staff.actor,
        )
        assert {a.person.name: (a.state, a.is_guest) for a in Attendance.objects.select_related("person")} == {
            "Olga Othercohort": ("present", True), "Pat Participant": ("absent", False),
        }  # fmt: skip
        assert attendance_figure(cohort.pk)["data"] == [["Workshop", 0, 1]]


@SYS
def test_the_tick_finds_what_is_due_in_every_tenant(essex, hsmc, full):
    with tenant_context(essex):
        first, second = guest_of(full, "Ann First"), guest_of(full, "Bob Second")
        EventGuest.objects.filter(pk=first.pk).update(answer_by=timezone.now() - timedelta(minutes=1))
    assert (settle_waiting_lists(), settle_waiting_lists()) == (2, 0)
    with tenant_context(essex):
        assert states(full) == ["lapsed", "asked"]
        assert len(mails(second, "guest_asked")) == 1


@SYS
def test_who_waited_in_vain_doesnt_stand_before_those_who_wait(essex, cohort, full, monkeypatch):
    """The tick takes so many events at once: one that has begun isn't among them for ever."""
    monkeypatch.setattr("cohorts.tasks.AT_ONCE", 1)
    with tenant_context(essex):
        later = make_event(cohort, "Next class", capacity=3, tell=False)
        for event, name in ((full, "Ann First"), (full, "Bob Second"), (later, "Cy Third"), (later, "Di Fourth")):
            guest_of(event, name)
        assert full.pk < later.pk and (states(full), states(later)) == (["asked", "waiting"], ["asked", "waiting"])
        gone = timezone.now() - timedelta(hours=1)
        Event.objects.filter(pk=full.pk).update(starts_at=gone)
        EventGuest.objects.filter(event=full, state="asked").update(state="lapsed", answer_by=None)
        EventGuest.objects.filter(event=later, state="asked").update(answer_by=gone)
    assert settle_waiting_lists() == 2
    with tenant_context(essex):
        assert (states(full), states(later)) == (["lapsed", "waiting"], ["lapsed", "asked"])


@SYS
def test_guests_go_a_year_after_the_event(essex, full, cohort):
    with tenant_context(essex):
        guest, kept = guest_of(full), guest_of(make_event(cohort, "Later"), "Kay Kept")
        accept_place(guest=reload(guest), by=by_link(guest))
        Attendance.objects.create(
            event=full, person=guest.person, state="present", is_guest=True, recorded_at=timezone.now()
        )
        long_ago = timezone.now() - timedelta(days=366)
        Event.objects.filter(pk=full.pk).update(starts_at=long_ago - timedelta(hours=1), ends_at=long_ago)
    delete_due(tenant=essex)
    with tenant_context(essex):
        assert [g.pk for g in EventGuest.objects.all()] == [kept.pk]
        assert not Attendance.objects.exists()


def test_the_list_of_guests_costs_the_same_however_many(essex, full, staff, count_queries):
    page = url_of("event-guests", full)
    with tenant_context(essex):
        guest_of(full)
    once = count_queries(staff.client, page)
    with tenant_context(essex):
        for n in range(4):
            guest_of(full, f"Gus {n} Guest")
    assert count_queries(staff.client, page) == once <= 12
