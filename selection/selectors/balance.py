"""The funnel and the sector balance of a cohort's selection: one statement each for counts and targets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext as _

from cohorts.models import SectorTarget
from selection.models import Application, AssessorAllocation, Endorsement, Offer
from selection.states import ApplicationState as S
from selection.states import EndorsementState

STAGES = ("nominated", "submitted", "endorsed", "assessed", "offered", "accepted")


@dataclass
class SectorLine:
    """How far each sector's people came. `nominated` counts everyone, own applications included."""

    sector_id: int
    name: str
    position: int
    nominated: int = 0
    submitted: int = 0
    endorsed: int = 0
    assessed: int = 0
    offered: int = 0
    accepted: int = 0
    live: int = 0
    target: int | None = None
    chosen: int = 0


def sector_lines(cohort_id: int) -> list[SectorLine]:
    """Every sector that applied or has a target, in the tenant's order."""
    given = Endorsement.objects.filter(application=OuterRef("pk"))
    rows = (
        Application.objects.filter(cohort_id=cohort_id)
        .order_by()
        .values("organisation__sector_id", "organisation__sector__name", "organisation__sector__position")
        .annotate(
            nominated=Count("pk"),
            submitted=Count("pk", filter=Q(submitted_at__isnull=False)),
            endorsed=Count(
                "pk",
                filter=Q(Exists(given)) & ~Q(Exists(given.exclude(state=EndorsementState.GIVEN))),
            ),
            assessed=Count(
                "pk",
                filter=Q(
                    Exists(
                        AssessorAllocation.objects.filter(
                            application=OuterRef("pk"), finished_at__isnull=False, withdrawn_at__isnull=True
                        )
                    )
                ),
            ),
            offered=Count("pk", filter=Q(Exists(Offer.objects.filter(application=OuterRef("pk"))))),
            accepted=Count("pk", filter=Q(state=S.ACCEPTED)),
            live=Count("pk", filter=Q(state__in=(S.OFFERED, S.ACCEPTED))),
        )
        .values_list(
            "organisation__sector_id", "organisation__sector__name", "organisation__sector__position", *STAGES, "live"
        )
    )
    lines = {row[0]: SectorLine(*row) for row in rows}
    targets = SectorTarget.objects.filter(cohort_id=cohort_id).values_list(
        "sector_id", "sector__name", "sector__position", "places"
    )
    for sector_id, name, position, places in targets:
        lines.setdefault(sector_id, SectorLine(sector_id, name, position)).target = places
    return sorted(lines.values(), key=lambda line: (line.position, line.name))


def funnel_counts(lines: list[SectorLine]) -> dict[str, int]:
    """Totals by stage, in order."""
    totals: Counter[str] = Counter()
    for line in lines:
        for stage in STAGES:
            totals[stage] += getattr(line, stage)
    return {stage: totals[stage] for stage in STAGES}


def balance_title(lines: Sequence[SectorLine], taken: Mapping[int, int]) -> str:
    """The answer of the picture: the sector that is furthest from its target. `taken` are places by sector id."""
    aimed = [line for line in lines if line.target]
    if not aimed:
        return str(_("Places by sector"))
    worst = min(aimed, key=lambda line: (taken[line.sector_id] - (line.target or 0), line.position))
    if taken[worst.sector_id] >= (worst.target or 0):
        return str(_("Every sector has the places it should have"))
    return str(
        _("%(sector)s has %(n)s of %(target)s places")
        % {"sector": worst.name, "n": taken[worst.sector_id], "target": worst.target}
    )
