"""The report on paper: the same snapshot and the same pieces of template as the page."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from engine.paper import FONTS, document_css
from engine.pdf import PdfUnavailable, pdf_ready, render_pdf
from outcomes.presentation import report_context

# Less than a job's lease, which isn't renewed while another process renders.
SECONDS = 45
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


def report_css(colour: str) -> list[str]:
    return document_css(colour, OWN_CSS)


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
        html,
        title=_("%(cohort)s: cohort report") % {"cohort": f"{cohort['programme']}, {cohort['name']}"},
        css=report_css(snapshot["tenant"]["colour"]),
        font=FONTS,
        timeout=SECONDS,
    )
