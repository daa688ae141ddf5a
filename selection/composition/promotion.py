"""Who moves up from a reserve list when a place falls free, so that the limits hold: by counting, and by search where several are free."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from selection.composition.problem import Candidate, Problem, Rule
from selection.composition.results import Limit, Miss, Side


@dataclass(frozen=True, slots=True)
class Skipped:
    """A reserve who came before, and what would be missed with them, at best."""

    key: str
    misses: tuple[Miss, ...]


@dataclass(frozen=True, slots=True)
class Promotion:
    """Who moves up: `number` on the list, from 1. `misses` are limits that can't be kept with anybody of the list; `skipped` has everyone
    before, with whom more would be missed."""

    key: str
    number: int
    misses: tuple[Miss, ...]
    skipped: tuple[Skipped, ...]


def promote(
    *, places: int, held: Sequence[Candidate], reserves: Sequence[Candidate], rules: Sequence[Rule]
) -> Promotion | None:
    """The first of the `reserves`, in the order they come, with whom the limits can be kept once all `places` are filled: by the people
    who hold one, this reserve, and whoever else of the list fits best. If that's so with none of them, the first with whom limits are
    missed by the fewest people. None if there's nobody, or no place."""
    if not reserves or len(held) >= places:
        return None
    found: list[tuple[int, tuple[Miss, ...]]] = []
    least = 0 if len(held) + 1 == places else _least(places, held, reserves, rules)
    for reserve in reserves:
        misses = _misses_with(reserve, places, held, reserves, rules)
        found.append((sum(miss.by for miss in misses), misses))
        if found[-1][0] <= least:
            break
    short = min(total for total, _misses in found)
    number = next(n for n, (total, _misses) in enumerate(found) if total == short)
    skipped = tuple(Skipped(reserves[n].key, found[n][1]) for n in range(number))
    return Promotion(reserves[number].key, number + 1, found[number][1], skipped)


def _misses_with(
    reserve: Candidate, places: int, held: Sequence[Candidate], reserves: Sequence[Candidate], rules: Sequence[Rule]
) -> tuple[Miss, ...]:
    """What is missed at best with this reserve in: one more is counted, of several the best others are sought."""
    if len(held) + 1 == places or len(reserves) == 1:
        return misses_of([*held, reserve], rules)
    return misses_of(_nearest(places, [*held, reserve], [r for r in reserves if r is not reserve], rules), rules)


def _least(places: int, held: Sequence[Candidate], reserves: Sequence[Candidate], rules: Sequence[Rule]) -> int:
    return sum(miss.by for miss in misses_of(_nearest(places, held, reserves, rules), rules))


def _nearest(
    places: int, settled: Sequence[Candidate], others: Sequence[Candidate], rules: Sequence[Rule]
) -> list[Candidate]:
    """The settled with those of the others that miss the rules by the fewest people; the earlier ones where it makes no difference."""
    from selection.composition.model import Model
    from selection.composition.shortfall import least_short

    ranked = [*settled, *others]
    people = [Candidate(c.key, len(ranked) - n, n, c.attributes) for n, c in enumerate(ranked)]
    model = Model(Problem(places, people, rules, forced_in={c.key for c in settled}))
    if not rules:
        return ranked[:places]
    chosen = set(model.keys_of(least_short(model).chosen))
    return [c for c in ranked if c.key in chosen]


def misses_of(people: Sequence[Candidate], rules: Sequence[Rule]) -> tuple[Miss, ...]:
    """By how many these people miss which limits."""
    found = []
    for rule in sorted(rules, key=lambda r: r.order):
        count = sum(rule.holds(person) for person in people)
        if count < rule.floor:
            found.append(Miss(Limit(rule, Side.FLOOR), rule.floor - count))
        elif rule.ceiling is not None and count > rule.ceiling:
            found.append(Miss(Limit(rule, Side.CEILING), count - rule.ceiling))
    return tuple(found)
