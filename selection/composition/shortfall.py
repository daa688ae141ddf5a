"""When no set keeps all rules: by how few they can be missed, and which of them nobody could keep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from selection.composition.model import IN, OUT, Mask, Model
from selection.composition.problem import NotProved
from selection.composition.results import Fault, FaultKind
from selection.composition.solver import Program, people_of, sparse


@dataclass(frozen=True)
class Short:
    chosen: Mask
    proved: bool


def least_short(model: Model, *, nodes: int | None = None) -> Short:
    """Of the sets that miss floors and ceilings by the fewest people in total, one worth the most."""
    first, proved_short = _solve(model, nodes, by_worth=False)
    total = _shortfall(model, first)
    second, proved_worth = _solve(model, nodes, by_worth=True, most=total)
    if _shortfall(model, second) > total:
        raise NotProved("The solver's set misses the rules by more than it said")
    return Short(second, proved_short and proved_worth)


def _shortfall(model: Model, chosen: Mask) -> int:
    counts, ask = model.has[:, chosen].sum(axis=1), model.ask()
    return int(np.maximum(ask.low - counts, 0).sum() + np.maximum(counts - ask.high, 0).sum())


def _solve(model: Model, nodes: int | None, *, by_worth: bool, most: int = 0) -> tuple[Mask, bool]:
    """One column more for each rule's missing people, and one for those too many."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    ask = model.ask()
    program = Program.of(model, ask, model.units)
    rules = len(program.rows) - 1
    slack = np.concatenate([np.zeros((1, 2 * rules)), np.hstack([np.eye(rules), -np.eye(rules)])])
    rows = np.hstack([program.rows, slack])
    low, high = program.low, program.high
    groups = np.zeros(len(program.size))
    cost = np.concatenate([groups, np.ones(2 * rules)])
    if by_worth:
        rows = np.vstack([rows, cost])
        low, high = np.append(low, 0), np.append(high, most)
        cost = np.concatenate([-program.weights, np.zeros(2 * rules)])
    # a floor may ask for more people than there are
    most_missed = model.size + max((rule.floor for rule in model.rules), default=0)
    options: dict[str, Any] = {"mip_rel_gap": 0.0} | ({} if nodes is None else {"node_limit": nodes})
    answer = milp(
        cost,
        integrality=np.concatenate([groups + 1, np.zeros(2 * rules)]),
        bounds=Bounds(0, np.concatenate([program.size, np.full(2 * rules, most_missed)])),
        constraints=LinearConstraint(sparse(rows), low, high),
        options=options,
    )
    if answer.x is None:
        raise NotProved(answer.message)
    chosen = people_of(ask, program, np.rint(answer.x[: len(groups)]).astype(np.int64))
    return chosen, answer.mip_dual_bound > np.rint(answer.fun) - 0.5


def faults(model: Model) -> list[Fault]:
    """Rules that can't be kept whatever the scores, found by counting."""
    available = model.ask().fixed != OUT
    decided = model.ask().fixed == IN
    found = []
    for r, rule in enumerate(model.rules):
        members, brought = int(model.has[r, available].sum()), int(model.has[r, decided].sum())
        if members < rule.floor:
            found.append(Fault(FaultKind.FEW_PEOPLE, (rule,), rule.floor, members))
        if rule.ceiling is not None and brought > rule.ceiling:
            found.append(Fault(FaultKind.DECIDED_ABOVE, (rule,), brought, rule.ceiling))
    for attribute in dict.fromkeys(rule.attribute for rule in model.rules):
        found += _faults_of(model, attribute, available)
    return found


def _faults_of(model: Model, attribute: str, available: Mask) -> list[Fault]:
    found = []
    rows = [r for r, rule in enumerate(model.rules) if rule.attribute == attribute]
    floors = [model.rules[r] for r in rows if model.rules[r].floor]
    wanted = sum(rule.floor for rule in floors)
    if wanted > model.seats:
        found.append(Fault(FaultKind.FEW_PLACES, tuple(floors), wanted, model.seats))
    room = int((available & ~model.has[rows].any(axis=0)).sum())
    tight = []
    for r in rows:
        members, ceiling = int(model.has[r, available].sum()), model.rules[r].ceiling
        if ceiling is not None and ceiling < members:
            tight.append(model.rules[r])
            members = ceiling
        room += members
    if tight and room < model.seats:
        found.append(Fault(FaultKind.LOW_CEILINGS, tuple(tight), model.seats, room))
    return found
