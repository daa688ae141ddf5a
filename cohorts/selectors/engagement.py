"""Reads of the engagement signal. What the reader may not know of isn't there: the walls say who sees which row, and from when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import DateTimeField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast, Now
from django.utils import timezone

from cohorts.engagement import ASK_STAFF_AGAIN, Facts, Limits, Mark, Pause, days_quiet, missed_in_a_row, waits
from cohorts.models import (
    Attendance,
    CheckIn,
    Cohort,
    DayJobWord,
    EngagementLimits,
    EngagementPause,
    EngagementSignal,
    LearningSet,
    Participation,
    ReflectionFact,
    SetAction,
    SetMembership,
)
from cohorts.states import CohortStage, EventState, ParticipationState, PlanState, SetActionState
from tenancy.models import Role, RoleAssignment

# How long each has once they're asked.
WORD_DAYS = timedelta(days=7)


def limits_of(cohort: Cohort) -> Limits:
    """No look-up where the cohort came with them."""
    if "engagement_limits" in cohort._state.fields_cache:
        row = cohort._state.fields_cache["engagement_limits"]
    else:
        row = EngagementLimits.objects.filter(cohort=cohort).first()
    return row.limits if row else Limits()


def places_to_look_at() -> QuerySet[Participation]:
    """Of those who take part, each with the set that they're in and when they last wrote: what `facts_of` begins from."""
    own_set = SetMembership.objects.filter(
        plan__cohort=OuterRef("cohort"), plan__state=PlanState.PUBLISHED, person=OuterRef("person")
    )
    wrote = ReflectionFact.objects.filter(cohort=OuterRef("cohort"), author=OuterRef("person"))
    return Participation.objects.filter(state=ParticipationState.ACTIVE).annotate(
        own_set=Subquery(own_set.order_by().values("learning_set")[:1]),
        last_wrote=Subquery(wrote.order_by("-written_at").values("written_at")[:1]),
    )


def facts_of(cohort: Cohort, places: Iterable[Participation] | None = None) -> dict[int, Facts]:
    """The numbers of those who take part, of all or of some `places_to_look_at`: three statements, and one for the places of all.
    Nobody's words are among what is asked."""
    if cohort.stage == CohortStage.FINISHED:
        return {}
    if places is None:
        places = places_to_look_at().filter(cohort=cohort)
    joined: dict[int, Any] = {place.person_id: place for place in places}
    if not joined:
        return {}
    now = timezone.now()
    pauses: dict[int, list[Pause]] = defaultdict(list)
    for row in EngagementPause.objects.filter(cohort=cohort, person__in=joined):
        pauses[row.person_id].append(Pause(row.begins_at, row.ends_at))
    own_set = {person: place.own_set for person, place in joined.items() if place.own_set is not None}
    marks: dict[int, list[Mark]] = defaultdict(list)
    registers = Attendance.objects.filter(
        person__in=joined,
        is_guest=False,
        event__cohort=cohort,
        event__state=EventState.PLANNED,
        event__registered_at__isnull=False,
    )
    for person, of_set, state, starts_at in registers.values_list(
        "person_id", "event__learning_set_id", "state", "event__starts_at"
    ):
        if of_set in (None, own_set.get(person)):
            marks[person].append(Mark(starts_at, state == Attendance.State.PRESENT))
    actions: dict[int, int] = defaultdict(int)
    open_ = SetAction.objects.filter(
        owner__in=joined, learning_set__in=set(own_set.values()), state=SetActionState.OPEN, due_on__lt=now.date()
    )
    for person, of_set, due_on in open_.order_by().values_list("owner_id", "learning_set_id", "due_on"):
        due = timezone.make_aware(datetime.combine(due_on, time(23, 59)))
        if of_set == own_set.get(person) and waits(due, pauses[person], now):
            actions[person] += 1
    begins = timezone.make_aware(datetime.combine(cohort.starts_on, time()))
    return {
        person: Facts(
            missed=missed_in_a_row(marks[person], pauses[person]),
            actions=actions[person],
            quiet_days=days_quiet(place.last_wrote or max(place.joined_at, begins), pauses[person], now),
            paused=any(pause.covers(now) for pause in pauses[person]),
        )
        for person, place in joined.items()
    }


def paused(cohort: str = "cohort", person: str = "person") -> Exists:
    running = EngagementPause.objects.filter(begins_at__lte=Now(), ends_at__gt=Now())
    return Exists(running.filter(cohort=OuterRef(cohort), person=OuterRef(person)))


def open_signals() -> QuerySet[EngagementSignal]:
    """Of people who take part now, in cohorts that go on, and aren't away. The task that closes signals comes after."""
    there = Participation.objects.filter(
        cohort=OuterRef("cohort"), person=OuterRef("person"), state=ParticipationState.ACTIVE
    )
    return (
        EngagementSignal.objects.filter(Exists(there), closed_at__isnull=True)
        .exclude(cohort__stage=CohortStage.FINISHED)
        .exclude(paused())
    )


def spoken(kind: str) -> QuerySet[CheckIn]:
    return CheckIn.objects.filter(signal=OuterRef("pk"), kind=kind)


def set_in_force() -> QuerySet[LearningSet]:
    """Of the person of a row, in the cohort of the row."""
    return LearningSet.objects.filter(
        cohort=OuterRef("cohort"), plan__state=PlanState.PUBLISHED, memberships__person=OuterRef("person")
    ).order_by()


def facilitates_person(facilitator_id: int | None, person_id: int, cohort_id: int) -> bool:
    """Alone or beside another: the twin of HEARS."""
    rows = LearningSet.objects.filter(
        Q(facilitator_id=facilitator_id) | Q(co_facilitators__person_id=facilitator_id),
        cohort_id=cohort_id,
        plan__state=PlanState.PUBLISHED,
        memberships__person_id=person_id,
    )
    return facilitator_id is not None and rows.exists()


def to_ask(facilitator_id: int) -> QuerySet[EngagementSignal]:
    """Whom a facilitator is asked to speak with, and hasn't yet."""
    led = set_in_force().filter(Q(facilitator_id=facilitator_id) | Q(co_facilitators__person_id=facilitator_id))
    return (
        open_signals()
        .filter(Exists(led), facilitator_from__lte=Now())
        .exclude(Exists(spoken(CheckIn.Kind.FACILITATOR)))
        .select_related("person", "cohort")
    )


def for_staff(cohort: Cohort) -> QuerySet[EngagementSignal]:
    """Who needs a word from staff, the longest first, with when staff last had one."""
    last = spoken(CheckIn.Kind.STAFF).order_by("-spoke_at").values("spoke_at")[:1]
    return (
        open_signals()
        .filter(cohort=cohort, staff_from__lte=Now())
        .annotate(last_word=Subquery(last))
        .select_related("person__organisation", "cohort__programme")
        .order_by("since", "pk")
    )


def mine(person_id: int) -> QuerySet[EngagementSignal]:
    return open_signals().filter(person_id=person_id).select_related("cohort")


def away_until() -> Subquery:
    """When the pause of the person of a row ends that runs now, in the cohort of the row."""
    now = timezone.now()
    running = EngagementPause.objects.filter(begins_at__lte=now, ends_at__gt=now)
    rows = running.filter(cohort=OuterRef("cohort"), person=OuterRef("person"))
    return Subquery(rows.order_by("-ends_at").values("ends_at")[:1])


def running_pause(cohort_id: int, person_id: int) -> EngagementPause | None:
    now = timezone.now()
    rows = EngagementPause.objects.filter(cohort_id=cohort_id, person_id=person_id, begins_at__lte=now, ends_at__gt=now)
    return rows.order_by("-ends_at").first()


def pauses_of(cohort: Cohort) -> QuerySet[EngagementPause]:
    now = timezone.now()
    there = Participation.objects.filter(
        cohort=OuterRef("cohort"), person=OuterRef("person"), state=ParticipationState.ACTIVE
    )
    return (
        EngagementPause.objects.filter(Exists(there), cohort=cohort, begins_at__lte=now, ends_at__gt=now)
        .select_related("person")
        .order_by("ends_at", "pk")
    )


def words_to_staff(cohort: Cohort) -> QuerySet[DayJobWord]:
    return DayJobWord.objects.filter(cohort=cohort, to_person__isnull=True).select_related("author")


# What is owed


def check_ins_owed() -> QuerySet[EngagementSignal]:
    """By whoever facilitates the set."""
    return (
        open_signals()
        .filter(facilitator_from__lte=Now())
        .exclude(Exists(spoken(CheckIn.Kind.FACILITATOR)))
        .annotate(
            owed_by=Subquery(set_in_force().values("facilitator_id")[:1]),
            owed_about=Cast("person__name", TextField()),
            owed_key=Cast("public_id", TextField()),
            owed_due=ExpressionWrapper(F("facilitator_from") + WORD_DAYS, output_field=DateTimeField()),
            owed_since=F("facilitator_from"),
            owed_cohort=F("cohort_id"),
        )
        .filter(owed_by__isnull=False)
    )


def staff_words_owed() -> QuerySet[EngagementSignal]:
    """By one of staff: of the cohort, else of its programme, else of everything. Another may be quicker."""
    held = RoleAssignment.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=Now()),
        Q(cohort=OuterRef("cohort"))
        | Q(programme=OuterRef("cohort__programme"))
        | Q(cohort__isnull=True, programme__isnull=True),
        role=Role.STAFF,
        valid_from__lte=Now(),
    ).order_by(F("cohort").asc(nulls_last=True), F("programme").asc(nulls_last=True), "pk")
    return (
        open_signals()
        .filter(staff_from__lte=Now())
        .exclude(Exists(spoken(CheckIn.Kind.STAFF).filter(spoke_at__gt=Now() - ASK_STAFF_AGAIN)))
        .annotate(
            owed_by=Subquery(held.values("person_id")[:1]),
            owed_about=Cast("person__name", TextField()),
            owed_key=Cast("public_id", TextField()),
            owed_due=ExpressionWrapper(F("staff_from") + WORD_DAYS, output_field=DateTimeField()),
            owed_since=F("staff_from"),
            owed_cohort=F("cohort_id"),
        )
        .filter(owed_by__isnull=False)
    )
