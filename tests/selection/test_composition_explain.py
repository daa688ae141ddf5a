"""Every reason given is true: what a cause does when lifted, what a place costs, whom it would displace. Against every set there is."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random
from time import process_time

from selection.composition import (
    QUICK,
    Candidate,
    Choice,
    Explanation,
    Explanations,
    Limit,
    Problem,
    Reason,
    Rule,
    Side,
    choose,
    explain,
)
from tests.selection.composition_brute import Brute, a_round


def test_reasons_in_small_rounds_are_true() -> None:
    seen: Counter[str] = Counter()
    for seed in range(300):
        problem = a_round(seed)
        choice = choose(problem)
        if not isinstance(choice, Choice):
            continue
        brute = Brute(problem)
        told = explain(problem, choice)
        assert [p.key for p in told.people] == [c.key for c in brute.ranked], seed
        found: list[list[Limit]] = []
        for person in told.people:
            check_together(brute, person, found)
            check_side(brute, choice, person)
            check_causes(brute, choice, person)
            check_price(brute, choice, person)
            seen[person.reason.name] += 1
            seen["together"] += person.together
            seen["unmovable"] += bool(person.causes) and person.change is None
        check_lifts(brute, choice, told)
    assert all(seen[name] for name in (*Reason.__members__, "together", "unmovable")), seen


def test_reasons_found_quickly_are_rougher_and_as_true() -> None:
    """Whatever the number of questions: some of the limits named do it, and the price is no less than was said."""
    seen: Counter[str] = Counter()
    for seed in range(300):
        problem = a_round(seed)
        choice = choose(problem)
        if not isinstance(choice, Choice):
            continue
        brute = Brute(problem)
        full = explain(problem, choice)
        for questions in (0, len(full.lifts) + 1, len(full.lifts) + 4):
            told = explain(problem, choice, questions=questions)
            assert told == explain(problem, choice, questions=questions)
            assert told.lifts == full.lifts
            for person, better in zip(told.people, full.people, strict=True):
                check_side(brute, choice, person)
                limits = [cause.limit for cause in person.causes]
                if person.some:
                    assert (person.key in brute.without(*limits)) != person.is_in
                    assert person.together and better.together
                    if person.is_in:
                        assert person.in_place_of in brute.without(*limits)
                else:
                    check_causes(brute, choice, person)
                if person.at_least is None:
                    check_price(brute, choice, person)
                else:
                    assert person.price is None and person.change is None
                    assert better.price is None or 0 <= person.at_least <= better.price, (seed, questions, person)
                seen["some"] += person.some
                seen["at least"] += bool(person.at_least)
                seen["priced"] += person.change is not None
        assert explain(problem, choice, questions=10_000) == full
    assert all(seen[name] for name in ("some", "at least", "priced")), seen


def test_nobody_waits_long_for_the_quick_ones() -> None:
    """500 people with five scores between them and every value of four attributes fixed to one more or less: all at once some 15 s."""
    draw = Random(2)
    held = {"sector": 6, "place": 6, "seniority": 4, "function": 4}
    people = [
        Candidate(
            f"p{i}", draw.randint(1, 5), i, {k: draw.choices(range(n), range(1, n + 1))[0] for k, n in held.items()}
        )
        for i in range(500)
    ]
    rules = [Rule(k, v, 50 // n - 1, 50 // n + 1) for k, n in held.items() for v in range(n)]
    problem = Problem(50, people, rules)
    choice = choose(problem)
    assert isinstance(choice, Choice)
    begin = process_time()
    told = explain(problem, choice, questions=QUICK)
    assert process_time() - begin < 2
    assert len(told.lifts) > 10 and any(person.some or person.at_least is not None for person in told.people)


def check_side(brute: Brute, choice: Choice, person: Explanation) -> None:
    """The reason follows from where decisions, rank, and rank with decisions put the person."""
    problem = brute.problem
    assert person.rank == brute.rank[person.key] + 1
    assert person.is_in == (person.key in choice.chosen)
    by_rank = {c.key for c in brute.ranked[: problem.places]}
    ruleless = set(
        Brute(Problem(problem.places, problem.candidates, (), problem.forced_in, problem.forced_out)).best()[0]
    )
    way = "IN" if person.is_in else "OUT"
    if person.key in {*problem.forced_in, *problem.forced_out}:
        expected = f"{way}_BY_DECISION"
    elif person.is_in != (person.key in ruleless):
        expected = f"{way}_BY_RULE"
    elif person.is_in != (person.key in by_rank):
        expected = f"{way}_AFTER_DECISIONS"
    else:
        expected = f"{way}_BY_RANK"
    assert person.reason.name == expected


def check_causes(brute: Brute, choice: Choice, person: Explanation) -> None:
    """Lifting a cause moves the person; of causes together, lifting all moves them and sparing one doesn't."""
    limits = [cause.limit for cause in person.causes]
    if person.reason not in (Reason.IN_BY_RULE, Reason.OUT_BY_RULE):
        assert not limits and person.in_place_of is None
        return
    assert limits
    moves = lambda lifted: (person.key in brute.without(*lifted)) != person.is_in  # noqa: E731
    if person.together:
        assert moves(limits) and not any(moves([x for x in limits if x != spared]) for spared in limits)
        assert not any(moves([limit]) for limit in tight(brute, choice))
    else:
        assert set(limits) == {limit for limit in tight(brute, choice) if moves([limit])}
    if person.is_in:
        without = brute.without(*(limits if person.together else limits[:1]))
        comes_in = [key for key in without if key not in choice.chosen]
        goes_out = [key for key in choice.chosen if key not in without]
        assert person.in_place_of == comes_in[goes_out.index(person.key)]
    else:
        assert person.in_place_of is None
    for cause in person.causes:
        assert cause.chosen == brute.count(cause.limit.rule, choice.chosen)


def check_together(brute: Brute, person: Explanation, found: list[list[Limit]]) -> None:
    """Of several sets of limits that move somebody together, it's the one that the order of people and rules says; `found` are those of
    people ranked above."""
    if not person.together:
        return
    moves = lambda lifted: bool(lifted) and (person.key in brute.without(*lifted)) != person.is_in  # noqa: E731
    spared = lambda limits: [[x for x in limits if x != one] for one in limits]  # noqa: E731
    expected = next((x for x in found if moves(x) and not any(moves(fewer) for fewer in spared(x))), None)
    if expected is None:
        problem = brute.problem
        by_rank = Brute(replace(problem, rules=())).best()[0]
        expected = []
        for rule in sorted(problem.rules, key=lambda rule: rule.order):
            count = brute.count(rule, by_rank)
            if count < rule.floor:
                expected.append(Limit(rule, Side.FLOOR))
            if rule.ceiling is not None and count > rule.ceiling:
                expected.append(Limit(rule, Side.CEILING))
        run = max(len(expected) // 2, 1)
        while True:
            before, start = len(expected), 0
            while start < len(expected):
                fewer = expected[:start] + expected[start + run :]
                if moves(fewer):
                    expected = fewer
                else:
                    start += run
            if run == 1 and len(expected) == before:
                break
            run = max(run // 2, 1)
        found.append(expected)
    assert [cause.limit for cause in person.causes] == expected


def tight(brute: Brute, choice: Choice) -> list[Limit]:
    """Limits that the choice stands on, save those that no set at all could break."""
    found = []
    for rule in brute.problem.rules:
        count = brute.count(rule, choice.chosen)
        members = brute.count(rule, tuple(brute.rank))
        if rule.floor and count == rule.floor:
            found.append(Limit(rule, Side.FLOOR))
        if rule.ceiling is not None and rule.ceiling < min(members, len(choice.chosen)) and count == rule.ceiling:
            found.append(Limit(rule, Side.CEILING))
    return found


def check_price(brute: Brute, choice: Choice, person: Explanation) -> None:
    """The price is what the best set on the other side is worth less; the set named is one of those, and none differs less."""
    by_rule = person.reason in (Reason.IN_BY_RULE, Reason.OUT_BY_RULE)
    free = [key for key in choice.chosen if key not in brute.problem.forced_in]
    passed = person.reason is Reason.OUT_BY_RANK and any(brute.rank[key] >= person.rank for key in free)
    if not by_rule and not passed:
        assert person.price is None and person.change is None
        return
    best = brute.best(lacking=person.key) if person.is_in else brute.best(having=person.key)
    if not best:
        assert person.price is None and person.change is None
        return
    assert person.price == choice.value - brute.worth(best[0])
    assert person.change is not None
    other = (set(choice.chosen) - set(person.change.goes_out)) | set(person.change.comes_in)
    assert other in [set(s) for s in best]
    assert len(person.change.goes_out) == min(len(set(choice.chosen) - set(s)) for s in best)


def check_lifts(brute: Brute, choice: Choice, told: Explanations) -> None:
    assert {lift.limit for lift in told.lifts} == set(tight(brute, choice))
    for lift in told.lifts:
        without = brute.without(lift.limit)
        assert lift.gain == brute.worth(without) - choice.value
        assert set(lift.swap.comes_in) == set(without) - set(choice.chosen)
        assert set(lift.swap.goes_out) == set(choice.chosen) - set(without)
