"""One row of a sheet as it was read, and what is said of it. Reads nothing and writes nothing by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _

from engine.dates import uk_date
from engine.sheets import Row, Table, cell_ref


@dataclass
class Reason:
    """Why a row isn't simply good. `wrong` reasons keep it from being written; the others say what was assumed."""

    code: str
    text: str
    field: str = ""
    wrong: bool = True

    def as_entry(self) -> dict[str, str]:
        return {"code": self.code, "field": self.field, "text": self.text}


@dataclass
class Draft:
    """`texts` hold what the sheet, or staff, say; `corrected` what of it is staff's."""

    number: int
    texts: dict[str, str]
    corrected: dict[str, str] = field(default_factory=dict)
    left_out: bool = False
    # Written from a sheet before.
    there: bool = False
    reasons: list[Reason] = field(default_factory=list)

    def refuse(self, code: str, text: str, field_name: str = "") -> None:
        self.reasons.append(Reason(code, text, field_name))

    def assume(self, code: str, text: str, field_name: str = "") -> None:
        self.reasons.append(Reason(code, text, field_name, wrong=False))

    @property
    def wrong(self) -> list[Reason]:
        return [reason for reason in self.reasons if reason.wrong]

    @property
    def unreadable(self) -> set[str]:
        """Fields of which something is wrong already, so that nothing more is said of them."""
        return {reason.field for reason in self.wrong}


def text_of(cell: Any) -> str:
    """A cell as staff read and correct it."""
    if isinstance(cell, datetime | date):
        return uk_date(cell)
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else " ".join(str(cell).split())


def refuse_unreadable(draft: Draft, row: Row, columns: Mapping[str, int]) -> None:
    """Formulas and errors of the spreadsheet, in what staff haven't corrected. `columns`: field → index of its column."""
    for key, index in columns.items():
        if key in draft.corrected:
            continue
        cell = {"cell": cell_ref(index, row.number)}
        if index in row.formulas:
            text = _("Cell %(cell)s holds a formula, which we don’t run. Type its value instead.")
            draft.refuse("formula", text % cell, key)
        elif index in row.errors:
            draft.refuse("cell_error", _("Cell %(cell)s holds an error of the spreadsheet.") % cell, key)


def with_blank_rows(
    table: Table, entries: list[dict[str, Any]], blank: Callable[[int], dict[str, Any]]
) -> list[dict[str, Any]]:
    """The reader drops blank rows; people who count rows in their sheet should find each number."""
    by_number = {entry["row"]: entry for entry in entries}
    last = max(by_number, default=table.header_row)
    return [by_number.get(number) or blank(number) for number in range(table.header_row + 1, last + 1)]


def totals(rows: list[dict[str, Any]], outcomes: type[TextChoices]) -> dict[str, int]:
    """{outcome: count} of every outcome, in their order, zeros included."""
    counts = Counter(row["outcome"] for row in rows)
    return {str(outcome.value): counts[outcome.value] for outcome in outcomes}
