from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet

from cohorts.models import Cohort, Participation
from cohorts.states import ParticipationState
from tenancy.actors import Actor
from tenancy.models import Role


def staff_cohorts(actor: Actor) -> QuerySet[Cohort]:
    """The cohorts this actor is staff of: the twin of the rule `staff` on a cohort."""
    grants = [g for g in actor.grants if g.role == Role.STAFF]
    cohorts = Cohort.objects.select_related("programme")
    if any(g.cohort_id is None and g.programme_id is None for g in grants):
        return cohorts
    return cohorts.filter(
        Q(pk__in=[g.cohort_id for g in grants if g.cohort_id])
        | Q(programme__in=[g.programme_id for g in grants if g.programme_id])
    )


def cohort_rows(actor: Actor) -> list[dict[str, Any]]:
    """The cohorts an actor is staff of, each with its places and how many take part, newest first."""
    return list(
        staff_cohorts(actor)
        .annotate(
            active=Count("participations", filter=Q(participations__state=ParticipationState.ACTIVE)),
            alumni=Count("participations", filter=Q(participations__state=ParticipationState.ALUMNUS)),
        )
        .values(
            "public_id", "name", "programme__name", "stage", "places", "starts_on", "ends_on", "active", "alumni"
        )
    )


def participants_of(cohort: Cohort) -> QuerySet[Participation]:
    """Everybody who ever had a place, by name."""
    return Participation.objects.filter(cohort=cohort).select_related("person", "organisation__sector", "cohort")


def is_active_participant(*, person_id: int | None, cohort_id: int) -> bool:
    return Participation.objects.filter(
        person_id=person_id, cohort_id=cohort_id, state=ParticipationState.ACTIVE
    ).exists()
