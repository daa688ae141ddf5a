"""Who has missed the last events in a row: told quietly, to themselves and to whoever facilitates their set."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db.models import F, QuerySet

from cohorts.models import Attendance, LearningSet, SetMembership
from cohorts.states import CohortStage, EventState, ParticipationState, PlanState
from tenancy.models import Person

# One missed event is nothing; from the second in a row a word may help.
TOLD_FROM = 2


@dataclass(frozen=True)
class Missed:
    """The latest events of their cohort and set that one member missed, without one in between that they were at."""

    person: Person
    learning_set: LearningSet
    count: int
    # How many of them with apologies.
    apologies: int
    last_there: datetime | None


def missed_in_a_row(learning_sets: Collection[LearningSet]) -> list[Missed]:
    """Of the members of published sets who still take part, the most missed first. Registers kept count, and nothing else does: a
    check-in or apologies alone say nothing yet."""
    return _missed(
        SetMembership.objects.filter(
            learning_set__in=[row.pk for row in learning_sets], plan__state=PlanState.PUBLISHED
        )
    )


def missed_by(person_id: int) -> list[Missed]:
    """The same of one person, by set: what they are shown of themselves."""
    return _missed(SetMembership.objects.filter(person_id=person_id, plan__state=PlanState.PUBLISHED))


def missed_among(learning_set: LearningSet, members: Collection[SetMembership]) -> list[Missed]:
    """The same of one set, whose members the caller has read already."""
    if not learning_set.is_live or learning_set.cohort.stage == CohortStage.FINISHED:
        return []
    for member in members:
        member.learning_set = learning_set
    return _missed_by(members)


def _missed(memberships: QuerySet[SetMembership]) -> list[Missed]:
    return _missed_by(
        memberships.exclude(learning_set__cohort__stage=CohortStage.FINISHED).select_related(
            "person", "learning_set__cohort", "learning_set__plan", "learning_set__facilitator"
        )
    )


def _missed_by(members: Iterable[SetMembership]) -> list[Missed]:
    """Who no longer takes part has no marks that count."""
    members = list(members)
    marks = (
        Attendance.objects.filter(
            person__in=[m.person_id for m in members],
            person__participations__cohort=F("event__cohort"),
            person__participations__state=ParticipationState.ACTIVE,
            event__cohort__in={m.learning_set.cohort_id for m in members},
            event__state=EventState.PLANNED,
            event__registered_at__isnull=False,
        )
        .order_by("person_id", "event__cohort_id", "-event__starts_at", "-event_id")
        .values_list("person_id", "event__cohort_id", "event__learning_set_id", "state", "event__starts_at")
    )
    of = {key: list(rows) for key, rows in groupby(marks, key=lambda row: row[:2])}
    found = []
    for member in members:
        own = [
            (state, moment)
            for *_who, of_set, state, moment in of.get((member.person_id, member.learning_set.cohort_id), [])
            if of_set in (None, member.learning_set_id)
        ]
        there = next((n for n, (state, _m) in enumerate(own) if state == Attendance.State.PRESENT), len(own))
        if there >= TOLD_FROM:
            apologies = sum(state == Attendance.State.APOLOGIES for state, _m in own[:there])
            last = own[there][1] if there < len(own) else None
            found.append(Missed(member.person, member.learning_set, there, apologies, last))
    return sorted(found, key=lambda m: (-m.count, m.person.sort_key, m.person.pk))
