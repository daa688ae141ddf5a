"""Chief officers at events: who could come, what they said, where nobody has promised yet."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from cohorts.models import Cohort, Event, Presence
from cohorts.states import EventState
from tenancy.actors import Actor
from tenancy.models import Person, Role
from tenancy.selectors import open_roles

# From here on an event that no chief officer has promised to attend is shown to staff.
GAP_AHEAD = timedelta(weeks=8)


def officers_of(event: Event) -> QuerySet[Person]:
    """Those who hold the sponsor's role for the event's cohort, its programme or the whole tenant."""
    cohort = event.cohort
    of = Q(cohort=cohort) | Q(programme=cohort.programme_id) | Q(cohort__isnull=True, programme__isnull=True)
    roles = open_roles().filter(of, role=Role.SPONSOR)
    return (
        Person.objects.filter(pk__in=roles.values("person_id"))
        .select_related("organisation")
        .order_by("sort_key", "pk")
    )


def recordable(event: Event) -> QuerySet[Person]:
    """Of whom it can be said whether they were there: chief officers, and whoever was asked or answered when they were."""
    there = Presence.objects.filter(event=event).values("person_id")
    return Person.objects.filter(Q(pk__in=officers_of(event).values("pk")) | Q(pk__in=there))


def for_officer(actor: Actor) -> QuerySet[Event]:
    """What everyone of a cohort comes to, and is still to come, in the cohorts this person is chief officer for."""
    grants = [g for g in actor.grants if g.role == Role.SPONSOR]
    cohorts = Cohort.objects.all()
    if not any(g.cohort_id is None and g.programme_id is None for g in grants):
        cohorts = cohorts.filter(
            Q(pk__in=[g.cohort_id for g in grants if g.cohort_id])
            | Q(programme__in=[g.programme_id for g in grants if g.programme_id])
        )
    return (
        Event.objects.filter(
            cohort__in=cohorts, learning_set__isnull=True, state=EventState.PLANNED, starts_at__gt=timezone.now()
        )
        .select_related("cohort__programme", "venue")
        .order_by("starts_at", "pk")
    )


def without_promise(cohorts: QuerySet[Cohort]) -> QuerySet[Event]:
    """What everyone comes to within eight weeks and no chief officer has promised to be at."""
    promised = Presence.objects.filter(event=OuterRef("pk"), answer=Presence.Answer.YES)
    now = timezone.now()
    return (
        Event.objects.filter(
            cohort__in=cohorts,
            learning_set__isnull=True,
            state=EventState.PLANNED,
            starts_at__gt=now,
            starts_at__lte=now + GAP_AHEAD,
        )
        .exclude(Exists(promised))
        .select_related("cohort")
        .order_by("starts_at", "pk")
    )
