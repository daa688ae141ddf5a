"""The one way in for files that people bring."""

from typing import BinaryIO

from .delimited import read_csv
from .guards import kind_of, read_capped
from .table import Table


def read_table(file: BinaryIO, filename: str) -> Table:
    """Header and rows of an .xlsx or CSV file; raises SheetError, whose message may be shown, for anything else."""
    content = read_capped(file)
    if kind_of(content, filename) != "xlsx":
        return read_csv(content)
    # openpyxl, and numpy with it, is a tenth of what loading the portal costs: only whoever reads a workbook pays.
    from .xlsx import read_xlsx

    return read_xlsx(content)
