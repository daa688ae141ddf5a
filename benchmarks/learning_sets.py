"""`./baton bench mdgp DIR [--seconds S] [--json]`: a folder of cases through the composer of learning sets.

Ends with 1 if an answer breaks a rule. The problem is known as the maximally diverse grouping problem (MDGP).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from cohorts.composing import divide, score
from cohorts.composing.cases import BadCase, Case, read_cases
from cohorts.composing.results import steps_for

# Without a limit in seconds the search spends the steps that a cohort's composing spends.
ENDLESS = 10**12


@dataclass(frozen=True)
class Measured:
    """One case. Seconds are this process's CPU. `best` is the highest value known, `of_best` this one's share of it in per cent,
    `index` 0 for what lots make on average and 100 for the bound; `proved` says that the bound was reached."""

    instance: str
    people: int
    sets: int
    value: float
    bound: float
    index: str
    weakest: float
    proved: bool
    best: float | None
    of_best: float | None
    broken: int
    steps: int
    seconds: float


def measure(case: Case, *, seconds: float | None, seed: int) -> Measured:
    begin = time.process_time()
    stop = None if seconds is None else lambda: time.process_time() - begin >= seconds
    found = divide(
        case.problem, seed=seed, steps=steps_for(case.problem.people) if seconds is None else ENDLESS, stop=stop
    )
    spent = time.process_time() - begin
    return Measured(
        instance=case.name,
        people=case.problem.people,
        sets=len(case.problem.sizes),
        value=round(found.value, 3),
        bound=round(found.bound, 3),
        index=score(found),
        weakest=round(found.weakest, 1),
        proved=found.is_best,
        best=case.best,
        of_best=None if not case.best else round(100 * found.value / case.best, 3),
        broken=len(found.broken),
        steps=found.steps,
        seconds=round(spent, 3),
    )


def show(measured: Sequence[Measured]) -> str:
    lines = [
        f"{'instance':<22}{'people':>7}{'sets':>5}{'value':>12}{'bound':>12}{'of 100':>8}{'best known':>12}{'% of it':>9}"
        f"{'steps':>10}{'CPU s':>8}"
    ]
    for m in measured:
        best = "–" if m.best is None else f"{m.best:.10g}"
        share = "–" if m.of_best is None else f"{m.of_best:.3f}"
        remark = ("  best there is" if m.proved else "") + (f"  BREAKS {m.broken} RULES" if m.broken else "")
        lines.append(
            f"{m.instance:<22}{m.people:>7}{m.sets:>5}{m.value:>12.10g}{m.bound:>12.10g}{m.index:>8}{best:>12}{share:>9}"
            f"{m.steps:>10}{m.seconds:>8.2f}{remark}"
        )
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="./baton bench mdgp", description="Cases through the composer of learning sets."
    )
    parser.add_argument(
        "folder",
        type=Path,
        metavar="DIR",
        help="a folder of JSON or MDGPLIB cases; benchmarks/README.md has the formats",
    )
    parser.add_argument(
        "--seconds", type=float, help="CPU seconds a case, instead of the steps a cohort's composing spends"
    )
    parser.add_argument("--seed", type=int, default=1, help="the search's seed (default 1)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args(arguments)
    if options.seconds is not None and options.seconds <= 0:
        parser.error("--seconds takes a number above 0")
    try:
        measured = [measure(case, seconds=options.seconds, seed=options.seed) for case in read_cases(options.folder)]
    except BadCase as error:
        parser.error(str(error))
    sys.stdout.write((json.dumps([asdict(m) for m in measured], indent=1) if options.json else show(measured)) + "\n")
    return 1 if any(m.broken for m in measured) else 0
