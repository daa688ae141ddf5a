"""The state of a portfolio: how many are red, amber and green."""

from collections.abc import Mapping

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from .canvas import INK, TEXT, WHITE, WIDTH, Canvas, FigureTable, all_withheld, ink_on, nothing_yet, number, text_width

# Dark, middle and light: told apart without colour, and each part bears its letter too.
FILLS = {"red": "#942514", "amber": "#ffc94d", "green": "#2f9e77", "none": WHITE}
_HEIGHT = 40
_LEAST = 34


def rag_strip(counts: Mapping[str, int | None], *, title: str) -> SafeString:
    """One strip cut by the counts of 'red', 'amber', 'green' and 'none' (not rated yet); None isn't shown."""
    _check(counts)
    if counts and all(count is None for count in counts.values()):
        return all_withheld(title)
    drawn = {key: counts[key] for key in FILLS if key in counts and counts[key] != 0}
    if not drawn:
        return nothing_yet(title)
    canvas = Canvas()
    x = 0.5
    for key, wide in _widths(drawn).items():
        count = drawn[key]
        canvas.rect(x, 0.5, wide, _HEIGHT - 1, FILLS[key], stroke=INK, dash="4 3" if count is None else "")
        label = "?" if count is None else f"{_letter(key)} {number(count)}".strip()
        if text_width(label, TEXT) + 4 > wide:
            label = number(count) if count is not None else "?"
        canvas.text(x + wide / 2, 26, label, anchor="middle", bold=True, fill=ink_on(FILLS[key]))
        x += wide
    canvas.y = _HEIGHT + 6
    canvas.legend([(FILLS[key], f"{_name(key)}: {number(count)}") for key, count in drawn.items()])
    return canvas.render(title, [f"{_name(key)}: {number(count)}" for key, count in counts.items()])


def rag_table(counts: Mapping[str, int | None]) -> FigureTable:
    _check(counts)
    return FigureTable(
        [_("Rating"), _("Number")], [[_name(key), number(counts[key])] for key in FILLS if key in counts]
    )


def _check(counts: Mapping[str, int | None]) -> None:
    if unknown := set(counts) - set(FILLS):
        raise ValueError(f"no such rating: {', '.join(sorted(unknown))}")


def _widths(drawn: Mapping[str, int | None]) -> dict[str, float]:
    """In proportion, but never too narrow for its number; a withheld part has the least width, whatever it holds."""
    room = WIDTH - 1 - _LEAST * len(drawn)
    whole = sum(count or 0 for count in drawn.values())
    if not whole:
        return dict.fromkeys(drawn, (WIDTH - 1) / len(drawn))
    return {key: _LEAST + room * (count or 0) / whole for key, count in drawn.items()}


def _name(key: str) -> str:
    return {"red": _("Red"), "amber": _("Amber"), "green": _("Green"), "none": _("Not rated yet")}[key]


def _letter(key: str) -> str:
    return "" if key == "none" else _name(key)[:1]
