from __future__ import annotations

from datetime import timedelta

from django.db.models import (
    Case,
    Count,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    When,
)
from django.db.models.functions import Cast, Greatest, Now

from cohorts.models import FOLLOW_ON, Event, EventTask, EventTaskDone, SetMembership
from cohorts.states import CohortStage, EventState, ParticipationState

# Pre-work is on people's lists for the last four weeks before the event.
ASKED_AHEAD = timedelta(days=28)


def tasks_of(event: Event, person_id: int | None) -> list[EventTask]:
    """An event's tasks, pre-work first, each with how many have done it (`number`) and whether this person has (`is_mine_done`)."""
    mine = EventTaskDone.objects.filter(task=OuterRef("pk"), person_id=person_id)
    rows = EventTask.objects.filter(event=event).annotate(number=Count("done"), is_mine_done=Exists(mine))
    found = sorted(rows, key=lambda task: (task.timing != EventTask.Timing.BEFORE, task.pk))
    for task in found:
        task.event = event
    return found


def tasks_owed() -> QuerySet[EventTask]:
    """One row for each task and person expected who hasn't done it: pre-work in the last four weeks before its event and until that
    ends, follow-on from the end of its event."""
    now, timing = Now(), EventTask.Timing
    asked_from = F("event__starts_at") - ASKED_AHEAD
    ended = F("event__ends_at")
    return (
        EventTask.objects.filter(
            Q(timing=timing.BEFORE, event__ends_at__gt=now, event__starts_at__lte=now + ASKED_AHEAD)
            | Q(timing=timing.AFTER, event__ends_at__lte=now),
            event__state=EventState.PLANNED,
            event__cohort__participations__state=ParticipationState.ACTIVE,
        )
        .exclude(event__cohort__stage=CohortStage.FINISHED)
        .annotate(
            owed_by=F("event__cohort__participations__person_id"),
            owed_about=Cast("title", TextField()),
            owed_key=Cast("public_id", TextField()),
            owed_due=Case(
                When(timing=timing.BEFORE, then=F("event__starts_at")),
                default=ExpressionWrapper(ended + FOLLOW_ON, output_field=DateTimeField()),
            ),
            owed_since=Greatest(
                "created_at",
                Case(
                    When(timing=timing.BEFORE, then=ExpressionWrapper(asked_from, output_field=DateTimeField())),
                    default=ended,
                ),
            ),
            owed_cohort=F("event__cohort_id"),
        )
        .filter(
            Q(event__learning_set__isnull=True)
            | Exists(
                SetMembership.objects.filter(learning_set=OuterRef("event__learning_set"), person=OuterRef("owed_by"))
            )
        )
        .exclude(Exists(EventTaskDone.objects.filter(task=OuterRef("pk"), person=OuterRef("owed_by"))))
    )
