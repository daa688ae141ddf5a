"""Open events: staff keep so many places of an event for the movement; its members take them, wait in turn, and come as guests do."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.emails import send_event, send_guest_waiting, send_movement_event
from cohorts.models import Attendance, Event, EventGuest, MovementMember, MovementOpening
from cohorts.models.event_guest import OPEN
from cohorts.rules import in_movement, staff
from cohorts.selectors.events import own_ids
from cohorts.selectors.guests import opening_has_room, places_at
from cohorts.selectors.movement import members_of, movement_of
from cohorts.services.guests import accept_place, check_ahead, give_places, take_event
from cohorts.states import GuestState
from engine.transitions import record_change, transition
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState

MOVEMENT = Actor.system("movement")


@transaction.atomic
def open_to_movement(*, event: Event, places: int, by: Actor) -> MovementOpening:
    """Keep so many places of an event for the movement, and tell its members, each once. Said anew it changes the number: whoever has a
    place keeps it, and whoever waits is asked as far as there is room now."""
    if by.kind != "system" and not staff(by, event):
        raise NotAllowed(_("Only staff of the cohort open its events."))
    movement = movement_of(event.cohort.programme)
    if movement is None or not movement.is_open:
        raise Refused(_("The programme has no open movement."))
    take_event(event)
    check_ahead(event)
    if event.learning_set_id is not None:
        raise Refused(_("What one set meets for isn’t for others."))
    if event.capacity is not None and places > event.capacity:
        raise Refused(_("There is room for %(n)d people in all.") % {"n": event.capacity}, field="places")
    opening, made = MovementOpening.objects.get_or_create(
        event=event, defaults={"places": places, "opened_by": by.person, "opened_at": timezone.now()}
    )
    opening.event = event
    if made or opening.places != places or opening.closed_at is not None:
        opening.places, opening.closed_at = places, None
        opening.save(update_fields=["places", "closed_at"])
        record_change(event, "open to the movement", by=by, reason=str(places))
        give_places(event, by=MOVEMENT)
    if made:
        send_movement_event(members_of(movement), event, by=by)
    return opening


@transaction.atomic
def close_to_movement(*, event: Event, by: Actor) -> None:
    """Nobody of the movement takes a place any more; who has one, or waits, keeps that. Said twice it is once."""
    if by.kind != "system" and not staff(by, event):
        raise NotAllowed(_("Only staff of the cohort close its events."))
    take_event(event)
    if MovementOpening.objects.filter(event=event, closed_at__isnull=True).update(closed_at=timezone.now()):
        record_change(event, "close to the movement", by=by)


@transaction.atomic
def take_open_place(*, event: Event, by: Actor) -> EventGuest:
    """Somebody of the movement takes a place, and it goes into their calendar; where none of the movement's is left, or others wait, they
    wait in their turn. The last one goes to one person; taken twice it is once."""
    if by.person is None or not in_movement(by, event.cohort.programme):
        raise NotAllowed(_("This event isn’t open to you."))
    take_event(event)
    check_ahead(event)
    rows = EventGuest.objects.filter(event=event, person=by.person, state__in=OPEN)
    there = rows.select_related("person", "event__cohort__programme").first()
    if there is not None:
        return accept_place(guest=there, by=by) if there.state == GuestState.ASKED and by.kind == "person" else there
    opening = MovementOpening.objects.filter(event=event, closed_at__isnull=True).first()
    if opening is None:
        raise WrongState(_("This event isn’t open any more."))
    away = Attendance.objects.filter(event=event, person=by.person, state=Attendance.State.APOLOGIES).exists()
    if not away and own_ids(event).filter(person_id=by.person_id).exists():
        raise WrongState(_("You’re expected at this event anyway."))
    places, waits = places_at(event), waiting_before(event, opening)
    has_room = places.has_room and opening_has_room(opening)
    member = MovementMember.objects.filter(movement__programme=event.programme_id, person=by.person).first()
    if member is not None:
        member.seen_at = timezone.now()
        member.save(update_fields=["seen_at"])
    row = EventGuest.objects.create(
        event=event,
        person=by.person,
        employer=(works_at(member) or "")[:120],
        state=GuestState.WAITING,
        asked_by=by.person,
        opening=opening,
        added_at=timezone.now(),
    )
    record_change(row, "add", by=MOVEMENT, target=row.state)
    if waits or not has_room:
        send_guest_waiting(row, by=MOVEMENT)
        return row
    transition(row, "book", by=MOVEMENT, answered_at=timezone.now())
    Attendance.objects.filter(event=event, person=by.person, state=Attendance.State.APOLOGIES).delete()
    send_event(event, [by.person], what="new", by=MOVEMENT)
    return row


def works_at(member: MovementMember | None) -> str:
    if member is None:
        return ""
    return member.organisation.name if member.organisation else member.organisation_name


def waiting_before(event: Event, opening: MovementOpening) -> bool:
    """Whether somebody waits who'd get the next place: of the movement, or for any place at all."""
    waiting = EventGuest.objects.filter(event=event, state=GuestState.WAITING)
    return waiting.filter(opening=opening).exists() or waiting.filter(opening__isnull=True).exists()
