"""Reads of alumni: one's own, and staff's of a programme."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from cohorts.models import (
    AlumniMembership,
    CareerConsent,
    CareerPurpose,
    CareerStep,
    Cohort,
    Participation,
    Programme,
)
from cohorts.models.alumni import DIRECTOR_LEVEL
from cohorts.states import ParticipationState
from tenancy.models import Person

SYS = "sys"


def memberships_of(person_id: int | None) -> QuerySet[AlumniMembership]:
    return AlumniMembership.objects.filter(person_id=person_id).select_related("programme").order_by("joined_at", "pk")


def finished_places() -> Prefetch:
    """The cohorts that a membership's person finished, of whatever programme."""
    rows = Participation.objects.filter(state=ParticipationState.ALUMNUS).select_related("cohort")
    return Prefetch("person__participations", rows.order_by("cohort__starts_on"), to_attr="finished")


def alumni_of(programme: Programme) -> QuerySet[AlumniMembership]:
    rows = AlumniMembership.objects.filter(programme=programme).select_related("person__organisation")
    return rows.prefetch_related(finished_places()).order_by("person__sort_key", "pk")


def finished_cohorts(programme: Programme) -> QuerySet[Cohort]:
    rows = Participation.objects.filter(state=ParticipationState.ALUMNUS, cohort__programme=programme)
    return Cohort.objects.filter(pk__in=rows.values("cohort")).order_by("-starts_on", "pk")


def agreed_to(person_id: int | None) -> set[str]:
    rows = CareerConsent.objects.filter(person_id=person_id, withdrawn_at__isnull=True)
    return set(rows.values_list("purpose", flat=True))


def latest_steps(people: Iterable[Person]) -> dict[int, CareerStep]:
    """The newest role of each, as far as whoever asks is shown it."""
    rows = CareerStep.objects.filter(person__in=list(people)).order_by("since", "pk")
    return {row.person_id: row for row in rows}


def reached_director(cohort_id: int, *, least: int) -> tuple[int, int] | None:
    """Of a cohort's alumni who let it be counted and wrote down a role: how many reached director level since they joined, and how many
    they are. None while fewer than `least` let it be counted."""
    places = Participation.objects.filter(cohort_id=cohort_id, state=ParticipationState.ALUMNUS)
    joined = {person: timezone.localdate(at) for person, at in places.values_list("person_id", "joined_at")}
    agreed = CareerConsent.objects.filter(
        person_id__in=joined, purpose=CareerPurpose.REPORT, withdrawn_at__isnull=True
    ).values_list("person_id", flat=True)
    if len(agreed) < least:
        return None
    # read by the role that counts: the wall shows a step to no one else who isn't its author
    steps = CareerStep.objects.using(SYS).filter(person_id__in=list(agreed)).values_list("person_id", "level", "since")
    return counted_steps(list(steps), joined)


def counted_steps(steps: list[tuple[int, str, date]], joined: dict[int, date]) -> tuple[int, int]:
    since = [(person, level) for person, level, day in steps if day >= joined[person]]
    reached = {person for person, level in since if level in DIRECTOR_LEVEL}
    return len(reached), len({person for person, _level, _day in steps})
