"""Reads of methods, of experiments as far as they're shown, and counts from the facts."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from cohorts.models import Experiment, ExperimentFact
from cohorts.models.method import KEPT, Outcome

# Fewer than this and a count might point at someone.
FEWEST_TRIED = 5
HAS_ENDED = ~Q(outcome=Outcome.TRYING)
IS_KEPT = Q(outcome__in=KEPT)


@dataclass(frozen=True)
class Tried:
    """How many experiments there are, how many of them are over, and how many of those were kept, changed or not."""

    tried: int
    ended: int
    kept: int


def _counted(rows: QuerySet[ExperimentFact]) -> dict[str, int]:
    return rows.aggregate(tried=Count("pk"), ended=Count("pk", filter=HAS_ENDED), kept=Count("pk", filter=IS_KEPT))


def tried_in(cohort_id: int) -> Tried | None:
    """Of a cohort; None while there are fewer than five."""
    counts = _counted(ExperimentFact.objects.filter(cohort_id=cohort_id))
    return Tried(**counts) if counts["tried"] >= FEWEST_TRIED else None


def tried_by_method() -> dict[int, Tried]:
    """Method id → how often it was tried in all the tenant's cohorts; those tried fewer than five times aren't there."""
    rows = ExperimentFact.objects.filter(method__isnull=False).order_by().values("method_id")
    counted = rows.annotate(
        tried=Count("pk"), ended=Count("pk", filter=HAS_ENDED), kept=Count("pk", filter=IS_KEPT)
    ).filter(tried__gte=FEWEST_TRIED)
    return {row.pop("method_id"): Tried(**row) for row in counted}


def shown_experiments() -> QuerySet[Experiment]:
    """Those that the database shows to whoever asks: their own, and others' that they were picked for."""
    return Experiment.objects.select_related("owner__organisation", "method").order_by("-written_at", "-pk")
