"""The most valuable set for one question, exactly.

A bound in whole numbers (Lagrange) says of nearly everybody, without any search, that no best set has them, or that every best set has;
HiGHS, which SciPy carries, searches among the few who remain. Its multipliers and its search are floating point, so neither is taken at
its word: the bound holds for any multipliers, sets are counted again, and a set counts as proved only if HiGHS's own bound lies less than
half a unit above it, where the next better set would be a whole unit above.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from selection.composition.model import FREE, IN, OUT, Ask, Mask, Model, Whole, kinds_of
from selection.composition.problem import NotProved

# Multipliers are rounded to this fraction of a unit.
FINE = 1024
# How many people nearest to the line are searched first, the others standing where the bound would have them.
NEAREST = 60
OPTIMAL, STOPPED, INFEASIBLE = 0, 1, 2
# The next better set would be a whole unit better: half of it is what a bound in floating point may be wrong by.
HALF = 0.5
# How far from a whole number of people an answer in parts may be and still be tried as one.
NEARLY = 1e-6


@dataclass(frozen=True)
class Row:
    """A further condition: the sum of `weights` over the chosen is at least `least`."""

    weights: Whole
    least: int


@dataclass(frozen=True)
class Found:
    """A best set, its worth in the weights that were asked for, whether that's proved, and the multipliers that showed it."""

    chosen: Mask
    worth: int
    proved: bool
    multipliers: Whole


def best(
    model: Model,
    ask: Ask,
    weights: Whole,
    *,
    multipliers: Whole | None = None,
    known: Mask | None = None,
    nodes: int | None = None,
) -> Found | None:
    """A set of the largest weight, or None if there is none.

    What is known already saves work: `multipliers` of a similar question, and a set that does what is asked. The better the known set, the
    fewer people are left to search among. `nodes` limits the search (not the clock: the same question gets the same answer); NotProved
    if it ends without any set.
    """
    ask = outclassed(model, ask, weights)
    if known is not None and multipliers is not None:
        # whom this settles, the program that finds the question’s own prices needn’t have
        ask = _settled(model, ask, weights, multipliers, known)
    prices = multipliers_of(model, ask, weights)
    if prices is None:
        _deny(known)
        return None
    bound = Bound(model, ask, weights, prices)
    if known is not None:
        worth = int(weights[known].sum())
        if bound.most < (worth + 1) * FINE:
            return Found(known, worth, True, prices)
        ask = bound.settle(bound.settled_by(worth))
    trial = bound.settle(~bound.nearest(NEAREST))
    if known is None or ((trial.fixed != FREE) & (ask.fixed == FREE)).any():
        found = search(model, trial, weights, nodes=nodes)
        if found is not None and found.proved:
            ask = bound.settle(bound.settled_by(found.worth))
            if not ((ask.fixed == FREE) & (trial.fixed != FREE)).any():
                return replace(found, multipliers=prices)
            if known is None or found.worth > worth:
                known = found.chosen
    found = search(model, ask, weights, known=known, nodes=nodes)
    if found is None:
        _deny(known)
        return None
    return replace(found, multipliers=prices)


def _settled(model: Model, ask: Ask, weights: Whole, multipliers: Whole, known: Mask) -> Ask:
    bound = Bound(model, ask, weights, multipliers)
    return bound.settle(bound.settled_by(int(weights[known].sum())))


def _deny(known: Mask | None) -> None:
    """There’s no set; where one is known the solver is wrong to say so."""
    if known is not None:
        raise NotProved("The solver finds no set where one is known")


class Bound:
    """Prices on the rules, and what no set can be worth more than at those prices. Whole numbers throughout, in units of 1/FINE.

    A set that keeps the rules is worth at most the sum of its people's weights less the prices of the rules they're under, plus each
    rule's price times its ceiling (or its floor, if the price is negative: a floor pays people to come). That holds for any prices.
    """

    def __init__(self, model: Model, ask: Ask, weights: Whole, multipliers: Whole) -> None:
        self.ask = ask
        self.free: Mask = ask.fixed == FREE
        # no price on a limit that isn't there
        price = np.where((ask.low <= 0) & (multipliers < 0), 0, multipliers)
        price = np.where((ask.high >= model.size) & (price > 0), 0, price)
        left = weights * FINE - price @ model.ones
        places = model.seats - int((ask.fixed == IN).sum())
        free = np.flatnonzero(self.free)
        order = free[np.argsort(-left[free], kind="stable")]
        self.above: Mask = np.zeros(model.size, dtype=bool)
        self.above[order[:places]] = True
        self.most = int(left[self.above].sum() + left[ask.fixed == IN].sum())
        self.most += int(np.where(price > 0, price * ask.high, price * ask.low).sum())
        # What the bound loses at least if somebody stood on the other side of the line. If nobody can change places, nobody does.
        self.loss: Whole = np.full(model.size, np.iinfo(np.int64).max // 2, dtype=np.int64)
        if 0 < places < len(order):
            last, first = left[order[places - 1]], left[order[places]]
            self.loss[order[:places]] = left[order[:places]] - first
            self.loss[order[places:]] = last - left[order[places:]]

    def nearest(self, count: int) -> Mask:
        mask: Mask = np.zeros(len(self.loss), dtype=bool)
        free = np.flatnonzero(self.free)
        mask[free[np.argsort(self.loss[free], kind="stable")[:count]]] = True
        return mask

    def settled_by(self, worth: int) -> Mask:
        """Who stands on the same side in every set worth at least so much."""
        return self.free & (self.loss > self.most - worth * FINE)

    def settle(self, people: Mask) -> Ask:
        people = people & self.free
        fixed = np.where(people, np.where(self.above, IN, OUT), self.ask.fixed)
        return Ask(fixed, self.ask.low, self.ask.high)


def outclassed(model: Model, ask: Ask, weights: Whole) -> Ask:
    """Settle as OUT whom too many of the very same kind precede: if a rule lets in three, the fourth best is never needed."""
    free = np.flatnonzero(ask.fixed == FREE)
    if not len(free):
        return ask
    room = np.where(model.has[:, free], ask.high[:, None], model.seats).min(axis=0, initial=model.seats)
    order = np.lexsort((free, -weights[free], model.kind[free]))
    kinds = model.kind[free][order]
    first = np.r_[True, kinds[1:] != kinds[:-1]]
    begin = np.maximum.accumulate(np.where(first, np.arange(len(kinds)), 0))
    beyond = np.arange(len(kinds)) - begin >= room[order]
    return ask.settle(free[order][beyond], OUT)


@dataclass(frozen=True)
class Program:
    """The linear program: a column for each group of people alike in everything it asks about; the first row counts the places, then
    come the rules `needed`, then what is asked further."""

    free: Whole
    group: Whole
    size: Whole
    weights: Whole
    needed: Whole
    rows: Any
    low: Whole
    high: Whole
    possible: bool

    @classmethod
    def of(cls, model: Model, ask: Ask, weights: Whole, further: tuple[Row, ...] = ()) -> Program:
        """`possible` is false if the rules can be seen to be impossible without solving anything."""
        free = np.flatnonzero(ask.fixed == FREE)
        settled = ask.fixed == IN
        counts = model.ones[:, settled].sum(axis=1)
        members = model.ones[:, free].sum(axis=1)
        low, high = ask.low - counts, ask.high - counts
        places = model.seats - int(settled.sum())
        needed = np.flatnonzero((low > 0) | (high < members))
        # alike: under the same rules, of those that could be broken, and the same weights everywhere
        kind = kinds_of(model.has[np.ix_(needed, free)])
        marks = np.stack([kind, weights[free], *(row.weights[free] for row in further)])
        _marks, first, group, size = np.unique(
            marks, axis=1, return_index=True, return_inverse=True, return_counts=True
        )
        someone = free[first]
        rows = [np.ones((1, len(someone)), dtype=np.int64), model.ones[np.ix_(needed, someone)]]
        rows += [row.weights[None, someone] for row in further]
        least = [row.least - int(row.weights[settled].sum()) for row in further]
        most = [int(np.abs(row.weights).sum()) for row in further]
        return cls(
            free=free,
            group=group.reshape(-1),
            size=size,
            weights=weights[someone],
            needed=needed,
            rows=np.concatenate(rows),
            low=np.concatenate([[places], low[needed], least]),
            high=np.concatenate([[places], high[needed], most]),
            possible=bool((low <= members).all() and (high >= 0).all() and 0 <= places <= len(free)),
        )

    def solve(self, *, whole: bool, nodes: int | None = None) -> tuple[npt.NDArray[np.float64], float] | None:
        """How many to take of each group, and what none can be worth more than; None if nothing fits. `whole` people only, or parts too."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        options: dict[str, Any] = {"mip_rel_gap": 0.0} | ({} if nodes is None else {"node_limit": nodes})
        answer = milp(
            -self.weights,
            integrality=np.ones(len(self.size)) if whole else None,
            bounds=Bounds(0, self.size),
            constraints=LinearConstraint(sparse(self.rows), self.low, self.high),
            options=options if whole else None,
        )
        if answer.status == INFEASIBLE:
            return None
        if answer.x is None:
            raise NotProved(answer.message)
        return answer.x, -float(answer.mip_dual_bound if whole else answer.fun)


def search(
    model: Model,
    ask: Ask,
    weights: Whole,
    *,
    further: tuple[Row, ...] = (),
    known: Mask | None = None,
    nodes: int | None = None,
) -> Found | None:
    """The best set among those who aren't settled. None if no set does what is asked. `known` is a set that does: it's given back if
    none is better.

    First without asking that people be whole, which takes a fraction of the time: mostly the answer has whole people all the same, or is
    worth no more than the known set. Only otherwise by branch and bound.
    """
    program = Program.of(model, ask, weights, further)
    if not program.possible:
        return None
    settled = int(weights[ask.fixed == IN].sum())
    if not len(program.free):
        chosen = ask.fixed == IN
        kept = _keeps(model, ask, chosen, further)
        return Found(chosen, settled, True, _no_prices(model)) if kept else None
    answer = program.solve(whole=False)
    if answer is None:
        return None
    taken, bound = answer
    chosen = people_of(ask, program, np.rint(taken).astype(np.int64))
    if np.abs(taken - np.rint(taken)).max() > NEARLY or not _keeps(model, ask, chosen, further):
        if known is not None and bound + settled < int(weights[known].sum()) + HALF:
            return Found(known, int(weights[known].sum()), True, _no_prices(model))
        answer = program.solve(whole=True, nodes=nodes)
        if answer is None:
            return None
        taken, bound = answer
        chosen = people_of(ask, program, np.rint(taken).astype(np.int64))
        if not _keeps(model, ask, chosen, further):
            raise NotProved("The solver's set doesn't keep the rules")
    worth = int(weights[chosen].sum())
    return Found(chosen, worth, bound + settled < worth + HALF, _no_prices(model))


def _keeps(model: Model, ask: Ask, chosen: Mask, further: tuple[Row, ...]) -> bool:
    return model.keeps(ask, chosen) and all(row.weights[chosen].sum() >= row.least for row in further)


def _no_prices(model: Model) -> Whole:
    return np.zeros(len(model.rules), dtype=np.int64)


def people_of(ask: Ask, program: Program, taken: Whole) -> Mask:
    """Of each group, as many as were taken, the earlier in rank first."""
    chosen: Mask = ask.fixed == IN
    order = np.argsort(program.group, kind="stable")
    begin = np.cumsum(program.size) - program.size
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order)) - begin[program.group[order]]
    chosen[program.free[place < taken[program.group]]] = True
    return chosen


def multipliers_of(model: Model, ask: Ask, weights: Whole) -> Whole | None:
    """What the linear relaxation would pay for one more under each rule (less than nothing for a floor); None if it has no solution."""
    from scipy.optimize import linprog

    program = Program.of(model, ask, weights)
    if not program.possible:
        return None
    price: Whole = np.zeros(len(model.rules), dtype=np.int64)
    if len(program.rows) == 1 or not len(program.free):
        return price
    answer = linprog(
        -program.weights,
        A_ub=sparse(np.concatenate([program.rows[1:], -program.rows[1:]])),
        b_ub=np.concatenate([program.high[1:], -program.low[1:]]),
        A_eq=program.rows[:1],
        b_eq=program.low[:1],
        bounds=np.stack([np.zeros(len(program.size)), program.size], axis=1),
        method="highs",
    )
    if answer.status == INFEASIBLE:
        return None
    if answer.status != OPTIMAL:
        raise NotProved(answer.message)
    ceiling, floor = np.split(answer.ineqlin.marginals, 2)
    price[program.needed] = np.rint((floor - ceiling) * FINE).astype(np.int64)
    return price


def sparse(rows: Any) -> Any:
    from scipy.sparse import csr_array

    return csr_array(rows.astype(float))
