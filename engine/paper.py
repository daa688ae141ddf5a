"""The look of documents on paper: the built sheet with its fonts, in the tenant's colour."""

from __future__ import annotations

from pathlib import Path

from django.contrib.staticfiles import finders
from django.utils.translation import gettext as _

from engine.colour import readable_on
from engine.pdf import PdfUnavailable

# What drawings are lettered in: they inherit nothing in a PDF. The families are those of pdf.css, which carries the files.
FONTS = "'Atkinson Hyperlegible Next', 'Atkinson Hyperlegible Next Extended', 'DejaVu Sans', sans-serif"


def document_css(colour: str, *own: str) -> list[str]:
    """The built sheet of documents, fonts in it as data, then the tenant's colour, then a document's own rules."""
    sheet = finders.find("pdf.css")
    if sheet is None:
        raise PdfUnavailable(_("The look of documents hasn’t been built, so no PDF can be made. Run ./baton up once."))
    brand = f":root{{--baton-brand:{colour};--baton-brand-text:{readable_on(colour)}}}"
    return [Path(sheet).read_text(encoding="utf-8"), brand, *own]
