"""Tables out: CSV and .xlsx that open as data and never as formulas."""

import csv
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from io import StringIO
from typing import Any

from django.utils import timezone

from .escaping import escape_formula

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """UTF-8 with the mark Excel needs, ISO dates, and an apostrophe before whatever could run as a formula."""
    out = StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_csv_cell(column) for column in columns])
    writer.writerows([_csv_cell(value) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def write_xlsx(columns: Sequence[str], rows: Iterable[Sequence[Any]], sheet_title: str) -> bytes:
    """One sheet, written row by row: text is typed as text, dates are real dates, the header stays in sight."""
    # Loaded when it's needed, like the reading of workbooks (reading.py).
    from .workbook import write_workbook

    return write_workbook(columns, rows, sheet_title)


def plain(value: Any) -> Any:
    """None, a number, a naive local date or datetime, or text."""
    if isinstance(value, datetime):
        return timezone.make_naive(value) if timezone.is_aware(value) else value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if value is None or isinstance(value, date | int | float | Decimal):
        return value
    if isinstance(value, time):
        return value.isoformat(timespec="minutes")
    return _ILLEGAL.sub("", str(value))


def _csv_cell(value: Any) -> str | int | float | Decimal:
    value = plain(value)
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return escape_formula(value) if isinstance(value, str) else value
