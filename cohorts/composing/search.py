"""The search: from a division by lot uphill by swaps, then out of each summit by small shoves, counted in steps.

A step compares every swap between one set and all others. The same problem, seed and steps give the same sets on every machine, however
fast: nothing asks the clock. It is an iterated local search after Lai and Hao (2016, doi 10.1016/j.ejor.2016.05.018), whose weak
and strong shoves these are; the table of what each person is worth to each set makes a step one expression of numpy.

What must hold is worth more than any sum of what counts, so the search gives way on a rule only where none can be kept.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cohorts.composing.problem import Problem

SHOVES = (1, 2, 3)
# So many summits in a row that were no higher, and the search leaves the best one by a strong shove.
PATIENCE, PATIENCE_EACH = 400, 8
NEVER = -1e18
TINY = 1e-7


class Search:
    """`improve(n)` spends n steps; `places()` is the best division found so far, as each person's set."""

    def __init__(self, problem: Problem, *, seed: int) -> None:
        self.problem, self.steps = problem, 0
        self.random = np.random.Generator(np.random.PCG64(seed))
        self.rooms = [most for _, most in problem.sizes]
        # Empty chairs make a move a swap: a person changes places with one.
        self.real = problem.people
        self.size = sum(self.rooms)
        self.worth, self.leaning, self.rule = _tables(problem, self.size)
        self.stays = np.zeros(self.size)
        self.stays[list(problem.locked)] = NEVER
        self.movable = [i for i in range(self.size) if i not in problem.locked]
        self._sit(self._deal())
        self.value = float(self.own.sum() + self.leaning[self.set_of, np.arange(self.size)].sum()) / 2
        self.best_value, self.best = self.value, self.set_of.copy()
        self.swaps: list[tuple[int, int, float]] = []
        self.waiting = set(range(len(self.rooms)))
        self.quiet = self.summits = 0
        self.drawn: list[list[int]] = []

    def improve(self, steps: int) -> None:
        """Spends at least `steps` steps, and as many more as the climb takes that it is on."""
        until = self.steps + steps
        if len(self.rooms) < 2 or len(self.movable) < 2:
            self.steps = until
            return
        if self.waiting:
            self._climb()
            self._keep()
        patience = PATIENCE + PATIENCE_EACH * self.real
        while self.steps < until:
            before = self.value
            self.swaps = []
            strong = self.quiet >= patience
            if strong:
                self._return_to_best()
                self.quiet, before = 0, NEVER
            self.summits += 1
            self._shove(max(4, self.real // 8) if strong else SHOVES[self.summits % len(SHOVES)])
            self._climb()
            self.quiet += 1
            if self.value < before - TINY:
                self._undo()
            self._keep()

    def reaches(self, bound: float) -> bool:
        """Whether the best so far keeps every rule and is worth the bound, so that nothing better can be found."""
        plain = not (self.problem.met or self.problem.before or self.size > self.real)
        return plain and self.best_value >= bound + self.rule * len(self.problem.together) - 1e-6

    def places(self) -> list[int]:
        return [int(g) for g in self.best[: self.real]]

    def _keep(self) -> None:
        if self.value > self.best_value + TINY:
            self.best_value, self.best, self.quiet = self.value, self.set_of.copy(), 0

    def _climb(self) -> None:
        """The best swap of a set with any other, as long as one of them gains; only sets that a swap has touched are looked at again."""
        queue = sorted(self.waiting)
        waiting, self.waiting = set(queue), set()
        while queue:
            g = queue.pop()
            waiting.discard(g)
            rows = self.members[g]
            self.steps += 1
            gain = self.to_set[:, rows].T.take(self.set_of, axis=1)
            gain -= 2 * self.worth[rows]
            gain += self.to_set[g] - self.own + self.stays
            gain += (self.stays[rows] - self.own[rows])[:, None]
            gain[:, rows] = NEVER
            self._keep_filled(gain, g, rows)
            at = int(gain.argmax())
            row, j = divmod(at, self.size)
            if gain[row, j] > TINY:
                h = int(self.set_of[j])
                self._swap(rows[row], j, float(gain[row, j]))
                for touched in (h, g):
                    if touched not in waiting:
                        queue.append(touched)
                        waiting.add(touched)

    def _keep_filled(self, gain: Any, g: int, rows: list[int]) -> None:
        """No set falls below its fewest: who is one too few to lose takes no empty chair."""
        if self.size == self.real:
            return
        real = np.array([i < self.real for i in rows])
        if self.filled[g] <= self.problem.sizes[g][0]:
            gain[np.ix_(real, np.arange(self.size) >= self.real)] = NEVER
        if not real.all():
            bare = [h for h, (fewest, _) in enumerate(self.problem.sizes) if self.filled[h] <= fewest]
            gain[np.ix_(~real, np.isin(self.set_of, bare))] = NEVER

    def _swap(self, i: int, j: int, gain: float) -> None:
        g, h = int(self.set_of[i]), int(self.set_of[j])
        change = self.worth[j] - self.worth[i]
        self.to_set[g] += change
        self.to_set[h] -= change
        self.set_of[i], self.set_of[j] = h, g
        here, there = self.members[g], self.members[h]
        here[here.index(i)], there[there.index(j)] = j, i
        self.own[here], self.own[there] = self.to_set[g, here], self.to_set[h, there]
        if (i < self.real) != (j < self.real):
            self.filled[g] += 1 if i >= self.real else -1
            self.filled[h] += 1 if j >= self.real else -1
        self.value += gain
        self.swaps.append((i, j, gain))

    def _gain(self, i: int, j: int) -> float:
        g, h = self.set_of[i], self.set_of[j]
        there, here = self.to_set[h, i] - self.own[i], self.to_set[g, j] - self.own[j]
        return float(there + here - 2 * self.worth[i, j])

    def _shove(self, strength: int) -> None:
        done = tried = 0
        while done < strength and tried < 50 * strength:
            tried += 1
            i, j = self._draw()
            if self.set_of[i] == self.set_of[j] or not self._may(i, j):
                continue
            self.waiting |= {int(self.set_of[i]), int(self.set_of[j])}
            self._swap(i, j, self._gain(i, j))
            done += 1

    def _may(self, i: int, j: int) -> bool:
        if (i < self.real) == (j < self.real):
            return True
        loses = int(self.set_of[i if i < self.real else j])
        return self.filled[loses] > self.problem.sizes[loses][0]

    def _draw(self) -> tuple[int, int]:
        if not self.drawn:
            self.drawn = self.random.integers(0, len(self.movable), size=(4096, 2)).tolist()
        one, other = self.drawn.pop()
        return self.movable[one], self.movable[other]

    def _undo(self) -> None:
        for i, j, gain in reversed(self.swaps.copy()):
            self._swap(i, j, -gain)
        self.swaps = []

    def _return_to_best(self) -> None:
        self._sit(self.best.copy())
        self.value = self.best_value

    def _sit(self, places: Any) -> None:
        """Everything that follows from who sits where."""
        everybody = np.arange(self.size)
        self.set_of = places
        self.members = [np.flatnonzero(places == g).tolist() for g in range(len(self.rooms))]
        self.filled = [sum(i < self.real for i in group) for group in self.members]
        seats = np.zeros((len(self.rooms), self.size))
        seats[places, everybody] = 1
        # What each person is, or would be, worth to each set, and is worth to their own.
        self.to_set = seats @ self.worth + self.leaning
        self.own = self.to_set[places, everybody]

    def _deal(self) -> Any:
        """A start: whoever's set is given sits down, then the others by lot, so that each set has its fewest first."""
        problem = self.problem
        places = np.full(self.size, -1, dtype=np.intp)
        room = list(self.rooms)
        for who, place in problem.locked.items():
            places[who] = place
            room[place] -= 1
        for who, place in problem.before.items():
            if places[who] < 0 and room[place] > 0:
                places[who] = place
                room[place] -= 1
        inside = [int((places == g).sum()) for g in range(len(room))]
        standing = [int(i) for i in self.random.permutation(self.real) if places[i] < 0]
        lacking = sum(max(0, fewest - inside[g]) for g, (fewest, _) in enumerate(problem.sizes))
        # Everybody has a seat, but a set has too few: those come from the sets that have most.
        for _ in range(lacking - len(standing)):
            most = max(range(len(room)), key=lambda g: inside[g] - problem.sizes[g][0])
            who = next(int(i) for i in np.flatnonzero(places == most) if i not in problem.locked)
            places[who] = -1
            standing.append(who)
            inside[most] -= 1
            room[most] += 1
        chairs = [
            g for g, (fewest, _) in enumerate(problem.sizes) for _ in range(max(0, min(room[g], fewest - inside[g])))
        ]
        spare = room.copy()
        for g in chairs:
            spare[g] -= 1
        chairs += [g for g, left in enumerate(spare) for _ in range(left)]
        empty = list(range(self.real, self.size))
        for who, chair in zip([*standing, *empty], chairs, strict=True):
            places[who] = chair
        return places


def _tables(problem: Problem, size: int) -> tuple[Any, Any, float]:
    """What each pair is worth in one set, and what a person is worth to a set by themselves; rules weigh more than all that counts."""
    people = problem.people
    worth = np.zeros((size, size))
    leaning = np.zeros((len(problem.sizes), size))
    if problem.distances is not None:
        worth[:people, :people] = np.asarray(problem.distances, dtype=float)
    else:
        for attribute in problem.attributes:
            worth[:people, :people] += _pairs(attribute)
    np.fill_diagonal(worth, 0)
    if any(fewest != most for fewest, most in problem.sizes) and problem.distances is None and people > 1:
        # Sizes may vary: pairs count by how far they are from the mean, or the larger sets would win.
        inner = worth[:people, :people]
        inner -= inner.sum() / (people * (people - 1))
        np.fill_diagonal(worth, 0)
    top = max(float(np.abs(worth).max()), 1.0)
    most = max(room for _, room in problem.sizes)
    # More than any one move can gain.
    move = top * 2 * most
    rule = 100 * move if problem.before or problem.met else 30 * top
    again = move if problem.met_points is None else problem.met_points
    for (a, b), times in problem.met.items():
        worth[a, b] -= times * again
        worth[b, a] -= times * again
    for who, place in problem.before.items():
        leaning[:, who] -= move
        leaning[place, who] += move
    for pairs, sign in ((problem.apart, -1), (problem.together, 1)):
        for a, b in pairs:
            worth[a, b] += sign * rule
            worth[b, a] += sign * rule
    for who, place in problem.places:
        leaning[place, who] -= rule
    return worth, leaning, rule


def _pairs(attribute: Any) -> Any:
    values = attribute.values
    if attribute.steps:
        known = np.array([value is not None for value in values])
        numbers = np.array([0 if value is None else value for value in values], dtype=float)
        return attribute.weight * np.abs(numbers[:, None] - numbers) * (known[:, None] & known)
    codes: dict[Any, int] = {}
    numbers = np.array([-1 - i if v is None else codes.setdefault(v, len(codes)) for i, v in enumerate(values)])
    same = numbers[:, None] == numbers
    return attribute.weight * (same if attribute.alike else ~same)
