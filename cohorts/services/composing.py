"""Dividing people into sets: a seeded local search, counted in steps, so that the same people and seed give the same sets.

Pure Python on purpose: fifty people need some thirty thousand swaps, about a second, and no matrix library.
"""

from __future__ import annotations

import math
import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass

SMALLEST, USUAL, LARGEST = 5, 7, 8
# A pair that must not sit together outweighs any number of pairs that had better not.
BARRED = 1000
SAME_SECTOR, SAME_DISTRICT, OTHER_GRADE = 6, 2, 1
HOT, COLD = 8.0, 0.05


@dataclass(frozen=True)
class Candidate:
    """One person as the search sees them; empty text means unknown, and is never 'the same'."""

    key: int
    sector: str = ""
    district: str = ""
    grade: str = ""


def number_of_sets(people: int) -> int:
    """How many sets of about seven: 50 people make seven (one of eight, six of seven)."""
    if people <= LARGEST:
        return 1
    fewest, most = math.ceil(people / LARGEST), people // SMALLEST
    return max(fewest, min(max(most, fewest), round(people / USUAL)))


def set_sizes(people: int, sets: int) -> list[int]:
    """Sizes that differ by one at most, the larger ones first."""
    small, larger = divmod(people, sets)
    return [small + 1] * larger + [small] * (sets - larger)


class Arrangement:
    """The search. `improve(n)` spends n of `total` steps; `sets()` is the best found so far, as keys."""

    def __init__(
        self, people: Sequence[Candidate], *, sets: int, barred: Collection[tuple[int, int]], seed: int, total: int
    ) -> None:
        self.random = random.Random(seed)  # noqa: S311 -- a repeatable search, not a secret
        self.people = sorted(people, key=lambda p: p.key)
        self.total, self.done = max(total, 1), 0
        places = {p.key: i for i, p in enumerate(self.people)}
        bad = {(places[a], places[b]) for a, b in barred if a in places and b in places}
        self.cost = [
            [0 if i == j else pair_cost(a, b, (i, j) in bad or (j, i) in bad) for j, b in enumerate(self.people)]
            for i, a in enumerate(self.people)
        ]
        self.groups = self.deal(set_sizes(len(self.people), sets))
        self.where = {i: g for g, group in enumerate(self.groups) for i in group}
        self.now = self.total_cost()
        self.best, self.best_cost = [list(g) for g in self.groups], self.now

    def deal(self, sizes: list[int]) -> list[list[int]]:
        """A start: whoever has most people to keep away from is placed first, where it costs least."""
        groups: list[list[int]] = [[] for _ in sizes]
        order = list(range(len(self.people)))
        self.random.shuffle(order)
        order.sort(key=lambda i: -sum(self.cost[i]))
        for i in order:
            open_groups = [g for g, size in enumerate(sizes) if len(groups[g]) < size]
            choice = min(open_groups, key=lambda g: (sum(self.cost[i][j] for j in groups[g]), len(groups[g]), g))
            groups[choice].append(i)
        return groups

    def total_cost(self) -> int:
        return sum(self.cost[a][b] for g in self.groups for n, a in enumerate(g) for b in g[n + 1 :])

    def swap_gain(self, a: int, b: int) -> int:
        """What swapping a and b would add to the cost (negative is better)."""
        row_a, row_b = self.cost[a], self.cost[b]
        gain = 0
        for x in self.groups[self.where[a]]:
            if x != a:
                gain += row_b[x] - row_a[x]
        for x in self.groups[self.where[b]]:
            if x != b:
                gain += row_a[x] - row_b[x]
        return gain

    def swap(self, a: int, b: int) -> None:
        ga, gb = self.where[a], self.where[b]
        self.groups[ga][self.groups[ga].index(a)] = b
        self.groups[gb][self.groups[gb].index(b)] = a
        self.where[a], self.where[b] = gb, ga

    def improve(self, steps: int) -> None:
        """Simulated annealing: worse swaps are taken less and less often as the steps are spent."""
        if len(self.groups) < 2:
            self.done = self.total
            return
        for _step in range(min(steps, self.total - self.done)):
            heat = HOT * (COLD / HOT) ** (self.done / self.total)
            self.done += 1
            a, b = self.random.randrange(len(self.people)), self.random.randrange(len(self.people))
            if self.where[a] == self.where[b]:
                continue
            gain = self.swap_gain(a, b)
            if gain <= 0 or self.random.random() < math.exp(-gain / heat):
                self.swap(a, b)
                self.now += gain
                if self.now < self.best_cost:
                    self.best, self.best_cost = [list(g) for g in self.groups], self.now

    @property
    def finished(self) -> bool:
        return self.done >= self.total

    def sets(self) -> list[list[int]]:
        return [[self.people[i].key for i in group] for group in self.best]


def pair_cost(a: Candidate, b: Candidate, barred: bool) -> int:
    cost = BARRED if barred else 0
    if a.sector and a.sector == b.sector:
        cost += SAME_SECTOR
    if a.district and a.district == b.district:
        cost += SAME_DISTRICT
    # Peers learn best from peers: like seniority is sought, everything else is mixed.
    if a.grade and b.grade and a.grade != b.grade:
        cost += OTHER_GRADE
    return cost
