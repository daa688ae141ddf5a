"""Who moves up so that the limits hold: against every set there is, and in words."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from selection.composition import Candidate, Limit, Rule, Side, promote
from selection.composition.promotion import misses_of
from selection.composition.sentences import promotion_in_words

SECTORS, PLACES = ("health", "council", "police"), ("north", "south")


def person(key: str, n: int, sector: str, place: str = "north") -> Candidate:
    return Candidate(key, 0, n, {"sector": sector, "place": place})


def a_list(seed: int) -> tuple[int, list[Candidate], list[Candidate], list[Rule]]:
    """A small cohort with one place free or several; rules that are easy, tight or can't be kept."""
    rng = random.Random(seed)
    held = [person(f"h{n}", n, rng.choice(SECTORS), rng.choice(PLACES)) for n in range(rng.randint(0, 5))]
    reserves = [person(f"r{n}", n, rng.choice(SECTORS), rng.choice(PLACES)) for n in range(rng.randint(1, 6))]
    rules = []
    for attribute, values in (("sector", SECTORS), ("place", PLACES)):
        for value in values:
            if rng.random() < 0.5:
                floor = rng.randint(0, 3)
                rules.append(Rule(attribute, value, floor, rng.choice((None, floor, floor + 1))))
    return len(held) + rng.choice((1, 1, 2, 3)), held, reserves, rules


def shortfall(people: list[Candidate], rules: list[Rule]) -> int:
    total = 0
    for rule in rules:
        count = sum(p.attributes[rule.attribute] == rule.value for p in people)
        total += max(rule.floor - count, 0) + (max(count - rule.ceiling, 0) if rule.ceiling is not None else 0)
    return total


def by_every_set(places: int, held: list[Candidate], reserves: list[Candidate], rules: list[Rule]) -> str:
    """Look at every way to fill the places with each reserve in turn: the first of those with the least missed."""
    size = min(places - len(held), len(reserves)) - 1
    least = []
    for n, reserve in enumerate(reserves):
        others = [r for r in reserves if r is not reserve]
        ways = [shortfall([*held, reserve, *more], rules) for more in combinations(others, size)]
        least.append((min(ways), n, reserve.key))
    return min(least)[2]


def test_it_is_the_one_that_every_set_says() -> None:
    beyond_the_first = several = 0
    for seed in range(300):
        places, held, reserves, rules = a_list(seed)
        found = promote(places=places, held=held, reserves=reserves, rules=rules)
        assert found is not None
        assert found.key == by_every_set(places, held, reserves, rules), seed
        assert found == promote(places=places, held=held[::-1], reserves=reserves, rules=rules[::-1]), seed
        assert [s.key for s in found.skipped] == [r.key for r in reserves[: found.number - 1]]
        assert all(sum(m.by for m in s.misses) > sum(m.by for m in found.misses) for s in found.skipped)
        beyond_the_first += found.number > 1
        several += places - len(held) > 1
    # the cases ask something
    assert beyond_the_first > 60 and several > 60


def test_nobody_moves_up_without_a_place_or_a_reserve() -> None:
    held, reserve = [person("h", 0, "health")], person("r", 1, "health")
    assert promote(places=1, held=held, reserves=[reserve], rules=[]) is None
    assert promote(places=2, held=held, reserves=[], rules=[]) is None
    found = promote(places=2, held=held, reserves=[reserve], rules=[])
    assert found is not None and (found.key, found.number, found.misses, found.skipped) == ("r", 1, (), ())


HEALTH = Rule("sector", "health", 2)
COUNCIL = Rule("sector", "council", 0, 1)


def said(places: int, held: list[Candidate], reserves: list[Candidate], rules: list[Rule]) -> str:
    found = promote(places=places, held=held, reserves=reserves, rules=rules)
    assert found is not None
    names = {r.key: r.key.upper() for r in reserves}
    return promotion_in_words(found, limited=bool(rules), names=names, rule_name=lambda rule: str(rule.value))


@pytest.mark.parametrize(
    ("reserves", "rules", "words"),
    [
        (["police", "health"], [], "First on the reserve list."),
        (["health", "police"], [HEALTH], "First on the reserve list. Every limit can be kept."),
        (
            ["police", "council", "health"],
            [HEALTH],
            "Number 3 on the reserve list. With R0 or R1 instead: health must have at least 2: 1 too few.",
        ),
        (
            ["police", "council", "health"],
            [HEALTH, COUNCIL],
            "Number 3 on the reserve list. With R0 instead: health must have at least 2: 1 too few. With R1 instead: health must "
            "have at least 2: 1 too few. council may have at most 1: 1 too many.",
        ),
        (
            ["council", "police"],
            [HEALTH, COUNCIL],
            "Number 2 on the reserve list. With R0 instead: health must have at least 2: 1 too few. council may have at most 1: 1 "
            "too many. With nobody of the list can every limit be kept: health must have at least 2: 1 too few.",
        ),
    ],
)
def test_the_reason_is_said(reserves: list[str], rules: list[Rule], words: str) -> None:
    held = [person("a", 0, "health"), person("b", 1, "council")]
    assert said(3, held, [person(f"r{n}", n, sector) for n, sector in enumerate(reserves)], rules) == words


def test_with_two_places_free_the_second_may_mend_what_the_first_leaves() -> None:
    """One health reserve is enough for the floor, so the first on the list may go first."""
    held = [person("a", 0, "health")]
    reserves = [person("r0", 1, "police"), person("r1", 2, "health")]
    assert said(3, held, reserves, [HEALTH]) == "First on the reserve list. Every limit can be kept."
    assert said(2, held, reserves, [HEALTH]).startswith("Number 2 on the reserve list.")


def test_what_is_missed_is_counted() -> None:
    people = [person("a", 0, "health"), person("b", 1, "council"), person("c", 2, "council")]
    missed = misses_of(people, [COUNCIL, HEALTH, Rule("place", "north", 3, 3)])
    assert [(m.limit, m.by) for m in missed] == [(Limit(HEALTH, Side.FLOOR), 1), (Limit(COUNCIL, Side.CEILING), 1)]
