"""Reviews of a cohort and the lessons of its delivery team."""

from __future__ import annotations

from datetime import date

from django.db.models import F, QuerySet, TextField
from django.db.models.functions import Cast

from cohorts.models import Cohort, CohortReview, Lesson
from cohorts.selectors.sets import live_sets
from reminders.obligations import last_minute_of
from tenancy.models import Person, Role
from tenancy.selectors import people_with_role


def half_way(cohort: Cohort) -> date:
    return cohort.starts_on + (cohort.ends_on - cohort.starts_on) // 2


def delivery_team(cohort_id: int) -> list[Person]:
    """Who may see to a lesson: staff of the cohort, its facilitators, and whoever facilitates one of its sets in force."""
    found = {
        person.pk: person
        for role in (Role.STAFF, Role.FACILITATOR)
        for person in people_with_role(role, cohort_id=cohort_id)
    }
    for row in live_sets(cohort_id):
        if row.facilitator is not None:
            found.setdefault(row.facilitator.pk, row.facilitator)
    return list(found.values())


def reviews_of(cohort: Cohort) -> QuerySet[CohortReview]:
    return CohortReview.objects.filter(cohort=cohort).prefetch_related("lessons__owner").select_related("written_by")


def lessons_owed() -> QuerySet[Lesson]:
    """By whoever sees to it, until they say what came of it."""
    return Lesson.objects.filter(answered_at__isnull=True, owner__isnull=False).annotate(
        owed_by=F("owner_id"),
        owed_about=Cast("change", TextField()),
        owed_key=Cast("public_id", TextField()),
        owed_due=last_minute_of("due_on"),
        owed_since=F("written_at"),
        owed_cohort=F("review__cohort_id"),
    )
