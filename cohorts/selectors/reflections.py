from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet

from cohorts.models import Participation, Reflection, ReflectionFact, ReflectionShare, SetMembership
from cohorts.states import ParticipationState, PlanState
from tenancy.models import Person


def reflections_of(person_id: int) -> QuerySet[Reflection]:
    """A person's own entries, newest first, with how many people each is shared with."""
    rows = Reflection.objects.filter(author_id=person_id).annotate(readers=Count("shares"))
    return rows.order_by("-written_at", "-pk")


def shared_with_me(person_id: int) -> list[ReflectionShare]:
    """Entries others have shown to this person."""
    return list(
        ReflectionShare.objects.filter(with_person_id=person_id)
        .select_related("author", "reflection")
        .order_by("-shared_at")
    )


def readers_for(author_id: int, cohort_id: int) -> QuerySet[Person]:
    """Whom an author may show an entry to: the members and the facilitator of their own set, and the people the tenant has as
    mentors or sponsors for their cohort."""
    mates = SetMembership.objects.filter(
        plan__state=PlanState.PUBLISHED, learning_set__memberships__person_id=author_id
    ).values("person_id")
    facilitators = SetMembership.objects.filter(
        plan__state=PlanState.PUBLISHED, person_id=author_id, learning_set__facilitator__isnull=False
    ).values("learning_set__facilitator_id")
    helpers = Q(roles__role__in=("mentor", "sponsor"), roles__valid_to__isnull=True) & (
        Q(roles__cohort_id=cohort_id) | Q(roles__cohort__isnull=True, roles__programme__isnull=True)
    )
    return (
        Person.objects.filter(Q(pk__in=mates) | Q(pk__in=facilitators) | helpers)
        .exclude(pk=author_id)
        .select_related("organisation")
        .distinct()
    )


def reflection_counts(cohort_id: int) -> dict[str, Any]:
    """How many entries, by how many of those taking part: from the facts alone, never from the entries."""
    writers = Participation.objects.filter(cohort_id=cohort_id).exclude(state=ParticipationState.WITHDRAWN)
    return ReflectionFact.objects.filter(cohort_id=cohort_id, author__in=writers.values("person_id")).aggregate(
        entries=Count("pk"), writers=Count("author", distinct=True)
    )
