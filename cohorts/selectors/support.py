"""Requests for support: one's own, those made to oneself, and whom one may ask."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import DateTimeField, ExpressionWrapper, F, QuerySet, TextField
from django.db.models.functions import Cast

from cohorts.models import SupportRequest
from cohorts.selectors.sets import live_set_of
from tenancy.models import Person, Role
from tenancy.selectors import people_with_role

ANSWER_DAYS = timedelta(days=7)


def people_to_ask(person_id: int, cohort_id: int) -> list[Person]:
    """Whoever facilitates their set, then staff of their cohort."""
    found: dict[int, Person] = {}
    learning_set = live_set_of(person_id, cohort_id)
    if learning_set is not None:
        beside = [row.person for row in learning_set.co_facilitators.select_related("person")]
        for person in [*([learning_set.facilitator] if learning_set.facilitator else []), *beside]:
            found[person.pk] = person
    for person in people_with_role(Role.STAFF, cohort_id=cohort_id):
        found.setdefault(person.pk, person)
    found.pop(person_id, None)
    return list(found.values())


def own_requests(person_id: int | None) -> QuerySet[SupportRequest]:
    return SupportRequest.objects.filter(author_id=person_id).select_related("to_person", "words")


def requests_to(person_id: int | None) -> QuerySet[SupportRequest]:
    return SupportRequest.objects.filter(to_person_id=person_id).select_related("author", "words")


def answers_owed() -> QuerySet[SupportRequest]:
    """By whoever was asked, until they answer or nothing more is needed."""
    return SupportRequest.objects.filter(answered_at__isnull=True, closed_at__isnull=True).annotate(
        owed_by=F("to_person_id"),
        owed_about=Cast("author__name", TextField()),
        owed_key=Cast("public_id", TextField()),
        owed_due=ExpressionWrapper(F("asked_at") + ANSWER_DAYS, output_field=DateTimeField()),
        owed_since=F("asked_at"),
        owed_cohort=F("cohort_id"),
    )
