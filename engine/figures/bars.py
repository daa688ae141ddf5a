"""Bars against a target, shares of a whole, and attendance by event."""

from collections.abc import Sequence

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from .canvas import (
    INK,
    LINE,
    MAIN,
    RULE,
    SHADES,
    SMALL,
    TRACK,
    WHITE,
    WIDTH,
    Canvas,
    FigureTable,
    all_withheld,
    ink_on,
    nothing_yet,
    number,
    percent,
    text_width,
)

Group = tuple[str, float | None, float | None]
Shares = tuple[str, Sequence[int | None]]
Event = tuple[str, int | None, int | None]
_BAR = 18


def balance_bars(groups: Sequence[Group], *, title: str, unit: str = "%") -> SafeString:
    """(label, actual, target or None) in one unit; an upright mark shows the target, an actual of None isn't shown."""
    shown = [actual for _label, actual, _target in groups if actual is not None]
    targets = [target for _label, _actual, target in groups if target]
    if groups and not shown:
        return all_withheld(title)
    if not any(shown) and not targets:
        return nothing_yet(title)
    canvas, widest = Canvas(), max([*shown, *targets])
    for label, actual, target in groups:
        canvas.heading(label, _against(actual, target, unit), quiet=actual is None)
        canvas.rect(
            0, canvas.y, WIDTH, _BAR, TRACK if actual is not None else WHITE, stroke="" if actual is not None else RULE
        )
        if actual is not None:
            canvas.rect(0, canvas.y, (WIDTH - 4) * actual / widest, _BAR, MAIN)
        if target is not None:
            x = (WIDTH - 4) * target / widest
            # White on both sides, so that the mark is seen inside the bar as well.
            canvas.rect(x - 3, canvas.y - 3, 7, _BAR + 6, WHITE)
            canvas.rect(x - 1, canvas.y - 3, 3, _BAR + 6, INK)
        canvas.y += _BAR + 12
    if targets:
        canvas.rect(4, canvas.y + 1, 3, 16, INK)
        canvas.text(18, canvas.y + 14, _("Target"), size=SMALL)
        canvas.y += LINE + 4
    return canvas.render(title, [f"{label}: {_against(actual, target, unit)}" for label, actual, target in groups])


def balance_table(groups: Sequence[Group], *, unit: str = "%") -> FigureTable:
    rows = [
        [str(label), _with(actual, unit), _with(target, unit) if target is not None else _("no target")]
        for label, actual, target in groups
    ]
    return FigureTable([_("Group"), _("Actual"), _("Target")], rows)


def stacked_share(rows: Sequence[Shares], *, series: Sequence[str], title: str) -> SafeString:
    """One bar of 100% a row, cut into `series` (at most six, in their order).

    A row with any count withheld isn't drawn at all: the rest would give the withheld one away.
    """
    if len(series) > len(SHADES):
        raise ValueError(f"at most {len(SHADES)} series can be told apart, not {len(series)}")
    if rows and all(None in counts for _label, counts in rows):
        return all_withheld(title)
    if not any(any(count or 0 for count in counts) for _label, counts in rows):
        return nothing_yet(title)
    fills = _shades(len(series))
    canvas = Canvas()
    for label, counts in rows:
        whole = _whole(counts)
        canvas.heading(label, _total(whole), quiet=whole is None)
        if whole:
            _slices(canvas, [count or 0 for count in counts], whole, fills)
        else:
            canvas.rect(0.5, canvas.y + 0.5, WIDTH - 1, 23, WHITE, stroke=RULE, dash="4 4")
        canvas.y += 24 + 12
    canvas.legend(list(zip(fills, map(str, series), strict=True)))
    facts = [f"{row[0]}: {', '.join(row[1:-1])}" for row in share_table(rows, series=series).rows]
    return canvas.render(title, facts)


def share_table(rows: Sequence[Shares], *, series: Sequence[str]) -> FigureTable:
    out = []
    for label, counts in rows:
        whole = _whole(counts)
        cells = [
            number(None) if whole is None else f"{number(count)} ({percent(count, whole) or '0%'})" for count in counts
        ]
        out.append([str(label), *cells, number(whole)])
    return FigureTable([_("Group"), *map(str, series), _("Total")], out)


def attendance_bars(events: Sequence[Event], *, title: str) -> SafeString:
    """(event, present, expected): the share present of each event, over a track that stands for everyone expected."""
    if events and all(present is None or expected is None for _label, present, expected in events):
        return all_withheld(title)
    if not any(expected for _label, _present, expected in events):
        return nothing_yet(title)
    canvas = Canvas()
    for label, present, expected in events:
        canvas.heading(label, _present_of(present, expected), quiet=present is None or not expected)
        if present is None or not expected:
            canvas.rect(0.5, canvas.y + 0.5, WIDTH - 1, _BAR - 1, WHITE, stroke=RULE, dash="4 4")
        else:
            canvas.rect(0.5, canvas.y + 0.5, WIDTH - 1, _BAR - 1, TRACK, stroke=RULE)
            canvas.rect(0, canvas.y, WIDTH * min(present / expected, 1), _BAR, MAIN)
        canvas.y += _BAR + 12
    return canvas.render(title, [f"{label}: {_present_of(present, expected)}" for label, present, expected in events])


def attendance_table(events: Sequence[Event]) -> FigureTable:
    rows = [
        [str(label), number(present), number(expected), percent(present, expected)]
        for label, present, expected in events
    ]
    return FigureTable([_("Event"), _("Present"), _("Expected"), _("Share")], rows)


def _present_of(present: int | None, expected: int | None) -> str:
    if present is None or expected is None:
        return number(None)
    if not expected:
        return _("nobody expected")
    return _("%(present)s of %(expected)s (%(share)s)") % {
        "present": number(present),
        "expected": number(expected),
        "share": percent(present, expected),
    }


def _with(value: float | None, unit: str) -> str:
    return number(value) if value is None else f"{number(value)}{unit}"


def _against(actual: float | None, target: float | None, unit: str) -> str:
    if target is None:
        return _with(actual, unit)
    return _("%(actual)s, target %(target)s") % {"actual": _with(actual, unit), "target": _with(target, unit)}


def _whole(counts: Sequence[int | None]) -> int | None:
    return None if any(count is None for count in counts) else sum(count or 0 for count in counts)


def _total(whole: int | None) -> str:
    return number(None) if whole is None else _("%(count)s in all") % {"count": number(whole)}


def _shades(count: int) -> list[str]:
    """As far apart in lightness as that many can be."""
    last = len(SHADES) - 1
    return [SHADES[round(index * last / max(count - 1, 1))] for index in range(count)]


def _slices(canvas: Canvas, counts: Sequence[int], whole: int, fills: Sequence[str]) -> None:
    x = 0.5
    for count, fill in zip(counts, fills, strict=True):
        if not count:
            continue
        wide = (WIDTH - 1) * count / whole
        canvas.rect(x, canvas.y + 0.5, wide, 23, fill, stroke=INK)
        label = percent(count, whole)
        if text_width(label, SMALL) + 6 <= wide:
            canvas.text(x + wide / 2, canvas.y + 17, label, size=SMALL, anchor="middle", fill=ink_on(fill))
        x += wide
