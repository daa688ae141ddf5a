"""The same answers by looking at every set there is: slow, short, and sharing no code with what it checks."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import combinations

from selection.composition import Candidate, Limit, Problem, Rule, Side

SECTORS = ("health", "local government", "police")
PLACES = ("north", "south")


def a_round(seed: int) -> Problem:
    """A small round with many ties; rules that are easy, tight or impossible; now and then a decision."""
    rng = random.Random(seed)
    size = rng.randint(3, 9)
    places = rng.randint(1, size)
    best_score = rng.choice((3, 6, 40))
    positions = rng.sample(range(size), size)
    people = [
        Candidate(
            f"p{i}",
            Fraction(rng.randint(0, best_score), rng.choice((1, 1, 2, 4))),
            positions[i],
            {"sector": rng.choice(SECTORS), "place": rng.choice(PLACES), "organisation": rng.randint(1, 4)},
        )
        for i in range(size)
    ]
    rules = []
    often = rng.choice((0.15, 0.3, 0.6))
    for attribute, values in (("sector", SECTORS), ("place", PLACES), ("organisation", range(1, 5))):
        for value in values:
            if rng.random() < often:
                floor = rng.choice((0, 0, 0, 1, 1, 2, 3))
                ceiling = rng.choice((None, floor, floor + 1, floor + 2))
                rules.append(Rule(attribute, value, floor, ceiling))
    keys = [p.key for p in people]
    rng.shuffle(keys)
    decided = rng.choice((0, 0, 0, 1, 2))
    into = rng.randint(0, min(decided, places))
    return Problem(places, people, rules, frozenset(keys[:into]), frozenset(keys[into:decided]))


class Brute:
    """Every set of the right size, its worth, and how far it is from the rules."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.ranked = sorted(problem.candidates, key=lambda c: (-Fraction(c.score), c.position))
        self.rank = {c.key: i for i, c in enumerate(self.ranked)}
        self.score = {c.key: Fraction(c.score) for c in problem.candidates}
        available = [c.key for c in self.ranked if c.key not in problem.forced_out]
        self.lifted: dict[frozenset[Limit], tuple[str, ...]] = {}
        size = min(problem.places, len(available))
        self.sets = [s for s in combinations(available, size) if set(problem.forced_in) <= set(s)]

    def worth(self, chosen: tuple[str, ...]) -> Fraction:
        return sum((self.score[key] for key in chosen), Fraction(0))

    def count(self, rule: Rule, chosen: tuple[str, ...]) -> int:
        return sum(1 for c in self.ranked if c.key in chosen and c.attributes.get(rule.attribute) == rule.value)

    def shortfall(self, chosen: tuple[str, ...]) -> int:
        total = 0
        for rule in self.problem.rules:
            count = self.count(rule, chosen)
            total += max(rule.floor - count, 0)
            total += max(count - rule.ceiling, 0) if rule.ceiling is not None else 0
        return total

    def allowed(self) -> Iterator[tuple[str, ...]]:
        return (s for s in self.sets if not self.shortfall(s))

    def best(self, *, having: str = "", lacking: str = "") -> list[tuple[str, ...]]:
        """All best sets, the one of the tie rule first: combinations come in that order, since `ranked` does."""
        sets = [s for s in self.allowed() if (not having or having in s) and lacking not in s]
        most = max((self.worth(s) for s in sets), default=Fraction(0))
        return sorted((s for s in sets if self.worth(s) == most), key=lambda s: [self.rank[key] for key in s])

    def without(self, *limits: Limit) -> tuple[str, ...]:
        """The choice if some limits weren't there."""
        if (lifted := frozenset(limits)) not in self.lifted:
            self.lifted[lifted] = self._without(lifted)
        return self.lifted[lifted]

    def _without(self, limits: frozenset[Limit]) -> tuple[str, ...]:
        rules = []
        for rule in self.problem.rules:
            if Limit(rule, Side.FLOOR) in limits:
                rule_left = replace(rule, floor=0)
            else:
                rule_left = rule
            if Limit(rule, Side.CEILING) in limits:
                rule_left = replace(rule_left, ceiling=None)
            rules.append(rule_left)
        return Brute(replace(self.problem, rules=rules)).best()[0]
