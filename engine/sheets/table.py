"""The one shape in which every sheet is handed on."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.translation import gettext as _

from .errors import SheetError
from .values import looks_like_email

Cell = str | date | datetime | int | float | None

MAX_ROWS = 20_000
MAX_COLUMNS = 200
_HEADER_SEARCH = 30


@dataclass(slots=True)
class Row:
    """A row as people see it: `number` counts from 1 in their sheet, the sets hold column indexes from 0."""

    number: int
    cells: list[Cell]
    formulas: set[int] = field(default_factory=set)
    errors: set[int] = field(default_factory=set)
    bidi: set[int] = field(default_factory=set)

    @property
    def width(self) -> int:
        """Columns up to the last one that holds something."""
        used = [index for index, cell in enumerate(self.cells) if cell is not None]
        return max([*used, *self.formulas, *self.errors], default=-1) + 1

    @property
    def filled(self) -> int:
        return sum(cell is not None for cell in self.cells) + len(self.formulas) + len(self.errors)


@dataclass(slots=True)
class Table:
    """`rows` leaves out the header and blank rows; every row has as many cells as `header`."""

    header: list[str]
    rows: list[Row]
    notices: list[str] = field(default_factory=list)
    sheet: str | None = None
    header_row: int = 1

    def column(self, index: int) -> list[Cell]:
        return [row.cells[index] for row in self.rows]


def column_letter(index: int) -> str:
    """Letters of a column counted from 0, as in 'AB'."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_ref(index: int, row_number: int) -> str:
    """The name people know a cell by: column counted from 0, row as in `Row.number`."""
    return f"{column_letter(index)}{row_number}"


def assemble(rows: Iterable[Row], *, notices: list[str], sheet: str | None = None) -> Table:
    """Find the header, drop blank rows and enforce the limits while reading."""
    kept = _within_limits(rows)
    if not kept:
        raise SheetError(
            _("The file is empty. Choose a file with headings in the first row and one person in each row.")
        )
    start = _header_index(kept)
    head, body = kept[start], kept[start + 1 :]
    if _looks_like_data(head):
        raise SheetError(
            _("The file has no row of headings. Add a first row that names each column, such as “Work email”.")
        )
    if not body:
        raise SheetError(_("The file has headings but no rows under them. Add at least one row."))
    if start:
        notices.append(
            _("We used row %(number)s as the headings and left out what stands above it.") % {"number": head.number}
        )
    width = max(row.width for row in (head, *body))
    for row in (head, *body):
        row.cells = (row.cells + [None] * width)[:width]
    return Table(
        header=["" if cell is None else str(cell) for cell in head.cells],
        rows=body,
        notices=notices,
        sheet=sheet,
        header_row=head.number,
    )


def _within_limits(rows: Iterable[Row]) -> list[Row]:
    kept: list[Row] = []
    for row in rows:
        if row.width > MAX_COLUMNS:
            raise SheetError(
                _("Row %(number)s has more than %(limit)s columns. Delete the columns you don’t need and try again.")
                % {"number": row.number, "limit": MAX_COLUMNS}
            )
        if row.filled:
            kept.append(row)
        if len(kept) > MAX_ROWS + 1:
            raise SheetError(
                _("The file has more than %(limit)s rows. Split it into smaller files.") % {"limit": f"{MAX_ROWS:,}"}
            )
    return kept


def _header_index(rows: list[Row]) -> int:
    """The first row about as wide as the table: a title above it fills one or two cells only."""
    near = rows[:_HEADER_SEARCH]
    widest = max(row.filled for row in near)
    return next(index for index, row in enumerate(near) if row.filled * 2 >= widest)


def _looks_like_data(head: Row) -> bool:
    filled = [cell for cell in head.cells if cell is not None]
    if any(looks_like_email(cell) for cell in filled):
        return True
    return sum(not isinstance(cell, str) for cell in filled) * 2 > len(filled)
