"""Places: how many are taken, who answers by when, who is next."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F, QuerySet

from cohorts.models import Cohort, Participation
from cohorts.states import CohortStage, ParticipationState
from selection.models import Application, Offer, SelectionRound
from selection.selectors.balance import SectorLine
from selection.states import ApplicationState as S


def free_places(cohort: Cohort) -> int:
    """Places neither held nor on offer. Exact only under the round's lock."""
    held = Participation.objects.filter(cohort=cohort).exclude(state=ParticipationState.WITHDRAWN).values_list("pk")
    offered = Application.objects.filter(cohort=cohort, state=S.OFFERED).values_list("pk")
    return max(cohort.places - held.union(offered, all=True).count(), 0)


def offers_of(round_: SelectionRound) -> QuerySet[Offer]:
    """The unanswered first, by deadline."""
    return (
        Offer.objects.filter(application__round=round_)
        .select_related("application__applicant", "application__organisation__sector", "in_place_of")
        .order_by(F("answered_at").asc(nulls_first=True), "deadline", "application__reference")
    )


def reserves_of(round_: SelectionRound) -> QuerySet[Application]:
    return (
        Application.objects.filter(round=round_, state=S.RESERVE)
        .select_related("applicant", "organisation__sector", "cohort__programme")
        .order_by("reserve_position", "reference")
    )


def still_selecting(cohort: Cohort) -> bool:
    """Whether a place that falls free still goes to the reserve list by itself; once the cohort runs, staff decide."""
    return cohort.stage in {CohortStage.PLANNING, CohortStage.SELECTING}


def next_reserve(
    reserves: Sequence[Application], lines: Sequence[SectorLine]
) -> tuple[Application, SectorLine | None] | None:
    """The first reserve whose sector has fewer places taken than its target (with that sector's line), else the first."""
    if not reserves:
        return None
    short = {line.sector_id: line for line in lines if line.target is not None and line.live < line.target}
    for application in reserves:
        if line := short.get(application.organisation.sector_id):
            return application, line
    return reserves[0], None
