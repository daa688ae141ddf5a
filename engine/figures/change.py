"""Before and after on one scale."""

from collections.abc import Sequence

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from .canvas import (
    INK,
    LINE,
    MAIN,
    QUIET,
    RULE,
    SMALL,
    WHITE,
    WIDTH,
    Canvas,
    FigureTable,
    all_withheld,
    nothing_yet,
    number,
)

Change = tuple[str, float | None, float | None, int | None]
_EDGE = 12
_ROW = 24


def paired_change(rows: Sequence[Change], *, title: str, scale: tuple[float, float] = (1, 5)) -> SafeString:
    """(label, before, after, number of pairs): a ring before, a dot after, a line between them."""
    if not rows:
        return nothing_yet(title)
    if all(None in (before, after) for _label, before, after, _n in rows):
        return all_withheld(title)
    low, high = scale
    canvas = Canvas()
    _key(canvas)
    for label, before, after, count in rows:
        canvas.heading(label, _words(before, after, count), quiet=None in (before, after))
        middle = canvas.y + _ROW / 2
        canvas.line(_EDGE, middle, WIDTH - _EDGE, middle, stroke=RULE)
        if before is not None and after is not None:
            start, end = (_place(value, low, high) for value in (before, after))
            canvas.line(start, middle, end, middle, stroke=MAIN, width=4)
            # The ring is wider than the dot: both show where nothing has changed.
            canvas.circle(start, middle, 8, fill=WHITE)
            canvas.circle(end, middle, 5, fill=MAIN)
        canvas.y += _ROW + 8
    _axis(canvas, low, high)
    return canvas.render(title, [f"{label}: {_words(before, after, count)}" for label, before, after, count in rows])


def change_table(rows: Sequence[Change]) -> FigureTable:
    out = []
    for label, before, after, count in rows:
        both = before is not None and after is not None
        moved = f"{(after or 0) - (before or 0):+.1f}" if both else number(None)
        pair = [_mean(before), _mean(after)] if both else [number(None)] * 2
        out.append([str(label), *pair, moved, number(count)])
    return FigureTable([_("Measure"), _("Before"), _("After"), _("Change"), _("People who answered both")], out)


def _mean(value: float | None) -> str:
    return number(None) if value is None else f"{value:.1f}"


def _words(before: float | None, after: float | None, count: int | None) -> str:
    if before is None or after is None:
        return number(None)
    return _("%(before)s to %(after)s (n = %(count)s)") % {
        "before": _mean(before),
        "after": _mean(after),
        "count": number(count),
    }


def _place(value: float, low: float, high: float) -> float:
    share = (min(max(value, low), high) - low) / (high - low)
    return _EDGE + (WIDTH - 2 * _EDGE) * share


def _key(canvas: Canvas) -> None:
    canvas.circle(9, 10, 7, fill=WHITE)
    canvas.text(24, 15, _("Before"), size=SMALL)
    canvas.circle(109, 10, 5, fill=MAIN)
    canvas.text(122, 15, _("After"), size=SMALL)
    canvas.y = LINE + 10


def _axis(canvas: Canvas, low: float, high: float) -> None:
    canvas.line(_EDGE, canvas.y, WIDTH - _EDGE, canvas.y, stroke=INK)
    whole = float(low).is_integer() and float(high).is_integer() and high - low <= 10
    ticks = [low + step for step in range(int(high - low) + 1)] if whole else [low, (low + high) / 2, high]
    for tick in ticks:
        x = _place(tick, low, high)
        canvas.line(x, canvas.y, x, canvas.y + 5, stroke=INK)
        canvas.text(x, canvas.y + 19, f"{tick:g}", size=SMALL, anchor="middle", fill=QUIET)
    canvas.y += 26
