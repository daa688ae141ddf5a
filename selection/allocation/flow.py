"""Who has what, as a flow: what it costs, and how to make it as cheap as can be.

Places flow from applications to assessors. In order of importance, the cost counts places that stay empty, loose work that
moves, how unevenly empty places are spread over applications, applications without the expertise they ask for, and how uneven
the piles are. Each is linear or convex along single arcs, so that a plan is best exactly when no cycle of changes makes it
cheaper (Klein 1967, Management Science 14, 205-220; for piles alone Harvey et al. 2006, Journal of Algorithms 59, 53-78, show
that such a plan is best by every convex measure at once: the longest pile, the sum of squares, ...).

Expertise stays within a flow because an application asks for one: its assessors with it pass through a gate of their own, and
the first one through is worth something.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence

from selection.allocation.plan import Because, How

# A node: the outside (where empty places come from and piles end), an assessor, an application, or the gate of an application.
Node = tuple[str, int]
OUTSIDE: Node = ("outside", 0)
# (application, assessor, why they had it): taken from them; given to them where the last is None.
Change = tuple[int, int, Because | None]
PERSON, APPLICATION, GATE = "person", "application", "gate"


class Flow:
    """`kept` stands as it is; `new` is what the plan gives, and may change."""

    def __init__(
        self,
        *,
        kept: Mapping[int, Collection[int]],
        loose: Mapping[int, Collection[int]],
        assessors: Sequence[int],
        per_application: int,
        barred: Collection[tuple[int, int]],
        most: Mapping[int, int],
        experts: Mapping[int, Collection[int]],
        dice: random.Random,
    ) -> None:
        self.dice = dice
        self.per_application = per_application
        self.assessors = sorted(set(assessors))
        self.applications = sorted(kept)
        self.kept = {a: set(kept[a]) for a in self.applications}
        self.barred = set(barred)
        self.may = {
            a: {p for p in self.assessors if p not in self.kept[a] and (a, p) not in self.barred} for a in self.kept
        }
        self.loose = {a: set(loose.get(a, ())) & self.may[a] for a in self.applications}
        for a in self.applications:
            if len(self.kept[a]) + len(self.loose[a]) > per_application:  # more than asked for is no reason to move any
                self.kept[a] |= self.loose[a]
                self.may[a] -= self.loose[a]
                self.loose[a] = set()
        # Only while nobody who is kept has it, and only those who could come in.
        self.experts = {
            a: set(people) & self.may[a]
            for a, people in experts.items()
            if a in self.kept and not self.kept[a] & set(people)
        }
        self.new: dict[int, set[int]] = {a: set() for a in self.applications}
        self.pile: dict[int, set[int]] = {p: set() for p in self.assessors}
        self.loads = dict.fromkeys(self.assessors, 0)
        for people in self.kept.values():
            for person in people & self.loads.keys():
                self.loads[person] += 1
        self.most = {p: most[p] for p in self.assessors if p in most}
        self.because: dict[tuple[int, int], Because] = {}
        self.fixed: set[int] = set()  # applications that no change may pass through any more
        self.weigh()

    def weigh(self) -> None:
        """Weights so far apart that what matters less never outweighs what matters more along one cycle of changes, which passes
        each application once and the outside once."""
        places = len(self.applications)
        self.met = 2 * (places + max(self.loads.values(), default=0)) + 3
        self.spread = self.met * (places + 1) + self.met
        self.stay = self.spread * (2 * self.per_application + 3) + self.spread
        self.place = self.stay * (2 * places + 2) + self.stay

    # What there is

    def held(self, a: int) -> int:
        return len(self.kept[a]) + len(self.new[a])

    def lacks(self, a: int) -> int:
        return max(self.per_application - self.held(a), 0)

    def room(self, person: int) -> bool:
        return person not in self.most or self.loads[person] < self.most[person]

    def expert(self, a: int) -> int:
        """How many of those who came in have the expertise the application asks for."""
        return len(self.new[a] & self.experts.get(a, set()))

    def give(self, a: int, person: int, because: Because) -> None:
        self.new[a].add(person)
        self.pile[person].add(a)
        self.loads[person] += 1
        self.because[a, person] = because

    def take(self, a: int, person: int) -> None:
        self.new[a].discard(person)
        self.pile[person].discard(a)
        self.loads[person] -= 1
        del self.because[a, person]

    # A good beginning

    def begin(self) -> None:
        """Loose work stays where there is room; then each application draws, the hardest to place first: experts, then the rest."""
        for a in self.shuffled(self.applications):
            for person in self.shuffled(sorted(self.loose[a])):
                if self.lacks(a) and self.room(person):
                    self.give(a, person, Because(How.STAYS))
        for a in sorted(self.shuffled(sorted(self.experts)), key=lambda a: len(self.experts[a])):
            if not self.expert(a):
                self.draw(a, self.experts[a], How.EXPERTISE)
        rounds = self.shuffled(self.applications)
        rounds.sort(key=lambda a: len(self.may[a]))
        for a in rounds:
            while self.lacks(a) and self.draw(a, self.may[a], How.LOT):
                pass

    def draw(self, a: int, people: Collection[int], how: How) -> bool:
        """By lot among those who may, have room and have the fewest."""
        free = [p for p in sorted(people) if p not in self.new[a] and self.room(p)]
        if not free or not self.lacks(a):
            return False
        least = min(self.loads[p] for p in free)
        fewest = [p for p in free if self.loads[p] == least]
        self.give(a, self.dice.choice(fewest), Because(how, len(fewest)))
        return True

    def shuffled(self, things: Sequence[int]) -> list[int]:
        return self.dice.sample(things, len(things))

    # Changes, as arcs with a price

    def arcs(self, node: Node) -> Iterator[tuple[Node, int]]:
        """Where a change can go on from here, and what that step costs."""
        kind, key = node
        if kind == PERSON:
            yield from self.from_person(key)
        elif kind == GATE:
            yield from self.from_gate(key)
        elif kind == APPLICATION:
            yield from self.from_application(key)
        else:
            for a in self.applications:
                if self.lacks(a) and a not in self.fixed:
                    yield (APPLICATION, a), -self.place + self.spread * (2 * self.held(a) + 1)
            for person in self.assessors:
                if self.pile[person]:
                    yield (PERSON, person), 1 - 2 * self.loads[person]

    def from_person(self, person: int) -> Iterator[tuple[Node, int]]:
        """They hand over an application, or their pile ends here, one longer."""
        for a in sorted(self.pile[person] - self.fixed):
            kind = GATE if person in self.experts.get(a, ()) else APPLICATION
            yield (kind, a), self.stay if person in self.loose[a] else 0
        if self.room(person):
            yield OUTSIDE, 2 * self.loads[person] + 1

    def from_application(self, a: int) -> Iterator[tuple[Node, int]]:
        """Somebody without the expertise takes it, or somebody with it, or the place stays empty."""
        experts = self.experts.get(a, set())
        for person in sorted(self.may[a] - self.new[a] - experts):
            yield (PERSON, person), -self.stay if person in self.loose[a] else 0
        if experts - self.new[a]:
            yield (GATE, a), 0 if self.expert(a) else -self.met
        if self.new[a] and self.held(a) <= self.per_application:
            yield OUTSIDE, self.place - self.spread * (2 * self.held(a) - 1)

    def from_gate(self, a: int) -> Iterator[tuple[Node, int]]:
        for person in sorted(self.experts[a] - self.new[a]):
            yield (PERSON, person), -self.stay if person in self.loose[a] else 0
        inside = self.expert(a)
        if inside:
            yield (APPLICATION, a), self.met if inside == 1 else 0

    # The best plan

    def improve(self) -> None:
        """Until nothing makes the plan better: then it is a best one."""
        while cycle := self.cheaper():
            self.apply(cycle, How.EVEN)

    def cheaper(self) -> list[Node] | None:
        """A cycle of changes that costs less than nothing (Bellman-Ford with a queue), or None: then there is none."""
        cost, before = {OUTSIDE: 0}, {}
        queue, waiting = deque([OUTSIDE]), {OUTSIDE}
        while queue:
            node = queue.popleft()
            waiting.discard(node)
            for then, price in self.arcs(node):
                if then in cost and cost[node] + price >= cost[then]:
                    continue
                if cycle := ring(before, node, then):
                    return cycle
                cost[then], before[then] = cost[node] + price, node
                if then not in waiting:
                    waiting.add(then)
                    queue.append(then)
        return None

    def apply(self, cycle: Sequence[Node], how: How) -> list[Change]:
        """Make the changes of a cycle (its last node leads to its first); what was done, for `undo`."""
        gives: list[tuple[int, int]] = []
        takes: list[Change] = []
        for (kind, key), (then, other) in zip(cycle, [*cycle[1:], cycle[0]], strict=True):
            if kind == PERSON and then != OUTSIDE[0]:
                takes.append((other, key, self.because[other, key]))
            elif then == PERSON and kind != OUTSIDE[0]:
                gives.append((key, other))
        for a, person, _because in takes:
            self.take(a, person)
        for a, person in gives:
            self.give(a, person, Because(How.STAYS if person in self.loose[a] else how))
        return [*takes, *((a, person, None) for a, person in gives)]

    def undo(self, done: Sequence[Change]) -> None:
        for a, person, because in reversed(done):
            if because is None:
                self.take(a, person)
            else:
                self.give(a, person, because)

    def state(self) -> dict[tuple[int, int], Because]:
        return dict(self.because)

    def restore(self, state: Mapping[tuple[int, int], Because]) -> None:
        for a, person in list(self.because):
            self.take(a, person)
        for (a, person), because in state.items():
            self.give(a, person, because)


def ring(before: Mapping[Node, Node], node: Node, then: Node) -> list[Node] | None:
    """The cycle that the step from `node` to `then` closes, if `then` already lies on the way to `node`."""
    way = [node]
    while way[-1] != then:
        if way[-1] not in before:
            return None
        way.append(before[way[-1]])
    return way[::-1]
