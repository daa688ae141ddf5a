"""What is asked: people by number, sizes of sets, what to mix, and what must hold."""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field

SMALLEST, USUAL, LARGEST = 5, 6.25, 8
Pair = tuple[int, int]


class BadProblem(ValueError):
    """The problem contradicts itself; says how."""


@dataclass(frozen=True)
class Attribute:
    """One thing that two people have alike or not: `weight` points to a pair that differs in it, or with `steps` (whole numbers, such as
    seniority) `weight` for each step between them. With `alike` the points go to a pair that has it in common instead.

    None is unknown, and like nobody's: it never makes two people alike, and is no step away from anybody.
    """

    name: str
    weight: float
    values: Sequence[Hashable | None]
    steps: bool = False
    alike: bool = False


@dataclass(frozen=True)
class Problem:
    """`people` people, numbered from 0, into the sets of `sizes`: (fewest, most) of each.

    Must hold: `apart` and `together` are pairs; `places` bars a person from a set; `locked` fixes a person's set. Counts after that:
    `met` gives pairs that sat together before and how often; `before` the sets people are in now, so that few of them move.
    Counts last: `attributes`, or `distances` for a benchmark's table of numbers.
    """

    people: int
    sizes: Sequence[tuple[int, int]]
    attributes: Sequence[Attribute] = ()
    apart: Collection[Pair] = ()
    together: Collection[Pair] = ()
    places: Collection[Pair] = ()
    locked: Mapping[int, int] = field(default_factory=dict)
    met: Mapping[Pair, int] = field(default_factory=dict)
    # What each earlier meeting of a pair in one set costs, in points; None: more than any mix.
    met_points: float | None = None
    before: Mapping[int, int] = field(default_factory=dict)
    distances: Sequence[Sequence[float]] | None = None

    def __post_init__(self) -> None:
        if not self.sizes:
            raise BadProblem("there is no set")
        if any(not 0 <= fewest <= most for fewest, most in self.sizes):
            raise BadProblem("a set's fewest is more than its most")
        if not sum(fewest for fewest, _ in self.sizes) <= self.people <= sum(most for _, most in self.sizes):
            raise BadProblem(f"{self.people} people don’t fit into sets of these sizes")
        self._check_people()

    def _check_people(self) -> None:
        for attribute in self.attributes:
            if len(attribute.values) != self.people:
                raise BadProblem(f"{attribute.name} isn’t given for everybody")
        if self.distances is not None and len(self.distances) != self.people:
            raise BadProblem("there are not as many rows of distances as people")
        for pair in (*self.apart, *self.together, *self.met):
            if pair[0] == pair[1] or not all(0 <= who < self.people for who in pair):
                raise BadProblem(f"{pair} is no pair of these people")
        for who, place in (*self.places, *self.locked.items(), *self.before.items()):
            if not (0 <= who < self.people and 0 <= place < len(self.sizes)):
                raise BadProblem(f"person {who} and set {place} aren’t both there")


def number_of_sets(people: int) -> int:
    """How many sets of 5 to 8, of about six or seven: 50 people make eight (two of seven, six of six)."""
    if people <= LARGEST:
        return 1
    fewest, most = math.ceil(people / LARGEST), people // SMALLEST
    return max(fewest, min(max(most, fewest), round(people / USUAL)))


def even_sizes(people: int, sets: int) -> list[tuple[int, int]]:
    """Sizes that differ by one at most, the larger sets first. Fixed, since a sum over pairs would reward unequal ones."""
    small, larger = divmod(people, sets)
    return [(small + 1, small + 1)] * larger + [(small, small)] * (sets - larger)
