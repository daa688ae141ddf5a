"""The best set, against every set there is: its worth, the tie rule, other best sets, and the least shortfall."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selection.composition import Choice, FaultKind, Infeasible, Rule, choose
from selection.composition.problem import Candidate, Problem
from tests.selection.composition_brute import Brute, a_round


def test_small_rounds_are_chosen_as_by_looking_at_every_set() -> None:
    """400 rounds, some with ties, some whose rules can't be kept."""
    seen = {"alone": 0, "others": 0, "infeasible": 0}
    for seed in range(400):
        problem = a_round(seed)
        brute, found = Brute(problem), choose(problem)
        best = brute.best()
        if not best:
            assert isinstance(found, Infeasible), seed
            check_nearest(brute, found)
            seen["infeasible"] += 1
            continue
        assert isinstance(found, Choice) and found.proved, seed
        assert found.value == brute.worth(best[0]), seed
        assert found.chosen == best[0], seed
        assert found.others == (len(best) > 1), seed
        seen["others" if found.others else "alone"] += 1
        if found.others:
            check_swap(found, best)
    assert all(seen.values()), seen


def check_swap(found: Choice, best: list[tuple[str, ...]]) -> None:
    """The set that is named as worth the same is one, and none is nearer."""
    assert found.swap
    other = (set(found.chosen) - set(found.swap.goes_out)) | set(found.swap.comes_in)
    assert other in [set(s) for s in best[1:]]
    assert len(found.swap.goes_out) == min(len(set(found.chosen) - set(s)) for s in best[1:])


def check_nearest(brute: Brute, found: Infeasible) -> None:
    least = min(brute.shortfall(s) for s in brute.sets)
    assert found.proved and found.shortfall == least == sum(miss.by for miss in found.misses)
    assert brute.shortfall(found.nearest.chosen) == least
    assert found.nearest.value == max(brute.worth(s) for s in brute.sets if brute.shortfall(s) == least)
    assert choose(found.relaxed) == found.nearest
    for miss in found.misses:
        count = brute.count(miss.limit.rule, found.nearest.chosen)
        assert abs(count - miss.limit.number) == miss.by
