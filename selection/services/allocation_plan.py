"""Who scores what: a pure plan, the same for the same input and seed.

Fair (nobody has two more than they must), random within that, and connected where it can be: assessors who share no chain of
applications can't be compared with each other.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

SWAP_TRIES = 4000


@dataclass
class Plan:
    """`added` holds (application, assessor) pairs; `short` how many assessors each application still lacks."""

    added: list[tuple[int, int]] = field(default_factory=list)
    short: dict[int, int] = field(default_factory=dict)
    loads: dict[int, int] = field(default_factory=dict)
    groups: int = 0


class Planner:
    """Works on assessor sets per application. `kept` is work that exists: counted, never moved."""

    def __init__(
        self,
        *,
        kept: Mapping[int, Collection[int]],
        assessors: Sequence[int],
        per_application: int,
        barred: Collection[tuple[int, int]],
        seed: str,
    ) -> None:
        self.kept = {application: set(people) for application, people in kept.items()}
        self.new: dict[int, set[int]] = {application: set() for application in kept}
        self.assessors = sorted(assessors)
        self.per_application = per_application
        self.barred = set(barred)
        self.random = random.Random(seed)  # noqa: S311 -- fairness that can be repeated, no secret
        self.loads = dict.fromkeys(self.assessors, 0)
        for people in self.kept.values():
            for person in people & self.loads.keys():
                self.loads[person] += 1

    def may(self, application: int, person: int) -> bool:
        """Whether this person could take the application as it stands."""
        return (
            (application, person) not in self.barred
            and person not in self.kept[application]
            and person not in self.new[application]
        )

    def run(self) -> Plan:
        short = self.fill()
        self.balance()
        self.connect()
        added = sorted((a, p) for a, people in self.new.items() for p in people)
        return Plan(added, short, dict(self.loads), len(set(self.components().values())))

    def fill(self) -> dict[int, int]:
        """Give each application its assessors, the hardest to place first, each time to the least loaded; ties by lot."""
        order = sorted(self.kept)
        self.random.shuffle(order)
        order.sort(key=lambda a: sum(self.may(a, p) for p in self.assessors))
        short = {}
        for application in order:
            missing = self.per_application - len(self.kept[application])
            free = [p for p in self.assessors if self.may(application, p)]
            self.random.shuffle(free)
            free.sort(key=self.loads.__getitem__)
            for person in free[: max(missing, 0)]:
                self.give(application, person)
            if missing > len(free):
                short[application] = missing - len(free)
        return short

    def give(self, application: int, person: int) -> None:
        self.new[application].add(person)
        self.loads[person] += 1

    def move(self, application: int, source: int, target: int) -> None:
        self.new[application].discard(source)
        self.loads[source] -= 1
        self.give(application, target)

    def balance(self) -> None:
        """Shorten the longest pile along a chain of hand-overs while it is two or more longer than where the chain ends."""
        while any(self.hand_over(source) for source in self.overloaded()):
            pass

    def overloaded(self) -> list[int]:
        least = min(self.loads.values(), default=0)
        return sorted((p for p in self.assessors if self.loads[p] >= least + 2), key=lambda p: -self.loads[p])

    def hand_over(self, source: int) -> bool:
        came_from: dict[int, tuple[int, int]] = {}
        queue, seen = deque([source]), {source}
        while queue:
            person = queue.popleft()
            if self.loads[person] <= self.loads[source] - 2:
                while person != source:
                    giver, application = came_from[person]
                    self.move(application, giver, person)
                    person = giver
                return True
            for application in sorted(a for a, people in self.new.items() if person in people):
                for other in self.assessors:
                    if other not in seen and self.may(application, other):
                        seen.add(other)
                        came_from[other] = (person, application)
                        queue.append(other)
        return False

    def components(self) -> dict[int, int]:
        """Each assessor with work → the group of assessors they are linked to through shared applications."""
        parent: dict[int, int] = {}

        def root(person: int) -> int:
            parent.setdefault(person, person)
            while parent[person] != person:
                parent[person] = parent[parent[person]]
                person = parent[person]
            return person

        for application in self.kept:
            people = sorted(self.kept[application] | self.new[application])
            for other in people[1:]:
                parent[root(other)] = root(people[0])
            if people:
                root(people[0])
        return {person: root(person) for person in parent}

    def connect(self) -> None:
        """Exchange assessors between applications of separate groups while that joins groups; nobody's load changes."""
        group_of = self.components()
        movable = sorted((a, p) for a, people in self.new.items() for p in people)
        for _try in range(SWAP_TRIES):
            if len(set(group_of.values())) < 2 or len(movable) < 2:
                return
            (a, x), (b, y) = self.random.sample(movable, 2)
            if group_of[x] == group_of[y] or not (self.may(a, y) and self.may(b, x)):
                continue
            self.exchange(a, x, b, y)
            now = self.components()
            if len(set(now.values())) < len(set(group_of.values())):
                group_of = now
                movable = sorted((a, p) for a, people in self.new.items() for p in people)
            else:
                self.exchange(a, y, b, x)

    def exchange(self, a: int, x: int, b: int, y: int) -> None:
        self.new[a].discard(x)
        self.new[b].discard(y)
        self.new[a].add(y)
        self.new[b].add(x)


def plan_allocations(
    *,
    kept: Mapping[int, Collection[int]],
    assessors: Sequence[int],
    per_application: int,
    barred: Collection[tuple[int, int]],
    seed: str,
) -> Plan:
    """`kept` names every application with the assessors it already has; only what is missing is added."""
    return Planner(kept=kept, assessors=assessors, per_application=per_application, barred=barred, seed=seed).run()
