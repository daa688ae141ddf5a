"""Going back to work: one's own plan, when it's time for one, and what may be counted."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import DateTimeField, Exists, F, OuterRef, QuerySet, TextField
from django.db.models.functions import Cast, Now

from cohorts.models import (
    ChangeContext,
    ChangeContextKind,
    Cohort,
    Participation,
    ReturnPlan,
    ReturnPlanText,
    ReturnReview,
)
from cohorts.states import ParticipationState
from reminders.obligations import last_minute_of

# A plan is owed from so long before the last day of a cohort until so long after it; it may be made at any time.
OWED_BEFORE = timedelta(weeks=8)
OWED_AFTER = timedelta(weeks=4)
SYS = "sys"


def plan_of(person_id: int | None, cohort: Cohort | None) -> ReturnPlanText | None:
    rows = ReturnPlanText.objects.filter(owner_id=person_id, plan__cohort=cohort)
    return rows.select_related("plan__cohort").first()


def context_of(person_id: int | None, cohort: Cohort | None) -> ChangeContext | None:
    rows = ChangeContext.objects.filter(owner_id=person_id, notebook__cohort=cohort)
    return rows.select_related("notebook__cohort").first()


def reviews_of(person_id: int | None, cohort: Cohort | None) -> list[ReturnReview]:
    rows = ReturnReview.objects.filter(owner_id=person_id, plan__cohort=cohort)
    return list(rows.select_related("words").order_by("review_on", "pk"))


def plans_owed() -> QuerySet[Participation]:
    """People who go back to work about now and have made no plan for it."""
    made = ReturnPlan.objects.filter(owner=OuterRef("person"), cohort=OuterRef("cohort"))
    return (
        Participation.objects.filter(state__in=(ParticipationState.ACTIVE, ParticipationState.ALUMNUS))
        .annotate(last_day=Cast("cohort__ends_on", DateTimeField()))
        .filter(~Exists(made), last_day__lte=Now() + OWED_BEFORE, last_day__gte=Now() - OWED_AFTER)
        .annotate(
            owed_by=F("person_id"),
            owed_about=Cast("cohort__name", TextField()),
            owed_key=Cast("public_id", TextField()),
            owed_due=last_minute_of("cohort__ends_on"),
            owed_since=F("last_day") - OWED_BEFORE,
            owed_cohort=F("cohort_id"),
        )
    )


def reviews_owed() -> QuerySet[ReturnReview]:
    """Days to look at one's plan again, from a week before."""
    return (
        ReturnReview.objects.annotate(since=Cast("review_on", DateTimeField()) - timedelta(days=7))
        .filter(done_at__isnull=True, since__lte=Now())
        .annotate(
            owed_by=F("owner_id"),
            owed_about=Cast("plan__cohort__name", TextField()),
            owed_key=Cast("public_id", TextField()),
            owed_due=last_minute_of("review_on"),
            owed_since=F("since"),
            owed_cohort=F("plan__cohort_id"),
        )
    )


def plans_made(cohort: Cohort) -> dict[str, int]:
    """How many have a plan, of those who didn't withdraw. From the facts."""
    places = Participation.objects.filter(cohort=cohort).exclude(state=ParticipationState.WITHDRAWN)
    return {"made": ReturnPlan.objects.filter(cohort=cohort).count(), "of": places.count()}


def changes_counted(cohort_id: int) -> dict[str, int]:
    """How many people of a cohort noted each kind. Read by the role that counts: to everybody else a note is its owner's."""
    rows = ChangeContextKind.objects.using(SYS).filter(cohort_id=cohort_id)
    counted: dict[str, int] = {}
    for kind in rows.values_list("kind", flat=True):
        counted[kind] = counted.get(kind, 0) + 1
    return counted
