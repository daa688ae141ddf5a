"""The observers' rota against every rota there is, on cases small enough to try all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise, product
from random import Random

import pytest

from selection.allocation.rota import Busy, Part, minutes, plan

NINE = datetime(2027, 3, 4, 9, tzinfo=UTC)


def at(begins: int, lasts: int) -> tuple[datetime, datetime]:
    return NINE + timedelta(minutes=begins), NINE + timedelta(minutes=begins + lasts)


def a_case(number: int) -> tuple[list[Part], list[int], dict[int, list[Busy]]]:
    """Four parts, of which two may be one group's, and three people, one of whom is busy in some."""
    random = Random(number)
    parts = []
    group = at(random.choice((0, 30)), 45)
    for n in range(4):
        together = n < 2 and number % 2
        starts, ends = group if together else at(random.choice((0, 20, 30, 60)), random.choice((30, 40)))
        barred = frozenset(p for p in (1, 2, 3) if random.random() < 0.25)
        parts.append(Part(n, "group" if together else n, starts, ends, random.choice((1, 2)), barred))
    busy = {2: [Busy("elsewhere", *at(random.choice((0, 50)), 30))]} if number % 3 == 0 else {}
    return parts, [1, 2, 3], busy


def worth(parts: list[Part], given: set[tuple[int, int]], people: list[int], busy: dict) -> tuple[int, float] | None:
    """How many parts are watched and the longest rota; None where it breaks a rule."""
    by_key = {p.key: p for p in parts}
    for part in parts:
        named = [p for key, p in given if key == part.key]
        if len(named) > part.missing or set(named) & part.barred:
            return None
    longest = 0.0
    for person in people:
        sessions = {b.session: (b.starts, b.ends) for b in busy.get(person, ())}
        sessions |= {by_key[key].session: (by_key[key].starts, by_key[key].ends) for key, p in given if p == person}
        periods = sorted(sessions.values())
        if any(one[1] > other[0] for one, other in pairwise(periods)):
            return None
        longest = max(longest, sum(minutes(*period) for period in periods))
    return len(given), longest


@pytest.mark.parametrize("number", range(12))
def test_no_rota_leaves_less_open_and_none_is_shorter_for_whoever_has_most(number: int) -> None:
    parts, people, busy = a_case(number)
    pairs = [(part.key, person) for part in parts for person in people if person not in part.barred]
    best = (0, 0.0)
    for chosen in product((False, True), repeat=len(pairs)):
        found = worth(parts, {pair for pair, yes in zip(pairs, chosen, strict=True) if yes}, people, busy)
        if found is not None and (-found[0], found[1]) < (-best[0], best[1] if best[0] else float("inf")):
            best = found
    answer = plan(parts, people, busy)
    assert worth(parts, set(answer.given), people, busy) == pytest.approx(best)
    assert sum(answer.lacking.values()) == sum(p.missing for p in parts) - best[0]


def test_a_group_is_watched_by_the_same_two_and_nobody_is_asked_needlessly() -> None:
    parts = [Part(n, "group", *at(0, 45), missing=2) for n in range(5)]
    answer = plan(parts, [1, 2, 3, 4], {4: [Busy("elsewhere", *at(30, 30))]})
    assert not answer.lacking and len({person for _key, person in answer.given}) == 2
    assert plan([], [1], {}).given == [] and plan(parts, [], {}).lacking == {n: 2 for n in range(5)}
