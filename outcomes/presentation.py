"""From a frozen snapshot to what page and PDF show: the same figures, tables and definitions on both."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from engine import figures as draw
from engine.dates import uk_date
from engine.figures import FigureTable


@dataclass(frozen=True)
class Shown:
    """A figure ready for a template: `svg` is empty for tables and numbers."""

    key: str
    title: str
    definition: str
    note: str
    svg: SafeString | str
    table: FigureTable | None
    number: str = ""
    numeric: frozenset[int] = frozenset()


def number_text(value: float | int | None, unit: str = "") -> str:
    if value is None:
        return _("not shown")
    return f"{value:,}{unit}" if isinstance(value, int) else f"{value:,.1f}{unit}"


def cell_text(value: Any) -> str:
    return value if isinstance(value, str) else number_text(value)


def tuples(rows: list[list[Any]]) -> list[Any]:
    return [tuple(row) for row in rows]


def draw_figure(figure: dict[str, Any]) -> tuple[SafeString | str, FigureTable | None]:
    """The picture and its table, by kind; see engine.reports for the data of each."""
    kind, data, title = figure["kind"], figure["data"], figure["title"]
    if kind == "funnel":
        return draw.funnel(tuples(data), title=title), draw.funnel_table(tuples(data))
    if kind == "balance":
        groups, unit = tuples(data["groups"]), data.get("unit", "")
        return draw.balance_bars(groups, title=title, unit=unit), draw.balance_table(groups, unit=unit)
    if kind == "share":
        rows = tuples(data["rows"])
        return draw.stacked_share(rows, series=data["series"], title=title), draw.share_table(
            rows, series=data["series"]
        )
    if kind == "attendance":
        return draw.attendance_bars(tuples(data), title=title), draw.attendance_table(tuples(data))
    if kind == "rag":
        return draw.rag_strip(data, title=title), draw.rag_table(data)
    if kind == "change":
        low, high = data.get("scale", (1, 5))
        rows = tuples(data["rows"])
        return draw.paired_change(rows, title=title, scale=(low, high)), draw.change_table(rows)
    if kind == "table":
        return "", FigureTable(data["header"], [[cell_text(c) for c in row] for row in data["rows"]])
    return "", None


def show_figure(figure: dict[str, Any]) -> Shown:
    svg, table = draw_figure(figure)
    if own := figure.get("table"):
        table = FigureTable(own["header"], [[cell_text(c) for c in row] for row in own["rows"]])
    number = ""
    if figure["kind"] == "number":
        data = figure["data"]
        number = number_text(data["value"], data.get("unit", ""))
        if data.get("of") is not None:
            number = _("%(part)s of %(whole)s") % {"part": number, "whole": number_text(data["of"])}
    return Shown(
        key=figure["key"],
        title=figure["title"],
        definition=figure["definition"],
        note=figure.get("note", ""),
        svg=svg,
        table=table,
        number=number,
        numeric=numeric_columns(table),
    )


# 12, +0.9, <0.01, 33%, 6 (33%), 12 of 50, +0.9 to +1.3
FIGURE = re.compile(r"[<+-]?[\d.,]+%?( \w+ [+-]?[\d.,]+%?)?( \(\d+%\))?")


def numeric_columns(table: FigureTable | None) -> frozenset[int]:
    """Columns, after the first, of figures only: they are set to the right."""
    if table is None:
        return frozenset()
    withheld = ("", _("not shown"))
    return frozenset(
        i
        for i in range(1, len(table.header))
        if any(row[i] for row in table.rows)
        and all(row[i] in withheld or FIGURE.fullmatch(row[i]) for row in table.rows)
    )


def report_context(snapshot: dict[str, Any], *, paper: bool) -> dict[str, Any]:
    """What the report's templates need, on page and paper."""
    cohort = snapshot["cohort"]
    made_at = datetime.fromisoformat(snapshot["made_at"])
    return {
        "paper": paper,
        "report": snapshot,
        "tenant_name": snapshot["tenant"]["name"],
        "document_title": _("%(programme)s, %(cohort)s") % {"programme": cohort["programme"], "cohort": cohort["name"]},
        "version_text": _("Version %(version)d, %(date)s") % {"version": snapshot["version"], "date": uk_date(made_at)},
        "starts_on": date.fromisoformat(cohort["starts_on"]),
        "ends_on": date.fromisoformat(cohort["ends_on"]),
        "made_at": made_at,
        "sections": [
            {"name": s["name"], "title": s["title"], "figures": [show_figure(f) for f in s["figures"]]}
            for s in snapshot["sections"]
            if s["figures"]
        ],
    }
