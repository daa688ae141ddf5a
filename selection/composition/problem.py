"""What is asked: people with points and attributes, places, and how few or many of a kind may be chosen. Plain data, checked once."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

Score = Decimal | Fraction | int
Value = str | int

# What a round may be composed by. A protected characteristic is none of these: it never enters, whoever asks for it.
ALLOWED_ATTRIBUTES = frozenset({"organisation", "sector", "place", "rurality", "deprivation", "seniority", "function"})
# The solver counts in floating point. Below this total its error stays far from the half unit that a proof allows it.
MOST_UNITS = 10**9


class BadProblem(ValueError):
    """The question itself makes no sense, or may not be asked."""


class NotProved(RuntimeError):
    """The solver gave an answer but no proof of it, or none at all."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One person. `position` settles the rank of people with the same score: the smaller is the earlier, and no two share one."""

    key: str
    score: Score
    position: int
    attributes: Mapping[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if isinstance(self.score, bool) or not isinstance(self.score, Decimal | Fraction | int):
            raise BadProblem(f"The score of {self.key} is not exact: give a Decimal, a Fraction or an int")
        if isinstance(self.score, Decimal) and not self.score.is_finite():
            raise BadProblem(f"The score of {self.key} is not a number")

    @property
    def rank_order(self) -> tuple[Fraction, int]:
        return (-Fraction(self.score), self.position)


@dataclass(frozen=True, slots=True)
class Rule:
    """Of the chosen, at least `floor` and at most `ceiling` have this value of this attribute."""

    attribute: str
    value: Value
    floor: int = 0
    ceiling: int | None = None

    def __post_init__(self) -> None:
        if self.floor < 0 or (self.ceiling is not None and self.ceiling < self.floor):
            raise BadProblem(f"{self.attribute} = {self.value}: no number lies from {self.floor} to {self.ceiling}")

    @property
    def order(self) -> tuple[str, str, str]:
        """Rules are looked at in this order, in whichever they came."""
        return (self.attribute, type(self.value).__name__, f"{self.value:>12}")

    def holds(self, candidate: Candidate) -> bool:
        return self.attribute in candidate.attributes and candidate.attributes[self.attribute] == self.value


@dataclass(frozen=True)
class Problem:
    """Choose people for `places`. Fewer candidates than places are all chosen; otherwise every place is filled.

    `forced_in` and `forced_out` are keys of people whom a decision, not the ranking, put in or left out.
    """

    places: int
    candidates: Sequence[Candidate]
    rules: Sequence[Rule] = ()
    forced_in: Collection[str] = frozenset()
    forced_out: Collection[str] = frozenset()

    def __post_init__(self) -> None:
        keys = {c.key for c in self.candidates}
        if self.places < 0:
            raise BadProblem("There can't be fewer than no places")
        if len(keys) < len(self.candidates):
            raise BadProblem("Two candidates have the same key")
        if len({c.position for c in self.candidates}) < len(self.candidates):
            raise BadProblem("Two candidates have the same position: their rank would depend on the order of rows")
        if len({(r.attribute, r.value) for r in self.rules}) < len(self.rules):
            raise BadProblem("Two rules are about the same value of the same attribute")
        self._check_forced(keys)
        if self._most_units() > MOST_UNITS:
            raise BadProblem("The scores are too fine to be added up exactly: round them first")

    def _check_forced(self, keys: set[str]) -> None:
        brought, left = set(self.forced_in), set(self.forced_out)
        if unknown := sorted((brought | left) - keys):
            raise BadProblem(f"No such candidate: {', '.join(unknown)}")
        if both := sorted(brought & left):
            raise BadProblem(f"Both in and out by decision: {', '.join(both)}")
        if len(brought) > self.places:
            raise BadProblem("More people are in by decision than there are places")

    @cached_property
    def ranked(self) -> tuple[Candidate, ...]:
        """All candidates in order of rank: score, then position."""
        return tuple(sorted(self.candidates, key=lambda c: c.rank_order))

    @cached_property
    def seats(self) -> int:
        """How many will be chosen."""
        return min(self.places, len(self.candidates) - len(set(self.forced_out)))

    @cached_property
    def scale(self) -> int:
        """The least number that makes an integer of every score. Sums of score * scale are exact, and so are their comparisons."""
        return math.lcm(*(Fraction(c.score).denominator for c in self.candidates))

    def units(self, candidate: Candidate) -> int:
        """The candidate's score as a whole number of 1/scale."""
        return int(Fraction(candidate.score) * self.scale)

    def _most_units(self) -> int:
        return sum(sorted((abs(self.units(c)) for c in self.candidates), reverse=True)[: self.places])


def problem_of_round(
    *,
    places: int,
    candidates: Sequence[Candidate],
    rules: Sequence[Rule] = (),
    forced_in: Collection[str] = frozenset(),
    forced_out: Collection[str] = frozenset(),
) -> Problem:
    """The problem of a real round: every attribute must be one that people may be chosen by, or BadProblem is raised."""
    named = {r.attribute for r in rules} | {name for c in candidates for name in c.attributes}
    check_attributes(named)
    return Problem(places, candidates, rules, forced_in, forced_out)


def check_attributes(names: Iterable[str]) -> None:
    if refused := sorted(set(names) - ALLOWED_ATTRIBUTES):
        raise BadProblem(
            f"Nobody is chosen by {', '.join(refused)}: a cohort is composed by {', '.join(sorted(ALLOWED_ATTRIBUTES))} only"
        )
