"""A life drawn as a river that runs down the page, one bend for each thing that happened."""

from collections.abc import Sequence
from itertools import pairwise

from django.utils.safestring import SafeString

from .canvas import INK, MAIN, QUIET, SMALL, TEXT, WHITE, WIDTH, Canvas, FigureTable, nothing_yet, wrap

Point = tuple[str, str, int]  # when, what, and on which side: -1 left, 0 midstream, 1 right
_ROW, _MIDDLE, _BEND, _LABEL = 52, 128, 38, 190
_FILLS = {-1: INK, 0: WHITE, 1: MAIN}


def river(points: Sequence[Point], *, sides: tuple[str, str, str], title: str) -> SafeString:
    """Points in their order from the top; `sides` says in words what left, midstream and right mean."""
    if not points:
        return nothing_yet(title)
    canvas = Canvas()
    for side, words in zip((-1, 0, 1), sides, strict=True):
        canvas.circle(9, canvas.y + 9, 6, fill=_FILLS[side])
        canvas.text(24, canvas.y + 14, words, size=SMALL)
        canvas.y += 20
    top = canvas.y + 12
    places = [(_MIDDLE + _BEND * side, top + 14 + _ROW * n) for n, (_when, _what, side) in enumerate(points)]
    canvas.line(_MIDDLE, top - 8, *places[0], stroke=QUIET, width=5)
    for here, there in pairwise(places):
        canvas.line(*here, *there, stroke=QUIET, width=5)
    canvas.line(*places[-1], _MIDDLE, places[-1][1] + 34, stroke=QUIET, width=5)
    for (x, y), (when, what, side) in zip(places, points, strict=True):
        canvas.text(0, y + 5, when, bold=True)
        canvas.circle(x, y, 9, fill=_FILLS[side], width=3)
        lines = wrap(what, WIDTH - _LABEL, TEXT)
        for number, line in enumerate(lines):
            canvas.text(_LABEL, y + 5 - 9 * (len(lines) - 1) + 19 * number, line)
    canvas.y = places[-1][1] + 40
    return canvas.render(title, [f"{when}: {what}, {sides[side + 1]}" for when, what, side in points])


def river_table(points: Sequence[Point], *, sides: tuple[str, str, str], header: tuple[str, str, str]) -> FigureTable:
    return FigureTable(list(header), [[when, what, sides[side + 1]] for when, what, side in points])
