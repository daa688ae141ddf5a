"""Groups of alumni and a cohort: which somebody may join, who is in them, what is on."""

from __future__ import annotations

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from cohorts.models import (
    AlumniGroup,
    AlumniGroupMember,
    AlumniMembership,
    Cohort,
    Event,
    EventOpening,
    Participation,
)
from cohorts.states import AlumniState, EventState, ParticipationState


def groups_for(person_id: int | None) -> QuerySet[AlumniGroup]:
    """Open groups of the cohort that somebody takes part in, and of the programmes they're an alumnus of: the twin of `may_join_group`."""
    active = Participation.objects.filter(person_id=person_id, state=ParticipationState.ACTIVE)
    alumni = AlumniMembership.objects.filter(person_id=person_id).exclude(state=AlumniState.LEFT)
    return AlumniGroup.objects.filter(
        Q(cohort__in=active.values("cohort_id")) | Q(cohort__programme__in=alumni.values("programme_id")),
        closed_at__isnull=True,
    ).select_related("cohort__programme")


def my_groups(person_id: int) -> QuerySet[AlumniGroup]:
    """Those one may join, each with whether one has."""
    mine = AlumniGroupMember.objects.filter(group=OuterRef("pk"), person_id=person_id)
    return groups_for(person_id).annotate(is_mine=Exists(mine)).order_by("name", "pk")


def groups_of(cohort: Cohort) -> QuerySet[AlumniGroup]:
    return (
        AlumniGroup.objects.filter(cohort=cohort).annotate(people=Count("members")).order_by("closed_at", "name", "pk")
    )


def members_of(group: AlumniGroup) -> list[AlumniGroupMember]:
    """Each with whether they take part in the group's cohort now: the others are alumni."""
    rows = list(AlumniGroupMember.objects.filter(group=group).select_related("person__organisation"))
    places = Participation.objects.filter(cohort=group.cohort_id, state=ParticipationState.ACTIVE)
    there = set(places.values_list("person_id", flat=True))
    for row in rows:
        row.takes_part = row.person_id in there  # type: ignore[attr-defined]
    return rows


def is_in_group(group: AlumniGroup, person_id: int | None) -> bool:
    return AlumniGroupMember.objects.filter(group=group, person_id=person_id).exists()


def events_of_group(group: AlumniGroup) -> list[Event]:
    opened = EventOpening.objects.filter(group=group).values("event_id")
    rows = Event.objects.filter(pk__in=opened, state=EventState.PLANNED, ends_at__gt=timezone.now())
    return list(rows.select_related("venue").order_by("starts_at", "pk"))
