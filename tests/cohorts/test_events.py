"""Events, their calendar entries, apologies and registers."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from cohorts.models import Attendance, Event
from cohorts.services.events import cancel_event, create_event, edit_event, event_times, save_register, send_apologies
from engine.moments import local_moment
from reminders.feed import entries_of
from reminders.models import Message
from reminders.selectors import read_obligations
from tenancy.errors import NotAllowed, Refused, StaleEdit, WrongState
from tenancy.models import Role
from tenancy.scope import tenant_context
from tests.factories.cohorts import (
    SYSTEM,
    make_event,
    make_many,
    make_participant,
    make_past_event,
    make_person,
    make_sets,
    sign_in_as,
)


def url_of(name, thing):
    return reverse(f"cohorts:{name}", kwargs={"tenant": "essex", "public_id": thing.public_id})


def day_after_spring_forward(year: int) -> date:
    """The clocks go forward on the last Sunday of March."""
    last = date(year, 3, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7 - 1)


# Of next year: it lies ahead whenever the tests run.
MONDAY = day_after_spring_forward(date.today().year + 1)


def boxes(day: date) -> dict[str, str]:
    return {"day-day": str(day.day), "day-month": str(day.month), "day-year": str(day.year)}


def typed(**changes):
    return {
        "kind": "workshop",
        "title": "Workshop 2",
        **boxes(MONDAY),
        "starts": "9:30am",
        "ends": "4pm",
        "place": "County Hall, Chelmsford",
        "tell": "on",
        **changes,
    }


@pytest.mark.parametrize(
    ("day", "clock", "utc"),
    [
        (date(2027, 3, 27), time(9, 30), datetime(2027, 3, 27, 9, 30, tzinfo=UTC)),
        (date(2027, 3, 28), time(9, 30), datetime(2027, 3, 28, 8, 30, tzinfo=UTC)),
        (date(2027, 7, 1), time(9, 30), datetime(2027, 7, 1, 8, 30, tzinfo=UTC)),
        (date(2027, 10, 31), time(1, 30), datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),  # the first of the two
        (date(2027, 10, 31), time(9, 30), datetime(2027, 10, 31, 9, 30, tzinfo=UTC)),
    ],
)
def test_wall_clock_times_across_the_clock_changes(day, clock, utc):
    assert local_moment(day, clock).astimezone(UTC) == utc


def test_a_time_the_spring_change_skips_is_refused():
    with pytest.raises(Refused, match="clocks go forward") as refusal:
        event_times(day=date(2027, 3, 28), starts=time(1, 30), ends=time(3))
    assert refusal.value.field == "starts"


def test_staff_create_an_event_and_everyone_expected_is_told(essex, cohort, participant, staff):
    offered = dict(staff.client.get(url_of("event-create", cohort)).context["form"].fields["kind"].choices)
    assert list(offered)[1:] == [
        *("workshop", "masterclass", "set_meeting", "coaching", "mentoring", "residential", "virtual", "networking")
    ]
    response = staff.client.post(url_of("event-create", cohort), typed())
    assert response.status_code == 302
    with tenant_context(essex):
        event = Event.objects.get()
        assert timezone.localtime(event.starts_at).isoformat() == f"{MONDAY}T09:30:00+01:00"
        assert (event.owner, event.sequence) == (staff.person, 0)
        message = Message.objects.get(kind="cohorts.event_new")
        assert message.recipient == participant.person
        assert f"{MONDAY.day} {MONDAY:%B %Y}, 9:30am to 4pm" in message.body_text
        calendar = Calendar.from_ical(message.calendar_text)
        assert calendar["method"] == "REQUEST"
        item = calendar.walk("VEVENT")[0]
        assert item["summary"] == "Workshop 2" and item["sequence"] == 0
        assert item["dtstart"].dt == event.starts_at
        assert item["dtstart"].params["TZID"] == "Europe/London"
        assert calendar.walk("VTIMEZONE")
    page = participant.client.get(response.url).content.decode()
    assert "County Hall, Chelmsford" in page and "I can’t come" in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ends": "9am"}, "must end after it starts"),
        ({"starts": "late"}, "Enter a time"),
        ({"place": ""}, "Say where it is"),
        ({"join_url": "http://meet.example/x"}, "must start with https"),
        ({"join_url": "javascript:alert(1)"}, "Enter a valid URL"),
        ({"day-month": "13"}, "must be a real date"),
        ({"starts": "1:30am", **boxes(MONDAY - timedelta(days=1))}, "clocks go forward"),
    ],
)
def test_bad_events_are_refused_at_the_field(essex, cohort, staff, changes, words):
    response = staff.client.post(url_of("event-create", cohort), typed(**changes))
    assert response.status_code == 422
    assert words in response.content.decode()
    with tenant_context(essex):
        assert not Event.objects.exists()


def test_only_what_stands_in_calendars_raises_the_sequence(essex, cohort, participant):
    with tenant_context(essex):
        event = make_event(cohort)
        event = edit_event(event=event, version=1, by=SYSTEM, summary="Bring your badge")
        assert event.sequence == 0
        assert not Message.objects.filter(kind="cohorts.event_changed").exists()
        event = edit_event(
            event=event, version=2, by=SYSTEM, place="Online", starts_at=event.starts_at + timedelta(hours=1)
        )
        assert event.sequence == 1
        text = Message.objects.get(kind="cohorts.event_changed").body_text
        assert "start, place" in text
        with pytest.raises(StaleEdit):
            edit_event(event=event, version=2, by=SYSTEM, title="Again")


def test_cancelling_takes_it_out_of_the_calendar(essex, cohort, participant, staff):
    with tenant_context(essex):
        event = make_event(cohort)
    assert staff.client.post(url_of("event-cancel", event), {"reason": ""}).status_code == 422
    assert staff.client.post(url_of("event-cancel", event), {"reason": "The room is flooded"}).status_code == 302
    with tenant_context(essex):
        message = Message.objects.get(kind="cohorts.event_cancelled")
        assert "flooded" in message.body_text
        calendar = Calendar.from_ical(message.calendar_text)
        item = calendar.walk("VEVENT")[0]
        assert calendar["method"] == "CANCEL" and item["status"] == "CANCELLED" and item["sequence"] == 1
        first = Calendar.from_ical(Message.objects.get(kind="cohorts.event_new").calendar_text).walk("VEVENT")[0]
        assert item["uid"] == first["uid"]
        entries = [e for e in entries_of(participant.person, essex) if e.uid == item["uid"]]
        assert [(e.cancelled, e.sequence) for e in entries] == [(True, 1)]
        with pytest.raises(WrongState):
            cancel_event(event=Event.objects.get(), by=staff.actor, reason="again")
    assert "Cancelled" in participant.client.get(url_of("event-detail", event)).content.decode()


def test_set_meetings_are_for_the_sets_members_only(essex, cohort, participant, other_participant, facilitator):
    with tenant_context(essex):
        make_participant(cohort, "Third", "Org 3")
        plan = make_sets(
            cohort,
            [[participant.person], [other_participant.person, make_person("Third")]],
            facilitator=facilitator.person,
        )
        mine = plan.sets.get(position=1)
        meeting = make_event(cohort, "First meeting", learning_set=mine, kind="set_meeting")
        told = set(Message.objects.filter(kind="cohorts.event_new").values_list("recipient__name", flat=True))
        assert told == {"Pat Participant", "Fay Facilitator"}
        other = make_sets_of_other_cohort(cohort)
        with pytest.raises(Refused, match="published sets"):
            make_event(cohort, "Wrong", learning_set=other)
    assert participant.client.get(url_of("event-detail", meeting)).status_code == 200
    assert facilitator.client.get(url_of("event-detail", meeting)).status_code == 200
    assert other_participant.client.get(url_of("event-detail", meeting)).status_code == 403
    assert (
        "First meeting"
        not in other_participant.client.get(reverse("cohorts:event-mine", kwargs={"tenant": "essex"})).content.decode()
    )


def make_sets_of_other_cohort(cohort):
    from tests.factories.cohorts import make_cohort

    elsewhere = make_cohort("Elsewhere")
    person = make_participant(elsewhere, "Ewan Elsewhere").person
    return make_sets(elsewhere, [[person]]).sets.get()


def test_apologies_ahead_and_taken_back(essex, cohort, participant, staff, facilitator):
    with tenant_context(essex):
        event = make_event(cohort)
    page = url_of("event-apologies", event)
    assert participant.client.post(page, {"note": "Court hearing"}).status_code == 302
    assert participant.client.post(page, {"note": "Court hearing, all day"}).status_code == 302
    assert "Court hearing, all day" in staff.client.get(url_of("event-detail", event)).content.decode()
    assert staff.client.post(page, {"note": "me too"}).status_code == 403
    assert participant.client.post(url_of("event-apologies-take-back", event)).status_code == 302
    with tenant_context(essex):
        assert not Attendance.objects.exists()
        past = make_past_event(cohort)
        with pytest.raises(WrongState):
            send_apologies(event=past, by=participant.actor)


def test_a_note_with_apologies_is_read_by_the_organisers_only(essex, cohort, participant, other_participant):
    with tenant_context(essex):
        event = make_event(cohort)
        send_apologies(event=event, by=participant.actor, note="Chemotherapy")
    assert "Chemotherapy" not in other_participant.client.get(url_of("event-detail", event)).content.decode()


def test_the_register_starts_with_everyone_present_but_the_apologies(
    essex, cohort, participant, other_participant, staff
):
    with tenant_context(essex):
        event = make_event(cohort, owner=staff.person)
        send_apologies(event=event, by=participant.actor, note="Leave")
        Event.objects.filter(pk=event.pk).update(
            starts_at=timezone.now() - timedelta(hours=4), ends_at=timezone.now() - timedelta(hours=1)
        )
        assert [o.kind for o in read_obligations(person_id=staff.person.pk)] == ["cohorts.register"]
    page = staff.client.get(url_of("event-register", event)).content.decode()
    names = {"p": f"p_{participant.person.public_id}", "o": f"p_{other_participant.person.public_id}"}
    assert f'name="{names["p"]}" value="apologies" checked' in page
    assert f'name="{names["o"]}" value="present" checked' in page
    response = staff.client.post(
        url_of("event-register", event), {"version": "1", names["p"]: "apologies", names["o"]: "absent"}
    )
    assert response.status_code == 302
    with tenant_context(essex):
        rows = dict(Attendance.objects.values_list("person__name", "state"))
        assert rows == {"Pat Participant": "apologies", "Olu Other": "absent"}
        assert Attendance.objects.get(person=participant.person).note == "Leave"
        assert read_obligations(person_id=staff.person.pk) == []
    # someone whose page was made before this one was saved
    late = staff.client.post(
        url_of("event-register", event), {"version": "1", names["p"]: "present", names["o"]: "present"}
    )
    assert late.status_code == 409 and "Saved meanwhile: Absent" in late.content.decode()
    with tenant_context(essex):
        assert Attendance.objects.get(person=other_participant.person).state == "absent"


def test_before_the_event_the_register_is_an_empty_list_for_paper(essex, cohort, participant, staff):
    with tenant_context(essex):
        event = make_event(cohort)
    page = staff.client.get(url_of("event-register", event)).content.decode()
    assert "Pat Participant" in page and "checked" not in page and "Save the register" not in page
    marks = {"version": "1", f"p_{participant.person.public_id}": "present"}
    response = staff.client.post(url_of("event-register", event), marks)
    assert response.status_code == 422 and "opens when the event starts" in response.content.decode()


def test_everyone_must_be_marked(essex, cohort, participant, other_participant, staff):
    with tenant_context(essex):
        event = make_past_event(cohort)
        with pytest.raises(Refused, match="Olu Other"):
            save_register(event=event, version=1, marks={participant.person.public_id: "present"}, by=staff.actor)
    response = staff.client.post(
        url_of("event-register", event), {"version": "1", f"p_{participant.person.public_id}": "present"}
    )
    assert response.status_code == 422 and "Mark Olu Other" in response.content.decode()


def test_who_keeps_the_register(essex, cohort, participant, facilitator, other_staff):
    with tenant_context(essex):
        event = make_past_event(cohort)
        marks = {participant.person.public_id: "present"}
        for actor in (participant.actor, facilitator.actor, other_staff.actor):
            with pytest.raises(NotAllowed):
                save_register(event=event, version=1, marks=marks, by=actor)
        mine = make_past_event(cohort, "Mine", owner=facilitator.person)
        assert save_register(event=mine, version=1, marks=marks, by=facilitator.actor) == 1
        ahead = make_event(cohort, "Ahead")
        with pytest.raises(WrongState):
            save_register(event=ahead, version=1, marks=marks, by=SYSTEM)


def test_programme_staff_reach_their_cohorts_events(essex, cohort, participant, other_cohort):
    with tenant_context(essex):
        event, person = make_event(cohort), make_person("Pru Programme")
    from tenancy.services.people import give_role

    with tenant_context(essex):
        give_role(person=person, role=Role.STAFF, by=SYSTEM, programme_id=cohort.programme_id)
    manager = sign_in_as(essex, person)
    assert manager.client.get(url_of("event-edit", event)).status_code == 200
    assert manager.client.get(url_of("cohort-detail", cohort)).status_code == 200


def test_pages_cost_the_same_for_one_row_and_three(essex, cohort, participant, staff, count_queries):
    with tenant_context(essex):
        event = make_past_event(cohort, owner=staff.person)
    pages = [
        (staff.client, url_of("event-list", cohort)),
        (staff.client, url_of("event-register", event)),
        (staff.client, url_of("event-detail", event)),
        (participant.client, reverse("cohorts:event-mine", kwargs={"tenant": "essex"})),
        (participant.client, reverse("portal:home", kwargs={"tenant": "essex"})),
    ]
    one = [count_queries(client, page) for client, page in pages]
    with tenant_context(essex):
        make_event(cohort, "A")
        make_past_event(cohort, "B")
        make_many(cohort, 3)
    three = [count_queries(client, page) for client, page in pages]
    assert one == three
    assert max(three[:4]) <= 12, three


def test_an_event_made_after_it_took_place_tells_nobody(essex, cohort, participant):
    with tenant_context(essex):
        make_past_event(cohort)
        assert not Message.objects.filter(kind__startswith="cohorts.event").exists()
        with pytest.raises(NotAllowed):
            create_event(
                cohort=cohort,
                kind="workshop",
                title="Mine",
                starts_at=timezone.now(),
                ends_at=timezone.now() + timedelta(hours=1),
                place="Here",
                by=participant.actor,
            )
