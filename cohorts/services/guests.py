"""Guests and the waiting list. Whoever gives or takes a place has the event's turn, so the last one goes to one person."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.emails import send_event, send_guest_asked, send_guest_off, send_guest_waiting
from cohorts.models import Attendance, Event, EventGuest
from cohorts.models.event_guest import ANSWER_DAYS, OPEN
from cohorts.rules import GUEST as GUEST_LINK
from cohorts.rules import own_guest, staff
from cohorts.selectors.events import own_ids
from cohorts.selectors.guests import opening_has_room, places_at
from cohorts.states import EventState, GuestState
from engine.transitions import record_change, transition
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.links import revoke_links
from tenancy.models import Person
from tenancy.services.people import ensure_person
from tenancy.turns import take_turns

WAITING_LIST = Actor.system("waiting list")


def take_event(event: Event) -> None:
    """The event's turn, with what decides about places as it is by then."""
    take_turns(event)
    event.refresh_from_db(fields=["state", "capacity", "starts_at", "ends_at"])


def check_ahead(event: Event) -> None:
    if event.state != EventState.PLANNED:
        raise WrongState(_("This event has been cancelled."))
    if event.has_started:
        raise WrongState(_("This event has already started."))


@transaction.atomic
def invite_guest(*, event: Event, name: str, email: str, by: Actor, employer: str = "") -> EventGuest:
    """Ask somebody to come: of another cohort, from outside, or one of its own who gave their place away. Where there is no room they wait.
    Asked twice, as by a double click, it is one."""
    if by.kind != "system" and not staff(by, event):
        raise NotAllowed(_("Only staff of the cohort ask guests."))
    person, _made = ensure_person(name=name, email=email, by=by)
    take_event(event)
    check_ahead(event)
    away = Attendance.objects.filter(event=event, person=person, state=Attendance.State.APOLOGIES).exists()
    if not away and own_ids(event).filter(person_id=person.pk).exists():
        raise Refused(_("%(name)s is expected anyway.") % {"name": person.name}, field="email")
    return add_row(event, person, employer=employer, by=by)


def add_row(event: Event, person: Person, *, employer: str, by: Actor) -> EventGuest:
    """A row of the list, and what follows from it. The caller has the event's turn."""
    there = EventGuest.objects.filter(event=event, person=person, state__in=OPEN).first()
    if there is not None:
        return there
    row = EventGuest.objects.create(
        event=event,
        person=person,
        employer=" ".join(employer.split()),
        state=GuestState.WAITING,
        asked_by=by.person,
        added_at=timezone.now(),
    )
    record_change(row, "add", by=by, target=row.state)
    give_places(event, by=by)
    row.refresh_from_db()
    if row.state == GuestState.WAITING:
        send_guest_waiting(row, by=by)
    return row


def give_places(event: Event, *, by: Actor) -> int:
    """Ask those who wait, in their order, as long as there is room; people of the movement as long as one of its places is free. The caller
    has the event's turn. Returns how many were asked."""
    if event.state != EventState.PLANNED or event.has_started:
        return 0
    asked = 0
    waiting = EventGuest.objects.filter(event=event, state=GuestState.WAITING).select_related(
        "person", "event__cohort", "opening"
    )
    for row in waiting.order_by("added_at", "pk"):
        if not places_at(event).has_room:
            break
        if not opening_has_room(row.opening):
            continue
        row.event = event
        ask(row, by=by)
        asked += 1
    return asked


def ask(row: EventGuest, *, by: Actor) -> None:
    until: datetime = min(timezone.now() + timedelta(days=ANSWER_DAYS), row.event.starts_at)
    actor = by if by.kind == "system" or staff(by, row.event) else WAITING_LIST
    transition(row, "ask", by=actor, answer_by=until, times_asked=row.times_asked + 1)
    send_guest_asked(row, by=actor)


@transaction.atomic
def accept_place(*, guest: EventGuest, by: Actor, employer: str | None = None) -> EventGuest:
    """They come: the event goes into their calendar. Said twice, it is once."""
    row = locked(guest, by)
    check_ahead(row.event)
    if row.state == GuestState.COMING:
        return row
    if row.state == GuestState.ASKED and row.answer_by is not None and row.answer_by < timezone.now():
        raise WrongState(_("The time to answer is over, so the place goes to the next one."))
    if row.state != GuestState.ASKED:
        raise WrongState(
            _("There is no place to accept: this is now “%(state)s”.") % {"state": row.get_state_display()}
        )
    fields = {} if employer is None else {"employer": " ".join(employer.split())[:120]}
    transition(row, "accept", by=by, answered_at=timezone.now(), answer_by=None, **fields)
    # one of its own who had given the place away
    Attendance.objects.filter(event=row.event, person=row.person, state=Attendance.State.APOLOGIES).delete()
    send_event(row.event, [row.person], what="new", by=by)
    return row


@transaction.atomic
def decline_place(*, guest: EventGuest, by: Actor, note: str = "") -> EventGuest:
    """They can't come, or won't any more: whoever waits is asked. Said twice, it is once."""
    row = locked(guest, by)
    check_ahead(row.event)
    if row.state == GuestState.DECLINED:
        return row
    was_coming = row.state == GuestState.COMING
    transition(row, "decline", by=by, reason=note, answered_at=timezone.now(), answer_by=None)
    if was_coming:
        send_event(row.event, [row.person], what="cancelled", by=by)
    give_places(row.event, by=WAITING_LIST)
    return row


@transaction.atomic
def remove_guest(*, guest: EventGuest, by: Actor) -> EventGuest:
    """Staff take somebody off the list, and they are told. The second of two clicks finds nothing left to do."""
    if by.kind != "system" and not staff(by, guest.event):
        raise NotAllowed(_("Only staff of the cohort take guests off."))
    take_event(guest.event)
    guest.refresh_from_db(fields=["state"])
    if not guest.is_open:
        return guest
    check_ahead(guest.event)
    was_coming = guest.state == GuestState.COMING
    transition(guest, "remove", by=by, answer_by=None)
    revoke_links(purpose=GUEST_LINK, about=guest.public_id)
    if was_coming:
        send_event(guest.event, [guest.person], what="cancelled", by=by)
    else:
        send_guest_off(guest, by=by)
    give_places(guest.event, by=by)
    return guest


def locked(guest: EventGuest, by: Actor) -> EventGuest:
    """The row by its own guest, with the event's turn taken first, as everywhere."""
    if not own_guest(by, guest):
        raise NotAllowed(_("This place is somebody else’s."))
    take_event(guest.event)
    guest.refresh_from_db(fields=["state", "answer_by"])
    return guest


@transaction.atomic
def settle_places(*, event: Event, by: Actor = WAITING_LIST) -> int:
    """What the tick does of one event: whoever didn't answer in time loses the place, and those who wait are asked. Returns how many rows
    moved; run again at once it moves none."""
    take_event(event)
    moved = 0
    overdue = EventGuest.objects.filter(event=event, state=GuestState.ASKED, answer_by__lt=timezone.now())
    for row in overdue.select_related("person", "event__cohort"):
        transition(row, "lapse", by=by, answer_by=None)
        moved += 1
    return moved + give_places(event, by=by)


@transaction.atomic
def ask_back(*, event: Event, by: Actor) -> EventGuest:
    """One of its own who sent apologies wants to come after all, and the place is given away: they wait like anybody else."""
    assert by.person is not None
    return add_row(event, by.person, employer="", by=by)
