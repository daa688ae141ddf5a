"""The one way in for files that people bring."""

from typing import BinaryIO

from .delimited import read_csv
from .guards import kind_of, read_capped
from .table import Table
from .xlsx import read_xlsx


def read_table(file: BinaryIO, filename: str) -> Table:
    """Header and rows of an .xlsx or CSV file; raises SheetError, whose message may be shown, for anything else."""
    content = read_capped(file)
    return read_xlsx(content) if kind_of(content, filename) == "xlsx" else read_csv(content)
