"""Why each person is in or out: by asking the same question again with one thing changed, never by shadow prices.

- Where rank and decisions alone would have put somebody on the same side, rank or the decision is the reason, and nothing is solved.
- For everybody else a rule is. Each tight limit is lifted in turn, for all people at once: if somebody changes sides, it's a cause. Where
  none is alone, a set of limits is found that is, lifted together, and of which none can be spared.
- What their place is worth, and who'd have it else, is one more question for each: the best set with them on the other side.

Causes and in whose place somebody is in depend on the problem and nothing else: the choice without a limit is the one of the tie rule, and
which limits are taken of several that do it together is settled by the order of people and rules (_together). Of several best sets
with somebody on the other side that differ as little, any one may be named: each of them is true.

Where many limits are tight that's hundreds of questions, which nobody should wait for. Whoever has no time says how many may be asked:
causes come first, then what a place is worth to those whom a rule moved, then to others.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

import numpy as np

from selection.composition.choosing import Chosen, decide
from selection.composition.model import FREE, IN, OUT, Ask, Mask, Model, Whole
from selection.composition.problem import BadProblem, NotProved, Problem
from selection.composition.results import Cause, Choice, Explanation, Explanations, Lift, Limit, Reason, Side, Swap
from selection.composition.solver import FINE, Bound, best, multipliers_of


def explain(problem: Problem, choice: Choice, *, questions: int | None = None) -> Explanations:
    """Everybody, in rank order. `choice` is the proved one of this very problem; another is refused. `questions` is how many may
    be asked, though every tight limit's is in any case; None for as many as it takes."""
    if not choice.proved:
        raise BadProblem("Only a choice that is proved can be explained")
    return _Explaining(Model(problem), choice, questions).all()


class Spent(Exception):
    """No more questions."""


def all_but_one(limits: list[Limit]) -> list[list[Limit]]:
    return [limits[:n] + limits[n + 1 :] for n in range(len(limits))]


class Pool:
    """Sets that were found so far. One that does what is asked next tells the search how good its answer is at least."""

    def __init__(self, model: Model, first: Mask) -> None:
        self.model = model
        self.sets: Mask = np.zeros((0, model.size), dtype=bool)
        self.counts: Whole = np.zeros((0, len(model.rules)), dtype=np.int64)
        self.add(first)

    def add(self, chosen: Mask) -> None:
        if not (self.sets == chosen).all(axis=1).any():
            self.sets = np.concatenate([self.sets, chosen[None]])
            self.counts = np.concatenate([self.counts, (self.model.ones @ chosen)[None]])

    def best(self, ask: Ask, weights: Whole) -> Mask | None:
        """Of the sets that do what is asked, one worth the most; None if none does."""
        settled = ask.fixed != FREE
        fits = (ask.low <= self.counts).all(axis=1) & (self.counts <= ask.high).all(axis=1)
        fits &= (self.sets[:, settled] == (ask.fixed[settled] == IN)).all(axis=1)
        if not fits.any():
            return None
        found: Mask = self.sets[np.where(fits, self.sets @ weights, np.iinfo(np.int64).min).argmax()]
        return found


class _Explaining:
    def __init__(self, model: Model, choice: Choice, questions: int | None) -> None:
        self.model = model
        self.questions = questions
        self.ask = model.ask()
        self.chosen: Mask = np.zeros(model.size, dtype=bool)
        self.chosen[[model.index[key] for key in choice.chosen]] = True
        self.worth = int(model.units[self.chosen].sum())
        prices = multipliers_of(model, self.ask, model.units)
        if prices is None or not model.keeps(self.ask, self.chosen):
            raise BadProblem("That is not a choice of this problem")
        self.prices = prices
        self.bound = Bound(model, self.ask, model.units, prices)
        # by rank alone, and by rank with the decisions
        self.top: Mask = np.arange(model.size) < model.problem.places
        self.by_rank: Mask = self.ask.fixed == IN
        free = np.flatnonzero(self.ask.fixed == FREE)
        self.by_rank[free[: model.seats - int(self.by_rank.sum())]] = True
        chosen_freely = np.flatnonzero(self.chosen & (self.ask.fixed == FREE))
        self.last = int(chosen_freely[-1]) if len(chosen_freely) else -1
        self.limits = model.limits()
        self.tight = [limit for limit in self.limits if model.count(limit, self.chosen) == limit.number]
        # what rank would break: without these limits it's the choice, so together they're the cause of every change of sides
        self.broken = [limit for limit in self.limits if self._breaks(limit, self.by_rank)]
        self.pool = Pool(model, self.chosen)
        self.known: dict[frozenset[Limit], Chosen] = {}
        self.priced: dict[tuple[int, bool], tuple[int, Mask | None]] = {}
        self.sets: list[list[Limit]] = []

    def all(self) -> Explanations:
        if self.questions is not None:
            self.questions = max(self.questions - len(self.tight), 0)
        self.tight = [limit for limit in self.tight if self._can_be_lifted(limit)]
        told = [self._explain(i) for i in range(self.model.size)]
        by_rule = [i for i, each in enumerate(told) if each.causes]
        # those who see somebody ranked below them chosen are told what their place would cost
        passed = [i for i, each in enumerate(told) if each.reason is Reason.OUT_BY_RANK and i < self.last]
        for i in (*by_rule, *passed):
            told[i] = self._priced(i, told[i])
        lifts = tuple(self._lift(limit) for limit in self.tight)
        return Explanations(self.model.problem.places, self.model.size, tuple(told), lifts)

    def _can_be_lifted(self, limit: Limit) -> bool:
        """Ask every limit's question first. One without a proved answer is no cause of anything."""
        try:
            self._without([limit], free=True)
        except NotProved:
            return False
        return True

    def _explain(self, i: int) -> Explanation:
        key, rank = self.model.keys[i], i + 1
        if self.ask.fixed[i] != FREE:
            return Explanation(key, Reason.IN_BY_DECISION if self.chosen[i] else Reason.OUT_BY_DECISION, rank)
        if self.chosen[i] != self.by_rank[i]:
            return self._by_rule(i)
        if self.chosen[i]:
            return Explanation(key, Reason.IN_BY_RANK if self.top[i] else Reason.IN_AFTER_DECISIONS, rank)
        return Explanation(key, Reason.OUT_AFTER_DECISIONS if self.top[i] else Reason.OUT_BY_RANK, rank)

    def _by_rule(self, i: int) -> Explanation:
        is_in = bool(self.chosen[i])
        limits = sorted((limit for limit in self.tight if self._changes(i, [limit])), key=lambda x: self._remote(i, x))
        together, some = not limits, False
        if together:
            limits, some = self._together(i)
        return Explanation(
            self.model.keys[i],
            Reason.IN_BY_RULE if is_in else Reason.OUT_BY_RULE,
            i + 1,
            tuple(self._cause(limit) for limit in limits),
            together,
            some,
            self._in_place_of(i, limits if together else limits[:1]) if is_in else None,
        )

    def _priced(self, i: int, told: Explanation) -> Explanation:
        try:
            price, change = self._price(i)
        except (Spent, NotProved):
            return replace(told, at_least=self._at_least(i))
        return replace(told, price=price, change=change)

    def _remote(self, i: int, limit: Limit) -> bool:
        """Causes nearer to the person come first: somebody is in by a floor of their own, and out by a ceiling of their own."""
        own = limit.rule.holds(self.model.people[i])
        return not (own and limit.side is (Side.FLOOR if self.chosen[i] else Side.CEILING))

    def _cause(self, limit: Limit) -> Cause:
        return Cause(limit, self.model.count(limit, self.chosen), self.model.count(limit, self.by_rank))

    def _without(self, lifted: Iterable[Limit], *, free: bool = False) -> Chosen:
        """The choice as it would be without some limits, by the same tie rule. Spent, unless it's `free`."""
        lifted = frozenset(lifted)
        if lifted not in self.known:
            if not free:
                self._spend()
            ask = self.model.ask(lifted)
            known = self.pool.best(ask, self.model.units)
            found = decide(self.model, ask, multipliers=self.prices, known=known)
            if found is None or not found.proved:
                raise NotProved("The choice without a rule couldn't be proved")
            self.pool.add(found.some)
            self.known[lifted] = found
        return self.known[lifted]

    def _spend(self) -> None:
        if self.questions is not None:
            if not self.questions:
                raise Spent
            self.questions -= 1

    def _breaks(self, limit: Limit, chosen: Mask) -> bool:
        count = self.model.count(limit, chosen)
        return count < limit.number if limit.side is Side.FLOOR else count > limit.number

    def _changes(self, i: int, lifted: Iterable[Limit]) -> bool:
        return self._without(lifted).has(i) != bool(self.chosen[i])

    def _together(self, i: int) -> tuple[list[Limit], bool]:
        """Limits that put somebody on their side only together: lifting all of them moves the person, lifting all but one doesn't.

        The first of those that did so to somebody ranked above; or else all that rank would break, less what can be spared: half of them at
        a time, then a quarter, down to one by one, in the order of the limits. So nothing depends on what happened to be asked before.
        When no more may be asked, or no answer is proved, what was reached so far, and True: some of these limits would do.
        """
        kept = self.broken
        try:
            for limits in self.sets:
                if self._changes(i, limits) and not any(self._changes(i, rest) for rest in all_but_one(limits)):
                    return limits, False
            size = max(len(kept) // 2, 1)
            while True:
                fewer = self._spare(i, kept, size)
                if size == 1 and len(fewer) == len(kept):
                    self.sets.append(fewer)
                    return fewer, False
                kept, size = fewer, max(size // 2, 1)
        except (Spent, NotProved):
            return kept, True

    def _spare(self, i: int, limits: list[Limit], size: int) -> list[Limit]:
        """Leave out as many runs of `size` limits as can be."""
        start = 0
        while start < len(limits):
            fewer = limits[:start] + limits[start + size :]
            if fewer and self._changes(i, fewer):
                limits = fewer
            else:
                start += size
        return limits

    def _in_place_of(self, i: int, lifted: Iterable[Limit]) -> str:
        """Who comes in when the causes are lifted; if several change places, the first for the first, in rank order."""
        swap = self.model.swap(self.chosen, self._without(lifted, free=True).mask)
        return swap.comes_in[swap.goes_out.index(self.model.keys[i])]

    def _price(self, i: int) -> tuple[Fraction | None, Swap | None]:
        """What it costs to have the person on the other side, and how: the best such set, of those one that differs least.

        Asked once for all who have the same score and are under the same rules: one stands in for another.
        """
        alike = (int(self.model.alike[i]), bool(self.chosen[i]))
        if alike not in self.priced:
            self._spend()
            self.priced[alike] = (i, self._best_on_other_side(i))
        first, other = self.priced[alike]
        if other is None:
            return None, None
        other = other.copy()
        other[[first, i]] = other[[i, first]]
        price = Fraction(self.worth - int(self.model.units[other].sum()), self.model.problem.scale)
        return price, self.model.swap(self.chosen, other)

    def _at_least(self, i: int) -> Fraction:
        """What the price can't be less than: what the bound of all sets loses with the person on the other side."""
        most = (self.bound.most - self._loss(i)) // FINE
        return Fraction(max(self.worth - int(most), 0), self.model.problem.scale)

    def _loss(self, i: int) -> int:
        """What the bound loses; nothing if it would have had the person on the other side anyway."""
        return int(self.bound.loss[i]) if self.bound.above[i] == self.chosen[i] else 0

    def _best_on_other_side(self, i: int) -> Mask | None:
        step = self.model.seats + 1
        weights = self.model.units * step + self.chosen
        ask = self.ask.settle([i], OUT if self.chosen[i] else IN)
        known = self.pool.best(ask, weights)
        found = best(self.model, ask, weights, multipliers=self.prices * step, known=known)
        if found is None:
            return None
        if not found.proved:
            raise NotProved("The price of a place couldn't be proved")
        self.pool.add(found.chosen)
        return found.chosen

    def _lift(self, limit: Limit) -> Lift:
        without = self._without([limit]).mask
        gain = int(self.model.units[without].sum()) - self.worth
        return Lift(limit, Fraction(gain, self.model.problem.scale), self.model.swap(self.chosen, without))
