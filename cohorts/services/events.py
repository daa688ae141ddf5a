"""Events, apologies and registers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.check_in import is_open as check_in_is_open
from cohorts.check_in import is_recent
from cohorts.emails import send_event, send_guest_off
from cohorts.models import Attendance, Cohort, Event, EventGuest, LearningSet, Venue
from cohorts.rules import event_keeper, expected_at_event
from cohorts.selectors.events import expected_people, guest_ids, own_ids
from cohorts.selectors.guests import places_at
from cohorts.services.cohorts import may_run
from cohorts.services.guests import WAITING_LIST, ask_back, decline_place, give_places
from cohorts.states import EventState, GuestState
from engine.moments import local_moment
from engine.transitions import record_change, transition
from engine.versions import save_if_unchanged
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, StaleEdit, WrongState
from tenancy.models import Person
from tenancy.seen import refuse_stale
from tenancy.turns import take_turns
from tenancy.vocabulary import in_own_words

# What a calendar shows; a change of one of these raises the sequence and is told.
TOLD = {
    "title": gettext_lazy("title"),
    "starts_at": gettext_lazy("start"),
    "ends_at": gettext_lazy("end"),
    "venue": gettext_lazy("venue"),
    "place": gettext_lazy("place"),
    "join_url": gettext_lazy("join link"),
    "place_confirmed": gettext_lazy("confirmation of the place"),
}


def event_times(*, day: date, starts: time, ends: time, last_day: date | None = None) -> tuple[datetime, datetime]:
    """The two moments of an event; without a last day it ends on the day it starts."""
    starts_at = local_moment(day, starts, field="starts")
    ends_at = local_moment(last_day or day, ends, field="ends")
    if last_day and last_day < day:
        raise Refused(_("The last day must be the first day or later."), field="last_day")
    if ends_at <= starts_at:
        raise Refused(_("The event must end after it starts."), field="ends")
    return starts_at, ends_at


def check_place(*, place: str, join_url: str, venue: Venue | None = None) -> None:
    """What people are told of has a place; only a copied event may lack one until somebody fills it in."""
    if not place.strip() and not join_url and venue is None:
        raise Refused(_("Say where it is, or give a join link."), field="place")
    if join_url and not join_url.startswith("https://"):
        raise Refused(_("The join link must start with https://"), field="join_url")


def as_it_stands(venue: Venue | None) -> Venue | None:
    """The venue after whoever is changing it, so that no calendar gets the address it had before. Its turn comes before an event's."""
    if venue is None:
        return None
    take_turns(venue)
    return Venue.objects.get(pk=venue.pk)


def take_turn_of(event: Event) -> None:
    """The event's turn, and what it is by then: whoever had the turn before may have cancelled it."""
    take_turns(event)
    event.refresh_from_db(fields=["state", "capacity"])


@transaction.atomic
def create_event(
    *,
    cohort: Cohort,
    kind: str,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    by: Actor,
    place: str = "",
    venue: Venue | None = None,
    join_url: str = "",
    summary: str = "",
    learning_set: LearningSet | None = None,
    owner: Person | None = None,
    capacity: int | None = None,
    tell: bool = True,
) -> Event:
    """Plan an event and, unless `tell` is False, invite those expected with a calendar entry. The register is the owner's:
    whoever plans it, if no one else is named. Planned twice, as by a double click, it is one event."""
    may_run(by, cohort)
    check_place(place=place, join_url=join_url, venue=venue)
    if ends_at <= starts_at:
        raise Refused(_("The event must end after it starts."), field="ends")
    venue = as_it_stands(venue)
    take_turns(cohort)
    if learning_set is not None:
        learning_set = LearningSet.objects.select_related("plan").get(pk=learning_set.pk)
    if learning_set is not None and (learning_set.cohort_id != cohort.pk or not learning_set.is_live):
        raise Refused(in_own_words(_("Choose one of the cohort’s published %(sets)s.")), field="learning_set")
    title = " ".join(title.split())
    same = Event.objects.filter(
        cohort=cohort, learning_set=learning_set, kind=kind, title=title, starts_at=starts_at, ends_at=ends_at
    )
    if (planned := same.filter(state=EventState.PLANNED, venue=venue, place=place.strip()).first()) is not None:
        return planned
    event = Event.objects.create(
        cohort=cohort,
        learning_set=learning_set,
        kind=kind,
        title=title,
        summary=summary.strip(),
        starts_at=starts_at,
        ends_at=ends_at,
        venue=venue,
        place=place.strip(),
        join_url=join_url,
        owner=owner or by.person,
        capacity=capacity,
    )
    record_change(event, "create", by=by, target=event.state)
    if tell and not event.is_over:
        send_event(event, expected_people(event, with_facilitator=True), what="new", by=by)
    return event


@transaction.atomic
def edit_event(*, event: Event, version: int, by: Actor, tell: bool = True, **fields: Any) -> Event:
    """Change an event. When what stands in calendars changes, the sequence rises and those expected are told."""
    may_run(by, event)
    venue = fields.get("venue", event.venue)
    if "venue" in fields:
        fields["venue"] = as_it_stands(venue)
    take_turn_of(event)
    if event.state != EventState.PLANNED:
        raise WrongState(_("This event has been cancelled, so it can’t be changed."))
    check_place(place=fields.get("place", event.place), join_url=fields.get("join_url", event.join_url), venue=venue)
    before = {name: getattr(event, name) for name in TOLD}
    changes = tuple(str(label) for name, label in TOLD.items() if name in fields and fields[name] != before[name])
    if changes:
        fields["sequence"] = event.sequence + 1
    save_if_unchanged(event, version=version, **fields)
    record_change(event, "edit", by=by, reason=", ".join(changes))
    if "capacity" in fields:
        give_places(event, by=by)
    if changes and tell and not event.is_over:
        send_event(event, expected_people(event, with_facilitator=True), what="changed", by=by, changes=changes)
    return event


@transaction.atomic
def cancel_event(*, event: Event, by: Actor, reason: str) -> Event:
    """Call an event off and take it out of everyone's calendar."""
    if event.is_over:
        raise WrongState(_("This event has already taken place."))
    transition(event, "cancel", by=by, reason=reason, sequence=event.sequence + 1)
    send_event(event, expected_people(event, with_facilitator=True), what="cancelled", by=by, reason=reason)
    for row in EventGuest.objects.filter(event=event, state__in=(GuestState.WAITING, GuestState.ASKED)):
        row.event = event
        send_guest_off(row, by=by)
    return event


@transaction.atomic
def send_apologies(*, event: Event, by: Actor, note: str = "") -> Attendance | None:
    """Someone expected says ahead that they can't come; saying it again changes the note. Whoever waits for a place is asked at once. Of
    a guest, who gives the place back, no attendance is kept."""
    if not expected_at_event(by, event):
        raise NotAllowed(_("You aren’t expected at this event."))
    take_turn_of(event)
    check_open(event)
    attendance = None
    if own_ids(event).filter(person_id=by.person_id).exists():
        attendance, _created = Attendance.objects.update_or_create(
            event=event,
            person=by.person,
            defaults={
                "state": Attendance.State.APOLOGIES,
                "note": note.strip(),
                "recorded_by": by.person,
                "recorded_at": timezone.now(),
            },
        )
    place = EventGuest.objects.filter(event=event, person=by.person, state=GuestState.COMING).first()
    if place is not None:
        place.event = event
        decline_place(guest=place, by=by, note=note)
    else:
        give_places(event, by=WAITING_LIST)
    return attendance


@transaction.atomic
def take_back_apologies(*, event: Event, by: Actor) -> int:
    """They can come after all. Where their place has been given away meanwhile they wait for another (0)."""
    if not expected_at_event(by, event):
        raise NotAllowed(_("You aren’t expected at this event."))
    take_turn_of(event)
    check_open(event)
    sent = Attendance.objects.filter(event=event, person=by.person, state=Attendance.State.APOLOGIES)
    if event.capacity is not None and sent.exists() and not places_at(event).has_room:
        ask_back(event=event, by=by)
        return 0
    return Attendance.objects.filter(event=event, person=by.person, state=Attendance.State.APOLOGIES).delete()[0]


def check_open(event: Event) -> None:
    if event.state != EventState.PLANNED:
        raise WrongState(_("This event has been cancelled."))
    if event.has_started:
        raise WrongState(_("This event has already started, so the register is kept by its organisers now."))


@transaction.atomic
def check_in(*, event: Event, code: str, by: Actor) -> Attendance:
    """Someone expected says that they are there, with the code on the event's screen. Apologies sent before are over; a register
    that marked them absent is put right. Said twice, the first moment stays."""
    if not expected_at_event(by, event):
        raise NotAllowed(_("You aren’t expected at this event."))
    take_turn_of(event)
    if event.state != EventState.PLANNED:
        raise WrongState(_("This event has been cancelled."))
    if not check_in_is_open(event):
        raise WrongState(_("You can check in from half an hour before the event until it ends."))
    if not is_recent(event, code):
        raise Refused(_("That isn’t the code on the screen. It changes every minute: look again."), field="code")
    now = timezone.now()
    row = Attendance.objects.filter(event=event, person=by.person).first() or Attendance(
        event=event, person=by.person, is_guest=not own_ids(event).filter(person_id=by.person_id).exists()
    )
    if row.checked_in_at is not None and row.state == Attendance.State.PRESENT:
        return row
    row.checked_in_at, row.state, row.recorded_by, row.recorded_at = now, Attendance.State.PRESENT, by.person, now
    row.save()
    return row


def guests_among(event: Event) -> set[int]:
    """Ids of those who come as guests, and aren't one of its own."""
    return set(guest_ids(event).exclude(person__in=own_ids(event)).values_list("person_id", flat=True))


def check_register_open(event: Event) -> None:
    if event.state != EventState.PLANNED:
        raise WrongState(_("This event was cancelled, so it has no register."))
    if not event.has_started:
        raise WrongState(_("The register opens when the event starts."))


@transaction.atomic
def save_register(
    *, event: Event, version: int, marks: Mapping[str, str], by: Actor, seen_at: datetime | None = None
) -> int:
    """Write the register: `marks` maps public ids of people to Attendance states. Everyone expected must be marked; whoever saves
    over a register saved meanwhile is told so (StaleEdit), and so is who marks somebody absent that checked in after `seen_at`,
    when the page was made. Returns how many were present."""
    if by.kind != "system" and not event_keeper(by, event):
        raise NotAllowed(_("You don’t keep the register of this event."))
    take_turn_of(event)
    check_register_open(event)
    people = {person.public_id: person for person in expected_people(event)}
    if missing := [people[key].name for key in people if marks.get(key) not in Attendance.State.values]:
        raise Refused(_("Mark everyone: %(names)s.") % {"names": ", ".join(missing[:5])})
    now = timezone.now()
    known = {a.person_id: a for a in Attendance.objects.filter(event=event).select_related("person")}
    try:
        save_if_unchanged(event, version=version, stamps={"registered_at": now})
    except StaleEdit:
        refuse_stale({a.person.public_id: a.state for a in known.values()}, {key: marks[key] for key in people})
    arrived = {
        row.person.public_id: row.state
        for row in known.values()
        if seen_at and row.checked_in_at and row.checked_in_at > seen_at and row.person.public_id in people
    }
    if any(marks[key] != state for key, state in arrived.items()):
        raise StaleEdit(_("Somebody checked in while you had this page open. Compare and save again."), theirs=arrived)
    guests = guests_among(event)
    for key, person in people.items():
        row = known.get(person.pk) or Attendance(event=event, person=person, is_guest=person.pk in guests)
        if row.pk and row.state == marks[key]:
            continue
        row.state, row.recorded_by, row.recorded_at = marks[key], by.person, now
        row.save()
    record_change(event, "register", by=by)
    return sum(marks[key] == Attendance.State.PRESENT for key in people)


@transaction.atomic
def mark_some(*, event: Event, marks: Mapping[str, str], by: Actor) -> bool:
    """Marks of some people, over those they have: as from a list. If nobody is left unmarked the register is saved, which is the answer;
    otherwise it's still to be kept. Whoever has it open is told either way, since the event's version rises."""
    if by.kind != "system" and not event_keeper(by, event):
        raise NotAllowed(_("You don’t keep the register of this event."))
    take_turn_of(event)
    check_register_open(event)
    event.refresh_from_db(fields=["version"])
    people = {person.public_id: person for person in expected_people(event)}
    known = {a.person.public_id: a for a in Attendance.objects.filter(event=event).select_related("person")}
    whole = {key: row.state for key, row in known.items()} | dict(marks)
    if all(key in whole for key in people):
        save_register(event=event, version=event.version, marks=whole, by=by)
        return True
    save_if_unchanged(event, version=event.version)
    guests = guests_among(event)
    for key in marks.keys() & people.keys():
        person = people[key]
        row = known.get(key) or Attendance(event=event, person=person, is_guest=person.pk in guests)
        row.state, row.recorded_by, row.recorded_at = marks[key], by.person, timezone.now()
        row.save()
    return False
