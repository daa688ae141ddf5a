"""Spreadsheets in and out; knows no domain."""

from .columns import FieldSpec, Match, match_columns
from .errors import SheetError
from .escaping import escape_formula
from .reading import read_table
from .table import Cell, Row, Table, cell_ref, column_letter
from .values import as_date, looks_like_date, looks_like_email, looks_like_person_name
from .writing import write_csv, write_xlsx

__all__ = [
    "Cell",
    "FieldSpec",
    "Match",
    "Row",
    "SheetError",
    "Table",
    "as_date",
    "cell_ref",
    "column_letter",
    "escape_formula",
    "looks_like_date",
    "looks_like_email",
    "looks_like_person_name",
    "match_columns",
    "read_table",
    "write_csv",
    "write_xlsx",
]
