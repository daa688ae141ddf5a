"""How uploaded sheets go when their time is over."""

from __future__ import annotations

from collections.abc import Sequence

from engine.models import SheetImport, StoredFile
from tenancy.retention import delete_rows


def delete_uploads(rows: Sequence[SheetImport]) -> None:
    """Delete the files, and in the database with them the imports that hang on them."""
    delete_rows(StoredFile, [row.file_id for row in rows])
