"""Sheets on their way in: uploaded, columns matched by meaning, checked row by row, corrected, confirmed, written by a job.

An app that takes a sheet subclasses SheetImport (engine.models) and ImportKind, and says there what is its own: its columns, what
becomes of a row, and how good rows are written (docs/imports.md)."""

from engine.imports.kinds import Entry, ImportKind, import_kinds, kind_of
from engine.imports.rows import Draft, Reason, refuse_unreadable, text_of, totals, with_blank_rows

__all__ = [
    "Draft",
    "Entry",
    "ImportKind",
    "Reason",
    "import_kinds",
    "kind_of",
    "refuse_unreadable",
    "text_of",
    "totals",
    "with_blank_rows",
]
