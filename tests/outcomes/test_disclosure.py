"""Small numbers against an attacker who tries every table that fits what is shown."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.disclosure import (
    MIN_COUNT,
    Thresholds,
    difference_is_safe,
    enough_ties,
    safe_mean,
    suppress_counts,
    suppress_table,
    ties_left_open,
    window,
)

MOST = 9  # the largest count in the random tables: enough to stand on both sides of the threshold
LIMIT = 3  # a smaller threshold than the portal's keeps the attacker's work small; the algorithm takes it as given


def fits(shown: int | None, value: int) -> bool:
    return shown is None or shown == value


def rows_that_fit(cells: list[int | None], total: int | None, most: int) -> Iterator[tuple[int, ...]]:
    free = [range(most + 1) if cell is None else (cell,) for cell in cells]
    return (row for row in product(*free) if fits(total, sum(row)))


def attack_row(cells: list[int | None], total: int | None, most: int) -> list[set[int]]:
    """Every value that each cell could have, the total last."""
    possible: list[set[int]] = [set() for _ in range(len(cells) + 1)]
    for row in rows_that_fit(cells, total, most):
        for place, value in enumerate((*row, sum(row))):
            possible[place].add(value)
    return possible


@given(st.lists(st.integers(0, MOST), min_size=1, max_size=4))
@settings(max_examples=100, deadline=None)
def test_no_withheld_cell_of_a_row_can_be_shown_to_be_small(counts):
    safe = suppress_counts(counts, least=LIMIT)
    truth = (*counts, sum(counts))
    shown = (*safe.cells, safe.total)
    assert all(value is None or value == true for value, true in zip(shown, truth, strict=True))
    assert all(true >= LIMIT for value, true in zip(shown, truth, strict=True) if value is not None)
    possible = attack_row(safe.cells, safe.total, sum(counts) + LIMIT)
    for value, true, options in zip(shown, truth, possible, strict=True):
        if value is None and true < LIMIT:
            assert max(options) >= LIMIT, (counts, safe)


def tables_that_fit(safe, shape: tuple[int, int], most: int) -> Iterator[list[tuple[int, ...]]]:
    by_row = [list(rows_that_fit(safe.cells[i], safe.row_totals[i], most)) for i in range(shape[0])]
    for table in product(*by_row):
        columns = [sum(row[j] for row in table) for j in range(shape[1])]
        if all(map(fits, safe.column_totals, columns)) and fits(safe.total, sum(columns)):
            yield list(table)


def attack_table(safe, shape: tuple[int, int], most: int) -> dict[tuple, set[int]]:
    possible: dict[tuple, set[int]] = {}
    for table in tables_that_fit(safe, shape, most):
        columns = [sum(row[j] for row in table) for j in range(shape[1])]
        for i, row in enumerate(table):
            possible.setdefault(("row", i), set()).add(sum(row))
            for j, value in enumerate(row):
                possible.setdefault((i, j), set()).add(value)
        for j, value in enumerate(columns):
            possible.setdefault(("column", j), set()).add(value)
        possible.setdefault(("all",), set()).add(sum(columns))
    return possible


def named_cells(cells, rows, columns, total) -> dict[tuple, int | None]:
    named: dict[tuple, int | None] = {(i, j): v for i, row in enumerate(cells) for j, v in enumerate(row)}
    named |= {("row", i): v for i, v in enumerate(rows)} | {("column", j): v for j, v in enumerate(columns)}
    return named | {("all",): total}


def counted(table: list[list[int]]) -> dict[tuple, int | None]:
    columns = [sum(column) for column in zip(*table, strict=True)]
    return named_cells(table, [sum(row) for row in table], columns, sum(columns))


@given(
    st.integers(2, 3).flatmap(
        lambda height: st.lists(st.lists(st.integers(0, 5), min_size=2, max_size=2), min_size=height, max_size=height)
    )
)
@settings(max_examples=60, deadline=None)
def test_no_withheld_cell_of_a_table_can_be_shown_to_be_small(table):
    safe = suppress_table(table, least=LIMIT)
    truth = counted(table)
    shown = named_cells(safe.cells, safe.row_totals, safe.column_totals, safe.total)
    assert all(value is None or (value == truth[name] and value >= LIMIT) for name, value in shown.items())
    # The attacker tries cells up to the threshold above the largest true one: more can only make them less sure.
    possible = attack_table(safe, (len(table), 2), max(map(max, table)) + LIMIT)
    for name, value in shown.items():
        if value is None and truth[name] < LIMIT:
            assert max(possible[name]) >= LIMIT, (name, table, safe)


def test_the_attacker_does_find_a_badly_suppressed_cell():
    """The test above can fail: hiding the small cell alone beside its total gives it away."""
    assert attack_row([None, 20, 9], 31, 40)[0] == {2}
    assert attack_row([None, None, 9], 12, 40)[0] == {0, 1, 2, 3}


@pytest.mark.parametrize(
    ("counts", "cells", "total"),
    [
        ([12, 8, 20], [12, 8, 20], 40),  # nothing small
        ([2, 8, 20], [None, None, 20], 30),  # the next smallest goes with it
        ([4, 4, 20], [None, None, 20], 28),  # two small ones hide each other, as 8 in all may be 8 and 0
        ([1, 2, 30], [None, None, None], 33),  # 3 in all would say that both are small
        ([0, 40], [None, None], 40),
        ([2, 1], [None, None], None),  # the total is small itself
        ([4], [None], None),
        ([30], [30], 30),
    ],
)  # fmt: skip
def test_rows_keep_what_can_be_kept(counts, cells, total):
    safe = suppress_counts(counts)
    assert (safe.cells, safe.total) == (cells, total)


def test_a_column_may_have_its_own_threshold():
    """9 answers of a sector are too few where 10 are asked for; the total stays as people know it."""
    safe = suppress_table([[9, 6], [14, 7], [20, 8]], least=5, column_least=[10, 5])
    assert safe.cells[0] == [None, None]
    assert safe.cells[2] == [20, 8]
    assert safe.row_totals == [15, 21, 28]


def test_means_need_people_and_spread():
    limits = Thresholds()
    assert safe_mean([4, 5] * 4, thresholds=limits) == 4.5
    assert safe_mean([4, 5] * 3 + [4], thresholds=limits) is None  # 7 people
    assert safe_mean([5] * 20, thresholds=limits) is None  # would say what each of them answered
    assert safe_mean([4, 5] * 8 + [2], thresholds=limits, step=0.5) == 4.5
    assert safe_mean([3, 4] * 5, thresholds=Thresholds(mean=12)) is None


def test_thresholds_can_be_raised_only():
    assert Thresholds(count=7).count == 7
    for lower in ({"count": MIN_COUNT - 1}, {"mean": 7}, {"breakdown": 9}):
        with pytest.raises(ValueError, match="never lowered"):
            Thresholds(**lower)


def test_the_one_person_left_out_can_not_be_worked_out():
    """9 people answered, 8 of them twice: two means to a tenth would give the ninth away, one to the half leaves them open."""
    limits = Thresholds()
    everyone, eight = [5, 5, 5, 4, 4, 5, 5, 4, 3], [5, 5, 5, 4, 4, 5, 5, 4]
    fine = safe_mean(everyone, thresholds=limits), safe_mean(eight, thresholds=limits)
    assert not difference_is_safe(fine[0], 9, fine[1], 8, thresholds=limits, steps=(0.1, 0.1))
    coarse = safe_mean(everyone, thresholds=limits, step=0.5)
    assert difference_is_safe(coarse, 9, fine[1], 8, thresholds=limits)
    # a 1 instead of the 3 pulls even the coarse mean down far enough to be seen
    assert not difference_is_safe(4.0, 9, fine[1], 8, thresholds=limits)
    assert difference_is_safe(4.0, 20, 4.6, 8, thresholds=limits)  # twelve are left out: enough people
    assert difference_is_safe(4.0, 8, 4.0, 8, thresholds=limits)  # nobody is


@given(st.lists(st.integers(1, 5), min_size=9, max_size=14), st.integers(1, 3))
@settings(max_examples=100, deadline=None)
def test_what_difference_is_safe_lets_through_holds_the_truth(values, left):
    """The interval it reasons with always contains the true mean of those left out, or it would be reasoning about nothing."""
    limits = Thresholds()
    part = values[:-left]
    whole, some = safe_mean(values, thresholds=limits, step=0.5), safe_mean(part, thresholds=limits)
    if whole is None or some is None:
        return
    low = ((whole - 0.25) * len(values) - (some + 0.05) * len(part)) / left
    high = ((whole + 0.25) * len(values) - (some - 0.05) * len(part)) / left
    true = sum(values[-left:]) / left
    assert low - 1e-9 <= true <= high + 1e-9
    assert difference_is_safe(whole, len(values), some, len(part), thresholds=limits) == (
        (min(high, 5) - max(low, 1)) * left >= 2
    )


def of_per_cent(value: int, pairs: int) -> tuple[float, float]:
    low, high = window(value, 1, most=100)
    return low * pairs / 100, high * pairs / 100


@pytest.mark.parametrize(
    ("whole", "part", "n", "open_"),
    [
        (10, 11, 25, False),  # the one left out named 0 to 2 of 24
        (0, 1, 25, False),  # none
        (12, 6, 17, False),  # all 16
        (20, 20, 25, True),  # 0 to 10
        (10, 10, 4, False),  # three possible ties are too few to hide in
    ],
)
def test_ties_of_the_one_left_out_stay_open(whole, part, n, open_):
    pairs, inside = n * (n - 1), (n - 1) ** 2
    found = ties_left_open(
        of_per_cent(whole, pairs), of_per_cent(part, inside), left=pairs - inside, thresholds=Thresholds()
    )
    assert found is open_
    assert ties_left_open((3, 3), (3, 3), left=0, thresholds=Thresholds()), "nothing is left out"


@given(st.integers(5, 30).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n - 1), st.integers(0, (n - 1) ** 2))))
@settings(max_examples=200, deadline=None)
def test_where_ties_are_said_to_stay_open_five_numbers_fit(drawn):
    """By trying every number of ties that the one left out may have."""
    n, theirs, others = drawn
    pairs, inside = n * (n - 1), (n - 1) ** 2
    told = round(100 * (theirs + others) / pairs), round(100 * others / inside)
    fitting = {
        guess
        for guess in range(pairs - inside + 1)
        for rest in range(inside + 1)
        if abs(100 * (guess + rest) / pairs - told[0]) <= 0.5 and abs(100 * rest / inside - told[1]) <= 0.5
    }
    windows = of_per_cent(told[0], pairs), of_per_cent(told[1], inside)
    if ties_left_open(*windows, left=pairs - inside, thresholds=Thresholds()):
        assert len(fitting) >= MIN_COUNT


def test_a_part_needs_enough_people_whoever_is_left_out():
    limits = Thresholds()
    round_ = [(n, (n + 1) % 6) for n in range(6)]
    star = [(n, 9) for n in range(8)]
    assert not enough_ties(star, thresholds=limits) and not enough_ties(round_, thresholds=limits)
    wider = [*round_, *((n, (n + 2) % 6) for n in range(6))]
    assert enough_ties(wider, thresholds=limits) and not enough_ties(wider, star, thresholds=limits)
    assert not enough_ties([], thresholds=limits)
