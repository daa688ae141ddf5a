"""Who observes what at an assessment centre, as a choice that leaves as little as can be without an observer and then shares the minutes
out as evenly as can be. Knows no database.

A part is one exercise of one person; a session is what somebody has to be in a room for: everybody's part of a group task at once, else
one part. Nobody is in two sessions at the same time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

# Seconds until the best plan found so far is taken; a centre of 24 people takes a fraction of one.
LIMIT = 5
# One part more that is watched is worth more than any sharing out.
PART = 1_000


@dataclass(frozen=True)
class Part:
    """`missing` observers are still to be found."""

    key: Hashable
    session: Hashable
    starts: datetime
    ends: datetime
    missing: int
    # who can't: barred, scored it on paper, or watches it already
    barred: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Busy:
    """What somebody watches already."""

    session: Hashable
    starts: datetime
    ends: datetime


@dataclass
class Plan:
    """(part's key, person) pairs, and how many observers each part would still lack."""

    given: list[tuple[Hashable, int]] = field(default_factory=list)
    lacking: dict[Hashable, int] = field(default_factory=dict)


def minutes(starts: datetime, ends: datetime) -> float:
    return (ends - starts).total_seconds() / 60


def plan(parts: Sequence[Part], people: Sequence[int], busy: Mapping[int, Collection[Busy]]) -> Plan:
    wanted = [p for p in parts if p.missing > 0]
    sessions = {p.session: (p.starts, p.ends) for p in wanted}
    may = [
        (part, person)
        for part in wanted
        for person in people
        if person not in part.barred and _free(part, busy.get(person, ()))
    ]
    chosen = _solve(may, wanted, sessions, people, busy) if may else []
    left = {p.key: p.missing for p in wanted}
    for part, _person in chosen:
        left[part.key] -= 1
    return Plan([(part.key, person) for part, person in chosen], {key: n for key, n in left.items() if n})


def _free(part: Part, held: Collection[Busy]) -> bool:
    return all(b.session == part.session or b.ends <= part.starts or part.ends <= b.starts for b in held)


def _solve(
    may: Sequence[tuple[Part, int]],
    wanted: Sequence[Part],
    sessions: Mapping[Hashable, tuple[datetime, datetime]],
    people: Sequence[int],
    busy: Mapping[int, Collection[Busy]],
) -> list[tuple[Part, int]]:
    """A mixed integer programme: a column for each (part, person), one for each (session, person), one for each person's minutes above
    what would be even, and one for the longest rota."""
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array

    x = {(part.key, person): n for n, (part, person) in enumerate(may)}
    seats = sorted({(part.session, person) for part, person in may}, key=str)
    y = {seat: len(x) + n for n, seat in enumerate(seats)}
    over = {person: len(x) + len(y) + n for n, person in enumerate(people)}
    longest = len(x) + len(y) + len(over)
    had = {
        person: sum({b.session: minutes(b.starts, b.ends) for b in busy.get(person, ())}.values()) for person in people
    }
    lengths = {part.session: (part.missing, minutes(part.starts, part.ends)) for part in wanted}
    even = (sum(had.values()) + sum(n * length for n, length in lengths.values())) / len(people)
    entries: list[tuple[int, int, float]] = []
    most: list[float] = []

    def row(cells: Collection[tuple[int, float]], limit: float) -> None:
        entries.extend((len(most), column, value) for column, value in cells)
        most.append(limit)

    for part in wanted:
        row([(x[part.key, p], 1) for p in people if (part.key, p) in x], part.missing)
    for part, person in may:
        row([(x[part.key, person], 1), (y[part.session, person], -1)], 0)
    of_person: dict[int, list[Hashable]] = defaultdict(list)
    for session, person in seats:
        of_person[person].append(session)
    for person, theirs in of_person.items():
        held = {b.session for b in busy.get(person, ())}
        for session in theirs:
            # of periods that overlap, one is under way when the last of them begins
            at = sessions[session][0]
            together = [s for s in theirs if sessions[s][0] <= at < sessions[s][1]]
            if len(together) > 1:
                row([(y[s, person], 1) for s in together], 1)
        new = [(y[s, person], minutes(*sessions[s])) for s in theirs if s not in held]
        row([*new, (longest, -1)], -had[person])
        row([*new, (over[person], -1)], even - had[person])
    costs = np.zeros(longest + 1)
    costs[: len(x)] = -PART
    costs[len(x) : len(x) + len(y)] = 0.01
    costs[len(x) + len(y) : longest] = 0.1
    costs[longest] = 1
    upper = np.ones(longest + 1)
    upper[len(x) + len(y) :] = np.inf
    whole = np.ones(longest + 1)
    whole[len(x) + len(y) :] = 0
    rows, columns, values = zip(*entries, strict=True)
    matrix = coo_array((values, (rows, columns)), shape=(len(most), longest + 1)).tocsr()
    answer = milp(
        costs,
        integrality=whole,
        bounds=Bounds(np.zeros(longest + 1), upper),
        constraints=LinearConstraint(matrix, ub=np.array(most)),
        options={"time_limit": LIMIT, "mip_rel_gap": 1e-6},
    )
    if answer.x is None:
        return []
    return [pair for n, pair in enumerate(may) if answer.x[n] > 0.5]
