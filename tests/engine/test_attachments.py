"""Files that people attach: by their bytes, not by their names; too large, broken and hostile ones refused in plain words."""

from __future__ import annotations

import io
import zipfile

import pytest

from engine.attachments import FILE_KINDS, FileError, check_attachment, check_size, download, safe_name
from tests.factories.files import docx, jpeg, odt, pdf, png, zipped

ALL = tuple(FILE_KINDS)


@pytest.mark.parametrize(
    ("kind", "content"), [("pdf", pdf()), ("docx", docx()), ("odt", odt()), ("png", png()), ("jpeg", jpeg())]
)
def test_a_file_is_what_its_bytes_are(kind, content):
    assert check_attachment(content, kinds=ALL, max_megabytes=5) == kind
    with pytest.raises(FileError, match="must be one of these"):
        check_attachment(content, kinds=[other for other in ALL if other != kind], max_megabytes=5)
    if kind in ("pdf", "png", "jpeg"):
        with pytest.raises(FileError, match="damaged or not complete"):
            check_attachment(content[: len(content) // 2], kinds=ALL, max_megabytes=5)


def bomb() -> bytes:
    return zipped({"[Content_Types].xml": b"x", "word/document.xml": b"0" * 30_000_000})


def lying_bomb() -> bytes:
    """The directory says that it's small."""
    content = bytearray(bomb())
    at = content.rindex(b"PK\x01\x02")
    content[at + 24 : at + 28] = (100).to_bytes(4, "little")
    return bytes(content)


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\r\n \0\0", "is empty"),
        (b"x" * (1024 * 1024 + 1), "smaller than 1 MB"),
        (b"MZ\x90 a program", "must be one of these"),
        (b"<html><script>alert(1)</script>%PDF-1.4", "must be one of these"),
        (b"GIF89a....", "must be one of these"),
        (zipped({"notes.txt": b"hello"}), "must be one of these"),
        (zipped({"xl/workbook.xml": b"<x/>", "[Content_Types].xml": b"<x/>"}), "must be one of these"),
        (zipped({"mimetype": b"application/epub+zip"}), "must be one of these"),
        (docx()[:-30], "damaged or not complete"),
        (docx(macros=True), "has macros"),
        (bomb(), "unpacks to far more"),
        (lying_bomb(), "unpacks to far more|damaged"),
        (zipped({f"{n}": b"" for n in range(2_001)}), "unpacks to far more"),
        (OLE, "old Office format"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "has a password"),
    ],
)
def test_what_isnt_taken_is_refused_in_plain_words_at_the_field(content, words):
    with pytest.raises(FileError, match=words) as refusal:
        check_attachment(content, kinds=ALL, max_megabytes=1)
    assert refusal.value.field == "file"


def test_size_is_known_before_anything_is_read():
    check_size(1024 * 1024, 1)
    with pytest.raises(FileError):
        check_size(1024 * 1024 + 1, 1)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("CV.pdf", "CV.pdf"),
        ("cv.PDF", "cv.PDF"),
        ("letter.exe", "letter.exe.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        (r"C:\Users\ann\CV.pdf", "CV.pdf"),
        ("", "file.pdf"),
        (".pdf", "pdf.pdf"),
        ("سيرة ذاتية.pdf", "سيرة ذاتية.pdf"),
        ("履歴書𠮷.pdf", "履歴書𠮷.pdf"),
        ("a\u202efdp.exe", "afdp.exe.pdf"),
        ("two\r\nlines\x00.pdf", "twolines.pdf"),
        ("x" * 300 + ".pdf", "x" * 156 + ".pdf"),
    ],
)
def test_names_keep_their_script_and_lose_what_misleads(typed, kept):
    assert safe_name(typed, "pdf") == kept


def test_a_download_is_never_shown():
    response = download(pdf(), name="سيرة.pdf", content_type="application/pdf")
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert (response["X-Content-Type-Options"], response["Content-Type"]) == ("nosniff", "application/pdf")
    assert "sandbox" in response["Content-Security-Policy"] and "no-store" in response["Cache-Control"]
    with zipfile.ZipFile(io.BytesIO(docx())) as archive:
        assert "word/document.xml" in archive.namelist()
