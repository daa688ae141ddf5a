"""Reasons in words: one sentence for everybody, with the names the caller gives."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from selection.composition import Candidate, Choice, Explanations, Infeasible, Problem, Rule, choose, explain
from selection.composition.sentences import fault_in_words, listed, miss_in_words, points, sentence

NAMES = {"a": "Ann", "b": "Bo", "c": "Cy", "d": "Dee", "e": "Eve", "f": "Fay"}


def called(rule: Rule) -> str:
    return str(rule.value)


def candidates(sectors: str, *scores: int | Fraction) -> list[Candidate]:
    whole = {"h": "health", "p": "the police", "x": "others"}
    return [
        Candidate(key, score, i, {"sector": whole[letter]})
        for i, (key, letter, score) in enumerate(zip("abcdef", sectors, scores, strict=False))
    ]


def told(problem: Problem) -> dict[str, str]:
    choice = choose(problem)
    assert isinstance(choice, Choice)
    found: Explanations = explain(problem, choice)
    return {p.key: sentence(p, found, names=NAMES, rule_name=called) for p in found.people}


def test_rank_a_floor_and_its_price() -> None:
    problem = Problem(3, candidates("pppphh", 9, 8, 7, 6, 5, 4), [Rule("sector", "health", 1)])
    assert told(problem) == {
        "a": "In by rank: number 1 for 3 places.",
        "b": "In by rank: number 2 for 3 places.",
        "c": (
            "Out at number 3: health must have at least 1 and would have 0 by rank; "
            "with them the total would be 1 lower, and Bo would be out."
        ),
        "d": "Out by rank: number 4 for 3 places; with them the total would be 2 lower, and Bo would be out.",
        "e": (
            "In at number 5, in place of Cy: health must have at least 1 and would have 0 by rank; "
            "without them the total would be 1 lower, and Fay would be in."
        ),
        "f": "Out by rank: number 6 for 3 places.",
    }


def test_what_was_not_asked() -> None:
    problem = Problem(3, candidates("pppphh", 9, 8, 7, 6, 5, 4), [Rule("sector", "health", 1)])
    choice = choose(problem)
    assert isinstance(choice, Choice)
    found = explain(problem, choice, questions=0)
    said = {p.key: sentence(p, found, names=NAMES, rule_name=called) for p in found.people}
    assert said["c"] == "Out at number 3: health must have at least 1 and would have 0 by rank."
    assert said["e"] == "In at number 5, in place of Cy: health must have at least 1 and would have 0 by rank."
    for n, way in ((2, "with"), (4, "without")):
        dearer = replace(found.people[n], at_least=Fraction(3, 2))
        text = sentence(dearer, found, names=NAMES, rule_name=called)
        assert text == said[dearer.key][:-1] + f"; {way} them the total would be at least 1.5 lower."
    rough = replace(found.people[2], together=True, some=True, causes=found.people[2].causes * 2, at_least=Fraction(0))
    assert sentence(rough, found, names=NAMES, rule_name=called) == (
        "Out at number 3: by some of these rules together, health must have at least 1 and health must have at least 1."
    )


def test_a_price_that_has_fewer_of_those_seen_is_not_said_in_points() -> None:
    """Whoever was seen at an assessment centre is worth more than any points: the composition's number isn't one anybody got."""
    problem = Problem(2, candidates("hhppx", 16, 15, 14, 7, 6), [Rule("sector", "health", 0, 1)])
    choice = choose(problem)
    assert isinstance(choice, Choice) and set(choice.chosen) == {"a", "c"}
    found = explain(problem, choice)
    said = {p.key: sentence(p, found, names=NAMES, rule_name=called, seen={"a", "b", "c"}) for p in found.people}
    assert said["b"].endswith("with them the total would be 1 lower, and Ann would be out.")
    assert "without them 1 person fewer who was seen at the assessment centre would be in, Dee" in said["c"].replace(
        "and Dee", "Dee"
    )
    assert "lower" not in said["c"] and "lower" not in said["d"]


def test_a_ceiling_and_nobody_else() -> None:
    problem = Problem(1, candidates("ph", 5, Fraction(999, 200)), [Rule("sector", "the police", 0, 0)])
    assert told(problem) == {
        "a": "Out at number 1: the police may have at most 0 and would have 1 by rank; no choice that keeps the rules has room for them.",
        "b": (
            "In at number 2, in place of Ann: the police may have at most 0 and would have 1 by rank; "
            "no choice that keeps the rules does without them."
        ),
    }


def test_decisions() -> None:
    problem = Problem(2, candidates("xxxx", 4, 3, 2, 1), forced_in={"d"}, forced_out={"a"})
    assert told(problem) == {
        "a": "Out by decision; number 1 by rank.",
        "b": "In by rank: number 2 for 2 places.",
        "c": "Out by rank: number 3 for 2 places.",
        "d": "In by decision; number 4 by rank.",
    }
    assert told(Problem(1, candidates("xx", 2, 1), forced_out={"a"}))["b"] == (
        "In at number 2: a decision about somebody ranked above left a place free."
    )
    assert told(Problem(1, candidates("xx", 2, 1), forced_in={"b"}))["a"] == (
        "Out at number 1: somebody ranked below was brought in by decision."
    )


def test_several_rules_each_and_together() -> None:
    """Two places, at most one policeman, at least one of health. Lift either and the other still keeps Bo out: it takes both."""
    rules = [Rule("sector", "the police", 0, 1), Rule("sector", "health", 1)]
    said = told(Problem(2, candidates("pph", 3, 2, 1), rules))
    assert said["b"].startswith(
        "Out at number 2: by these rules together, health must have at least 1 and the police may have at most 1; with them"
    )
    assert said["c"].startswith(
        "In at number 3, in place of Bo: by these rules together, health must have at least 1 and"
    )


def test_several_rules_each_by_itself() -> None:
    """Only Dee is both of health and of the south: without either floor somebody of a higher rank would do for the other."""
    rows = candidates("phxh", 9, 6, 5, 4)
    rows = [replace(c, attributes={**c.attributes, "place": place}) for c, place in zip(rows, "nnss", strict=True)]
    rules = [Rule("place", "s", 1), Rule("sector", "health", 1)]
    assert told(Problem(2, rows, rules))["d"] == (
        "In at number 4, in place of Bo: by each of these rules, s must have at least 1 and health must have at least 1; "
        "without them the total would be 2 lower, Bo and Cy would be in, and Ann out."
    )


def test_equal_totals_say_so() -> None:
    """Sectors of one place each: Ann and Dee are worth what Bo and Cy are, and Ann is ranked first."""
    rows = [
        Candidate("a", 4, 0, {"sector": "x", "place": "n"}),
        Candidate("b", 3, 1, {"sector": "x", "place": "s"}),
        Candidate("c", 2, 2, {"sector": "y", "place": "n"}),
        Candidate("d", 1, 3, {"sector": "y", "place": "s"}),
    ]
    rules = [Rule("sector", "x", 1, 1), Rule("place", "n", 1, 1)]
    problem = Problem(2, rows, rules)
    choice = choose(problem)
    assert isinstance(choice, Choice) and choice.chosen == ("a", "d") and choice.others
    assert choice.swap and choice.swap.comes_in == ("b", "c")
    assert told(problem)["b"].endswith("with them the total would be the same, Ann and Dee would be out, and Cy in.")


def test_what_cannot_be_kept_in_words() -> None:
    found = choose(Problem(2, candidates("hpp", 3, 2, 1), [Rule("sector", "health", 2, 2)]))
    assert isinstance(found, Infeasible)
    assert [fault_in_words(f, rule_name=called) for f in found.faults] == [
        "health must have at least 2, and only 1 can be chosen."
    ]
    assert [miss_in_words(m, rule_name=called) for m in found.misses] == ["health must have at least 2: 1 too few."]
    rules = [Rule("sector", "health", 0, 0), Rule("sector", "the police", 0, 1)]
    found = choose(Problem(2, candidates("hpp", 3, 2, 1), rules))
    assert isinstance(found, Infeasible)
    assert [fault_in_words(f, rule_name=called) for f in found.faults] == [
        "Places to fill: 2. With so few of health and the police allowed, only 1 can be."
    ]
    assert [miss_in_words(m, rule_name=called) for m in found.misses] == ["health may have at most 0: 1 too many."]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Fraction(0), "0"),
        (Fraction(7, 2), "3.5"),
        (Fraction(100), "100"),
        (Fraction(1, 8), "0.13"),
        (Fraction(1, 1000), "less than 0.01"),
    ],
)
def test_points_are_short_and_never_nothing(value: Fraction, shown: str) -> None:
    assert points(value) == shown


def test_many_names_are_counted() -> None:
    assert [listed("A" * n) for n in range(6)] == [
        "",
        "A",
        "A and A",
        "A, A and A",
        "A, A, A and A",
        "A, A, A and 2 others",
    ]
