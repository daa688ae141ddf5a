"""What an estimate of severity takes and gives; nothing here needs more than Python."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Model(StrEnum):
    ADDITIVE = "additive"
    RASCH = "rasch"


class Why(StrEnum):
    """Why there is no comparison, for whoever puts it into words."""

    NO_MARKS = "no_marks"
    TOO_FEW = "too_few"  # too few marks to tell
    SEPARATE = "separate"  # assessors fall into groups that share no applications: see `groups`
    FEW_CATEGORIES = "few_categories"  # too few different points were given, or too few marks for each
    EXTREME = "extreme"  # most applicants have nothing but top marks, or nothing but bottom marks
    UNSETTLED = "unsettled"  # the calculation found no answer


@dataclass(frozen=True)
class Mark:
    """Points by one assessor for one criterion of one application, finished. `weight` belongs to the criterion."""

    application: int
    assessor: int
    criterion: int
    points: int
    max_points: int
    weight: float = 1


@dataclass(frozen=True)
class Marking:
    """What one assessor gave one application: the weighted mean of its points, as the list of applications counts it."""

    application: int
    assessor: int
    points: float


@dataclass(frozen=True)
class AssessorSeverity:
    """`severity` is in points, positive for a stricter assessor, against the mean of the assessors in the same group. None:
    too few marks to tell. `mean` is what they gave on average: it says as much about the applicants as about them.

    `logits` and `logits_se` are the same on the scale of the Rasch model, where that was used.
    """

    assessor: int
    group: int
    marked: int
    shared: int
    mean: float
    severity: float | None = None
    se: float | None = None
    logits: float | None = None
    logits_se: float | None = None


@dataclass(frozen=True)
class CorrectedScore:
    """`raw` is the mean of what an applicant was given; `corrected` what they would have had from assessors of middling
    severity, on the same scale (it may lie a little outside of it). Equal scores share a rank: 1, 2, 2, 4.

    `rank_after` is None for everybody when one comparison isn't possible for all.
    """

    application: int
    group: int
    marked: int
    raw: float
    rank_before: int
    corrected: float | None = None
    se: float | None = None
    rank_after: int | None = None


@dataclass(frozen=True)
class Estimate:
    """`groups` are the assessors linked by shared applications: people in different groups can't be compared. `spread` is the
    standard deviation of what one marking has beyond applicant and assessor, with `df` degrees of freedom; `chance` how likely
    differences as large as these are among assessors who are all equally strict (additive model only).

    `refused` says why there is no comparison of all applicants; within a group there may still be severities.
    """

    model: Model
    assessors: tuple[AssessorSeverity, ...] = ()
    applicants: tuple[CorrectedScore, ...] = ()
    groups: tuple[tuple[int, ...], ...] = ()
    spread: float | None = None
    df: int = 0
    chance: float | None = None
    refused: Why | None = None


@dataclass(frozen=True)
class Changes:
    """Who would be among the first only after the correction, and who only before it: always as many of each."""

    coming_in: tuple[int, ...]
    going_out: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.coming_in)


def places_changed(estimate: Estimate, places: int) -> Changes | None:
    """Who would change places if the first `places` were chosen by the corrected score; None where no comparison is possible.

    Only changes that must be: where applicants are level at the cut, those who are in either way count as in.
    """
    if estimate.refused or any(each.corrected is None for each in estimate.applicants):
        return None
    before = {each.application: -round(each.raw, 9) for each in estimate.applicants}
    after = {each.application: -round(each.corrected or 0.0, 9) for each in estimate.applicants}
    first = set(sorted(before, key=lambda a: (before[a], after[a], a))[:places])
    then = set(sorted(after, key=lambda a: (after[a], a not in first, a))[:places])
    return Changes(tuple(sorted(then - first)), tuple(sorted(first - then)))


def ranks(scores: Mapping[int, float]) -> dict[int, int]:
    """The largest is 1; equal ones share a rank."""
    rounded = {key: round(score, 9) for key, score in scores.items()}
    order = sorted(rounded.values(), reverse=True)
    first: dict[float, int] = {}
    for place, score in enumerate(order, start=1):
        first.setdefault(score, place)
    return {key: first[score] for key, score in rounded.items()}


def markings_of(marks: Iterable[Mark]) -> list[Marking]:
    """One marking an assessor and application, in a fixed order. Finished means every criterion, once: anything else is an error."""
    each: dict[tuple[int, int], dict[int, Mark]] = {}
    for mark in marks:
        given = each.setdefault((mark.application, mark.assessor), {})
        if mark.criterion in given:
            raise ValueError(f"Two marks for one criterion: {mark}")
        given[mark.criterion] = mark
    criteria = {criterion for given in each.values() for criterion in given}
    markings = []
    for (application, assessor), given in sorted(each.items()):
        if given.keys() != criteria:
            raise ValueError(f"Assessor {assessor} hasn't finished application {application}")
        total = sum(given[c].weight for c in sorted(given))
        points = sum(given[c].points * given[c].weight for c in sorted(given)) / total
        markings.append(Marking(application, assessor, points))
    return markings
