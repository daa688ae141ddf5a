"""The allocation plan: fair, repeatable, connected, and never against a bar."""

from __future__ import annotations

import random
import time
from collections import Counter
from itertools import product

import pytest

from selection.allocation import plan_allocations


def loads_of(plan, kept=()):
    return Counter(person for _application, person in plan.added)


def plan_for(applications, assessors, k, barred=(), kept=None, seed="round"):
    return plan_allocations(
        kept={a: (kept or {}).get(a, ()) for a in applications},
        assessors=list(assessors),
        per_application=k,
        barred=barred,
        seed=seed,
    )


def test_every_application_gets_its_assessors_once():
    plan = plan_for(range(50), range(100, 107), 2)
    assert len(plan.added) == 100 == len(set(plan.added))
    assert Counter(a for a, _p in plan.added) == dict.fromkeys(range(50), 2)
    assert not plan.short


def test_piles_differ_by_one_at_most_and_hang_together():
    plan = plan_for(range(53), range(100, 109), 2)
    loads = loads_of(plan).values()
    assert max(loads) - min(loads) <= 1
    assert plan.groups == 1


def test_the_same_round_gives_the_same_plan_and_another_round_another():
    assert plan_for(range(30), range(100, 105), 2).added == plan_for(range(30), range(100, 105), 2).added
    assert plan_for(range(30), range(100, 105), 2).added != plan_for(range(30), range(100, 105), 2, seed="other").added


def test_a_bar_is_kept_and_what_cannot_be_filled_is_said():
    barred = {(0, p) for p in range(100, 104)}
    plan = plan_for(range(5), range(100, 105), 2, barred=barred)
    assert not barred & set(plan.added)
    assert plan.short == {0: 1}


def test_no_assessors_leaves_everything_short():
    plan = plan_for(range(3), [], 2)
    assert plan.added == [] and plan.short == {0: 2, 1: 2, 2: 2}


def test_work_that_exists_is_counted_and_never_moved():
    kept = {a: {100} for a in range(10)}
    plan = plan_for(range(10), [100, 101, 102], 2, kept=kept)
    assert 100 not in loads_of(plan)
    assert loads_of(plan) == {101: 5, 102: 5}


def best_longest_pile(applications, assessors, k, barred):
    """By trying everything: the shortest possible longest pile."""
    from itertools import combinations

    options = [[c for c in combinations([p for p in assessors if (a, p) not in barred], k)] for a in applications]
    best = None
    for choice in product(*options):
        longest = max(Counter(p for pair in choice for p in pair).values())
        best = longest if best is None else min(best, longest)
    return best


@pytest.mark.parametrize("seed", range(25))
def test_the_longest_pile_is_as_short_as_can_be(seed):
    dice = random.Random(seed)
    applications, assessors = range(5), range(100, 104)
    barred = set()
    for a in applications:
        for p in dice.sample(list(assessors), dice.randint(0, 2)):
            barred.add((a, p))
    plan = plan_for(applications, assessors, 2, barred=barred, seed=str(seed))
    assert not plan.short
    assert max(loads_of(plan).values()) == best_longest_pile(applications, assessors, 2, barred)


def test_separate_groups_are_joined_where_bars_allow():
    # two teams that would each keep to itself: everybody is barred from half of the applications but one
    barred = {(a, p) for a in range(10) for p in range(104, 108) if a != 0}
    barred |= {(a, p) for a in range(10, 20) for p in range(100, 104) if a != 19}
    plan = plan_for(range(20), range(100, 108), 2, barred=barred)
    assert not barred & set(plan.added)
    assert plan.groups == 1


def test_five_hundred_applications_are_planned_quickly():
    dice = random.Random(1)
    barred = {(a, dice.randrange(1000, 1030)) for a in range(500)}
    begin = time.process_time()
    plan = plan_for(range(500), range(1000, 1030), 3, barred=barred)
    assert time.process_time() - begin < 2
    loads = loads_of(plan).values()
    assert len(plan.added) == 1500 and max(loads) - min(loads) <= 1
