"""Figures as SVG text, the same on page and paper; each has its table. They know no domain."""

from .bars import attendance_bars, attendance_table, balance_bars, balance_table, share_table, stacked_share
from .canvas import FigureTable
from .change import change_table, paired_change
from .funnel import funnel, funnel_table
from .grid import attendance_grid, grid_table
from .placed import Mark, placed
from .rag import rag_strip, rag_table
from .river import river, river_table

__all__ = [
    "FigureTable",
    "Mark",
    "attendance_bars",
    "attendance_grid",
    "attendance_table",
    "balance_bars",
    "balance_table",
    "change_table",
    "funnel",
    "funnel_table",
    "grid_table",
    "paired_change",
    "placed",
    "rag_strip",
    "rag_table",
    "river",
    "river_table",
    "share_table",
    "stacked_share",
]
