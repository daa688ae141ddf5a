"""A cohort's events in their order: which comes before, which next, and which number of its kind each is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from cohorts.models import Event
from cohorts.selectors.events import my_events
from cohorts.states import EventState
from tenancy.actors import Actor


@dataclass
class Placed:
    """Where one event stands. Without a number it is the only one of its kind."""

    number: int | None = None
    total: int | None = None
    previous: Event | None = None
    next: Event | None = None


def line_of(cohort_id: int, actor: Actor, *, set_id: int | None = None, programme_id: int | None = None) -> QuerySet:
    """A cohort's planned events as this person reads them, in their order: for staff what everyone comes to, and one set's if
    asked; for others their own."""
    if actor.has_role("staff", cohort_id=cohort_id, programme_id=programme_id):
        rows = Event.objects.filter(Q(learning_set__isnull=True) | Q(learning_set_id=set_id)).select_related(
            "learning_set", "venue"
        )
    else:
        assert actor.person_id is not None
        rows = my_events(actor.person_id)
    return rows.filter(cohort_id=cohort_id, state=EventState.PLANNED).order_by("starts_at", "pk")


def place_all(events: list[Event]) -> dict[int, Placed]:
    """Each event's number among those of its kind and of the same people, and its neighbours, by the event's key."""
    totals = Counter((e.kind, e.learning_set_id) for e in events)
    seen: Counter[tuple[str, int | None]] = Counter()
    found = {}
    for n, event in enumerate(events):
        key = (event.kind, event.learning_set_id)
        seen[key] += 1
        several = totals[key] > 1
        found[event.pk] = Placed(
            seen[key] if several else None,
            totals[key] if several else None,
            events[n - 1] if n else None,
            events[n + 1] if n + 1 < len(events) else None,
        )
    return found


def neighbours_of(event: Event, actor: Actor) -> Placed:
    """One event's place; an empty one for an event that is cancelled. One query."""
    rows = line_of(event.cohort_id, actor, set_id=event.learning_set_id, programme_id=event.programme_id)
    return place_all(list(rows)).get(event.pk, Placed())


__all__ = ["Placed", "line_of", "neighbours_of", "place_all"]
