"""An SVG drawing made of presentation attributes alone: a strict content policy shows it, and paper does too."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

WIDTH = 420  # small, so that the text is still readable when a phone shrinks the drawing
TEXT = 15
SMALL = 13
LINE = 19

INK = "#0b0c0c"
QUIET = "#505a5f"
RULE = "#b1b4b6"
TRACK = "#f3f2f1"
MAIN = "#1d70b8"
WHITE = "#ffffff"
_BOLD = 1.1  # how much wider bold text runs
# Ordered from dark to light: neighbours differ in lightness, so grey print and any colour vision tell them apart.
SHADES = ("#0a2540", "#1d4f82", "#3a78b0", "#6ba1cf", "#a6c8e4", "#eef5fb")


@dataclass(frozen=True, slots=True)
class FigureTable:
    """The same figures as text; the first cell of each row is its heading."""

    header: list[str]
    rows: list[list[str]]


class Canvas:
    """Collects shapes; `y` is where the next row begins."""

    def __init__(self) -> None:
        self.y = 0.0
        self._shapes: list[str] = []

    def rect(
        self, x: float, y: float, width: float, height: float, fill: str, *, stroke: str = "", dash: str = ""
    ) -> None:
        line = f' stroke="{stroke}" stroke-width="1"' if stroke else ""
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        place = f'x="{x:.5g}" y="{y:.5g}" width="{max(width, 0):.5g}" height="{height:.5g}"'
        self._shapes.append(f'<rect {place} fill="{fill}"{line}{dashes}/>')

    def line(self, x1: float, y1: float, x2: float, y2: float, *, stroke: str = INK, width: float = 1) -> None:
        ends = f'x1="{x1:.5g}" y1="{y1:.5g}" x2="{x2:.5g}" y2="{y2:.5g}"'
        self._shapes.append(f'<line {ends} stroke="{stroke}" stroke-width="{width:g}"/>')

    def circle(self, x: float, y: float, radius: float, *, fill: str, stroke: str = INK, width: float = 2) -> None:
        place = f'cx="{x:.5g}" cy="{y:.5g}" r="{radius:g}"'
        self._shapes.append(f'<circle {place} fill="{fill}" stroke="{stroke}" stroke-width="{width:g}"/>')

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: int = TEXT,
        anchor: str = "start",
        bold: bool = False,
        fill: str = INK,
    ) -> None:
        """One line with its baseline at `y`; `text` is escaped here."""
        weight = ' font-weight="700"' if bold else ""
        self._shapes.append(
            f'<text x="{x:.5g}" y="{y:.5g}" font-size="{size}" text-anchor="{anchor}" fill="{fill}"{weight}>'
            f"{_xml(text)}</text>"
        )

    def heading(self, label: str, value: str, *, quiet: bool = False) -> None:
        """A row's label, wrapped, with its value at the right end of the first line."""
        room = WIDTH - text_width(value, TEXT) * _BOLD - 16
        lines = wrap(label, room, TEXT)
        for number, line in enumerate(lines, start=1):
            self.text(0, self.y + LINE * number - 5, line)
        self.text(WIDTH, self.y + LINE - 5, value, anchor="end", bold=not quiet, fill=QUIET if quiet else INK)
        self.y += LINE * len(lines) + 2

    def legend(self, entries: Sequence[tuple[str, str]]) -> None:
        """Fill and meaning of each colour, side by side as far as they fit."""
        x = 0.0
        for fill, label in entries:
            (line,) = wrap(label, WIDTH - 24, SMALL, lines=1)
            wide = 18 + text_width(line, SMALL) + 16
            if x and x + wide > WIDTH:
                x = 0.0
                self.y += LINE
            self.rect(x, self.y + 4, 12, 12, fill, stroke=INK)
            self.text(x + 18, self.y + 15, line, size=SMALL)
            x += wide
        self.y += LINE + 4

    def render(self, title: str, facts: Sequence[str] = ()) -> SafeString:
        """The drawing, named by its title and facts: `aria-label` for the page, <title> for the PDF's Alt text."""
        name = _xml(". ".join([title, *(["; ".join(facts)] if facts else [])]))
        # Every text in the shapes went through _xml.
        return mark_safe(  # noqa: S308
            f'<svg class="baton-figure" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {max(self.y, 1):.5g}" '
            f'role="img" aria-label="{name}"><title>{name}</title>{"".join(self._shapes)}</svg>'
        )


def nothing_yet(title: str) -> SafeString:
    return format_html('<p class="govuk-body">{}</p>', _("%(title)s: there’s nothing to show yet.") % {"title": title})


def all_withheld(title: str) -> SafeString:
    text = _("%(title)s: not shown, because too few people are counted.") % {"title": title}
    return format_html('<p class="govuk-body">{}</p>', text)


def number(value: float | None) -> str:
    """As people read it; None stands for a figure withheld."""
    if value is None:
        return _("not shown")
    return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"


def percent(part: float | None, whole: float | None) -> str:
    """Empty when there is nothing to take a share of, or when either figure is withheld."""
    return f"{100 * part / whole:.0f}%" if part is not None and whole else ""


def text_width(text: str, size: int) -> float:
    """An estimate on the safe side: any font may be the one at hand."""
    return sum(_em(char) for char in text) * size


def wrap(text: str, room: float, size: int, *, lines: int = 2) -> list[str]:
    """At most `lines` lines that fit, the last one cut with an ellipsis; the table has the whole text."""
    out: list[str] = []
    rest = " ".join(str(text).split())
    while rest and len(out) < lines:
        if text_width(rest, size) <= room:
            return [*out, rest]
        cut = _fitting(rest, room, size)
        if len(out) == lines - 1:
            return [*out, rest[: max(cut - 1, 1)].rstrip() + "…"]
        space = rest.rfind(" ", 0, cut + 1)
        cut = space if space > 0 else cut
        out.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return out or [""]


def ink_on(fill: str) -> str:
    """Black or white, whichever reads better on a colour."""
    light = luminance(fill)
    return WHITE if 1.05 / (light + 0.05) > (light + 0.05) / 0.05 else INK


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _fitting(text: str, room: float, size: int) -> int:
    used = 0.0
    for index, char in enumerate(text):
        used += _em(char) * size
        if used > room:
            return max(index, 1)
    return len(text)


def _em(char: str) -> float:
    if unicodedata.combining(char):
        return 0.0
    if unicodedata.east_asian_width(char) in "WF":
        return 1.0
    if char in "mwMW@%—":
        return 0.95
    if char in "iljtfrI.,;:!|'’ ()":
        return 0.38
    return 0.72 if char.isupper() else 0.61


def _xml(text: str) -> str:
    """Escaped, without the control characters that XML forbids even when escaped."""
    kept = "".join(
        char for char in str(text) if char >= " " and not "\ud800" <= char <= "\udfff" and char not in "\ufffe\uffff"
    )
    return str(escape(kept))
