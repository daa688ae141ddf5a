"""Small numbers: which figures about people's answers may be shown. Pure functions; the only way for answers out.

A cell is withheld when it is small, and further cells are withheld until nobody can work out, from the cells and totals
that are shown, that a withheld one is small. A table with its totals is a network: each total is a node's throughput, so the
largest value a withheld cell can have is its own plus what can still flow around it through withheld cells, a maximum flow.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

MIN_COUNT = 5
MIN_MEAN = 8
MIN_BREAKDOWN = 10
# Totals are worth more to a reader than cells: withheld only when nothing else helps.
TOTAL_COST = 1_000_000
WITHOUT_LIMIT = 10**9


@dataclass(frozen=True)
class Thresholds:
    """The fewest people behind a count, a mean, and anything broken down by an attribute. Never below the portal's own."""

    count: int = MIN_COUNT
    mean: int = MIN_MEAN
    breakdown: int = MIN_BREAKDOWN

    def __post_init__(self) -> None:
        if self.count < MIN_COUNT or self.mean < MIN_MEAN or self.breakdown < MIN_BREAKDOWN:
            raise ValueError("thresholds may be raised, never lowered")


@dataclass(frozen=True)
class SafeRow:
    """A one-way table as it may be shown; None is withheld."""

    cells: list[int | None]
    total: int | None


@dataclass(frozen=True)
class SafeTable:
    """A two-way table as it may be shown; None is withheld."""

    cells: list[list[int | None]]
    row_totals: list[int | None]
    column_totals: list[int | None]
    total: int | None


@dataclass(eq=False)
class Edge:
    """One cell or total: `value` people pass from `tail` to `head`; fewer than `least` is small."""

    tail: object
    head: object
    value: int
    least: int
    cost: int
    hidden: bool = False


def suppress_counts(counts: Sequence[int], *, least: int = MIN_COUNT) -> SafeRow:
    """Counts that add up to a total which is shown beside them."""
    total = Edge("out", "in", sum(counts), least, TOTAL_COST + sum(counts))
    cells = [Edge("in", "out", n, least, n) for n in counts]
    protect([*cells, total])
    return SafeRow([shown(c) for c in cells], shown(total))


def suppress_table(
    counts: Sequence[Sequence[int]], *, least: int = MIN_COUNT, column_least: Sequence[int] | None = None
) -> SafeTable:
    """A table of counts shown with its row totals, column totals and grand total.

    `column_least` gives a column its own threshold, as for the answers of a group."""
    width = len(counts[0])
    limits = list(column_least or [least] * width)
    cells = [
        [Edge(("row", i), ("column", j), n, limits[j], n) for j, n in enumerate(row)] for i, row in enumerate(counts)
    ]
    rows = [Edge("in", ("row", i), sum(row), least, TOTAL_COST + sum(row)) for i, row in enumerate(counts)]
    sums = [sum(row[j] for row in counts) for j in range(width)]
    columns = [Edge(("column", j), "out", sums[j], limits[j], TOTAL_COST + sums[j]) for j in range(width)]
    total = Edge("out", "in", sum(sums), least, 2 * TOTAL_COST + sum(sums))
    protect([*(c for row in cells for c in row), *rows, *columns, total])
    return SafeTable(
        [[shown(c) for c in row] for row in cells], [shown(r) for r in rows], [shown(c) for c in columns], shown(total)
    )


def shown(edge: Edge) -> int | None:
    return None if edge.hidden else edge.value


def protect(edges: list[Edge]) -> None:
    """Hide small edges, then the cheapest others that leave each small one possibly large."""
    for edge in edges:
        edge.hidden = edge.value < edge.least
    small = sorted((e for e in edges if e.hidden), key=lambda e: (e.value, e.cost))
    for edge in small:
        while edge.value + most_around(edges, edge) < edge.least:
            for other in cheapest_way_around(edges, edge):
                other.hidden = True


def most_around(edges: list[Edge], edge: Edge) -> int:
    """By how much `edge` could be larger, were only the shown edges known: the maximum flow from its head to its tail.

    A hidden edge can carry any amount more, and as much less as it has."""
    room: dict[tuple[object, object], int] = {}
    for e in edges:
        if e.hidden and e is not edge:
            room[e.tail, e.head] = WITHOUT_LIMIT
            room[e.head, e.tail] = room.get((e.head, e.tail), 0) + e.value
    flow = 0
    while (path := shortest_path(room, edge.head, edge.tail)) and flow < edge.least:
        amount = min(room[step] for step in path)
        for a, b in path:
            room[a, b] -= amount
            room[b, a] = room.get((b, a), 0) + amount
        flow += amount
    return flow


def shortest_path(
    room: dict[tuple[object, object], int], start: object, end: object
) -> list[tuple[object, object]] | None:
    before: dict[object, object] = {start: None}
    queue = deque([start])
    while queue:
        node = queue.popleft()
        if node == end:
            path = []
            while before[node] is not None:
                path.append((before[node], node))
                node = before[node]
            return path[::-1]
        for (a, b), amount in room.items():
            if a == node and amount > 0 and b not in before:
                before[b] = a
                queue.append(b)
    return None


def cheapest_way_around(edges: list[Edge], edge: Edge) -> list[Edge]:
    """The shown edges to hide, least in sum, so that one path around `edge` could carry what it lacks.

    One always exists: hiding totals leaves them without limit."""
    need = edge.least - edge.value
    best: dict[object, int] = {edge.head: 0}
    through: dict[object, tuple[object, Edge]] = {}
    heap: list[tuple[int, int, object]] = [(0, 0, edge.head)]
    order = 0
    while heap:
        cost, _, node = heapq.heappop(heap)
        if cost > best[node]:
            continue
        for other in edges:
            if other is edge:
                continue
            onward = other.head if other.tail == node else other.tail if other.head == node else None
            if onward is None or (other.tail != node and other.value < need):
                continue
            price = cost + (0 if other.hidden else other.cost + 1)
            if price < best.get(onward, 1 << 62):
                best[onward], through[onward] = price, (node, other)
                order += 1
                heapq.heappush(heap, (price, order, onward))
    path, node = [], edge.tail
    while node != edge.head:
        node, other = through[node]
        path.append(other)
    return [e for e in path if not e.hidden] or [e for e in edges if not e.hidden]


def safe_mean(values: Sequence[float], *, thresholds: Thresholds, step: float = 0.1) -> float | None:
    """The mean, rounded to `step`; None for too few people, or where it would tell that everyone gave the same end of the scale."""
    if len(values) < thresholds.mean or len(set(values)) == 1:
        return None
    return rounded(sum(values) / len(values), step)


def rounded(value: float, step: float = 0.1) -> float:
    return round(round(value / step) * step, 6)


def difference_is_safe(
    whole: float | None,
    whole_n: int,
    part: float | None,
    part_n: int,
    *,
    thresholds: Thresholds,
    scale: tuple[float, float] = (1, 5),
    steps: tuple[float, float] = (0.5, 0.1),
) -> bool:
    """Whether two means, one over all and one over some of the same people, leave the others' mean unknown.

    Both are known to within half their rounding `steps`. Unless nobody or enough people are left out, the sum of their answers
    must stay open over two points: then nobody's own is known more closely, even to someone who knows all the others'."""
    left = whole_n - part_n
    if whole is None or part is None or left == 0 or left >= thresholds.mean:
        return True
    low, high = scale
    all_low, all_high = ((whole + sign * steps[0] / 2) * whole_n for sign in (-1, 1))
    some_low, some_high = ((part + sign * steps[1] / 2) * part_n for sign in (-1, 1))
    least = max((all_low - some_high) / left, low)
    most = min((all_high - some_low) / left, high)
    return (most - least) * left >= 2
