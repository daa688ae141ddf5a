"""Joining assessors who share no chain of applications, without making a best plan any worse."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from selection.allocation.flow import APPLICATION, GATE, PERSON, Flow, Node
from selection.allocation.plan import How
from selection.links import linked_groups

# How many hand-overs are tried for one link before what is apart is left apart: fewer where each takes longer.
MOST_TRIES = 500
WORK = 300_000


def pairs(flow: Flow) -> Iterator[tuple[int, int]]:
    for a in flow.applications:
        for person in sorted(flow.kept[a] | flow.new[a]):
            yield a, person


def groups(flow: Flow) -> int:
    return len(linked_groups(pairs(flow)))


def least_groups(flow: Flow) -> int:
    """No plan with the same places and people has fewer: what could be linked at all, and what so many links can hold together."""
    linked = list(pairs(flow))
    nodes = sum(len(applications) + len(assessors) for applications, assessors in linked_groups(linked))
    busy = {person for _application, person in linked}
    possible = linked_groups([*linked, *((a, p) for a in flow.applications if flow.held(a) for p in flow.may[a])])
    apart = sum(1 for _applications, assessors in possible if busy & set(assessors))
    return max(apart, nodes - len(linked))


def join(flow: Flow) -> None:
    """Exchange work until assessors hang together as far as they can: along cycles of changes that cost nothing, and where there
    are none, at the least cost in even piles. Nothing that matters more than even piles is given up."""
    least = least_groups(flow)
    while groups(flow) > least and link(flow):
        pass


def budget(flow: Flow) -> int:
    return min(MOST_TRIES, WORK // (sum(map(len, flow.may.values())) or 1) + 10)


def link(flow: Flow) -> bool:
    """The change that leaves fewer groups at the least cost. What isn't free is fixed, or evening out would undo it."""
    now = groups(flow)
    best: tuple[int, list[Node]] | None = None
    for a, taker in linking(flow)[: budget(flow)]:
        cycle, price = cheapest_cycle(flow, a, taker)
        if not cycle or price >= flow.met or (best and price >= best[0]):
            continue
        done = flow.apply(cycle, How.LINKED)
        if groups(flow) < now:
            best = price, cycle
        flow.undo(done)
        if best and best[0] == 0:
            break
    if best is None:
        return False
    price, cycle = best
    flow.apply(cycle, How.LINKED)
    if price == 0:
        return True
    flow.fixed |= {key for kind, key in cycle if kind in (APPLICATION, GATE)}
    before = flow.state()
    flow.improve()
    if groups(flow) >= now:
        flow.restore(before)
        return False
    return True


def linking(flow: Flow) -> list[tuple[int, int]]:
    """(application, assessor) that would link two groups, in random order."""
    parts = linked_groups(pairs(flow))
    group = {person: n for n, (_applications, people) in enumerate(parts) for person in people}
    found = [
        (a, taker)
        for n, (applications, _people) in enumerate(parts)
        for a in applications
        if a not in flow.fixed
        for taker in sorted(flow.may[a] - flow.new[a])
        if group.get(taker, n) != n
    ]
    flow.dice.shuffle(found)
    return found


def cheapest_cycle(flow: Flow, a: int, taker: int) -> tuple[list[Node], int]:
    """The application goes to the taker: whatever else must change then, at the least cost of it all; no nodes where nothing can.

    A best plan has no cycle that costs less than nothing, so that the search comes to an end.
    """
    start: Node = (GATE if taker in flow.experts.get(a, ()) else APPLICATION, a)
    end = (PERSON, taker)
    price = dict(flow.arcs(start))[end]
    cost: dict[Node, int] = {end: 0}
    before: dict[Node, Node] = {}
    queue, waiting = deque([end]), {end}
    while queue:
        node = queue.popleft()
        waiting.discard(node)
        arcs = list(flow.arcs(node))
        turn = int(
            flow.dice.random() * len(arcs)
        )  # ways of equal cost by lot, or nearly: a shuffle takes twice as long
        for then, step in arcs[turn:] + arcs[:turn]:
            if then in cost and cost[node] + step >= cost[then]:
                continue
            cost[then], before[then] = cost[node] + step, node
            if then not in waiting and then != start:
                waiting.add(then)
                queue.append(then)
    if start not in cost:
        return [], 0
    back = [start]
    while back[-1] != end:
        back.append(before[back[-1]])
    return back[::-1], price + cost[start]
