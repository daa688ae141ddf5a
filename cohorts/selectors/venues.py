from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone

from cohorts.models import Event, Venue
from cohorts.selectors.cohorts import staff_cohorts
from cohorts.states import EventState
from tenancy.actors import Actor


def events_ahead(venue: Venue) -> QuerySet[Event]:
    """What is still to come, or under way, at a venue."""
    return Event.objects.filter(venue=venue, state=EventState.PLANNED, ends_at__gt=timezone.now())


def ahead_elsewhere(venue: Venue, actor: Actor) -> bool:
    """Whether a cohort that this actor isn't staff of still meets there."""
    return events_ahead(venue).exclude(cohort__in=staff_cohorts(actor)).exists()
