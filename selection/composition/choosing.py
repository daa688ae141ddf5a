"""The best set, which of several equally good ones, and what to say when no set keeps the rules."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cached_property

import numpy as np

from selection.composition.model import FREE, IN, OUT, Ask, Mask, Model, Whole
from selection.composition.problem import NotProved, Problem
from selection.composition.results import Choice, Infeasible, Limit, Miss, Side
from selection.composition.shortfall import faults, least_short
from selection.composition.solver import Bound, Found, Row, best, outclassed, search

# How many people the tie rule settles in one solve: each weighs twice the next, so that the sum stays a number of six digits.
AT_ONCE = 20


class Chosen:
    """The best set by the tie rule; `open` is the question with everybody settled who's the same in all best sets.

    Who of them the tie rule puts in is found when it's asked, down the ranking and no further than the question needs.
    """

    def __init__(self, model: Model, ask: Ask, found: Found) -> None:
        self.model = model
        self.worth = found.worth
        self.proved = found.proved
        self.open = ask
        self._best = found.chosen
        self._ask = ask
        self._worth = Row(model.units, found.worth)
        self._undecided = np.flatnonzero(ask.fixed == FREE) if found.proved else np.empty(0, dtype=np.int64)

    @cached_property
    def mask(self) -> Mask:
        while len(self._undecided):
            self._decide_block()
        return self._best

    @property
    def some(self) -> Mask:
        """A set worth the most, whichever the tie rule would take."""
        return self._best

    def knows(self, i: int) -> bool:
        """Whether it's decided already about this person."""
        return bool(self._ask.fixed[i] != FREE) or not len(self._undecided)

    def has(self, i: int) -> bool:
        """Whether this person is in."""
        while not self.knows(i):
            self._decide_block()
        return bool(self._best[i])

    def _decide_block(self) -> None:
        """Of the next few down the ranking, as many of the best ranked as can be in a set worth the same."""
        model, chosen = self.model, self._best
        block, undecided = self._undecided[:AT_ONCE], self._undecided[AT_ONCE:]
        if _could_be_earlier(chosen[block], chosen[undecided]):
            weights: Whole = np.zeros(model.size, dtype=np.int64)
            weights[block] = 2 ** np.arange(len(block) - 1, -1, -1)
            better = search(model, self._ask, weights, further=(self._worth,), known=chosen)
            if better is None or not better.proved:
                raise NotProved("The tie between equally good sets couldn't be decided")
            chosen = better.chosen
        ask = self._ask.settle(block[chosen[block]], IN).settle(block[~chosen[block]], OUT)
        # nobody is in after somebody out whom neither score nor rule tells apart from them
        behind = np.isin(model.alike[undecided], model.alike[block[~chosen[block]]])
        self._best, self._ask = chosen, ask.settle(undecided[behind], OUT)
        self._undecided = undecided[~behind]


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


def decide(
    model: Model, ask: Ask, *, multipliers: Whole | None = None, known: Mask | None = None, nodes: int | None = None
) -> Chosen | None:
    """The best set by value, then by the tie rule. None if the rules can't be kept. `multipliers` and `known` as for best()."""
    found = best(model, ask, model.units, multipliers=multipliers, known=known, nodes=nodes)
    if found is None:
        return None
    if found.proved:
        ask = outclassed(model, ask, model.units)
        bound = Bound(model, ask, model.units, found.multipliers)
        ask = bound.settle(bound.settled_by(found.worth))
    return Chosen(model, ask, found)


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
