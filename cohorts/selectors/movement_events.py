"""Events that are open to the movement, and how many of its places are left."""

from __future__ import annotations

from django.db.models import Count, Q
from django.utils import timezone

from cohorts.models import Event, EventGuest, Movement, MovementOpening
from cohorts.models.event_guest import HOLDS_PLACE, OPEN
from cohorts.states import EventState

SHOWN = 10


def opening_of(event: Event) -> MovementOpening | None:
    """None once staff have taken it back."""
    return MovementOpening.objects.filter(event=event, closed_at__isnull=True).first()


def open_event(public_id: str, movement: Movement | None = None) -> Event | None:
    """An event that was opened to a movement which is open: also when it's over, or cancelled, for whoever has the address."""
    rows = Event.objects.filter(
        public_id=public_id,
        movement_openings__closed_at__isnull=True,
        movement_openings__isnull=False,
        cohort__programme__movements__is_open=True,
    )
    if movement is not None:
        rows = rows.filter(cohort__programme=movement.programme_id)
    return rows.select_related("cohort__programme", "venue").first()


def open_events(movement: Movement) -> list[Event]:
    """Those still to come, each with how many places are `left`."""
    rows = Event.objects.filter(
        cohort__programme=movement.programme_id,
        movement_openings__isnull=False,
        movement_openings__closed_at__isnull=True,
        state=EventState.PLANNED,
        starts_at__gt=timezone.now(),
    )
    return with_places(list(rows.select_related("cohort__programme", "venue").order_by("starts_at", "pk")[:SHOWN]))


def with_places(events: list[Event]) -> list[Event]:
    """Of the movement's places: none for whoever comes now while somebody waits. The event's own room may be less; whoever takes a place
    then waits in turn."""
    openings = MovementOpening.objects.filter(event__in=events).annotate(
        kept=Count("guests", filter=Q(guests__state__in=HOLDS_PLACE)),
        open_rows=Count("guests", filter=Q(guests__state__in=OPEN)),
    )
    left = {o.event_id: max(o.places - o.open_rows, 0) for o in openings}
    for event in events:
        event.left = left.get(event.pk, 0)  # type: ignore[attr-defined]
    return events


def mine_of(events: list[Event], person_id: int | None) -> dict[int, EventGuest]:
    rows = EventGuest.objects.filter(event__in=events, person_id=person_id, state__in=OPEN)
    return {row.event_id: row for row in rows}
