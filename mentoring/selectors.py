"""Reads used twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Now
from django.utils import timezone

from cohorts.models import Cohort, Participation
from cohorts.states import ParticipationState
from mentoring.models import (
    AvailabilitySlot,
    MenteeRequest,
    MentoringNoteFact,
    MentoringSession,
    MentorMatch,
    MentorProfile,
)
from mentoring.states import OPEN, MatchState, SessionState
from tenancy.actors import Actor
from tenancy.models import Role

# Offered to begin with; whatever mentors and participants add joins the list.
FIRST_TOPICS = (
    "Leading across organisations",
    "Influence without authority",
    "Working with councillors and boards",
    "Leading through change",
    "Money and commissioning",
    "Difficult conversations",
    "Career and next steps",
    "Balance and wellbeing",
    "Public speaking and media",
    "Working with communities",
)


def known_topics() -> list[str]:
    """Every topic in use in the tenant, and the first ones, by name."""
    used: set[str] = set(FIRST_TOPICS)
    for model in (MentorProfile, MenteeRequest):
        for topics in model.objects.values_list("topics", flat=True):
            used.update(topics)
    return sorted(used, key=str.casefold)


def taken() -> Exists:
    """Whether a session stands in the slot."""
    return Exists(MentoringSession.objects.filter(slot=OuterRef("pk")).exclude(state=SessionState.CANCELLED))


def free_slots(mentor_id: int | OuterRef, *, after: datetime | None = None) -> QuerySet[AvailabilitySlot]:
    """What can still be booked of a mentor, the next first."""
    return AvailabilitySlot.objects.filter(
        ~taken(), mentor=mentor_id, withdrawn_at__isnull=True, starts_at__gt=after or Now()
    )


def own_matches(actor: Actor) -> QuerySet[MentorMatch]:
    """The matches of which this person is one, open ones first."""
    return (
        MentorMatch.objects.filter(Q(mentor_id=actor.person_id) | Q(mentee_id=actor.person_id))
        .exclude(state__in=(MatchState.DECLINED, MatchState.WITHDRAWN))
        .select_related("mentor__organisation", "mentee__organisation", "cohort__programme")
    )


def coming_sessions(actor: Actor) -> QuerySet[MentoringSession]:
    """This person's sessions that aren't cancelled and aren't over."""
    own = Q(mentor_id=actor.person_id) | Q(mentee_id=actor.person_id)
    return (
        MentoringSession.objects.filter(own, state=SessionState.BOOKED, ends_at__gte=timezone.now())
        .select_related("mentor", "mentee", "match")
        .order_by("starts_at")
    )


def past_sessions(actor: Actor) -> QuerySet[MentoringSession]:
    own = Q(mentor_id=actor.person_id) | Q(mentee_id=actor.person_id)
    return (
        MentoringSession.objects.filter(own, ends_at__lt=timezone.now())
        .exclude(state=SessionState.CANCELLED)
        .select_related("mentor", "mentee", "match")
        .order_by("-starts_at")
    )


def mentees_of_cohort(cohort_id: int) -> QuerySet[Participation]:
    """Those who may be matched: the cohort's active participants."""
    return Participation.objects.filter(cohort_id=cohort_id, state=ParticipationState.ACTIVE)


def with_open_matches(rows: QuerySet[MentorProfile]) -> QuerySet[MentorProfile]:
    """Annotated with `open_matches`: how many mentees a mentor has or has been proposed, in all cohorts. By name."""
    return rows.annotate(
        open_matches=Count(
            "person__matches_as_mentor", filter=Q(person__matches_as_mentor__state__in=OPEN), distinct=True
        )
    ).order_by("person__sort_key", "pk")


def with_held_sessions(rows: QuerySet[MentorMatch]) -> QuerySet[MentorMatch]:
    """Annotated with `held` and `time_held`: how many sessions took place, and how long they were together."""
    took_place = Q(sessions__state=SessionState.HELD)
    return rows.annotate(
        held=Count("sessions", filter=took_place),
        time_held=Sum(F("sessions__ends_at") - F("sessions__starts_at"), filter=took_place),
    ).order_by("mentee__sort_key", "pk")


def hours(total: timedelta | None) -> float:
    return round((total or timedelta()).total_seconds() / 3600, 1)


def cohort_counts(cohort_id: int) -> dict[str, Any]:
    """What staff and the report know of a cohort's mentoring: numbers and hours, never content."""
    sessions = MentoringSession.objects.filter(match__cohort_id=cohort_id)
    held = sessions.aggregate(
        held=Count("pk", filter=Q(state=SessionState.HELD)),
        booked=Count("pk", filter=Q(state=SessionState.BOOKED, ends_at__gte=timezone.now())),
        time=Sum(F("ends_at") - F("starts_at"), filter=Q(state=SessionState.HELD)),
    )
    matches = MentorMatch.objects.filter(cohort_id=cohort_id).aggregate(
        matched=Count("mentee", filter=Q(state__in=(MatchState.ACTIVE, MatchState.ENDED)), distinct=True),
        active=Count("pk", filter=Q(state=MatchState.ACTIVE)),
        proposed=Count("pk", filter=Q(state=MatchState.PROPOSED)),
        notes=Count("note_facts", distinct=True),
    )
    return {**matches, "held": held["held"], "booked": held["booked"], "hours": hours(held["time"])}


def staffed_cohorts(actor: Actor) -> QuerySet[Cohort]:
    """The cohorts this actor is staff of, newest first."""
    grants = [g for g in actor.grants if g.role == Role.STAFF]
    rows = Cohort.objects.select_related("programme")
    if any(g.cohort_id is None and g.programme_id is None for g in grants):
        return rows
    return rows.filter(
        Q(pk__in=[g.cohort_id for g in grants if g.cohort_id])
        | Q(programme_id__in=[g.programme_id for g in grants if g.programme_id])
    )


def note_counts(match_ids: list[int]) -> dict[int, int]:
    rows = MentoringNoteFact.objects.filter(match_id__in=match_ids).values("match_id").order_by()
    return dict(rows.annotate(n=Count("pk")).values_list("match_id", "n"))
