"""Reads of a set's room. What the reader may not see isn't there: the database gives words only to those in the set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    Case,
    Count,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    When,
)
from django.db.models.functions import Cast, Now

from cohorts.models import (
    AirTime,
    Event,
    EventKind,
    GroundRules,
    LearningSet,
    RulesAcceptance,
    SetAction,
    SetCoFacilitator,
    SetMeeting,
    SetMembership,
)
from cohorts.selectors.sets import has_left, people_in
from cohorts.states import CohortStage, EventState, MeetingStep, PlanState, SetActionState
from reminders.obligations import last_minute_of
from tenancy.models import Person

# How long before a meeting it can be begun, and is on its facilitators' list.
PREPARED_FROM = timedelta(days=7)
RULES_DAYS = timedelta(days=7)


@dataclass
class Member:
    """One member, with what a page of the room says of them."""

    person: Person
    accepted_at: datetime | None = None
    meetings: int = 0
    minutes: int = 0
    wanted: int | None = None
    had: int | None = None


def members_of(learning_set: LearningSet) -> list[Member]:
    return [Member(row.person) for row in people_in(learning_set)]


def rules_of(learning_set: LearningSet) -> GroundRules | None:
    """The version in force, with its words."""
    return GroundRules.objects.filter(learning_set=learning_set).select_related("words", "written_by").first()


def with_acceptance(members: list[Member], rules: GroundRules | None) -> list[Member]:
    found = dict(RulesAcceptance.objects.filter(rules=rules).values_list("person_id", "accepted_at")) if rules else {}
    for member in members:
        member.accepted_at = found.get(member.person.pk)
    return members


def actions_of(learning_set: LearningSet) -> QuerySet[SetAction]:
    """The log as its reader may read it: actions whose words they see, the open ones first by their day."""
    return (
        SetAction.objects.filter(learning_set=learning_set, words__isnull=False)
        .select_related("words", "owner", "meeting__event")
        .order_by(Case(When(state=SetActionState.OPEN, then=0), default=1, output_field=IntegerField()), "due_on", "pk")
    )


def with_air_time(members: list[Member], learning_set: LearningSet, *, at: SetMeeting | None = None) -> list[Member]:
    """Minutes each had over the meetings, in how many, whoever had least first. `at` isn't counted among them: what each asked for
    and had there stands by itself."""
    by_person = {member.person.pk: member for member in members}
    rows = AirTime.objects.filter(meeting__learning_set=learning_set, person__in=by_person)
    for row in rows:
        member = by_person[row.person_id]
        if at is not None and row.meeting_id == at.pk:
            member.wanted, member.had = row.wanted, row.minutes
        elif row.minutes:
            member.minutes += row.minutes
            member.meetings += 1
    return sorted(members, key=lambda member: (member.minutes, member.person.sort_key))


def meetings_of(learning_set: LearningSet) -> QuerySet[SetMeeting]:
    return SetMeeting.objects.filter(learning_set=learning_set).select_related("event").order_by("-event__starts_at")


def room_counts(learning_sets: QuerySet[LearningSet]) -> dict[str, int]:
    """All that staff and reports know of what sets do: numbers of the facts, never of their words."""
    return learning_sets.aggregate(
        made=Count("actions", distinct=True),
        done=Count("actions", filter=Q(actions__state=SetActionState.DONE), distinct=True),
        owners=Count("actions__owner", distinct=True),
        held=Count("meetings", filter=Q(meetings__held_at__isnull=False), distinct=True),
    )


def was_in_room(learning_set: LearningSet, person_id: int | None, moment: datetime) -> bool:
    """Whether somebody now in the set was in it at that moment: the twin of the wall."""
    if learning_set.facilitator_id == person_id:
        return learning_set.facilitator_since is None or learning_set.facilitator_since <= moment
    beside = SetCoFacilitator.objects.filter(learning_set=learning_set, person_id=person_id, added_at__lte=moment)
    members = SetMembership.objects.filter(learning_set=learning_set, person_id=person_id, joined_at__lte=moment)
    members = members.exclude(has_left("learning_set__cohort", "person"))
    return LearningSet.objects.filter(Exists(beside) | Exists(members), pk=learning_set.pk).exists()


def is_last_step(step: str) -> bool:
    return step == MeetingStep.values[-1]


def step_after(step: str) -> str:
    steps = MeetingStep.values
    return steps[min(steps.index(step) + 1, len(steps) - 1)]


def further(one: str, other: str) -> str:
    return max(one, other, key=MeetingStep.values.index)


# What is owed


def still_in(learning_set: str, person: str) -> Exists:
    rows = SetMembership.objects.filter(plan__state=PlanState.PUBLISHED).exclude(
        has_left("learning_set__cohort", "person")
    )
    return Exists(rows.filter(learning_set=OuterRef(learning_set), person=OuterRef(person)))


def actions_owed() -> QuerySet[SetAction]:
    """Open actions of members still in their set, by whoever took them on."""
    return (
        SetAction.objects.filter(still_in("learning_set", "owner"), state=SetActionState.OPEN)
        .exclude(learning_set__cohort__stage=CohortStage.FINISHED)
        .annotate(
            owed_by=F("owner_id"),
            owed_about=Cast("learning_set__name", TextField()),
            owed_key=Cast("public_id", TextField()),
            owed_due=last_minute_of("due_on"),
            owed_since=F("made_at"),
            owed_cohort=F("learning_set__cohort_id"),
        )
    )


def rules_owed() -> QuerySet[SetMembership]:
    """Members who haven't accepted the ground rules in force."""
    newest = GroundRules.objects.filter(learning_set=OuterRef("learning_set")).order_by("-number")
    return (
        SetMembership.objects.filter(plan__state=PlanState.PUBLISHED)
        .exclude(has_left("learning_set__cohort", "person"))
        .exclude(learning_set__cohort__stage=CohortStage.FINISHED)
        .annotate(newest=Subquery(newest.values("pk")[:1]), written=Subquery(newest.values("written_at")[:1]))
        .filter(newest__isnull=False)
        .exclude(Exists(RulesAcceptance.objects.filter(rules=OuterRef("newest"), person=OuterRef("person"))))
        .annotate(
            owed_by=F("person_id"),
            owed_about=Cast("learning_set__name", TextField()),
            owed_key=Cast("learning_set__public_id", TextField()),
            owed_due=ExpressionWrapper(F("written") + RULES_DAYS, output_field=DateTimeField()),
            owed_since=F("written"),
            owed_cohort=F("learning_set__cohort_id"),
        )
    )


def meetings_owed() -> QuerySet[Event]:
    """Meetings of the week ahead that no facilitator has begun, by the set's facilitator."""
    return Event.objects.filter(
        kind=EventKind.SET_MEETING,
        state=EventState.PLANNED,
        set_meeting__isnull=True,
        learning_set__plan__state=PlanState.PUBLISHED,
        learning_set__facilitator__isnull=False,
        starts_at__lte=Now() + PREPARED_FROM,
        ends_at__gt=Now(),
    ).annotate(
        owed_by=F("learning_set__facilitator_id"),
        owed_about=Cast("title", TextField()),
        owed_key=Cast("public_id", TextField()),
        owed_due=F("starts_at"),
        owed_since=ExpressionWrapper(F("starts_at") - PREPARED_FROM, output_field=DateTimeField()),
        owed_cohort=F("cohort_id"),
    )


def latest_number(learning_set: LearningSet) -> int:
    return GroundRules.objects.filter(learning_set=learning_set).aggregate(n=Max("number"))["n"] or 0


def room_of(learning_set: LearningSet, person_id: int | None) -> dict[str, Any]:
    """What the set's page says of the room to somebody in it."""
    accepted = RulesAcceptance.objects.filter(rules=OuterRef("pk"), person_id=person_id)
    rules = GroundRules.objects.filter(learning_set=learning_set).annotate(accepted=Exists(accepted)).first()
    open_ = list(actions_of(learning_set).filter(state=SetActionState.OPEN))
    return {
        "rules": rules,
        "mine": [action for action in open_ if action.owner_id == person_id],
        "open": len(open_),
    }
