"""Rows of a CSV file, whatever program wrote it."""

import csv
from collections.abc import Iterator
from io import StringIO

from django.utils.translation import gettext as _

from .errors import SheetError
from .escaping import strip_escape
from .table import Row, Table, assemble
from .text import has_bidi_controls, tidy

DELIMITERS = ",;\t"
_SAMPLE_RECORDS = 20


def read_csv(content: bytes) -> Table:
    """Every cell is text; one that starts with '=' counts as a formula, since a spreadsheet would run it."""
    notices: list[str] = []
    text = _decode(content, notices)
    delimiter, text = _delimiter(text)
    return assemble(_rows(text, delimiter), notices=notices)


def _decode(content: bytes, notices: list[str]) -> str:
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError as error:
            raise SheetError(_unreadable()) from error
        notices.append(_("The file isn’t in UTF-8, so we read it as Windows text. Check names with accents."))
    if "\x00" in text:
        raise SheetError(_unreadable())
    return text


def _unreadable() -> str:
    return _("We can’t read the characters in this file. Save it as “CSV UTF-8” or as .xlsx and try again.")


def _delimiter(text: str) -> tuple[str, str]:
    """The separator and the text without Excel's own 'sep=' line, which isn't a row of the sheet."""
    first, _newline, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip("\r")) == 5:
        return first[4], rest
    return max(DELIMITERS, key=lambda delimiter: _fit(text, delimiter)), text


def _fit(text: str, delimiter: str) -> tuple[int, int]:
    """How many records split into the same number of columns as the widest usual one, then that number."""
    widths: list[int] = []
    try:
        for record in csv.reader(StringIO(text, newline=""), delimiter=delimiter):
            if record:
                widths.append(len(record))
            if len(widths) == _SAMPLE_RECORDS:
                break
    except csv.Error:
        return (0, 0)
    split = [width for width in widths if width > 1]
    if not split:
        return (0, 0)
    usual = max(set(split), key=lambda width: (split.count(width), width))
    return (split.count(usual), usual)


def _rows(text: str, delimiter: str) -> Iterator[Row]:
    number = 0
    try:
        for number, record in enumerate(csv.reader(StringIO(text, newline=""), delimiter=delimiter), start=1):
            yield _row(number, record)
    except csv.Error as error:
        raise SheetError(
            _("Row %(number)s can’t be read: a quotation mark may be missing. Save the file as .xlsx and try again.")
            % {"number": number + 1}
        ) from error


def _row(number: int, record: list[str]) -> Row:
    row = Row(number, [])
    for index, raw in enumerate(record):
        text = tidy(raw)
        if has_bidi_controls(raw):
            row.bidi.add(index)
        if text.startswith("="):
            row.formulas.add(index)
            text = ""
        row.cells.append(strip_escape(text) or None)
    return row
