"""Reads of asks, offers and thanks. Whose words there are, the database says."""

from __future__ import annotations

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone

from cohorts.models import Ask, AskAnswer, AskKind, Thanks, ThanksCount
from cohorts.states import AskState


def readable_asks() -> QuerySet[Ask]:
    """Those whose words the reader is shown, their own among them, the newest first."""
    return Ask.objects.filter(words__isnull=False).select_related("words", "owner__organisation", "cohort__programme")


def open_to(person_id: int) -> QuerySet[Ask]:
    """What others ask or offer somebody now."""
    return readable_asks().filter(state=AskState.OPEN, ends_at__gt=timezone.now()).exclude(owner=person_id)


def asks_of(person_id: int) -> QuerySet[Ask]:
    """Their own, each with its answers: what is open or waits to be closed first."""
    answers = AskAnswer.objects.select_related("by_person__organisation")
    rows = readable_asks().filter(owner=person_id).prefetch_related(Prefetch("answers", answers))
    return rows.order_by("-state", "-asked_at", "-pk")


def answers_by(person_id: int) -> QuerySet[AskAnswer]:
    return AskAnswer.objects.filter(by_person=person_id).select_related("owner", "ask").order_by("-answered_at", "-pk")


def thanks_by(person_id: int) -> QuerySet[Thanks]:
    return Thanks.objects.filter(owner=person_id).select_related("helper__organisation", "count")


def thanks_to(person_id: int) -> QuerySet[Thanks]:
    return Thanks.objects.filter(helper=person_id).select_related("owner__organisation")


def help_counts(cohort_id: int) -> dict[str, int]:
    """What staff and the report may know: how often, never who or with what."""
    asks = Ask.objects.filter(cohort=cohort_id).aggregate(
        asks=Count("pk", filter=Q(kind=AskKind.ASK)),
        offers=Count("pk", filter=Q(kind=AskKind.OFFER)),
    )
    thanks = ThanksCount.objects.filter(cohort=cohort_id).aggregate(
        helped=Count("pk"),
        other_organisation=Count("pk", filter=Q(other_organisation=True)),
        other_cohort=Count("pk", filter=Q(other_cohort=True)),
    )
    return {**asks, **thanks}
