"""What is answered: the sets, how near the best possible they are, and which rules couldn't be kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from cohorts.composing.bound import best_possible, by_chance, points
from cohorts.composing.problem import Problem

STEPS_EACH, MOST_STEPS = 1_200, 90_000
CHUNK = 3_000


def steps_for(people: int) -> int:
    """How long a search is worth its while: about 1.3 s of CPU for 50 people, 2 s for 75 and more."""
    return min(MOST_STEPS, STEPS_EACH * people)


class Broken(StrEnum):
    """A rule that a division doesn't keep; what it is about are two people, or a person and a set."""

    APART = "apart"
    TOGETHER = "together"
    PLACE = "place"


@dataclass(frozen=True)
class Division:
    """`places` has each person's set. `value` is the points of all pairs within sets, `bound` what none can exceed, `chance` what lots make
    on average, all in points; `means` the mean points of each set's pairs, None for a set without a pair. `broken` are rules not kept,
    `repeats` the meetings had before, `moved` the people whose set isn't the one before. `steps` is the work it took."""

    places: tuple[int, ...]
    value: float
    bound: float
    chance: float
    means: tuple[float | None, ...]
    broken: tuple[tuple[Broken, int, int], ...]
    repeats: int
    moved: int
    steps: int

    @property
    def index(self) -> float | None:
        """0 for what lots make, 100 for what none can exceed; None where nothing is left to choose. A share of the bound would flatter:
        lots make nine tenths of it."""
        room = self.bound - self.chance
        return None if room <= 1e-9 else 100 * (self.value - self.chance) / room

    @property
    def weakest(self) -> float:
        """The mean of the least mixed set: a good sum can hide one. 0 where no set has a pair."""
        return min((mean for mean in self.means if mean is not None), default=0.0)

    @property
    def is_best(self) -> bool:
        """Whether the division is proved to be among the best there are."""
        return not self.broken and self.value >= self.bound - 1e-6


def divide(
    problem: Problem,
    *,
    seed: int,
    steps: int | None = None,
    going: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Division:
    """The best division found in about `steps` steps (`steps_for` them unless given). `going(done, steps)` is told
    after each few; `stop` ends a benchmark's search early."""
    from cohorts.composing.search import Search

    steps = steps_for(problem.people) if steps is None else steps
    search = Search(problem, seed=seed)
    bound = best_possible(problem)
    while search.steps < steps:
        search.improve(min(CHUNK, steps - search.steps))
        if going:
            going(min(search.steps, steps), steps)
        if search.reaches(bound) or (stop and stop()):
            break
    return judge(problem, search.places(), bound=bound, steps=search.steps)


def judge(problem: Problem, places: Sequence[int], *, bound: float | None = None, steps: int = 0) -> Division:
    """The figures of any division, also of one that people made by hand; they don't depend on how it was found."""
    inside: list[list[int]] = [[] for _ in problem.sizes]
    for who, place in enumerate(places):
        inside[place].append(who)
    worth = [sum(pair_points(problem, a, b) for a, b in combinations(group, 2)) for group in inside]
    means = [
        total / (len(group) * (len(group) - 1) / 2) if len(group) > 1 else None
        for total, group in zip(worth, inside, strict=True)
    ]
    broken = [(Broken.APART, a, b) for a, b in sorted(problem.apart) if places[a] == places[b]]
    broken += [(Broken.TOGETHER, a, b) for a, b in sorted(problem.together) if places[a] != places[b]]
    broken += [(Broken.PLACE, who, place) for who, place in sorted(problem.places) if places[who] == place]
    return Division(
        places=tuple(places),
        value=sum(worth),
        bound=best_possible(problem) if bound is None else bound,
        chance=by_chance(problem),
        means=tuple(means),
        broken=tuple(broken),
        repeats=sum(times for (a, b), times in problem.met.items() if places[a] == places[b]),
        moved=sum(places[who] != place for who, place in problem.before.items()),
        steps=steps,
    )


def pair_points(problem: Problem, a: int, b: int) -> float:
    if problem.distances is not None:
        return float(problem.distances[a][b])
    return sum(points(attribute, a, b) for attribute in problem.attributes)


def score(division: Division) -> str:
    """ "98.7", of 100 possible: cut, not rounded, so that only a proved best says 100."""
    index = 100.0 if division.index is None else division.index
    return "100" if index >= 100 - 1e-9 else f"{int(max(index, 0) * 10) / 10:.1f}"
