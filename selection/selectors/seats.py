"""Seats that were promised: what has come of each promise, and what is still to be done about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts.models import Cohort, Participation
from cohorts.states import CohortStage, ParticipationState
from selection.models import Application, AssessorAllocation, SeatCommitment, SelectionRound
from selection.selectors.board import PLACED, is_eligible
from selection.states import ApplicationState, RoundState

# How long before the round closes staff are told on their home page.
SOON = timedelta(days=14)
# A sector or an organisation, by its key.
Who = tuple[str, int]


@dataclass
class SeatLine:
    """One promise and what came of it. `alert` is '' or what is missing while something can still be done."""

    commitment: SeatCommitment
    applied: int = 0
    eligible: int = 0
    selected: int = 0
    attending: int = 0
    alert: str = ""

    @property
    def promised(self) -> int:
        return self.commitment.seats

    @property
    def who(self) -> Who:
        each = self.commitment
        return ("sector", each.sector_id) if each.sector_id else ("organisation", each.organisation_id or 0)


def commitments_of(cohorts: Iterable[Cohort]) -> QuerySet[SeatCommitment]:
    return (
        SeatCommitment.objects.filter(cohort__in=cohorts)
        .select_related("sector", "organisation", "cohort__programme")
        .order_by("cohort", "sector__position", "organisation__name")
    )


def seat_lines(
    cohort: Cohort, round_: SelectionRound | None, *, chosen: Collection[int] | None = None
) -> list[SeatLine]:
    """Every promise for a cohort; three statements. `chosen` are the applications chosen while the round is being decided."""
    lines = [SeatLine(each) for each in commitments_of([cohort])]
    if round_ is not None:
        counts = _counts([round_.pk], chosen)[round_.pk]
        for line in lines:
            _count(line, counts)
            line.alert = alert_of(line, round_, timezone.now())
    attending = _attending([cohort.pk])
    for line in lines:
        line.attending = attending[(cohort.pk, line.who)]
    return lines


def _count(line: SeatLine, counts: Mapping[str, Counter[Who]]) -> None:
    line.applied = counts["applied"][line.who]
    line.eligible = counts["eligible"][line.who]
    line.selected = counts["selected"][line.who]


def _counts(rounds: Sequence[int], chosen: Collection[int] | None = None) -> dict[int, dict[str, Counter[Who]]]:
    """How many applied, are eligible and are selected, by round and who promised; one statement."""
    found: dict[int, dict[str, Counter[Who]]] = {
        pk: {"applied": Counter(), "eligible": Counter(), "selected": Counter()} for pk in rounds
    }
    assessed = AssessorAllocation.objects.filter(application=OuterRef("pk"), withdrawn_at__isnull=True)
    rows = (
        Application.objects.filter(round__in=rounds, submitted_at__isnull=False)
        .exclude(state=ApplicationState.WITHDRAWN)
        .order_by()
        .annotate(assessed=Exists(assessed))
        .values_list(
            "round_id",
            "pk",
            "state",
            "eligibility",
            "lateness",
            "assessed",
            "organisation_id",
            "organisation__sector_id",
        )
    )
    for round_id, pk, state, eligibility, lateness, was_assessed, organisation, sector in rows:
        stages = {
            "applied": True,
            "eligible": is_eligible(state, eligibility, lateness, was_assessed),
            "selected": state in PLACED or bool(chosen and pk in chosen),
        }
        for stage, reached in stages.items():
            if reached:
                found[round_id][stage].update([("organisation", organisation), ("sector", sector)])
    return found


def _attending(cohorts: Sequence[int]) -> Counter[tuple[int, Who]]:
    rows = (
        Participation.objects.filter(cohort__in=cohorts)
        .exclude(state=ParticipationState.WITHDRAWN)
        .values_list("cohort_id", "organisation_id", "organisation__sector_id")
    )
    found: Counter[tuple[int, Who]] = Counter()
    for cohort, organisation, sector in rows:
        found.update([(cohort, ("organisation", organisation)), (cohort, ("sector", sector))])
    return found


def alert_of(line: SeatLine, round_: SelectionRound, now: datetime) -> str:
    """What is missing of a promise, while there's time: people who apply, people who are chosen, reserves who could move up."""
    if round_.takes_applications(now) or round_.takes_late(now):
        missing = line.promised - line.applied
        text = ngettext("%(n)d more to apply", "%(n)d more to apply", missing) % {"n": missing}
    elif round_.state == RoundState.MODERATING:
        missing = line.promised - line.selected
        text = ngettext("%(n)d fewer chosen", "%(n)d fewer chosen", missing) % {"n": missing}
    elif round_.state == RoundState.DECIDED and round_.cohort.stage in (CohortStage.PLANNING, CohortStage.SELECTING):
        missing = line.promised - line.selected
        text = ngettext("%(n)d fewer placed", "%(n)d fewer placed", missing) % {"n": missing}
    else:
        return ""
    return text if missing > 0 else ""


def alerts_for(rounds: QuerySet[SelectionRound]) -> list[tuple[SelectionRound, list[SeatLine]]]:
    """What the home page of staff says: promises of rounds that close soon, or are decided and not yet under way. Three statements,
    one where nothing was promised."""
    now = timezone.now()
    promised = rounds.filter(cohort__commitments__isnull=False).distinct()
    due = [r for r in promised if _is_due(r, now)]
    if not due:
        return []
    counts = _counts([r.pk for r in due])
    lines: dict[int, list[SeatLine]] = {}
    by_cohort = {r.cohort_id: r for r in due}
    for each in commitments_of([r.cohort for r in due]):
        round_, line = by_cohort[each.cohort_id], SeatLine(each)
        _count(line, counts[round_.pk])
        line.alert = alert_of(line, round_, now)
        if line.alert:
            lines.setdefault(round_.pk, []).append(line)
    return [(r, lines[r.pk]) for r in due if r.pk in lines]


def _is_due(round_: SelectionRound, now: datetime) -> bool:
    if round_.state in (RoundState.OPEN, RoundState.CLOSED):
        return (
            round_.opens_at <= now and now < (round_.late_until or round_.closes_at) and round_.closes_at - now <= SOON
        )
    return round_.state == RoundState.DECIDED and round_.cohort.stage in (CohortStage.PLANNING, CohortStage.SELECTING)


def seats_figure(cohort: Cohort) -> dict[str, Any] | None:
    """The figure of the report: what was promised, and what came of it."""
    lines = seat_lines(cohort, SelectionRound.objects.filter(cohort=cohort).select_related("cohort").first())
    if not lines:
        return None
    kept = sum(line.attending >= line.promised for line in lines)
    return {
        "key": "seats",
        "title": ngettext(
            "%(kept)d of %(n)d promise of seats was kept", "%(kept)d of %(n)d promises of seats were kept", len(lines)
        )
        % {"kept": kept, "n": len(lines)},
        "definition": _(
            "Seats that sectors and organisations promised, and how many from there applied, were offered a place or hold one, and "
            "took part. Somebody may count for their sector and for their organisation."
        ),
        "kind": "table",
        "data": {
            "header": [_("Promised by"), _("Promised"), _("Applied"), _("Selected"), _("Attending")],
            "rows": [[str(x.commitment), x.promised, x.applied, x.selected, x.attending] for x in lines],
        },
    }
