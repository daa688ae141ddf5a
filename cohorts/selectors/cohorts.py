from __future__ import annotations

from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from cohorts.models import Attendance, Cohort, Event, LearningSet, Participation, Programme, ReflectionFact
from cohorts.states import EventState, ParticipationState, PlanState
from tenancy.actors import Actor
from tenancy.models import Role


def staff_cohorts(actor: Actor) -> QuerySet[Cohort]:
    """The cohorts this actor is staff of: the twin of the rule `staff` on a cohort."""
    return cohorts_as(Role.STAFF, actor)


def cohorts_as(role: str, actor: Actor) -> QuerySet[Cohort]:
    """The cohorts this actor holds the role for, by name, by their programme or tenant-wide."""
    grants = [g for g in actor.grants if g.role == role]
    cohorts = Cohort.objects.select_related("programme")
    if any(g.cohort_id is None and g.programme_id is None for g in grants):
        return cohorts
    return cohorts.filter(
        Q(pk__in=[g.cohort_id for g in grants if g.cohort_id])
        | Q(programme__in=[g.programme_id for g in grants if g.programme_id])
    )


def cohort_rows(actor: Actor) -> list[dict[str, Any]]:
    """The cohorts an actor is staff of, each with its places and how many take part, newest first."""
    rows: list[Any] = list(
        staff_cohorts(actor)
        .annotate(
            active=Count("participations", filter=Q(participations__state=ParticipationState.ACTIVE)),
            alumni=Count("participations", filter=Q(participations__state=ParticipationState.ALUMNUS)),
        )
        .order_by("-starts_on", "pk")
        .values("public_id", "name", "programme__name", "stage", "places", "starts_on", "ends_on", "active", "alumni")
    )
    return rows


def staff_programmes(actor: Actor) -> QuerySet[Programme]:
    """The programmes this actor is staff of: the twin of the rule `staff` on a programme."""
    grants = [g for g in actor.grants if g.role == Role.STAFF]
    if any(g.cohort_id is None and g.programme_id is None for g in grants):
        return Programme.objects.all()
    return Programme.objects.filter(pk__in=[g.programme_id for g in grants if g.programme_id and g.cohort_id is None])


def programme_cohorts(programme: Programme) -> QuerySet[Cohort]:
    """A programme's cohorts, newest first."""
    return Cohort.objects.filter(programme=programme).order_by("-starts_on", "pk")


def counted(rows: QuerySet, by: str, of: str = "pk") -> Any:
    """The number of `rows` as a column of an outer query: one query for a page's figures instead of one each."""
    return Coalesce(Subquery(rows.order_by().values(by).annotate(n=Count(of, distinct=True)).values("n")[:1]), 0)


def cohort_figures(cohort_id: int) -> dict[str, int]:
    """What a cohort's page counts, in one query."""
    places = Participation.objects.filter(cohort=OuterRef("pk"))
    unregistered = Event.objects.filter(
        cohort=OuterRef("pk"), state=EventState.PLANNED, ends_at__lt=timezone.now(), registered_at__isnull=True
    )
    facts = ReflectionFact.objects.filter(cohort=OuterRef("pk"))
    sets = LearningSet.objects.filter(cohort=OuterRef("pk"), plan__state=PlanState.PUBLISHED)
    return Cohort.objects.values(
        active=counted(places.filter(state=ParticipationState.ACTIVE), "cohort"),
        alumni=counted(places.filter(state=ParticipationState.ALUMNUS), "cohort"),
        withdrawn=counted(places.filter(state=ParticipationState.WITHDRAWN), "cohort"),
        no_register=counted(unregistered, "cohort"),
        sets=counted(sets, "cohort"),
        reflections=counted(facts, "cohort"),
    ).get(pk=cohort_id)


def registers_of(cohort_id: int) -> QuerySet[Event]:
    """The whole cohort’s events whose registers count, everywhere the same: kept, and of nothing that was called off meanwhile."""
    return Event.objects.filter(
        cohort=cohort_id, learning_set__isnull=True, registered_at__isnull=False, state=EventState.PLANNED
    )


def participants_of(cohort: Cohort) -> QuerySet[Participation]:
    """Everybody who ever had a place, by name, with how many of the whole cohort's events they were at, and how many reflections
    they have written."""
    present = Attendance.objects.filter(
        person=OuterRef("person"),
        event__in=registers_of(cohort.pk),
        state=Attendance.State.PRESENT,
    )
    facts = ReflectionFact.objects.filter(author=OuterRef("person"), cohort=cohort)
    return (
        Participation.objects.filter(cohort=cohort)
        .select_related("person", "organisation__sector")
        .annotate(attended=counted(present, "person"), written=counted(facts, "author"))
        .order_by("person__sort_key", "pk")
    )


def is_active_participant(*, person_id: int | None, cohort_id: int) -> bool:
    return Participation.objects.filter(
        person_id=person_id, cohort_id=cohort_id, state=ParticipationState.ACTIVE
    ).exists()
