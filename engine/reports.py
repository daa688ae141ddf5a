"""What does the report say? Each app adds its section of figures to the frozen snapshot of a cohort report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tenancy.registry import Registry
from tenancy.words import Words


@dataclass(frozen=True)
class ReportSection:
    """`figures(cohort_id)` returns plain JSON values only: the snapshot is frozen and the page and the PDF draw from it.

    It returns a list of {"key", "title", "definition", "kind", "data"}, and may add "note" (what limits the figure) and "table"
    ({"header": […], "rows": [[…], …]}, shown in place of the table that the kind makes). `title` is the answer in words,
    `definition` says how it was computed and of how many people. None stands for a figure withheld. `data` by kind, as the
    functions of engine.figures take it:

    'funnel'      [[label, count], …]
    'balance'     {"groups": [[label, actual, target], …], "unit": "%" or ""}
    'share'       {"series": [name, …], "rows": [[label, [count, …]], …]}
    'attendance'  [[label, present, expected], …]
    'rag'         {"red": count, "amber": count, "green": count, "none": count}
    'change'      {"rows": [[label, before, after, pairs], …], "scale": [low, high]}
    'table'       {"header": [text, …], "rows": [[cell, …], …]}
    'number'      {"value": number, "of": number, "unit": "%" or ""}

    "unit", "of" and "scale" may be left out.

    `position` orders the sections.
    """

    title: Words
    position: int
    figures: Callable[[int], list[dict[str, Any]]]


report_sections: Registry[ReportSection] = Registry("What does the report say?")


def rows_of(width: int) -> Callable[[Any], bool]:
    return lambda data: isinstance(data, list) and all(isinstance(r, list) and len(r) == width for r in data)


def is_table(data: Any) -> bool:
    return (
        isinstance(data, dict)
        and set(data) == {"header", "rows"}
        and all(len(row) == len(data["header"]) for row in data["rows"])
    )


SHAPES: dict[str, Callable[[Any], bool]] = {
    "funnel": rows_of(2),
    "balance": lambda data: {"groups"} <= set(data) <= {"groups", "unit"} and rows_of(3)(data["groups"]),
    "share": lambda data: (
        set(data) == {"series", "rows"} and all(len(counts) == len(data["series"]) for _label, counts in data["rows"])
    ),
    "attendance": rows_of(3),
    "rag": lambda data: set(data) <= {"red", "amber", "green", "none"},
    "change": lambda data: {"rows"} <= set(data) <= {"rows", "scale"} and rows_of(4)(data["rows"]),
    "table": is_table,
    "number": lambda data: {"value"} <= set(data) <= {"value", "of", "unit"},
}


def check_figure(figure: dict[str, Any]) -> None:
    """ValueError for a figure (after a round through JSON) that page and PDF couldn't draw: found when it is made, not read."""
    missing = {"key", "title", "definition", "kind", "data"} - set(figure)
    if missing:
        raise ValueError(f"figure {figure.get('key')!r} lacks {', '.join(sorted(missing))}: see engine.reports")
    kind = figure["kind"]
    if kind not in SHAPES:
        raise ValueError(f"figure {figure['key']!r} is of no known kind: {kind!r}")
    if not SHAPES[kind](figure["data"]) or ("table" in figure and not is_table(figure["table"])):
        raise ValueError(f"figure {figure['key']!r} doesn't have the shape of a {kind!r}: see engine.reports")
