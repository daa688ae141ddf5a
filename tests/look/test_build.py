"""What `npm run build` made: small, ours, and without a brand that isn't ours to use."""

import gzip
import json
import re
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from django.conf import settings
from django.template.loader import render_to_string

from engine.pdf import render_pdf

ROOT = Path(settings.BASE_DIR)
DIST = ROOT / "static" / "dist"
# CSS and JavaScript of a page together, compressed (issue: under 80 KB)
BUDGET = 80 * 1024
EVERY_PAGE = ["app.css", "app.js", "htmx.min.js"]


def squeezed(name: str) -> int:
    return len(gzip.compress((DIST / name).read_bytes(), 6))


def test_a_page_stays_in_its_budget() -> None:
    sizes = {name: squeezed(name) for name in EVERY_PAGE}
    assert all(size > 1000 for size in sizes.values()), sizes
    assert sum(sizes.values()) < BUDGET, sizes


@pytest.mark.parametrize("name", ["app.css", "pdf.css"])
def test_stylesheet_has_no_foreign_brand_and_no_foreign_address(name: str) -> None:
    css = (DIST / name).read_text()
    assert not re.search(r"GDS Transport|crest|crown", css, re.IGNORECASE)
    assert not re.search(r"url\(\s*[\"']?(https?:)?//", css)
    assert "Atkinson Hyperlegible Next" in css


def test_every_font_of_the_stylesheet_is_there() -> None:
    names = set(re.findall(r"url\([\"']?(fonts/[^\"')]+)", (DIST / "app.css").read_text()))
    assert len(names) == 4
    assert all((DIST / name).stat().st_size > 5000 for name in names)


def test_licences_travel_with_what_is_served() -> None:
    text = (DIST / "licences.txt").read_text()
    assert all(name in text for name in ("govuk-frontend", "htmx", "SIL Open Font License"))


def test_the_lock_names_no_registry() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    assert len(lock["packages"]) > 5
    for name, package in lock["packages"].items():
        assert "resolved" not in package, name
        assert not name or "integrity" in package, name


def test_script_works_under_the_content_policy() -> None:
    script = (DIST / "app.js").read_text()
    assert not re.search(r"\beval\(|new Function\(|\.innerHTML\s*=\s*[a-z]\.text\b", script)


def test_document_prints_names_from_all_over_europe_with_their_own_letters() -> None:
    """WeasyPrint mixes up the glyphs of two files of one family: the letters are compared in what comes out."""
    pdf = render_pdf(
        render_to_string("layouts/pdf.html", {"document_title": "Łódź and Ștefan, café", "tenant_name": "Essex"}),
        css=[(DIST / "pdf.css").read_text()],
        title="Letters",
    )
    with pikepdf.open(BytesIO(pdf)) as document:
        fonts = {
            str(font.BaseFont).split("+")[1]: font for page in document.pages for font in page.Resources.Font.values()
        }
    assert {"Atkinson-Hyperlegible-Next-Bold", "Atkinson-Hyperlegible-Next-Extended-Bold"} <= set(fonts)
    assert not any("DejaVu" in name for name in fonts)
