"""Rows of an .xlsx workbook. Formulas are reported and never computed, nor is the value Excel cached for them used."""

import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

import openpyxl
from defusedxml.common import DefusedXmlException
from django.utils.translation import gettext as _
from openpyxl.utils.exceptions import InvalidFileException

from .errors import SheetError
from .guards import check_zip, not_a_workbook
from .table import MAX_COLUMNS, Cell, Row, Table, assemble
from .text import has_bidi_controls, tidy, unescape_xlsx

LAST_ROW = 1_048_576

# openpyxl has no error of its own for a damaged part: it lets through whatever went wrong inside.
_DAMAGED = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    DefusedXmlException,
    EOFError,
    InvalidFileException,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    SyntaxError,  # xml.etree.ParseError is one
    TypeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


def read_xlsx(content: bytes) -> Table:
    check_zip(content)
    try:
        with warnings.catch_warnings():
            # openpyxl warns about styles and extensions that have no bearing on values.
            warnings.simplefilter("ignore")
            return _read(content)
    except _DAMAGED as error:
        raise SheetError(not_a_workbook()) from error


def _read(content: bytes) -> Table:
    book = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=False, keep_links=False)
    try:
        sheets = list(book.worksheets)
        visible = [sheet for sheet in sheets if sheet.sheet_state == "visible"]
        filled = [sheet for sheet in visible if _has_data(sheet)]
        if not filled:
            filled = [sheet for sheet in sheets if sheet not in visible and _has_data(sheet)]
        chosen = (filled or visible or sheets)[0]
        notices = []
        if len(filled) > 1:
            notices.append(
                _("The workbook has %(count)s sheets with data. We read the first one, “%(title)s”.")
                % {"count": len(filled), "title": tidy(chosen.title)}
            )
        return assemble(_rows(chosen), notices=notices, sheet=tidy(chosen.title))
    finally:
        book.close()


def _has_data(sheet: Any) -> bool:
    return any(row.filled for row in _rows(sheet))


def _rows(sheet: Any) -> Iterator[Row]:
    # The size a workbook declares may be wrong either way; reading what is there costs the same.
    sheet.reset_dimensions()
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if number > LAST_ROW:
            raise SheetError(not_a_workbook())
        if cells:
            yield _row(number, cells)


def _row(number: int, cells: tuple[Any, ...]) -> Row:
    row = Row(number, [])
    for index, cell in enumerate(cells):
        if index > MAX_COLUMNS and cell.value is None:
            continue
        kind, value = getattr(cell, "data_type", "n"), cell.value
        if kind == "f":
            row.formulas.add(index)
            value = None
        elif kind == "e":
            row.errors.add(index)
            value = None
        if isinstance(value, str):
            if has_bidi_controls(value):
                row.bidi.add(index)
            value = tidy(unescape_xlsx(value)) or None
        row.cells.append(_plain(value))
    return row


def _plain(value: Any) -> Cell:
    """One of the kinds in `Cell`: midnight is how a workbook stores a plain date."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.date() if value.time() == time() else value
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if value is None or isinstance(value, str | date | int | float):
        return value
    if isinstance(value, time | timedelta):
        return str(value)
    return tidy(str(value)) or None
