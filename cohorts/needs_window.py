"""When what people need at an event counts: for those who arrange it, and for its tables."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from cohorts.models import Event
from cohorts.models.event_needs import WEEKS_BEFORE
from cohorts.states import EventState


def opens_at(event: Event) -> datetime:
    return event.starts_at - timedelta(weeks=WEEKS_BEFORE)


def in_a_room(event: Event) -> bool:
    return bool(event.venue_id or event.place)


def are_open(event: Event) -> bool:
    """Whether the organisers may read what is needed now: the twin of the table's wall."""
    near = opens_at(event) <= timezone.now() and not event.is_over
    return near and event.state == EventState.PLANNED and in_a_room(event)
