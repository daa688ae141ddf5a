"""The report on paper: the same snapshot and the same pieces of template as the page."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from engine.colour import readable_on
from engine.pdf import PdfUnavailable, font_css, pdf_ready, render_pdf
from outcomes.presentation import report_context

FAMILY = "Atkinson Hyperlegible Next"
# A family of its own: WeasyPrint takes two files of one family and weight for one font, and prints Ł as some other letter.
FAMILY_EXT = f"{FAMILY} Ext"
FAMILIES = f"'{FAMILY}', '{FAMILY_EXT}', 'DejaVu Sans', sans-serif"
# Less than a job's lease, which isn't renewed while another process renders.
SECONDS = 45
# The files were cut to these ranges; without them the first file would answer for every letter.
RANGES = {
    "latin": "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+0304,U+0308,U+0329,U+2000-206F,U+20AC,"
    "U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD",
    "latin-ext": "U+0100-02BA,U+02BD-02C5,U+02C7-02CC,U+02CE-02D7,U+02DD-02FF,U+0304,U+0308,U+0329,U+1D00-1DBF,"
    "U+1E00-1E9F,U+1EF2-1EFF,U+2020,U+20A0-20AB,U+20AD-20C0,U+2113,U+2C60-2C7F,U+A720-A7FF",
}
# Drawings at the size of the text beside them; words in narrow columns whole; heading and drawing on one page.
OWN_CSS = """
.baton-figure { width: 116mm }
th, td { overflow-wrap: break-word }
.baton-number { white-space: nowrap }
thead .baton-number { white-space: normal }
.baton-figure-block { margin-bottom: 3mm }
.baton-pdf-figure { break-inside: avoid }
.baton-figures__number { font-size: 16pt; font-weight: 700; margin-bottom: 1mm }
section > .baton-pdf-figure { margin-bottom: 7mm }
"""


def found(name: str) -> Path:
    """A built file of the look, wherever it is served from."""
    path = finders.find(name)
    if path is None:
        raise PdfUnavailable(_("The look of the report hasn’t been built, so no PDF can be made. Run ./baton up once."))
    return Path(path)


def report_css(colour: str) -> list[str]:
    """The sheet of documents, the tenant's colour, and the fonts as data: a rendering fetches nothing."""
    fonts = [
        font_css(
            found(f"fonts/atkinson-hyperlegible-next-{subset}-{weight}.woff2"),
            family=FAMILY if subset == "latin" else FAMILY_EXT, weight=weight, unicode_range=ranges,
        )
        for subset, ranges in RANGES.items()
        for weight in ("400", "700")
    ]
    brand = f":root{{--baton-brand:{colour};--baton-brand-text:{readable_on(colour)}}} html{{font-family:{FAMILIES}}}"
    return [*fonts, found("pdf.css").read_text(encoding="utf-8"), brand, OWN_CSS]


def report_html(snapshot: dict[str, Any]) -> str:
    return render_to_string("outcomes/report_pdf.html", report_context(snapshot, paper=True))


def report_pdf(snapshot: dict[str, Any], *, scope: Callable[[], AbstractContextManager[Any]]) -> bytes:
    """The PDF of a snapshot, or PdfError. `scope` opens the tenant for the templates; the rendering itself runs outside it."""
    if problem := pdf_ready():
        raise PdfUnavailable(problem)
    with scope():
        html = report_html(snapshot)
    cohort = snapshot["cohort"]
    return render_pdf(
        html, title=_("%(cohort)s: cohort report") % {"cohort": f"{cohort['programme']}, {cohort['name']}"},
        css=report_css(snapshot["tenant"]["colour"]), font=FAMILIES, timeout=SECONDS,
    )
