"""The ranking of a round: points, then the stated tie rule, then reference; and where assessors disagree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models import Value as Constant

from selection.composition import Candidate
from selection.models import Application, AssessmentCentre, Correction, ObservedMark, Score, SelectionRound
from selection.selectors.attributes import COLUMNS, Kind, Value, kinds_from, values_of
from selection.selectors.correction import cents, estimate_of
from selection.severity import Estimate, Model
from selection.states import ApplicationState as S
from selection.states import CentrePlaceState, CentreState, RoundState

# Differences of this many points on one criterion must be talked about.
WIDE_GAP = 2
CENT = Decimal("0.01")
# Everyone who was sent to assessors, whatever became of them since.
ASSESSED_STATES = (
    S.ELIGIBLE,
    S.OFFERED,
    S.RESERVE,
    S.ACCEPTED,
    S.DECLINED,
    S.LAPSED,
    S.RESCINDED,
    S.DEFERRED,
    S.GAVE_UP,
)
FIELDS = (
    "pk",
    "public_id",
    "reference",
    "state",
    "reserve_position",
    "applicant__name",
    "organisation__name",
    "organisation__sector_id",
    "organisation__sector__name",
    "moderation__points",
    "moderation__reason",
    "departure__direction",
    "departure__reason",
    "departure__sentence",
    "allocated",
    "waiting",
    "applicant_id",
    "line_manager_id",
    "sponsor_id",
    "organisation_id",
    "submitted_at",
    "received_on",
    "created_at",
    "round__centre__state",
    "round__centre__weight",
    "centre_place__state",
)
WIDTH = len(FIELDS)
# Where an assessment centre can be over.
AFTER_ASSESSMENT = (RoundState.ASSESSING, RoundState.MODERATING, RoundState.DECIDED)
# More than any scale has: what lifts whoever was seen at an assessment centre above whoever wasn't, where the order is by one number.
ABOVE = 10
# In place of an allocation, of the marks of an assessment centre.
OBSERVED = 0
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class Marks:
    """What one assessor gave: points by criterion id, and the weighted mean of them."""

    allocation_id: int
    assessor: str
    points: dict[int, int] = field(default_factory=dict)
    total: Decimal | None = None
    assessor_id: int = 0


@dataclass(slots=True)
class Ranked:
    """One application as the moderation list and the choosing board show it. `rank` is None until it has points.

    `corrected` is set where the round's correction counts (or the one asked about), with its standard error.
    """

    pk: int
    public_id: str
    reference: str
    state: str
    reserve_position: int | None
    name: str
    organisation: str
    sector_id: int
    sector: str
    moderated: Decimal | None
    moderation_reason: str
    departure: str
    departure_reason: str
    departure_sentence: str
    allocated: int
    waiting: int
    applicant_id: int = 0
    line_manager_id: int | None = None
    sponsor_id: int | None = None
    organisation_id: int = 0
    submitted_at: datetime | None = None
    received_on: date | None = None
    created_at: datetime = NEVER
    centre_state: str | None = None
    centre_weight: int | None = None
    place_state: str | None = None
    # what the cohort is balanced by
    kinds: dict[Value, Kind] = field(default_factory=dict)
    marks: list[Marks] = field(default_factory=list)
    mean: Decimal | None = None
    first: Decimal = Decimal(0)
    gap: int = 0
    rank: int | None = None
    straddles: bool = False
    # points away from the last place; 0 where there's no line
    from_line: Decimal = Decimal(0)
    corrected: Decimal | None = None
    se: Decimal | None = None
    # what the observers of an assessment centre that is over gave
    centre: Decimal | None = None
    # to whoever looks: nothing of what was given or decided is in the row then
    closed: bool = False

    @property
    def paper(self) -> Decimal | None:
        """What the assessors' marks come to, corrected where that was chosen."""
        return self.mean if self.corrected is None else self.corrected

    @property
    def standing(self) -> Decimal | None:
        """The paper's points, together with those of the assessment centre where the person was seen at one."""
        return self.with_centre(self.paper)

    def with_centre(self, paper: Decimal | None) -> Decimal | None:
        """What so many points on paper come to; rounded from the two figures as they are shown, so that anybody can work it out again."""
        if paper is None or self.centre is None:
            return paper
        return together(paper, self.centre, self.centre_weight or 0)

    @property
    def was_seen(self) -> bool:
        return self.centre_state == CentreState.HELD and self.place_state == CentrePlaceState.CAME

    @property
    def behind(self) -> bool:
        """The round had an assessment centre, and this person wasn't seen: they come after everybody who was."""
        return self.centre_state == CentreState.HELD and not self.was_seen

    @property
    def unmarked(self) -> bool:
        """Seen, and none of the marks count any more, as after a conflict of interest: somebody has to agree the points."""
        return self.was_seen and self.centre is None

    @property
    def points(self) -> Decimal | None:
        return self.standing if self.moderated is None else self.moderated

    @property
    def candidate(self) -> Candidate:
        """As the composition asks for people: in the order of the ranking, by one number."""
        return Candidate(
            self.public_id, (self.points or 0) + (ABOVE if self.was_seen else 0), self.rank or 0, values_of(self.kinds)
        )

    @property
    def flagged(self) -> bool:
        """Assessors differ widely, or one of them alone would have put it on the other side of the line."""
        return self.gap >= WIDE_GAP or self.straddles

    @property
    def needs_moderation(self) -> bool:
        return (self.flagged or self.unmarked) and self.moderated is None

    @property
    def order(self) -> tuple[bool, Decimal, Decimal, str]:
        return (self.behind, -(self.points or Decimal(0)), -self.first, self.reference)


def two_places(value: Fraction) -> Decimal:
    """Rounded half up, as shown: people with the same points on the page are tied in the ranking."""
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(CENT, ROUND_HALF_UP)


def together(paper: Decimal, centre: Decimal, weight: int) -> Decimal:
    """`weight` parts in a hundred of the centre's points, the rest of the paper's."""
    return two_places(((100 - weight) * Fraction(paper) + weight * Fraction(centre)) / 100)


def weighted_mean(points: Iterable[tuple[int, int]]) -> Decimal:
    """Of (points, weight) pairs."""
    pairs = list(points)
    return two_places(Fraction(sum(p * w for p, w in pairs), sum(w for _p, w in pairs)))


@dataclass
class Sheet:
    """All that was read of a round's marks: (criterion, weight) pairs in their order, and each criterion's most points."""

    tenant_id: int
    rows: list[Ranked]
    criteria: list[tuple[int, int]]
    most: dict[int, int]

    def estimate(self, correction: str) -> Estimate:
        return estimate_of(self, Model(correction))


def read_sheet(round_: SelectionRound) -> Sheet:
    """Every assessed application with the marks that are all in, not yet in order. Two statements, whatever the number."""
    live = Q(allocations__withdrawn_at__isnull=True)
    rows = (
        # whoever was offered a place that was kept for them never was in this ranking
        Application.objects.filter(round=round_, state__in=ASSESSED_STATES, begun_from__isnull=True)
        .annotate(
            allocated=Count("allocations", filter=live),
            waiting=Count("allocations", filter=live & Q(allocations__finished_at__isnull=True)),
        )
        .order_by("reference")
        .values_list(*FIELDS, *COLUMNS)
    )
    by_id = {row[0]: _ranked(row) for row in rows}
    criteria, most = _attach_marks(by_id, round_)
    for ranked in by_id.values():
        _sum_up(ranked, criteria)
    return Sheet(round_.tenant_id, list(by_id.values()), criteria, most)


def rank_round(round_: SelectionRound, *, places: int) -> list[Ranked]:
    """Every assessed application in order of rank under the correction the round has, those without points last: the one ranking that
    moderation, choosing, offers and lists go by. As many statements as read_sheet() makes."""
    return rank_sheet(read_sheet(round_), round_.correction, places=places)


def rank_sheet(sheet: Sheet, correction: str, *, places: int, estimate: Estimate | None = None) -> list[Ranked]:
    """The ranking these marks give under a correction. Where the data don't allow it (`Estimate.refused`), the means count."""
    if correction == Correction.NONE:
        return _in_order([replace(row) for row in sheet.rows], places)
    found = sheet.estimate(correction) if estimate is None else estimate
    if found.refused:
        return _in_order([replace(row) for row in sheet.rows], places)
    scores = {each.application: each for each in found.applicants}
    rows = []
    for row in sheet.rows:
        score = scores.get(row.pk)
        if score is None or score.corrected is None or score.se is None:
            rows.append(replace(row))
        else:
            rows.append(replace(row, corrected=cents(score.corrected), se=cents(score.se)))
    severity = {each.assessor: cents(each.severity) for each in found.assessors if each.severity is not None}
    return _in_order(rows, places, severity)


def points_apart_from_means(round_: SelectionRound) -> dict[int, Decimal]:
    """Application id → points before anybody agreed others, for lists that compute in SQL; empty where the means of the assessors' marks
    count."""
    centre = AssessmentCentre.objects.filter(round=round_, state=CentreState.HELD)
    if round_.correction == Correction.NONE and (round_.state not in AFTER_ASSESSMENT or not centre.exists()):
        return {}
    rows = rank_round(round_, places=0)
    return {r.pk: r.standing for r in rows if r.standing is not None and r.standing != r.mean}


def _ranked(row: Sequence[Any]) -> Ranked:
    values = list(row[:WIDTH])
    for index in (10, 11, 12, 13):
        values[index] = values[index] or ""
    return Ranked(*values, kinds=kinds_from(row[WIDTH:]))


def _attach_marks(by_id: dict[int, Ranked], round_: SelectionRound) -> tuple[list[tuple[int, int]], dict[int, int]]:
    """Give each row its assessors' points, and what observers of an assessment centre that is over gave; returns the (criterion, weight)
    pairs that were scored, in their order, and the most points of each."""
    scores = (
        Score.objects.filter(
            allocation__application__round=round_,
            allocation__withdrawn_at__isnull=True,
            allocation__finished_at__isnull=False,
            points__isnull=False,
        )
        .order_by()
        .values_list(
            "allocation__application_id",
            "allocation_id",
            "allocation__assessor_id",
            "allocation__assessor__name",
            "criterion_id",
            "points",
            "criterion__position",
            "criterion__weight",
            "criterion__max_points",
        )
    )
    if any(r.was_seen for r in by_id.values()):
        scores = scores.union(_observed(round_), all=True)
    criteria: dict[int, tuple[int, int]] = {}
    most: dict[int, int] = {}
    given: dict[int, dict[int, tuple[int, list[int]]]] = {}
    rows = sorted(scores, key=lambda row: row[1])
    for application_id, allocation_id, assessor_id, assessor, criterion_id, points, position, weight, top in rows:
        if allocation_id == OBSERVED:
            given.setdefault(application_id, {}).setdefault(criterion_id, (weight, []))[1].append(points)
            continue
        criteria[criterion_id] = (position, weight)
        most[criterion_id] = top
        ranked = by_id.get(application_id)
        if ranked is None or ranked.waiting:
            # the database hides other people's unfinished work; one's own finished half isn't a ranking either
            continue
        if not ranked.marks or ranked.marks[-1].allocation_id != allocation_id:
            ranked.marks.append(Marks(allocation_id, assessor, assessor_id=assessor_id))
        ranked.marks[-1].points[criterion_id] = points
    _attach_centre(by_id, given)
    return [(pk, weight) for pk, (_position, weight) in sorted(criteria.items(), key=lambda item: item[1][0])], most


def _observed(round_: SelectionRound) -> QuerySet[ObservedMark, tuple[Any, ...]]:
    """Observers' marks as lines beside the assessors', told apart by having no allocation."""
    return (
        ObservedMark.objects.filter(
            observer__place__application__round=round_,
            observer__withdrawn_at__isnull=True,
            observer__finished_at__isnull=False,
            points__isnull=False,
        )
        .order_by()
        .values_list(
            "observer__place__application_id",
            Constant(OBSERVED),
            "observer__person_id",
            Constant(""),
            "criterion_id",
            "points",
            "criterion__position",
            "criterion__weight",
            "criterion__max_points",
        )
    )


def _attach_centre(by_id: Mapping[int, Ranked], given: Mapping[int, Mapping[int, tuple[int, list[int]]]]) -> None:
    """Of what was given by application and criterion: points of a criterion are the mean of all its marks, over exercises and observers;
    the centre's are the weighted mean of those."""
    for application_id, by_criterion in given.items():
        ranked = by_id.get(application_id)
        if ranked is not None and ranked.was_seen:
            ranked.centre = centre_points(by_criterion.values())


def centre_points(criteria: Iterable[tuple[int, Sequence[int]]]) -> Decimal:
    """Of (weight, marks) for each criterion."""
    pairs = [(weight, Fraction(sum(marks), len(marks))) for weight, marks in criteria]
    return two_places(sum((w * mean for w, mean in pairs), Fraction(0)) / sum(w for w, _mean in pairs))


def _sum_up(ranked: Ranked, criteria: Sequence[tuple[int, int]]) -> None:
    if not ranked.marks or not criteria:
        return
    for marks in ranked.marks:
        marks.total = weighted_mean((marks.points[c], w) for c, w in criteria if c in marks.points)
    ranked.mean = weighted_mean((m.points[c], w) for m in ranked.marks for c, w in criteria if c in m.points)
    by_criterion = [[m.points[c] for m in ranked.marks if c in m.points] for c, _w in criteria]
    ranked.gap = max((max(given) - min(given) for given in by_criterion if given), default=0)
    if by_criterion[0]:
        ranked.first = weighted_mean((points, 1) for points in by_criterion[0])


def _in_order(rows: list[Ranked], places: int, severity: Mapping[int, Decimal] | None = None) -> list[Ranked]:
    """`severity` by assessor, where marks are corrected for it: what one of them alone would have said is corrected too."""
    with_points = sorted((r for r in rows if r.points is not None), key=lambda r: r.order)
    for rank, ranked in enumerate(with_points, start=1):
        ranked.rank = rank
    if 0 < places < len(with_points):
        last = with_points[places - 1]
        line = last.points
        for ranked in with_points:
            papers = [m.total + (severity or {}).get(m.assessor_id, 0) for m in ranked.marks if m.total is not None]
            totals = [total for paper in papers if (total := ranked.with_centre(paper)) is not None]
            ranked.from_line = abs((ranked.points or Decimal(0)) - (line or Decimal(0)))
            # nobody's marks alone bring whoever wasn't seen past somebody who was
            if totals and line is not None and ranked.behind == last.behind:
                ranked.straddles = min(totals) < line <= max(totals)
    return with_points + sorted((r for r in rows if r.points is None), key=lambda r: r.reference)
