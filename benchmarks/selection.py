"""`./baton bench selection DIR [--json]`: a folder of selection cases through the solver. Ends with 1 if an answer isn’t the stated one."""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from selection.composition import Choice, Infeasible, choose, explain
from selection.composition.cases import BadCase, Case, read_cases

RUNS = 3


@dataclass(frozen=True)
class Measured:
    """One case. Seconds are this process's CPU, the median of a few runs; `explained_s` has choosing and all explanations.

    A case whose rules can't be kept has a `shortfall` in people, and the value of the nearest set; nobody is explained in it.
    """

    instance: str
    people: int
    places: int
    rules: int
    value: float
    proved: bool
    shortfall: int
    optimum: float | None
    agrees: bool | None
    choose_s: float
    explained_s: float | None


def measure(case: Case) -> Measured:
    found = choose(case.problem)
    choice = found.nearest if isinstance(found, Infeasible) else found
    agrees = None if case.optimum is None else isinstance(found, Choice) and found.value == case.optimum
    first, both = [], []
    for _run in range(RUNS):
        begin = time.process_time()
        again = choose(case.problem)
        first.append(time.process_time() - begin)
        if isinstance(again, Choice) and again.proved:
            explain(case.problem, again)
            both.append(time.process_time() - begin)
    return Measured(
        instance=case.name,
        people=len(case.problem.candidates),
        places=case.problem.places,
        rules=len(case.problem.rules),
        value=float(choice.value),
        proved=found.proved,
        shortfall=found.shortfall if isinstance(found, Infeasible) else 0,
        optimum=None if case.optimum is None else float(case.optimum),
        agrees=agrees,
        choose_s=statistics.median(first),
        explained_s=statistics.median(both) if both else None,
    )


def show(measured: Sequence[Measured]) -> str:
    lines = [
        f"{'instance':<24}{'people':>7}{'places':>7}{'rules':>6}{'value':>12}{'optimum':>12}  {'proved':<8}"
        f"{'choose s':>9}{'explained s':>12}"
    ]
    for m in measured:
        optimum = "–" if m.optimum is None else f"{m.optimum:.10g}"
        proved = "yes" if m.proved else "NO"
        remark = "  DIFFERS" if m.agrees is False else ""
        remark += f"  rules missed by {m.shortfall}" if m.shortfall else ""
        explained = "–" if m.explained_s is None else f"{m.explained_s:.3f}"
        lines.append(
            f"{m.instance:<24}{m.people:>7}{m.places:>7}{m.rules:>6}{m.value:>12.10g}{optimum:>12}  {proved:<8}"
            f"{m.choose_s:>9.3f}{explained:>12}{remark}"
        )
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="./baton bench selection", description="Cases through the selection solver.")
    parser.add_argument(
        "folder", type=Path, metavar="DIR", help="a folder of JSON cases; benchmarks/README.md has the format"
    )
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args(arguments)
    try:
        measured = [measure(case) for case in read_cases(options.folder)]
    except BadCase as error:
        parser.error(str(error))
    sys.stdout.write((json.dumps([asdict(m) for m in measured], indent=1) if options.json else show(measured)) + "\n")
    return 1 if any(m.agrees is False for m in measured) else 0
