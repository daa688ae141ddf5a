"""What feedback is drafted from, and how far it is."""

from __future__ import annotations

from collections.abc import Collection
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count, F, QuerySet, Sum

from selection.feedback import Judged
from selection.models import Application, Criterion, Feedback, Score, SelectionRound
from selection.states import ApplicationState as S

# Who has an outcome by now, and may be sent feedback with no other letter.
TOLD = (S.OFFERED, S.RESERVE, S.ACCEPTED, S.DECLINED, S.LAPSED, S.RESCINDED, S.DEFERRED, S.GAVE_UP, S.NOT_SELECTED)
# Who is told with the feedback that there's no place.
UNTOLD = (S.ELIGIBLE, S.SUBMITTED, S.ENDORSED)
CENT = Decimal("0.1")


def judged_by_application(round_: SelectionRound, pks: Collection[int]) -> dict[int, tuple[list[Judged], int]]:
    """For each application whose assessors have all finished: its criteria with the agreed points, and how many read it. Three
    statements, whatever the number."""
    criteria = {
        c.pk: c for c in Criterion.objects.filter(framework=round_.framework_id).prefetch_related("descriptors")
    }
    rows = (
        Score.objects.filter(
            allocation__application__in=pks,
            allocation__withdrawn_at__isnull=True,
            allocation__finished_at__isnull=False,
            points__isnull=False,
        )
        .order_by()
        .values(application=F("allocation__application"), by_criterion=F("criterion"))
        .annotate(total=Sum("points"), readers=Count("allocation", distinct=True))
        .order_by("application", "criterion__position")
    )
    found: dict[int, tuple[list[Judged], int]] = {}
    for row in rows:
        criterion = criteria.get(row["by_criterion"])
        if criterion is None:
            continue
        judged, readers = found.get(row["application"], ([], 0))
        points = (Decimal(row["total"]) / row["readers"]).quantize(CENT, ROUND_HALF_UP)
        meanings = {d.points: d.example or d.label for d in criterion.descriptors.all()}
        judged.append(Judged(criterion.name, criterion.position, points, criterion.max_points, meanings))
        found[row["application"]] = judged, max(readers, row["readers"])
    return found


def undrafted(round_: SelectionRound) -> QuerySet[Application]:
    return Application.objects.filter(round=round_, state__in=TOLD + UNTOLD, feedback__isnull=True).order_by(
        "reference"
    )


def feedback_rows(round_: SelectionRound) -> QuerySet[Application]:
    """Everybody with an outcome or waiting for one, with their feedback: what hasn't gone out comes first."""
    return (
        Application.objects.filter(round=round_, state__in=TOLD + UNTOLD)
        .select_related("applicant", "organisation__sector", "feedback__edited_by")
        .order_by(F("feedback__sent_at").asc(nulls_first=True), "reference")
    )


def ready_to_send(round_: SelectionRound) -> QuerySet[Feedback]:
    """Drafts for people who know their outcome."""
    return (
        Feedback.objects.filter(application__round=round_, application__state__in=TOLD, sent_at__isnull=True)
        .select_related("application__applicant", "application__organisation", "edited_by")
        .order_by("application__reference")
    )
