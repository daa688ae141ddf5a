"""Writing one .xlsx workbook; the one module that loads what writes it."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from itertools import chain, islice
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font

from .table import column_letter
from .writing import plain

_TITLE_ILLEGAL = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_MAX_CELL = 32_767
_MAX_INT = 10**15  # a workbook keeps 15 digits of a number
_WIDTH_SAMPLE = 200
_MIN_WIDTH, _MAX_WIDTH = 8, 60


def write_workbook(columns: Sequence[str], rows: Iterable[Sequence[Any]], sheet_title: str) -> bytes:
    """One sheet, written row by row: text is typed as text, dates are real dates, the header stays in sight."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_title(sheet_title))
    iterator = iter(rows)
    sample = [list(row) for row in islice(iterator, _WIDTH_SAMPLE)]
    for index, heading in enumerate(columns):
        lengths = [len(str(heading)) + 3, *(_length(row[index]) for row in sample if index < len(row))]
        sheet.column_dimensions[column_letter(index)].width = min(max(*lengths, _MIN_WIDTH), _MAX_WIDTH)
    # Both must be set before the first row: a streaming sheet has written its head by then.
    sheet.freeze_panes = "A2"
    sheet.append([_header_cell(sheet, heading) for heading in columns])
    count = 1
    for row in chain(sample, iterator):
        sheet.append([_xlsx_cell(sheet, value) for value in row])
        count += 1
    if columns:
        sheet.auto_filter.ref = f"A1:{column_letter(len(columns) - 1)}{count}"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _xlsx_cell(sheet: Any, value: Any) -> Any:
    value = plain(value)
    if isinstance(value, float | Decimal) and not -_MAX_INT < value < _MAX_INT:
        value = str(value)  # also NaN and infinity, which a workbook can't hold
    elif isinstance(value, int) and abs(value) >= _MAX_INT:
        value = str(value)
    elif isinstance(value, date) and value.year < 1900:
        value = value.isoformat()  # before a workbook's calendar begins
    if not isinstance(value, str):
        cell = WriteOnlyCell(sheet, value)
        if isinstance(value, datetime):
            cell.number_format = "dd/mm/yyyy hh:mm"
        elif isinstance(value, date):
            cell.number_format = "dd/mm/yyyy"
        return cell
    cell = WriteOnlyCell(sheet, value[:_MAX_CELL])
    cell.data_type = "s"  # openpyxl types "=…" as a formula and "#N/A" as an error
    return cell


def _header_cell(sheet: Any, heading: str) -> Any:
    cell = _xlsx_cell(sheet, str(heading))
    cell.font = Font(bold=True)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _length(value: Any) -> int:
    if isinstance(value, datetime):
        return 16
    if isinstance(value, date):
        return 11
    return 0 if value is None else max(len(line) for line in f"{value}\n".split("\n")) + 1


def _title(title: str) -> str:
    """A name a workbook accepts: 31 characters, none of []:*?/\\ and no apostrophe at either end."""
    return _TITLE_ILLEGAL.sub(" ", str(title)).strip(" '")[:31].strip(" '") or "Sheet1"
