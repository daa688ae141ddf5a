"""Who stands where on a grid of two scales: one numbered mark each, told apart by shape, the numbers those of its table."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from .canvas import INK, LINE, QUIET, RULE, SMALL, TRACK, WHITE, WIDTH, Canvas, nothing_yet, wrap

_LABEL = 76
_MARK = 12  # radius
_STEP = 38
_ROW = 30


@dataclass(frozen=True, slots=True)
class Mark:
    """`row` and `column` count from 0, the top left; `settled` is where it should be, others have an arrow to the right."""

    row: int
    column: int
    number: int
    settled: bool


def placed(
    marks: Sequence[Mark],
    *,
    rows: Sequence[str],
    columns: Sequence[str],
    scale: str,
    title: str,
    settled: str,
    moving: str,
) -> SafeString:
    """`scale` names what the rows measure; `settled` and `moving` say what the two shapes mean."""
    if not marks:
        return nothing_yet(title)
    canvas = Canvas()
    canvas.text(0, 14, wrap(scale, _LABEL - 4, SMALL, lines=1)[0], size=SMALL, fill=QUIET)
    wide = (WIDTH - _LABEL) / len(columns)
    across = max(int(wide // _STEP), 1)
    for index, label in enumerate(columns):
        for number, part in enumerate(wrap(label, wide - 4, SMALL)):
            canvas.text(_LABEL + wide * (index + 0.5), 14 + LINE * number, part, size=SMALL, anchor="middle")
    canvas.y = 22
    for row, label in enumerate(rows):
        cells = [[m for m in marks if (m.row, m.column) == (row, column)] for column in range(len(columns))]
        high = _ROW * max(1, *(-(-len(cell) // across) for cell in cells)) + 10
        canvas.text(0, canvas.y + high / 2 + 5, wrap(label, _LABEL - 6, SMALL, lines=1)[0], size=SMALL)
        for column, cell in enumerate(cells):
            left = _LABEL + wide * column
            canvas.rect(left, canvas.y, wide, high, TRACK if (row + column) % 2 else WHITE, stroke=RULE)
            for place, mark in enumerate(cell):
                x = left + _STEP * (place % across) + _MARK + 8
                _draw(canvas, str(mark.number), x, canvas.y + _ROW * (place // across + 0.5) + 5, mark.settled)
        canvas.y += high
    for words, done in ((settled, True), (moving, False)):
        canvas.y += 10
        _draw(canvas, "", 14, canvas.y + 8, done)
        canvas.text(44, canvas.y + 13, wrap(words, WIDTH - 48, SMALL, lines=1)[0], size=SMALL, fill=QUIET)
        canvas.y += LINE
    canvas.y += 4
    return canvas.render(title, [_("each number is a row of the table")])


def _draw(canvas: Canvas, number: str, x: float, y: float, settled: bool) -> None:
    canvas.circle(x, y, _MARK, fill=INK if settled else WHITE)
    if number:
        canvas.text(x, y + 5, number, size=SMALL, anchor="middle", bold=True, fill=WHITE if settled else INK)
    if not settled:
        for rise in (-5, 5):
            canvas.line(x + _MARK + 4, y + rise, x + _MARK + 10, y, width=2)
