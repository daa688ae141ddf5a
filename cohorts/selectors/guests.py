"""Places at an event, and its guests."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from cohorts.models import Attendance, Event, EventGuest, MovementOpening
from cohorts.models.event_guest import HOLDS_PLACE
from cohorts.selectors.events import own_ids
from cohorts.states import EventState, GuestState
from tenancy.models import Person


@dataclass(frozen=True)
class Places:
    """`own` are the event's own people without those who sent apologies; `kept` the guests' places, those waiting for an answer included;
    `free` is None where there is room for everybody, and below nought where there are more people than places."""

    own: int
    kept: int
    waiting: int
    capacity: int | None

    @property
    def free(self) -> int | None:
        return None if self.capacity is None else self.capacity - self.own - self.kept

    @property
    def has_room(self) -> bool:
        return self.free is None or self.free > 0


def places_at(event: Event) -> Places:
    """Two statements, as the database has it now."""
    away = Attendance.objects.filter(event=event, state=Attendance.State.APOLOGIES).values("person_id")
    own = Person.objects.filter(pk__in=own_ids(event)).exclude(pk__in=away)
    states = list(
        EventGuest.objects.filter(event=event).exclude(person__in=own.values("pk")).values_list("state", flat=True)
    )
    return Places(
        own=own.count(),
        kept=sum(state in HOLDS_PLACE for state in states),
        waiting=states.count(GuestState.WAITING),
        capacity=event.capacity,
    )


def guests_of(event: Event) -> QuerySet[EventGuest]:
    return EventGuest.objects.filter(event=event).select_related("person__organisation").order_by("added_at", "pk")


def is_guest_ahead(person_id: int) -> bool:
    """Whether somebody is asked to, or comes to, an event that isn't over."""
    return EventGuest.objects.filter(
        person_id=person_id, state__in=HOLDS_PLACE, event__state=EventState.PLANNED, event__ends_at__gt=timezone.now()
    ).exists()


def place_in_line(row: EventGuest) -> int:
    """1 for whoever is next."""
    ahead = EventGuest.objects.filter(event_id=row.event_id, state=GuestState.WAITING)
    return sum((other.added_at, other.pk) < (row.added_at, row.pk) for other in ahead) + 1


def opening_has_room(opening: MovementOpening | None) -> bool:
    """Whether one of the places that are the movement's is free; always for whoever has nothing to do with it."""
    if opening is None:
        return True
    return EventGuest.objects.filter(opening=opening, state__in=HOLDS_PLACE).count() < opening.places
