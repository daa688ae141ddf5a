"""Who scores what: a pure plan, the same for the same input and seed.

Best first, then by lot: as many places filled as can be, expertise met where it is asked for, piles as even as they can be, and
all assessors linked by shared applications where any exchange can link them. See docs/marking.md for why the lot matters.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence

from selection.allocation.flow import Flow
from selection.allocation.joining import groups, join, least_groups
from selection.allocation.plan import Because, How, Plan, Shortage

__all__ = ["Because", "How", "Plan", "Shortage", "plan_allocations"]


def plan_allocations(
    *,
    kept: Mapping[int, Collection[int]],
    assessors: Sequence[int],
    per_application: int,
    barred: Collection[tuple[int, int]],
    seed: str,
    loose: Mapping[int, Collection[int]] | None = None,
    most: Mapping[int, int] | None = None,
    wants: Mapping[int, str] | None = None,
    has: Mapping[int, Collection[str]] | None = None,
) -> Plan:
    """`kept` names every application with the assessors whose work on it stands: counted, never moved.

    `loose` is work given out and not begun: it moves only where a place would stay empty otherwise. `most` is the longest pile
    of those who have a limit, what they have included. `wants` is a tag that at least one assessor of an application should
    have, `has` everybody's tags; for somebody from outside the applicant's sector, give all but that sector's people a tag
    such as 'not health'. Both may name people who are no assessors any more: their finished work counts.
    """
    tags = has or {}
    experts = {a: {p for p in tags if tag in tags[p]} for a, tag in (wants or {}).items() if a in kept}
    flow = Flow(
        kept=kept,
        loose=loose or {},
        assessors=assessors,
        per_application=per_application,
        barred=barred,
        most=most or {},
        experts=experts,
        dice=random.Random(seed),  # noqa: S311 -- fairness that can be repeated, no secret
    )
    flow.begin()
    flow.improve()
    join(flow)
    return told(flow, loose or {}, experts)


def told(flow: Flow, loose: Mapping[int, Collection[int]], experts: Mapping[int, Collection[int]]) -> Plan:
    """The plan with its reasons."""
    plan = Plan(loads=dict(flow.loads), groups=groups(flow), least_groups=least_groups(flow))
    for a in flow.applications:
        everybody = flow.kept[a] | flow.new[a]
        plan.added += [(a, p) for p in sorted(flow.new[a] - flow.loose[a])]
        plan.removed += [(a, p) for p in sorted(set(loose.get(a, ())) - everybody)]
        needed = flow.may[a] <= flow.new[a]
        for p in sorted(flow.new[a]):
            stays = p in flow.loose[a]
            plan.because[a, p] = Because(How.ONLY, len(flow.may[a])) if needed and not stays else flow.because[a, p]
        if missing := flow.lacks(a):
            plan.short[a] = missing
            plan.shortages[a] = why(flow, a, set(flow.assessors), missing)
        if a in experts and not everybody & set(experts[a]):
            plan.unmet[a] = why(flow, a, set(experts[a]) & set(flow.assessors), 1)
    if len(flow.most) == len(flow.assessors):
        plan.room = sum(max(flow.most[p] - flow.loads[p], 0) for p in flow.assessors)
    return plan


def why(flow: Flow, a: int, people: set[int], missing: int) -> Shortage:
    absent = sorted(people - flow.kept[a] - flow.new[a])
    barred = tuple(p for p in absent if (a, p) in flow.barred)
    return Shortage(missing, barred, tuple(p for p in absent if p not in barred and not flow.room(p)))
