"""Chief officers at events: who could come, what they said, where nobody has promised yet."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, When
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


def today_and_gaps(cohorts: QuerySet[Cohort]) -> tuple[list[Event], list[Event]]:
    """In one statement, for the home of staff: today's events, and what everyone comes to within eight weeks that no chief officer
    has promised to be at."""
    now = timezone.now()
    day = timezone.make_aware(datetime.combine(timezone.localdate(), time(0)))
    today = Q(starts_at__lt=day + timedelta(days=1), ends_at__gte=day)
    promised = Presence.objects.filter(event=OuterRef("pk"), answer=Presence.Answer.YES)
    soon = Q(learning_set__isnull=True, starts_at__gt=now, starts_at__lte=now + GAP_AHEAD) & ~Q(Exists(promised))
    rows = list(
        Event.objects.filter(today | soon, cohort__in=cohorts, state=EventState.PLANNED)
        .annotate(
            is_today=Case(When(today, then=True), default=False, output_field=BooleanField()),
            is_gap=Case(When(soon, then=True), default=False, output_field=BooleanField()),
        )
        .select_related("cohort", "learning_set")
        .order_by("starts_at", "pk")
    )
    return [row for row in rows if row.is_today], [row for row in rows if row.is_gap]
