"""Events that are open to the movement, and how many of its places are left."""

from __future__ import annotations

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone

from cohorts.models import Event, Movement, MovementOpening
from cohorts.models.event_guest import OPEN
from cohorts.states import EventState

SHOWN = 10


def opening_of(event: Event) -> MovementOpening | None:
    """None once staff have taken it back."""
    return MovementOpening.objects.filter(event=event, closed_at__isnull=True).first()


def opened() -> QuerySet[Event]:
    """Events that are open to a movement which is open itself, each with how many of the movement's places are `left`: none for whoever
    comes now while somebody waits. The event's own room may be less; whoever takes a place then waits in turn."""
    open_rows = Count("movement_openings__guests", filter=Q(movement_openings__guests__state__in=OPEN))
    rows = Event.objects.filter(
        movement_openings__isnull=False,
        movement_openings__closed_at__isnull=True,
        cohort__programme__movements__is_open=True,
    )
    return rows.annotate(left=Greatest(F("movement_openings__places") - open_rows, 0)).select_related(
        "cohort__programme", "venue"
    )


def open_event(public_id: str, movement: Movement | None = None) -> Event | None:
    """Also when it's over, or cancelled, for whoever has the address."""
    rows = opened().filter(public_id=public_id)
    if movement is not None:
        rows = rows.filter(cohort__programme=movement.programme_id)
    return rows.first()


def open_events(movement: Movement) -> list[Event]:
    """Those still to come."""
    rows = opened().filter(
        cohort__programme=movement.programme_id, state=EventState.PLANNED, starts_at__gt=timezone.now()
    )
    return list(rows.order_by("starts_at", "pk")[:SHOWN])
