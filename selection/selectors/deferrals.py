"""Places kept from earlier cohorts, and requests to defer."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from selection.models import Deferral, SelectionRound
from selection.states import DeferralState

WITH_APPLICATION = (
    "application__applicant__organisation",
    "application__organisation__sector",
    "application__cohort__programme",
    "application__line_manager",
    "application__sponsor",
    "application__round",
)


def deferrals() -> QuerySet[Deferral]:
    return Deferral.objects.select_related(*WITH_APPLICATION)


def kept_for(round_: SelectionRound) -> QuerySet[Deferral]:
    """Places kept for people of an earlier cohort of the programme: offered first in this round, until the day each is kept."""
    return _kept(round_.cohort.programme_id, round_.cohort.starts_on)


def how_many_kept() -> Coalesce:
    """The number of kept_for() of each round, as a column of a query of rounds."""
    rows = _kept(OuterRef("cohort__programme"), OuterRef("cohort__starts_on"))
    return Coalesce(Subquery(rows.order_by().values("state").annotate(n=Count("pk")).values("n")), 0)


def _kept(programme: int | OuterRef, starts_on: date | OuterRef) -> QuerySet[Deferral]:
    return deferrals().filter(
        state=DeferralState.AGREED,
        application__cohort__programme=programme,
        application__cohort__starts_on__lt=starts_on,
        keep_until__gte=timezone.localdate(),
    )


def begun_here(round_: SelectionRound) -> QuerySet[Deferral]:
    """Those whose application in this round began from a place that was kept."""
    return deferrals().filter(used_for__round=round_).select_related(*WITH_APPLICATION, "used_for")


def deferrals_of(round_: SelectionRound) -> QuerySet[Deferral]:
    """Whatever applicants of this round asked; those to be decided first."""
    return deferrals().filter(application__round=round_).order_by("decided_at", "asked_at")
