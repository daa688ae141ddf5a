"""What a list of applications says of their scores, computed in the list's own statement."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    Count,
    DecimalField,
    Exists,
    F,
    Func,
    IntegerField,
    JSONField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Round

from selection.models import AssessorAllocation, Score

POINTS = DecimalField(max_digits=5, decimal_places=2)


class WidestOf(Subquery):
    """The largest value of a one-column subquery: an aggregate of aggregates, which the ORM has no other word for."""

    template = "(SELECT max(each.gap) FROM (%(subquery)s) AS each(gap))"


def with_scores(
    applications: QuerySet, corrected: Mapping[int, Decimal] | None = None, closed: Q | None = None
) -> QuerySet:
    """Annotate: `allocated` and `finished` assessors, `score_mean` (weighted, two decimals), `score_gap` (the widest difference
    between two assessors on one criterion) and `score_points` (moderated points, or those of `corrected` where they aren't the mean, or
    the mean): what the ranking says.

    Scores stay empty until every assessor of the application has finished, for everybody, their own included; and where `closed`
    says that whoever looks has a conflict of interest (`closed` is annotated too).
    """
    hidden: Any = Value(False) if closed is None else Case(When(closed, then=True), default=False)
    shown = Q(closed=False)
    live = AssessorAllocation.objects.filter(application=OuterRef("pk"), withdrawn_at__isnull=True).order_by()
    counts = live.values("application")
    scores = Score.objects.filter(
        allocation__application=OuterRef("pk"), allocation__withdrawn_at__isnull=True, points__isnull=False
    ).order_by()
    weighted = Cast(Sum(F("points") * F("criterion__weight")), DecimalField(max_digits=12, decimal_places=4))
    mean = scores.values("allocation__application").annotate(
        value=Round(weighted / Sum("criterion__weight"), 2, output_field=POINTS)
    )
    gaps = scores.values("criterion").annotate(gap=Max("points") - Min("points")).values("gap")
    all_in = ~Exists(live.filter(finished_at__isnull=True))
    return applications.annotate(closed=hidden).annotate(
        allocated=Coalesce(Subquery(counts.annotate(n=Count("pk")).values("n")), 0),
        finished=Coalesce(Subquery(counts.annotate(n=Count("finished_at")).values("n")), 0),
        score_mean=Case(
            When(shown & Q(all_in), then=Subquery(mean.values("value"), output_field=POINTS)), default=None
        ),
        score_gap=Case(When(shown & Q(all_in), then=WidestOf(gaps, output_field=IntegerField())), default=None),
        score_points=Case(
            When(
                shown,
                then=Coalesce(F("moderation__points"), *_looked_up(corrected), F("score_mean"), output_field=POINTS),
            ),
            default=None,
            output_field=POINTS,
        ),
    )


def _looked_up(corrected: Mapping[int, Decimal] | None) -> list[Cast]:
    """The row's value in a table of application ids, computed outside the database."""
    if not corrected:
        return []
    table = Cast(Value(json.dumps({str(pk): str(value) for pk, value in corrected.items()})), JSONField())
    found = Func(table, Cast(F("pk"), TextField()), function="jsonb_extract_path_text", output_field=TextField())
    return [Cast(found, POINTS)]
