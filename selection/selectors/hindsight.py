"""Whether points told how people took part later: of those who got a place, in three groups, and nobody by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

from django.db.models import Count, Q

from cohorts.models import Attendance, Participation
from cohorts.selectors import registers_of
from cohorts.states import ParticipationState
from selection.models import SelectionRound
from selection.selectors.ranking import Ranked, rank_round
from selection.states import ApplicationState

GROUPS = 3
# Fewer people in a group could be told apart, and would say nothing.
LEAST = 5
TOOK_PLACE = (ApplicationState.ACCEPTED, ApplicationState.GAVE_UP)


@dataclass(frozen=True)
class Later:
    """One person: the points they were ranked by, the share of events they were at (None where no register was kept yet), and whether
    they left; and where they were seen at an assessment centre, what paper and centre alone came to."""

    points: float
    share: float | None
    left: bool
    paper: float | None = None
    centre: float | None = None


@dataclass(frozen=True)
class Group:
    people: int
    least: float
    most: float
    attended: int
    left: int


@dataclass(frozen=True)
class Hindsight:
    """`known` have points and a register; `groups` and `together` are empty where they're too few. `together` is Spearman's correlation.

    `seen` of them were at an assessment centre: of those alone, how paper and how centre go together with what came later."""

    known: int
    groups: tuple[Group, ...] = ()
    together: float | None = None
    seen: int = 0
    paper: float | None = None
    centre: float | None = None

    @property
    def compares(self) -> bool:
        """Whether enough were seen to set the centre beside the paper."""
        return self.seen >= GROUPS * LEAST


def hindsight_of(round_: SelectionRound) -> Hindsight:
    """Three statements beside those of the ranking. Once retention has deleted the scores, nothing can be compared any more."""
    points = {
        row.applicant_id: row
        for row in rank_round(round_, places=round_.cohort.places)
        if row.state in TOOK_PLACE and row.points is not None
    }
    at = (
        Attendance.objects.filter(event__in=registers_of(round_.cohort_id), person__in=points)
        .order_by()
        .values_list("person")
        .annotate(present=Count("pk", filter=Q(state=Attendance.State.PRESENT)), all=Count("pk"))
    )
    shares = {person: present / every for person, present, every in at}
    gone = Participation.objects.filter(cohort=round_.cohort_id, state=ParticipationState.WITHDRAWN, person__in=points)
    left = set(gone.values_list("person", flat=True))
    return compare([_later(row, shares.get(who), who in left) for who, row in points.items()])


def _later(row: Ranked, share: float | None, left: bool) -> Later:
    paper, centre = (None, None) if row.centre is None or row.paper is None else (float(row.paper), float(row.centre))
    return Later(float(row.points or 0), share, left, paper, centre)


def compare(people: Sequence[Later]) -> Hindsight:
    """The highest points first. Whoever was at no registered event counts for leaving only."""
    known = sorted((one for one in people if one.share is not None), key=lambda one: -one.points)
    if len(known) < GROUPS * LEAST:
        return Hindsight(len(known))
    cuts = [round(n * len(known) / GROUPS) for n in range(GROUPS + 1)]
    groups = tuple(_group(known[first:last]) for first, last in pairwise(cuts))
    together = spearman([(one.points, one.share or 0.0) for one in known])
    seen = [
        (one.paper, one.centre, one.share or 0.0) for one in known if one.paper is not None and one.centre is not None
    ]
    if len(seen) < GROUPS * LEAST:
        return Hindsight(len(known), groups, together, len(seen))
    paper = spearman([(paper, share) for paper, _centre, share in seen])
    centre = spearman([(centre, share) for _paper, centre, share in seen])
    return Hindsight(len(known), groups, together, len(seen), paper, centre)


def _group(people: Sequence[Later]) -> Group:
    return Group(
        len(people),
        people[-1].points,
        people[0].points,
        round(100 * fmean(one.share or 0.0 for one in people)),
        sum(one.left for one in people),
    )


def spearman(pairs: Sequence[tuple[float, float]]) -> float | None:
    """The correlation of ranks, ties at their mean; None where one side is all alike."""
    first, second = (_ranks(side) for side in zip(*pairs, strict=True))
    middle = (len(pairs) + 1) / 2
    across = sum((a - middle) * (b - middle) for a, b in zip(first, second, strict=True))
    one, other = (sum((a - middle) ** 2 for a in side) for side in (first, second))
    return across / (one * other) ** 0.5 if one and other else None


def _ranks(values: Sequence[float]) -> list[float]:
    order = sorted(values)
    return [(order.index(v) + 1 + order.index(v) + order.count(v)) / 2 for v in values]
