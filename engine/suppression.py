"""Small numbers: which counts of people may be shown. Pure functions, for every figure about what people are or answered.

A cell is withheld when it is small, and further cells are withheld until nobody can work out, from the cells and totals
that are shown, that a withheld one is small. A table with its totals is a network: each total is a node's throughput, so the
largest value a withheld cell can have is its own plus what can still flow around it through withheld cells, a maximum flow.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tenancy.registry import Registry

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


threshold_sources: Registry[Callable[[], Thresholds]] = Registry("How small may a number about people be?")


def thresholds_of_tenant() -> Thresholds:
    """The strictest that any app asks for in the open tenant."""
    asked = [source() for source in threshold_sources]
    return Thresholds(
        *(max(getattr(t, name) for t in [Thresholds(), *asked]) for name in ("count", "mean", "breakdown"))
    )


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
    """One cell or total: `value` people pass from `tail` to `head`; fewer than `least` is small.

    `known` is what everybody knows anyway, and can't be withheld; `unsaid` is what no table says but two of them may tell."""

    tail: object
    head: object
    value: int
    least: int
    cost: int
    hidden: bool = False
    known: bool = False
    unsaid: bool = False


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


@dataclass(frozen=True)
class Stage:
    """How many people of each group came as far as this: the true counts, and what was shown of them."""

    counts: Sequence[int]
    shown: Sequence[int | None]


def suppress_stage(
    earlier: Sequence[Stage], counts: Sequence[int], *, thresholds: Thresholds
) -> list[int | None] | None:
    """One more stage of a funnel by group, after stages that were shown: whoever came this far came through all of those.

    The groups are everybody, and how many people a stage has is known anyway. Withheld is whatever would tell a small number in
    a group at a stage, or of those a group lost between two stages. None where the whole stage has to be: too few people, or
    too few who were at the stage before and not at this one."""
    total = sum(counts)
    if total < thresholds.breakdown:
        return None
    if earlier:
        lost = [was - now for was, now in zip(earlier[-1].counts, counts, strict=True)]
        if not any(lost):
            return list(earlier[-1].shown)
        if min(lost) < 0 or sum(lost) < thresholds.breakdown:
            return None
    edges, last = stage_edges([*earlier, Stage(counts, ())], thresholds.count)
    return [shown(e) for e in last] if protect(edges) else [None for _ in last]


def stage_edges(stages: Sequence[Stage], least: int) -> tuple[list[Edge], list[Edge]]:
    """People flow from stage to stage within their group, and out at the last one they reach. The new stage's edges come apart."""
    edges: list[Edge] = []
    last: list[Edge] = []
    for k, stage in enumerate(stages):
        final = k == len(stages) - 1
        onward = [0] * len(stage.counts) if final else stages[k + 1].counts
        for group, count in enumerate(stage.counts):
            tail: object = "in" if k == 0 else (group, k - 1)
            edge = Edge(tail, ("out", k) if final else (group, k), count, least, count)
            if final:
                last.append(edge)
            else:
                edge.hidden = stage.shown[group] is None
                edge.known = not edge.hidden
                edges.append(Edge((group, k), ("out", k), count - onward[group], least, 0, unsaid=True))
            edges.append(edge)
        left = sum(stage.counts) - sum(onward)
        edges.append(Edge(("out", k), "in", left, least, 0, known=True))
    return edges, last


def shown(edge: Edge) -> int | None:
    return None if edge.hidden else edge.value


def protect(edges: list[Edge]) -> bool:
    """Hide small edges, then the cheapest others that leave each small one possibly large. False where what is known forbids it."""
    for edge in edges:
        edge.hidden = not edge.known and (edge.hidden or edge.unsaid or edge.value < edge.least)
    small = sorted((e for e in edges if e.hidden and e.value < e.least), key=lambda e: (e.value, e.cost))
    for edge in small:
        while edge.value + most_around(edges, edge) < edge.least:
            way = cheapest_way_around(edges, edge)
            if not way:
                return False
            for other in way:
                other.hidden = True
    return True


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

    Unless totals are known there always are some: hiding those leaves them without limit."""
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
            if other is edge or other.known:
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
    while node != edge.head and node in through:
        node, other = through[node]
        path.append(other)
    return [e for e in path if not e.hidden] or [e for e in edges if not e.hidden and not e.known]
