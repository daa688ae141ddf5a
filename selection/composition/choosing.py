"""The best set, which of several equally good ones, and what to say when no set keeps the rules."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from selection.composition.model import FREE, IN, OUT, Ask, Mask, Model, Whole
from selection.composition.problem import Problem
from selection.composition.results import Choice, Infeasible, Limit, Miss, Side
from selection.composition.shortfall import faults, least_short
from selection.composition.solver import Bound, Found, NotProved, Row, best, outclassed, search

# How many people the tie rule settles in one solve: each weighs twice the next, so that the sum stays a number of six digits.
AT_ONCE = 20


@dataclass(frozen=True)
class Chosen:
    """The best set by the tie rule; `open` is the question with everybody settled who's the same in all best sets."""

    mask: Mask
    worth: int
    proved: bool
    multipliers: Whole
    open: Ask


def choose(problem: Problem, *, nodes: int | None = None) -> Choice | Infeasible:
    """The most valuable set that keeps the rules; or, if none does, the one that comes nearest.

    Of sets worth the same it's the one with the earlier person where they first differ, going down the ranking. The answer depends on what
    is asked and not on the order of rows. `nodes` limits the search; what is found then is kept, but `proved` may be false.
    """
    model = Model(problem)
    chosen = decide(model, model.ask(), nodes=nodes)
    if chosen is None:
        return nearest(model, nodes)
    return _choice(model, chosen)


def decide(model: Model, ask: Ask, *, multipliers: Whole | None = None, nodes: int | None = None) -> Chosen | None:
    """The best set by value, then by the tie rule. None if the rules can't be kept."""
    found = best(model, ask, model.units, multipliers=multipliers, nodes=nodes)
    if found is None:
        return None
    if not found.proved:
        return Chosen(found.chosen, found.worth, False, found.multipliers, ask)
    ask = outclassed(model, ask, model.units)
    bound = Bound(model, ask, model.units, found.multipliers)
    ask = bound.settle(bound.settled_by(found.worth))
    return Chosen(_first_of_equals(model, ask, found), found.worth, True, found.multipliers, ask)


def _first_of_equals(model: Model, ask: Ask, found: Found) -> Mask:
    """Of all sets worth the same, the first by the tie rule: as many of the best ranked as can be, asked in blocks down the ranking."""
    chosen = found.chosen
    worth = Row(model.units, found.worth)
    undecided = np.flatnonzero(ask.fixed == FREE)
    alike = np.unique(np.stack([model.kind, model.units]), axis=1, return_inverse=True)[1].reshape(-1)
    while len(undecided):
        block, undecided = undecided[:AT_ONCE], undecided[AT_ONCE:]
        if _could_be_earlier(chosen[block], chosen[undecided]):
            weights: Whole = np.zeros(model.size, dtype=np.int64)
            weights[block] = 2 ** np.arange(len(block) - 1, -1, -1)
            better = search(model, ask, weights, further=(worth,))
            if better is None or not better.proved:
                raise NotProved("The tie between equally good sets couldn't be decided")
            chosen = better.chosen
        ask = ask.settle(block[chosen[block]], IN).settle(block[~chosen[block]], OUT)
        # nobody is in after somebody out whom neither score nor rule tells apart from them
        behind = np.isin(alike[undecided], alike[block[~chosen[block]]])
        ask, undecided = ask.settle(undecided[behind], OUT), undecided[~behind]
    return chosen


def _could_be_earlier(block: Mask, rest: Mask) -> bool:
    """Whether somebody is in who comes after somebody of the block who is out."""
    return not block.all() and bool(block[np.argmin(block) :].any() or rest.any())


def _choice(model: Model, chosen: Chosen) -> Choice:
    value = Fraction(chosen.worth, model.problem.scale)
    if not chosen.proved:
        return Choice(model.keys_of(chosen.mask), value, proved=False, others=None, swap=None)
    other = _another(model, chosen)
    swap = None if other is None else model.swap(chosen.mask, other)
    return Choice(model.keys_of(chosen.mask), value, proved=True, others=other is not None, swap=swap)


def _another(model: Model, chosen: Chosen) -> Mask | None:
    """Another set worth the same, as like the chosen one as can be; None if there is none."""
    twins = _twins(model, chosen.mask)
    if twins is not None:
        other = chosen.mask.copy()
        other[list(twins)] = ~other[list(twins)]
        return other
    here = chosen.mask.astype(np.int64)
    # a set that has all of these people is this one: leave out one at least
    differs = Row(-here, 1 - model.seats)
    found = search(model, chosen.open, here, further=(Row(model.units, chosen.worth), differs))
    if found is not None and not found.proved:
        raise NotProved("Whether another set is worth the same couldn't be decided")
    return None if found is None else found.chosen


def _twins(model: Model, chosen: Mask) -> tuple[int, int] | None:
    """Somebody in and somebody out whom neither score nor rule tells apart: the last of those in, the first of those out."""
    first_out: dict[tuple[int, int], int] = {}
    free = model.ask().fixed == FREE
    for i in np.flatnonzero(free & ~chosen):
        first_out.setdefault((int(model.kind[i]), int(model.units[i])), int(i))
    for i in np.flatnonzero(free & chosen)[::-1]:
        if (twin := first_out.get((int(model.kind[i]), int(model.units[i])))) is not None:
            return int(i), twin
    return None


def nearest(model: Model, nodes: int | None) -> Infeasible:
    """The least total shortfall; of all sets that fall short by so little, one worth the most, by the tie rule within its limits."""
    short = least_short(model, nodes=nodes)
    misses = []
    moved = {}
    for r, rule in enumerate(model.rules):
        count = int(model.has[r, short.chosen].sum())
        if count < rule.floor:
            misses.append(Miss(Limit(rule, Side.FLOOR), rule.floor - count))
            moved[rule] = replace(rule, floor=count)
        elif rule.ceiling is not None and count > rule.ceiling:
            misses.append(Miss(Limit(rule, Side.CEILING), count - rule.ceiling))
            moved[rule] = replace(rule, ceiling=count)
    relaxed = replace(model.problem, rules=tuple(moved.get(rule, rule) for rule in model.rules))
    choice = choose(relaxed, nodes=nodes)
    assert isinstance(choice, Choice)  # the set that was just found keeps these rules
    total = sum(miss.by for miss in misses)
    return Infeasible(total, tuple(misses), tuple(faults(model)), choice, relaxed, short.proved)
