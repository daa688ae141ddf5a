"""Chief officers at events: who could come, what they said, where nobody has promised yet."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.utils import timezone

from cohorts.models import Cohort, Event, Presence
from cohorts.selectors.cohorts import cohorts_as
from cohorts.states import EventState
from tenancy.actors import Actor
from tenancy.models import Person, Role
from tenancy.selectors import roles_reaching

# From here on an event that no chief officer has promised to attend is shown to staff.
GAP_AHEAD = timedelta(weeks=8)


def officers_of(event: Event) -> QuerySet[Person]:
    """Those who hold the sponsor's role for the event's cohort, its programme or the whole tenant."""
    roles = roles_reaching(event.cohort_id).filter(role=Role.SPONSOR)
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
    cohorts = cohorts_as(Role.SPONSOR, actor)
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
    tomorrow, until = day + timedelta(days=1), now + GAP_AHEAD
    promised = Presence.objects.filter(event=OuterRef("pk"), answer=Presence.Answer.YES)
    rows = list(
        Event.objects.filter(cohort__in=cohorts, state=EventState.PLANNED)
        .alias(promised=Exists(promised))
        .annotate(
            is_gap=ExpressionWrapper(
                Q(learning_set__isnull=True, starts_at__gt=now, starts_at__lte=until, promised=False),
                output_field=BooleanField(),
            )
        )
        .filter(Q(starts_at__lt=tomorrow, ends_at__gte=day) | Q(is_gap=True))
        .select_related("cohort", "learning_set")
        .order_by("starts_at", "pk")
    )
    return [row for row in rows if row.starts_at < tomorrow and row.ends_at >= day], [row for row in rows if row.is_gap]
