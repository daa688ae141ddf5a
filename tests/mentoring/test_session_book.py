"""Times and bookings: one place at a time, whatever happens at once."""

import threading
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.db import IntegrityError, connections, transaction
from django.utils import timezone
from icalendar import Calendar

from engine.transitions import possible, transition
from mentoring.calendar import calendar_entries
from mentoring.models import AvailabilitySlot, MentoringSession
from mentoring.services.sessions import SlotTaken, book_session, cancel_session, move_session, record_session
from mentoring.services.slots import offer_slots, withdraw_slot
from mentoring.states import SESSION, SessionState
from reminders.models import Message
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.scope import tenant_context
from tenancy.selectors import actor_of
from tests.factories.mentoring import in_days, make_match, make_slots


@pytest.fixture
def two(cast):
    """A mentor with two mentees and two free hours."""
    with tenant_context(cast.tenant):
        first = make_match(cast.mentor.person, cast.mentee.person, cast.cohort)
        second = make_match(cast.mentor.person, cast.other.person, cast.cohort)
        return first, second, make_slots(cast.mentor.person)


def test_a_day_is_cut_into_sessions(cast):
    with tenant_context(cast.tenant):
        make_match(cast.mentor.person, cast.mentee.person, cast.cohort)
        slots = make_slots(cast.mentor.person, starts=time(9), ends=time(11, 30))
        assert [timezone.localtime(s.starts_at).time() for s in slots] == [time(9), time(10)]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"starts": time(9, 10)}, "starts"),
        ({"ends": time(9)}, "ends"),
        ({"ends": time(9, 45)}, "ends"),
        ({"minutes": 61}, "minutes"),
        ({"place": " "}, "place"),
        ({"on": date(2020, 1, 1)}, "on"),
        ({"on": date(2099, 1, 1)}, "on"),
    ],
)
def test_times_that_cannot_be_are_refused_at_their_field(cast, change, field):
    with tenant_context(cast.tenant):
        make_match(cast.mentor.person, cast.mentee.person, cast.cohort)
        good = {
            "on": in_days(3),
            "starts": time(9),
            "ends": time(11),
            "minutes": 60,
            "place": "Here",
            "by": cast.mentor.actor,
        }
        with pytest.raises(Refused) as refusal:
            offer_slots(**{**good, **change})
        assert refusal.value.field == field
        assert len(offer_slots(**good)) == 2


def test_overlapping_times_are_refused_whole(cast):
    with tenant_context(cast.tenant):
        make_match(cast.mentor.person, cast.mentee.person, cast.cohort)
        make_slots(cast.mentor.person)
        with pytest.raises(Refused, match="overlaps"):
            make_slots(cast.mentor.person, starts=time(8), ends=time(10))
        assert AvailabilitySlot.objects.count() == 2
        make_slots(cast.mentor.person, starts=time(11), ends=time(12))  # touching isn't overlapping
        assert AvailabilitySlot.objects.count() == 3


def test_local_times_across_both_clock_changes(cast):
    with tenant_context(cast.tenant):
        make_match(cast.mentor.person, cast.mentee.person, cast.cohort)

        def offered(on, starts, ends, minutes=60):
            return [
                s.starts_at.astimezone(UTC)
                for s in offer_slots(on=on, starts=starts, ends=ends, minutes=minutes, place="x", by=cast.mentor.actor)
            ]

        with time_machine.travel("2027-03-01 12:00", tick=False):
            assert offered(date(2027, 3, 27), time(10), time(11)) == [datetime(2027, 3, 27, 10, tzinfo=UTC)]
            assert offered(date(2027, 3, 29), time(10), time(11)) == [datetime(2027, 3, 29, 9, tzinfo=UTC)]
            with pytest.raises(Refused, match="clocks go forward"):
                offered(date(2027, 3, 28), time(1, 30), time(3))
            # the night has an hour less: midnight to 3am holds two sessions of an hour
            assert len(offered(date(2027, 3, 28), time(0), time(3))) == 2
        with time_machine.travel("2027-10-01 12:00", tick=False):
            # and in autumn one more
            assert len(offered(date(2027, 10, 31), time(0), time(3))) == 4


def test_booking_makes_one_session_told_to_both_with_a_calendar_entry(cast, two):
    match, _, (slot, _later) = two
    with tenant_context(cast.tenant):
        session = book_session(match=match, slot=slot, by=cast.mentee.actor)
        assert book_session(match=match, slot=slot, by=cast.mentee.actor) == session  # a double click is one booking
        told = list(Message.objects.filter(kind="mentoring.session_booked"))
        assert {m.recipient_id for m in told} == {cast.mentor.person.pk, cast.mentee.person.pk}
        for message in told:
            calendar = Calendar.from_ical(message.calendar_text)
            [event] = calendar.walk("VEVENT")
            assert calendar["METHOD"] == "REQUEST" and event["SEQUENCE"] == 0
            assert event["UID"] == f"mentoring-{session.public_id}@baton" and event["SUMMARY"] == "Mentoring session"
            assert event.decoded("DTSTART") == slot.starts_at


def test_only_a_free_time_of_ones_own_mentor_by_the_mentee(cast, two):
    match, other, (slot, later) = two
    with tenant_context(cast.tenant):
        for who in (cast.mentor, cast.other, cast.staff):
            with pytest.raises(NotAllowed):
                book_session(match=match, slot=slot, by=who.actor)
        book_session(match=match, slot=slot, by=cast.mentee.actor)
        with pytest.raises(SlotTaken):
            book_session(match=other, slot=slot, by=cast.other.actor)
        withdraw_slot(slot=later, by=cast.mentor.actor)
        with pytest.raises(SlotTaken):
            book_session(match=other, slot=later, by=cast.other.actor)


def test_the_wall_stands_without_the_lock(cast, two):
    match, other, (slot, _) = two
    with tenant_context(cast.tenant):
        book_session(match=match, slot=slot, by=cast.mentee.actor)
        half = timedelta(minutes=30)
        with pytest.raises(IntegrityError, match="session_no_overlap"), transaction.atomic():
            MentoringSession.objects.create(
                match=other,
                mentor=cast.mentor.person,
                mentee=cast.other.person,
                starts_at=slot.starts_at + half,
                ends_at=slot.ends_at + half,
                booked_at=timezone.now(),
            )


@pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])
def test_of_sixteen_at_once_exactly_one_wins_each_time(cast, two):
    first, second, slots = two
    outcomes = {slot.pk: [] for slot in slots}

    def book(slot, match, person, start):
        try:
            start.wait()
            with tenant_context(cast.tenant, person):
                book_session(match=match, slot=slot, by=actor_of(person))
            outcomes[slot.pk].append(match.pk)
        except SlotTaken:
            outcomes[slot.pk].append("late")
        finally:
            connections.close_all()

    for slot in slots:
        start = threading.Barrier(16)
        both = [(first, cast.mentee.person), (second, cast.other.person)] * 8
        threads = [threading.Thread(target=book, args=(slot, match, person, start)) for match, person in both]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    with tenant_context(cast.tenant):
        for slot in slots:
            [session] = MentoringSession.objects.filter(slot=slot)
            # the winner's own repeats find the session they already have; the other pair's eight are all late
            assert outcomes[slot.pk].count("late") == 8
            assert set(outcomes[slot.pk]) == {session.match_id, "late"}
        assert Message.objects.filter(kind="mentoring.session_booked").count() == 4


def test_a_taken_time_answers_409_with_those_still_free(cast, two):
    match, other, (slot, later) = two
    mine = f"/essex/mentoring/matches/{match.public_id}/book/"
    theirs = f"/essex/mentoring/matches/{other.public_id}/book/"
    page = cast.mentee.client.get(mine)
    assert slot.public_id in page.content.decode()
    assert cast.other.client.post(theirs, {"slot": slot.public_id}).status_code == 302
    late = cast.mentee.client.post(mine, {"slot": slot.public_id})
    html = late.content.decode()
    assert late.status_code == 409 and "That time has gone" in html and "just taken" in html
    assert later.public_id in html and f'value="{slot.public_id}"' not in html
    with tenant_context(cast.tenant):
        assert MentoringSession.objects.count() == 1
    assert cast.mentee.client.post(mine, {"slot": later.public_id}).status_code == 302
    assert cast.mentee.client.post(mine, {}).status_code == 422
    assert cast.mentee.client.post(mine, {"slot": "bcdfghjkmn"}).status_code == 422


def test_moving_keeps_the_calendar_entry_and_frees_the_old_time(cast, two):
    match, other, (slot, later) = two
    with tenant_context(cast.tenant):
        session = book_session(match=match, slot=slot, by=cast.mentee.actor)
        moved = move_session(session=session, slot=later, by=cast.mentee.actor)
        assert (moved.pk, moved.sequence, moved.starts_at) == (session.pk, 1, later.starts_at)
        subjects = [m.subject for m in Message.objects.filter(kind="mentoring.session_booked").order_by("id")]
        assert len(subjects) == 4 and "moved to" in subjects[-1]
        book_session(match=other, slot=slot, by=cast.other.actor)
        with pytest.raises(SlotTaken):
            move_session(session=moved, slot=slot, by=cast.mentee.actor)
        with pytest.raises(NotAllowed):
            move_session(session=moved, slot=slot, by=cast.mentor.actor)


def test_cancelling_tells_both_calendars_and_frees_the_time(cast, two):
    match, other, (slot, _) = two
    with tenant_context(cast.tenant):
        session = book_session(match=match, slot=slot, by=cast.mentee.actor)
    address = f"/essex/mentoring/sessions/{session.public_id}/cancel/"
    assert cast.other.client.get(address).status_code == 403
    assert cast.stranger.client.get(address).status_code == 404
    assert cast.mentor.client.get(address).status_code == 200
    assert cast.mentor.client.post(address).status_code == 302
    with tenant_context(cast.tenant):
        for who in (cast.mentor, cast.mentee):
            [entry] = calendar_entries(who.person)
            assert (entry.cancelled, entry.sequence) == (True, 1)
        assert Message.objects.filter(kind="mentoring.session_cancelled").count() == 2
        book_session(match=other, slot=slot, by=cast.other.actor)
        with pytest.raises(WrongState):
            cancel_session(session=MentoringSession.objects.get(pk=session.pk), by=cast.mentee.actor)


def test_the_feed_says_when_and_where_and_nothing_else(cast, two):
    match, _, (slot, _) = two
    with tenant_context(cast.tenant):
        session = book_session(match=match, slot=slot, by=cast.mentee.actor)
        [entry] = calendar_entries(cast.mentor.person)
        assert entry.title == "Mentoring session" and entry.starts_at == slot.starts_at
        assert entry.place == "Room 4, County Hall" and entry.uid == f"mentoring-{session.public_id}@baton"
        assert entry.path == f"/essex/mentoring/sessions/{session.public_id}/"
        assert calendar_entries(cast.other.person) == []


def test_afterwards_either_says_whether_it_took_place(cast, two):
    match, _, (slot, _) = two
    with tenant_context(cast.tenant):
        session = book_session(match=match, slot=slot, by=cast.mentee.actor)
        with pytest.raises(WrongState, match="isn’t over"):
            record_session(session=session, held=True, by=cast.mentor.actor)
        past = timezone.now() - timedelta(days=1)
        MentoringSession.objects.update(starts_at=past - timedelta(hours=1), ends_at=past)
    address = f"/essex/mentoring/sessions/{session.public_id}/"
    assert "Did it take place?" in cast.mentee.client.get(address).content.decode()
    assert cast.other.client.post(f"{address}record/", {"held": "yes"}).status_code == 403
    assert cast.staff.client.post(f"{address}record/", {"held": "yes"}).status_code == 403
    assert cast.mentee.client.post(f"{address}record/", {"held": "yes"}).status_code == 302
    with tenant_context(cast.tenant):
        assert MentoringSession.objects.get().state == "held"


@pytest.mark.parametrize("step", SESSION, ids=lambda step: step.name)
def test_a_step_leads_from_its_sources_only_and_for_its_people_only(cast, two, step):
    match, _, (slot, _) = two
    with tenant_context(cast.tenant):
        session = book_session(match=match, slot=slot, by=cast.mentee.actor)
        for state in SessionState.values:
            MentoringSession.objects.filter(pk=session.pk).update(state=state)
            fresh = MentoringSession.objects.select_related("match").get(pk=session.pk)
            with pytest.raises(NotAllowed):
                transition(fresh, step.name, by=cast.other.actor)
            assert (step in possible(fresh, cast.mentor.actor)) == (state in step.source)
            if state in step.source:
                assert transition(fresh, step.name, by=cast.mentor.actor).state == step.target
            else:
                with pytest.raises(WrongState):
                    transition(fresh, step.name, by=cast.mentor.actor)


def test_the_mentors_page_of_times(cast, two):
    match, _, (slot, later) = two
    with tenant_context(cast.tenant):
        book_session(match=match, slot=slot, by=cast.mentee.actor)
    day = in_days(5)
    data = {
        "on-day": day.day,
        "on-month": day.month,
        "on-year": day.year,
        "starts": "2pm",
        "ends": "4:30pm",
        "minutes": "60",
        "join_url": "https://meet.example.org/abc",
    }
    assert cast.mentor.client.post("/essex/mentoring/times/", data).status_code == 302
    html = cast.mentor.client.get("/essex/mentoring/times/").content.decode()
    assert "2 times are on offer now." in html and "Booked" in html
    assert cast.mentor.client.post("/essex/mentoring/times/", {**data, "starts": "25"}).status_code == 422
    assert cast.mentor.client.post("/essex/mentoring/times/", data).status_code == 422
    gone = cast.mentor.client.post(f"/essex/mentoring/times/{slot.public_id}/withdraw/", follow=True)
    assert "Someone has booked this time" in gone.content.decode()
    assert cast.mentee.client.post(f"/essex/mentoring/times/{later.public_id}/withdraw/").status_code == 403
    assert cast.mentor.client.post(f"/essex/mentoring/times/{later.public_id}/withdraw/").status_code == 302
    with tenant_context(cast.tenant):
        assert AvailabilitySlot.objects.get(pk=later.pk).withdrawn_at is not None
    assert cast.mentee.client.get("/essex/mentoring/times/").status_code == 403
