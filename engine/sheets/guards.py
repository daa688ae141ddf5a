"""Refusing a file before any parser sees it: size, kind, and what a zip would unpack to."""

import zipfile
import zlib
from io import BytesIO
from typing import BinaryIO

from django.utils.translation import gettext as _

from .errors import SheetError

MAX_FILE = 5 * 1024 * 1024
MAX_UNPACKED = 50 * 1024 * 1024
MAX_RATIO = 200
MAX_MEMBERS = 2_000
_RATIO_FLOOR = 1024 * 1024
_CHUNK = 64 * 1024

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FOREIGN = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"\x7fELF", b"MZ")
_ENTITY_MARKS = (b"<!DOCTYPE", b"<!ENTITY")

# What a broken or hostile archive makes zipfile and zlib raise.
ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError)


def read_capped(file: BinaryIO) -> bytes:
    """The whole file, or SheetError as soon as it's known to be too big."""
    content = file.read(MAX_FILE + 1)
    if len(content) > MAX_FILE:
        raise SheetError(
            _("The file is larger than %(limit)s MB. Delete pictures and sheets you don’t need, or split it.")
            % {"limit": MAX_FILE // (1024 * 1024)}
        )
    if not content.strip(b"\x00 \r\n\t"):
        raise SheetError(
            _("The file is empty. Choose a file with headings in the first row and one person in each row.")
        )
    return content


def kind_of(content: bytes, filename: str) -> str:
    """'xlsx' or 'csv', judged by what the file holds and not by its name."""
    if content.startswith(_OLE):
        raise SheetError(_ole_message(content))
    if content.startswith(b"PK\x03\x04"):
        return "xlsx"
    if filename.lower().endswith((".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")):
        raise SheetError(not_a_workbook())
    if content.startswith(_FOREIGN) or content[:512].lstrip().lower().startswith((b"<html", b"<!doctype", b"<?xml")):
        raise SheetError(
            _("The file isn’t a spreadsheet. Save it as an Excel workbook (.xlsx) or as CSV and try again.")
        )
    return "csv"


def check_zip(content: bytes) -> None:
    """Refuse a bomb by its central directory, then again by unpacking in pieces: the directory may lie."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            _check_directory(archive)
            _check_contents(archive)
    except ZIP_ERRORS as error:
        raise SheetError(not_a_workbook()) from error


def not_a_workbook() -> str:
    return _("The file isn’t an Excel workbook we can read. Open it in Excel, save it as .xlsx and try again.")


def _ole_message(content: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in content:
        return _("The workbook has a password. Open it, save a copy without the password and choose that copy.")
    return _("The file is in an old Excel format (.xls). Open it in Excel, save it as .xlsx and try again.")


def _check_directory(archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    names = {member.filename for member in members}
    if any(member.flag_bits & 0x1 for member in members):
        raise SheetError(
            _("The workbook has a password. Open it, save a copy without the password and choose that copy.")
        )
    if "xl/workbook.xml" not in names and "[Content_Types].xml" not in names:
        raise SheetError(not_a_workbook())
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
        raise SheetError(_too_much())
    for member in members:
        if member.file_size > _RATIO_FLOOR and member.file_size > MAX_RATIO * max(member.compress_size, 1):
            raise SheetError(_too_much())


def _check_contents(archive: zipfile.ZipFile) -> None:
    total = 0
    for member in archive.infolist():
        own, tail = 0, b""
        with archive.open(member) as source:
            while chunk := source.read(_CHUNK):
                total += len(chunk)
                own += len(chunk)
                if total > MAX_UNPACKED or (own > _RATIO_FLOOR and own > MAX_RATIO * max(member.compress_size, 1)):
                    raise SheetError(_too_much())
                # Parsers refuse entities too; looking here covers every part, whichever parser reads it.
                if member.filename.endswith((".xml", ".rels")) and any(m in tail + chunk for m in _ENTITY_MARKS):
                    raise SheetError(not_a_workbook())
                tail = chunk[-16:]


def _too_much() -> str:
    return _("The file unpacks to far more than a spreadsheet needs, so we didn’t open it. Copy the rows to a new one.")
