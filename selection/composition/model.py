"""A problem as arrays: people in rank order, scores as whole units, each rule as a row. Made once, asked many times."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from selection.composition.problem import Problem
from selection.composition.results import Limit, Side, Swap

Whole = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

FREE, IN, OUT = -1, 1, 0


@dataclass(frozen=True)
class Ask:
    """One question to the solver: who is settled (IN, OUT or FREE), and from `low` to `high` people for each rule."""

    fixed: Whole
    low: Whole
    high: Whole

    def settle(self, people: Sequence[int] | Whole, side: int) -> Ask:
        fixed = self.fixed.copy()
        fixed[people] = side
        return replace(self, fixed=fixed)


class Model:
    """Index i is the person of rank i + 1; row r is the rule `rules[r]`."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.people = problem.ranked
        self.keys = tuple(c.key for c in self.people)
        self.index = {key: i for i, key in enumerate(self.keys)}
        self.size = len(self.people)
        self.seats = problem.seats
        self.units: Whole = np.array([problem.units(c) for c in self.people], dtype=np.int64)
        self.rules = tuple(sorted(problem.rules, key=lambda r: r.order))
        self.has: Mask = np.zeros((len(self.rules), self.size), dtype=bool)
        self._fill_rows()
        self.ones: Whole = self.has.astype(np.int64)
        # People whom no rule can tell apart share a kind.
        self.kind = kinds_of(self.has)
        # Nor does the score tell apart those who share this number.
        self.alike: Whole = np.unique(np.stack([self.kind, self.units]), axis=1, return_inverse=True)[1].reshape(-1)

    def _fill_rows(self) -> None:
        row = {(rule.attribute, rule.value): r for r, rule in enumerate(self.rules)}
        for i, person in enumerate(self.people):
            for held in person.attributes.items():
                if (r := row.get(held)) is not None:
                    self.has[r, i] = True

    def ask(self, lifted: Iterable[Limit] = ()) -> Ask:
        """The problem itself, without the limits that are `lifted`."""
        fixed: Whole = np.full(self.size, FREE, dtype=np.int64)
        fixed[[self.index[key] for key in self.problem.forced_in]] = IN
        fixed[[self.index[key] for key in self.problem.forced_out]] = OUT
        low: Whole = np.array([r.floor for r in self.rules], dtype=np.int64)
        # no ceiling is one that no choice reaches; never below the floor, which may ask for more people than there are
        none = [max(self.size, r.floor) for r in self.rules]
        high: Whole = np.array(
            [n if r.ceiling is None else r.ceiling for n, r in zip(none, self.rules, strict=True)], dtype=np.int64
        )
        row = {rule: r for r, rule in enumerate(self.rules)}
        for limit in lifted:
            if limit.side is Side.FLOOR:
                low[row[limit.rule]] = 0
            else:
                high[row[limit.rule]] = self.size
        return Ask(fixed, low, high)

    def keeps(self, ask: Ask, chosen: Mask) -> bool:
        """Whether a set is one that was asked for: counted, not believed."""
        counts = self.has[:, chosen].sum(axis=1)
        settled = ask.fixed != FREE
        return bool(
            chosen.sum() == self.seats
            and (ask.low <= counts).all()
            and (counts <= ask.high).all()
            and (chosen[settled] == (ask.fixed[settled] == IN)).all()
        )

    def limits(self) -> list[Limit]:
        """All limits that could matter: those that no choice of people could break are left out."""
        members = self.has.sum(axis=1)
        found = []
        for r, rule in enumerate(self.rules):
            if rule.floor > 0:
                found.append(Limit(rule, Side.FLOOR))
            if rule.ceiling is not None and rule.ceiling < min(members[r], self.seats):
                found.append(Limit(rule, Side.CEILING))
        return found

    def count(self, limit: Limit, chosen: Mask) -> int:
        return int(self.has[self.rules.index(limit.rule), chosen].sum())

    def keys_of(self, chosen: Mask) -> tuple[str, ...]:
        return tuple(self.keys[i] for i in np.flatnonzero(chosen))

    def swap(self, here: Mask, there: Mask) -> Swap:
        """What must change to come from one set to another."""
        return Swap(comes_in=self.keys_of(there & ~here), goes_out=self.keys_of(here & ~there))


def kinds_of(has: Mask) -> Whole:
    """A number for each column, the same for columns that are the same."""
    kinds: dict[bytes, int] = {}
    columns = np.ascontiguousarray(np.packbits(has, axis=0).T)
    return np.array([kinds.setdefault(column.tobytes(), len(kinds)) for column in columns], dtype=np.int64)
