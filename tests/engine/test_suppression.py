"""A funnel by group, against an attacker who tries every funnel that fits what is shown and what everybody knows."""

from __future__ import annotations

from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.suppression import Stage, Thresholds, suppress_stage

PLAIN = Thresholds()


class Low:
    """Thresholds small enough for the attacker to try everything; the algorithm takes them as given."""

    count, breakdown = 2, 4


def columns(total: int, groups: int):
    return (c for c in product(range(total + 1), repeat=groups) if sum(c) == total)


def attack(shown, totals, groups: int) -> dict[tuple, set[int]]:
    """Every value that a group could have at a stage, or have lost since the stage before."""
    fitting = [
        [c for c in columns(total, groups) if all(s in (None, v) for s, v in zip(stage, c, strict=True))]
        for stage, total in zip(shown, totals, strict=True)
    ]
    possible: dict[tuple, set[int]] = {}
    for funnel in product(*fitting):
        pairs = list(pairwise(funnel))
        if any(now > was for before, after in pairs for was, now in zip(before, after, strict=True)):
            continue
        for k, stage in enumerate(funnel):
            for group, value in enumerate(stage):
                possible.setdefault((k, group), set()).add(value)
        for k, (before, after) in enumerate(pairs):
            for group in range(groups):
                possible.setdefault(("lost", k, group), set()).add(before[group] - after[group])
    return possible


def publish(funnel) -> tuple[list[list[int | None]], list[list[int]]]:
    """What is shown of the stages that are shown, and their truth."""
    earlier: list[Stage] = []
    for counts in funnel:
        column = suppress_stage(earlier, counts, thresholds=Low())
        if column is not None:
            earlier.append(Stage(counts, column))
    return [list(s.shown) for s in earlier], [list(s.counts) for s in earlier]


@given(st.lists(st.lists(st.integers(0, 3), min_size=3, max_size=3), min_size=1, max_size=3))
@settings(max_examples=150, deadline=None)
def test_no_small_number_of_a_funnel_can_be_worked_out(reached_last):
    # people by the furthest stage they reach: each stage holds all who reach it or a later one
    funnel = [[sum(row[g] for row in reached_last[k:]) for g in range(3)] for k in range(len(reached_last))]
    shown, truth = publish(funnel)
    for column, true in zip(shown, truth, strict=True):
        assert all(s is None or (s == t and t >= Low.count) for s, t in zip(column, true, strict=True))
    if not shown:
        return
    totals = [sum(t) for t in truth]
    possible = attack(shown, totals, 3)
    for k, (column, true) in enumerate(zip(shown, truth, strict=True)):
        for group in range(3):
            if column[group] is None and true[group] < Low.count:
                assert max(possible[k, group]) >= Low.count, (funnel, shown)
            if k and totals[k] != totals[k - 1] and truth[k - 1][group] - true[group] < Low.count:
                assert max(possible["lost", k - 1, group]) >= Low.count, (funnel, shown)


def test_the_attacker_does_find_a_badly_kept_stage():
    assert attack([[6, 4], [5, None]], [10, 7], 2)["lost", 0, 0] == {1}


@pytest.mark.parametrize(
    ("earlier", "counts", "shown"),
    [
        ([], [20, 16, 12], [20, 16, 12]),
        ([], [5, 4], None),  # nine people
        ([], [12, 8, 3], [12, None, None]),  # the cheapest second cell goes with the small one
        ([], [12, 0], [None, None]),  # everybody the same
        ([Stage([20, 16, 12], [20, 16, 12])], [14, 11, 7], [14, 11, 7]),
        ([Stage([20, 16, 12], [20, 16, 12])], [20, 16, 12], [20, 16, 12]),  # all went on: nothing new is said
        ([Stage([20, 16, 12], [20, 16, 12])], [18, 12, 9], None),  # nine were lost: too few to be spoken of
        (
            [Stage([20, 16, 12], [20, 16, 12])],
            [19, 6, 12],
            [None] * 3,
        ),  # ten of eleven lost from one group: the others lost one
        ([Stage([20, 16, 12], [20, 16, 12])], [21, 6, 6], None),  # came from nowhere: answers were taken away meanwhile
    ],
)
def test_stages(earlier, counts, shown):
    assert suppress_stage(earlier, counts, thresholds=PLAIN) == shown
