"""`./baton bench [--json] [--tenants 1,1000] [--rows 500]`: build, measure, print. Ends with 1 if a target is missed.

`./baton bench selection DIR` and `./baton bench mdgp DIR` are others: benchmarks/selection.py, benchmarks/learning_sets.py.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchmarks.world import World

# How often the smallest and the largest database are measured for growth.
TURNS = 5


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./baton bench", description="What the heavy pages cost.")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--tenants", default="1,1000", help="numbers of tenants to measure at, rising (default 1,1000)")
    parser.add_argument("--rows", type=int, default=500, help="rows of the long lists (default 500)")
    options = parser.parse_args(arguments)
    try:
        options.tenants = sorted({int(n) for n in options.tenants.split(",")})
    except ValueError:
        parser.error("--tenants takes numbers, such as 1,1000")
    if options.tenants[0] < 1 or not 51 <= options.rows <= 500:
        parser.error("at least 1 tenant, and 51 to 500 rows")
    return options


def note(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def run(options: argparse.Namespace) -> dict[str, Any]:
    """All figures, in a database of this run's own."""
    from benchmarks import pages
    from benchmarks.database import analyse, kept, scratch
    from benchmarks.measuring import measure_bare
    from benchmarks.neighbours import add_neighbours
    from benchmarks.paper import measure_paper
    from benchmarks.world import build

    with scratch(), ExitStack() as copies:
        note(f"· Building a tenant with {2 * options.rows} applications")
        world = build(applications=options.rows, participants=50)
        measured, there, fewest = {}, 1, ""
        for tenants in options.tenants:
            if tenants > there:
                if there == options.tenants[0]:
                    fewest = copies.enter_context(kept())
                note(f"· Adding tenants up to {tenants}")
                add_neighbours(tenants - there)
                there = tenants
            analyse()
            note(f"· Measuring at {tenants} tenant{'s' if tenants > 1 else ''}")
            measured[tenants] = pages.Round(pages.measure_pages(world, rows=options.rows), measure_bare())
        grown = compare(world, fewest, rows=options.rows) if fewest else []
        note("· Making PDFs")
        papers = measure_paper(world)
    return assemble(measured, papers, grown)


def compare(world: World, fewest: str, *, rows: int) -> list[tuple[str, float]]:
    """Growth from the database named `fewest` to the one at hand, measured by turns: whatever slows the machine down slows both."""
    from benchmarks import pages
    from tests.databases import on_database

    note(f"· Comparing the two, {TURNS} times each by turns")
    one, many = [], []
    for _ in range(TURNS):
        with on_database(fewest):
            one.append(pages.measure_pages(world, rows=rows, runs=3))
        many.append(pages.measure_pages(world, rows=rows, runs=3))
    return pages.growth(one, many)


def assemble(measured: dict[int, Any], papers: Sequence[Any], grown: Sequence[tuple[str, float]]) -> dict[str, Any]:
    """The figures as they are printed: `measured` holds a Round for each number of tenants, rising."""
    from benchmarks import pages

    rounds = list(measured.values())
    costs, bare = rounds[0].costs, rounds[0].bare_ms
    ms, size = pages.a_row(costs, pages.LIST)
    return {
        "bare_view_cpu_ms": bare,
        "pages": {
            str(n): [asdict(c) | {"times_bare": c.cpu_ms / at.bare_ms} for c in at.costs] for n, at in measured.items()
        },
        "application_row": {"cpu_ms": ms, "times_bare": ms / bare, "html_bytes": size},
        "growth": dict(grown),
        "pdf": [asdict(p) | {"cpu_s_a_page": p.a_page} for p in papers],
        "targets": [asdict(v) for v in pages.verdicts(costs, papers, grown)],
    }


def show(found: dict[str, Any]) -> str:
    """The figures as a table for people."""
    lines = [f"Bare Django view: {found['bare_view_cpu_ms']:.3f} ms of CPU. Ratios are to it.", ""]
    for tenants, costs in found["pages"].items():
        head = f"At {tenants} tenant{'' if tenants == '1' else 's'}"
        lines.append(
            f"{head:<28}{'rows':>6}{'SQL':>5}{'CPU ms':>9}{'ratio':>8}{'SQL ms':>8}{'HTML B':>9}{'CSS+JS gz':>11}"
        )
        lines += [
            f"{c['page']:<28}{c['rows'] or '–':>6}{c['queries']:>5}{c['cpu_ms']:>9.1f}{c['times_bare']:>8.0f}{c['sql_ms']:>8.1f}"
            f"{c['html_bytes']:>9}{c['assets_gz']:>11}"
            for c in costs
        ]
        lines.append("")
    row = found["application_row"]
    lines.append(
        f"One application: {row['cpu_ms']:.2f} ms of CPU ({row['times_bare']:.1f} bare views), {row['html_bytes']:.0f} bytes"
    )
    for p in found["pdf"]:
        cost = f"{p['cpu_s']:.1f} s of CPU, of which {p['start_s']:.1f} s to start; {p['peak_mb']:.0f} MB"
        lines.append(f"PDF, {p['document']}: {p['pages']} pages, {cost}")
    lines += ["", f"{'target':<52}{'found':>26}  {'wanted':<18}"]
    lines += [
        f"{t['what']:<52}{t['found']:>26}  {t['target']:<18}{'ok' if t['ok'] else 'OVER'}" for t in found["targets"]
    ]
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    if arguments[:1] == ["selection"]:
        from benchmarks import selection

        return selection.main(arguments[1:])
    if arguments[:1] == ["mdgp"]:
        from benchmarks import learning_sets

        return learning_sets.main(arguments[1:])
    options = parse(arguments)
    # A name of its own: two runs, or a run beside the tests, don't meet.
    os.environ["BATON_TEST_DATABASE"] = f"bench_{secrets.token_hex(4)}"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    import django

    django.setup()
    begin = time.monotonic()
    found = run(options)
    note(f"· {time.monotonic() - begin:.0f} s in all")
    sys.stdout.write((json.dumps(found, indent=1) if options.json else show(found)) + "\n")
    return 0 if all(target["ok"] for target in found["targets"]) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
