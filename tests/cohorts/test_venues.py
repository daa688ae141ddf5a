"""Venues, what hangs on their addresses, and a cohort's events in their order."""

from __future__ import annotations

import pytest
from django.urls import reverse

from cohorts.models import EventTask, Venue
from cohorts.selectors.sequence import line_of, neighbours_of, place_all
from cohorts.services.event_tasks import add_event_task
from cohorts.services.events import cancel_event, edit_event, send_apologies
from cohorts.services.venues import add_venue, edit_venue
from reminders.calendars import calendar_sources
from reminders.models import Message
from tenancy.errors import NotAllowed, Refused, StaleEdit
from tenancy.scope import tenant_context
from tests.cohorts.test_events import typed, url_of
from tests.factories.cohorts import SYSTEM, make_event, make_past_event, make_sets, ten_in_the_morning

HALL = {"name": "Anglia Hall", "address": "14 Duke Street, Chelmsford"}
ALL_YES = dict.fromkeys(("step_free", "accessible_toilet", "accessible_parking", "hearing_loop", "quiet_room"), "yes")


def list_of():
    return reverse("cohorts:venue-list", kwargs={"tenant": "essex"})


def test_staff_keep_the_list_and_everybody_reads_what_a_place_offers(essex, cohort, participant, staff, stranger):
    new = reverse("cohorts:venue-create", kwargs={"tenant": "essex"})
    assert "No venues yet" in staff.client.get(list_of()).content.decode()
    empty = staff.client.post(new, {**ALL_YES, "name": " "}).content.decode()
    assert "Enter a name" in empty and "Enter an address" in empty
    sent = {
        **ALL_YES,
        **HALL,
        "name": " Anglia   Hall",
        "step_free": "no",
        "quiet_room": "unknown",
        "directions": "By bus.",
    }
    for _click in range(2):
        assert staff.client.post(new, sent).status_code == 302
    with tenant_context(essex):
        venue = Venue.objects.get()
        assert (venue.name, venue.step_free, venue.quiet_room, venue.not_known()) == ("Anglia Hall", "no", "unknown", 1)
        make_event(cohort, venue=venue, place="Room 4")
        make_event(cohort, "Called off", venue=venue)
        cancel_event(event=venue.events.get(title="Called off"), by=SYSTEM, reason="Snow")
        make_past_event(cohort, venue=venue)
    refused = staff.client.post(new, {**sent, "address": "Elsewhere"})
    assert refused.status_code == 422 and "14 Duke Street" in refused.content.decode()
    shown = staff.client.get(list_of()).content.decode()
    assert "1 answer not known yet" in shown and f'{url_of("venue-detail", venue)}#ahead">1<' in shown
    page = url_of("venue-detail", venue)
    kept = staff.client.get(page).content.decode()
    assert "Workshop 1" in kept and "Room 4" in kept and "Called off" not in kept and "Workshop 0" not in kept
    read = participant.client.get(page).content.decode()
    assert "Still to come here" not in read
    assert "By bus." in read and "Not known yet" in read and "they’ll find out" in read
    assert (
        url_of("venue-edit", venue) not in read
        and url_of("venue-edit", venue) in staff.client.get(page).content.decode()
    )
    for closed in (list_of(), new, url_of("venue-edit", venue)):
        assert participant.client.get(closed).status_code == 403
    assert (stranger.client.get(page).status_code, participant.client.post(new, sent).status_code) == (404, 403)
    with tenant_context(essex, participant.person), pytest.raises(NotAllowed):
        add_venue(name="Mine", address="Here", by=participant.actor)


def test_an_event_names_a_venue_and_adds_the_room(essex, cohort, participant, staff):
    with tenant_context(essex):
        venue = add_venue(**HALL, by=SYSTEM)
    sent = {**typed(place="Room 4"), "venue": str(venue.pk), "learning_set": "", "owner": ""}
    assert staff.client.post(url_of("event-create", cohort), sent).status_code == 302
    with tenant_context(essex):
        event = venue.events.get()
        assert event.where == "Room 4, Anglia Hall"
        entry = calendar_sources["cohorts"](participant.person)[0]
        assert entry.place == "Room 4, Anglia Hall, 14 Duke Street, Chelmsford"
        told = Message.objects.get(recipient=participant.person, kind="cohorts.event_new")
        assert "14 Duke Street" in told.body_text and "14 Duke Street" in told.calendar_text.replace("\r\n ", "")
        moved = edit_event(event=event, version=event.version, venue=None, by=SYSTEM)
        assert (moved.where, moved.sequence) == ("Room 4", 1)
        assert Message.objects.filter(recipient=participant.person, kind="cohorts.event_changed").count() == 1
        # a venue alone says where; without one, without a room and without a link nobody could come
        assert edit_event(event=moved, version=moved.version, venue=venue, place="", by=SYSTEM).where == "Anglia Hall"
        with pytest.raises(Refused, match="Say where it is"):
            edit_event(event=moved, version=moved.version, venue=None, place=" ", by=SYSTEM)
    shown = participant.client.get(url_of("event-detail", event)).content.decode()
    assert url_of("venue-detail", venue) in shown and "14 Duke Street" in shown


def test_a_new_address_reaches_the_calendars_of_events_ahead(essex, cohort, participant, staff):
    with tenant_context(essex):
        venue = add_venue(**HALL, by=SYSTEM)
        ahead, over = make_event(cohort, venue=venue), make_past_event(cohort, venue=venue)
        elsewhere = make_event(cohort, "Elsewhere")
        add_venue(name="Firstsite", address="Colchester", by=SYSTEM)
    edit = url_of("venue-edit", venue)
    sent = {**ALL_YES, **HALL, "directions": "", "access_notes": "", "version": "1", "tell": "on"}

    def changed():
        with tenant_context(essex):
            for event in (ahead, over, elsewhere):
                event.refresh_from_db()
            mails = Message.objects.filter(kind="cohorts.event_changed", recipient=participant.person)
            return [e.sequence for e in (ahead, over, elsewhere)], [m.body_text for m in mails]

    assert staff.client.post(edit, sent).status_code == 302
    assert changed() == ([0, 0, 0], [])
    taken = staff.client.post(edit, {**sent, "version": "2", "name": "Firstsite"})
    assert taken.status_code == 422 and "a venue of this name already" in taken.content.decode()
    assert staff.client.post(edit, {**sent, "version": "2", "address": "1 New Street"}).status_code == 302
    sequences, mails = changed()
    assert sequences == [1, 0, 0] and len(mails) == 1 and "1 New Street" in mails[0]
    # without a word to anybody their calendars change all the same
    assert staff.client.post(edit, {**sent, "version": "3", "name": "The Hall", "tell": ""}).status_code == 302
    assert changed()[0] == [2, 0, 0] and len(changed()[1]) == 1
    with tenant_context(essex), pytest.raises(StaleEdit):
        edit_venue(venue=venue, version=3, name="Another", address="1 New Street", by=staff.actor)


def test_who_may_change_a_venue_follows_from_who_meets_there(essex, cohort, other_cohort, participant, other_staff):
    """Staff of one cohort can't move what stands in the calendars of another's people."""
    with tenant_context(essex):
        venue = add_venue(**HALL, by=other_staff.actor)
        make_event(other_cohort, venue=venue)
        # what is over is nobody's calendar any more
        make_past_event(cohort, venue=venue)
    edit, page = url_of("venue-edit", venue), url_of("venue-detail", venue)
    assert other_staff.client.get(edit).status_code == 200 and edit in other_staff.client.get(page).content.decode()
    with tenant_context(essex):
        shared = make_event(cohort, venue=venue, tell=False)
    assert other_staff.client.get(edit).status_code == 403 and edit not in other_staff.client.get(page).content.decode()
    with tenant_context(essex, other_staff.person):
        with pytest.raises(NotAllowed, match="Another cohort meets there"):
            edit_venue(venue=venue, version=1, address="Elsewhere", by=other_staff.actor)
        assert not Message.objects.filter(kind="cohorts.event_changed").exists()
    with tenant_context(essex):
        cancel_event(event=shared, by=SYSTEM, reason="Snow")
        assert edit_venue(venue=venue, version=1, address="Elsewhere", by=other_staff.actor).address == "Elsewhere"


def test_events_stand_in_their_order(essex, cohort, participant, other_participant, facilitator, staff, other_staff):
    with tenant_context(essex):
        plan = make_sets(cohort, [[participant.person], [other_participant.person]], facilitator=facilitator.person)
        own = plan.sets.get(memberships__person=participant.person)
        others = plan.sets.exclude(pk=own.pk).get()

        def at(days, title, **fields):
            return make_event(cohort, title, starts_at=ten_in_the_morning(days), **fields)

        last, first, middle = (
            at(30, "Handing on"),
            at(-9, "Beginnings"),
            at(12, "Power", place="", join_url="https://x.example"),
        )
        gone = at(20, "Called off")
        cancel_event(event=gone, by=SYSTEM, reason="Snow")
        single = at(14, "Money", kind="masterclass")
        mine = at(13, "Set meeting", kind="set_meeting", learning_set=own)
        theirs = at(15, "Their meeting", kind="set_meeting", learning_set=others)
        add_event_task(event=middle, timing=EventTask.Timing.BEFORE, title="Read the case", by=SYSTEM)
        add_event_task(event=middle, timing=EventTask.Timing.AFTER, title="Try it", by=SYSTEM)
        send_apologies(event=last, by=participant.actor)
        order = list(line_of(cohort.pk, participant.actor))
        assert [e.pk for e in order] == [e.pk for e in (first, middle, mine, single, last)]
        placed = place_all(order)
        assert [(p.number, p.total) for p in map(placed.get, (first.pk, middle.pk, mine.pk, single.pk, last.pk))] == [
            (1, 3), (2, 3), (None, None), (None, None), (3, 3),
        ]  # fmt: skip
        here = neighbours_of(middle, participant.actor)
        assert (here.previous, here.next, here.number, here.total) == (first, mine, 2, 3)
        assert neighbours_of(gone, participant.actor).next is None
        # whoever keeps the register of one class stands in no cohort's order but their own
        assert [e.pk for e in line_of(cohort.pk, staff.actor)] == [e.pk for e in (first, middle, single, last)]
        assert theirs in line_of(cohort.pk, staff.actor, set_id=others.pk)
    page = url_of("cohort-programme", cohort)
    shown = participant.client.get(page).content.decode()
    titles = [shown.index(title) for title in ("Beginnings", "Power", "Set meeting", "Money", "Handing on")]
    assert titles == sorted(titles) and "Their meeting" not in shown and "Called off" not in shown
    for words in ("Workshop 2 of 3", "Read the case", "Try it", "Online", "Apologies sent", "Over"):
        assert words in shown
    assert "Their meeting" in other_participant.client.get(page).content.decode()
    assert "Power" in staff.client.get(page).content.decode()
    assert facilitator.client.get(page).status_code == 200
    assert other_staff.client.get(page).status_code == 403
    detail = participant.client.get(url_of("event-detail", middle)).content.decode()
    assert "Workshop 2 of 3" in detail and url_of("event-detail", mine) in detail and page in detail


def test_lists_cost_the_same_however_many_rows(essex, cohort, participant, staff, count_queries):
    page = url_of("cohort-programme", cohort)

    def add(n):
        with tenant_context(essex):
            venue = add_venue(name=f"Venue {n}", address="Chelmsford", by=SYSTEM)
            event = make_event(cohort, f"Workshop {n}", venue=venue, starts_at=ten_in_the_morning(n))
            add_event_task(event=event, timing="before", title="Read", by=SYSTEM)

    def asked():
        return [count_queries(staff.client, list_of()), count_queries(participant.client, page)]

    add(3)
    once = asked()
    add(4)
    add(5)
    assert asked() == once and max(once) <= 12
