"""Files that people attach: taken for what their bytes are and never for what their name says, small, and handed out as downloads only."""

from __future__ import annotations

import unicodedata
import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from io import BytesIO

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from engine.sheets.guards import MAX_MEMBERS, MAX_RATIO, MAX_UNPACKED, ZIP_ERRORS
from tenancy.errors import Refused

MAX_MEGABYTES = 5
MEGABYTE = 1024 * 1024
LONGEST_NAME = 160
_RATIO_FLOOR = MEGABYTE
_CHUNK = 64 * 1024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Nothing inside is run, fetched or framed, should a browser show it after all.
DOWNLOAD_POLICY = "default-src 'none'; sandbox"


class FileError(Refused):
    """The file can't be taken; the message says what happened and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message, field="file")


@dataclass(frozen=True)
class FileKind:
    name: str
    extensions: tuple[str, ...]
    content_type: str


FILE_KINDS = {
    "pdf": FileKind("PDF", ("pdf",), "application/pdf"),
    "docx": FileKind(
        "Word (.docx)", ("docx",), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    ),
    "odt": FileKind("OpenDocument (.odt)", ("odt",), "application/vnd.oasis.opendocument.text"),
    "png": FileKind("PNG", ("png",), "image/png"),
    "jpeg": FileKind("JPEG", ("jpg", "jpeg"), "image/jpeg"),
}


def check_attachment(content: bytes, *, kinds: Collection[str], max_megabytes: int) -> str:
    """Which of FILE_KINDS it is. FileError when it's empty, too large, broken, or none of `kinds`."""
    check_size(len(content), max_megabytes)
    if not content.strip(b"\x00 \r\n\t"):
        raise FileError(_("The selected file is empty."))
    found = _kind_of(content)
    if found not in kinds:
        wanted = ", ".join(kind.name for key, kind in FILE_KINDS.items() if key in kinds)
        raise FileError(_("The selected file must be one of these: %(kinds)s.") % {"kinds": wanted})
    return found


def check_size(size: int, max_megabytes: int) -> None:
    """Known before a byte of it is read."""
    if size > max_megabytes * MEGABYTE:
        raise FileError(_("The selected file must be smaller than %(n)d MB.") % {"n": max_megabytes})


def _kind_of(content: bytes) -> str:
    if content.startswith(b"%PDF-"):
        if b"%%EOF" not in content[-2048:]:
            raise FileError(broken())
        return "pdf"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        if content[12:16] != b"IHDR" or b"IEND" not in content[-32:]:
            raise FileError(broken())
        return "png"
    if content.startswith(b"\xff\xd8\xff"):
        if b"\xff\xd9" not in content[-4096:]:
            raise FileError(broken())
        return "jpeg"
    if content.startswith(b"PK\x03\x04"):
        return _document_kind(content)
    if content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise FileError(with_password())
        raise FileError(_("The selected file is in an old Office format. Save it as .docx or as PDF and try again."))
    return ""


def broken() -> str:
    return _("The selected file is damaged or not complete. Save it again, or save it as PDF, and try again.")


def with_password() -> str:
    return _("The selected file has a password. Save a copy without it and try again.")


def _document_kind(content: bytes) -> str:
    """What kind of document a zip is, once it's known that it unpacks to no more than a document does."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = archive.infolist()
            if any(member.flag_bits & 0x1 for member in members):
                raise FileError(with_password())
            _check_unpacked(archive, members)
            names = {member.filename for member in members}
            if "mimetype" in names:
                kind = archive.read("mimetype").strip().decode("ascii", "replace")
                return "odt" if kind == FILE_KINDS["odt"].content_type else ""
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                raise FileError(_("The selected file has macros. Save a copy without them, as .docx or PDF."))
            return "docx" if {"[Content_Types].xml", "word/document.xml"} <= names else ""
    except ZIP_ERRORS as error:
        raise FileError(broken()) from error


def _check_unpacked(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> None:
    """By the directory, then by unpacking in pieces, since the directory may lie."""
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
        raise FileError(_too_much())
    total = 0
    for member in members:
        own = 0
        with archive.open(member) as source:
            while chunk := source.read(_CHUNK):
                own += len(chunk)
                total += len(chunk)
                if total > MAX_UNPACKED or (own > _RATIO_FLOOR and own > MAX_RATIO * max(member.compress_size, 1)):
                    raise FileError(_too_much())


def _too_much() -> str:
    return _("The selected file unpacks to far more than a document needs, so we didn’t take it. Save it as PDF.")


def safe_name(name: str, kind: str) -> str:
    """The name as people gave it, in whatever script, without folders, marks that can't be seen and a false ending."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    # controls, direction marks, halves of characters; joiners are part of words
    kept = [c for c in name if c in "\u200c\u200d" or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}]
    name = " ".join("".join(kept).split()).strip(". ")
    extensions = FILE_KINDS[kind].extensions
    stem, dot, ending = name.rpartition(".")
    if not dot or not stem or ending.lower() not in extensions:
        stem, ending = name, extensions[0]
    stem = stem[: LONGEST_NAME - len(ending) - 1].strip(". ") or _("file")
    return f"{stem}.{ending}"


def download(content: bytes, *, name: str, content_type: str) -> HttpResponse:
    """A file to keep and not to show: no browser guesses at it, frames it or runs what is in it."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = DOWNLOAD_POLICY
    response["Cache-Control"] = "private, no-store"
    return response
