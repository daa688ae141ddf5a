"""Files as people have them: read whole, or refused with a sentence that says what to do."""

import io
import struct
import zipfile
import zlib
from datetime import date, datetime
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from engine.sheets import SheetError, Table, as_date, cell_ref, looks_like_date, read_table
from engine.sheets.guards import MAX_FILE


def read(content: bytes, name: str = "log.xlsx") -> Table:
    return read_table(BytesIO(content), name)


def workbook(*sheets: list[list[object]], hidden: tuple[int, ...] = ()) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for index, rows in enumerate(sheets):
        sheet = book.create_sheet(f"Sheet {index + 1}")
        sheet.sheet_state = "hidden" if index in hidden else "visible"
        for row in rows:
            sheet.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def repacked(content: bytes, member: str, old: bytes, new: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            data = source.read(info)
            target.writestr(info.filename, data.replace(old, new) if info.filename == member else data)
    return out.getvalue()


def refusal(content: bytes, name: str = "log.xlsx") -> str:
    with pytest.raises(SheetError) as caught:
        read(content, name)
    return caught.value.message


_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def excel_workbook() -> bytes:
    """As Excel itself writes: shared strings, and the last value of a formula kept beside it."""
    strings = "".join(f"<si><t>{text}</t></si>" for text in ("First name", "Title", "Tom", "two_x0000_ _x000D_words"))
    link = "=HYPERLINK(&quot;http://example.invalid&quot;,&quot;Director&quot;)"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_TYPE}.sharedStrings+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="a" Type="{_REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="a" Type="{_REL}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="b" Type="{_REL}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="{_REL}"><sheets>'
        '<sheet name="Log" sheetId="1" r:id="a"/></sheets></workbook>',
        "xl/sharedStrings.xml": f"<sst {_MAIN}>{strings}</sst>",
        SHEET: f'<worksheet {_MAIN}><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c>'
        '<c r="B1" t="s"><v>1</v></c></row>'
        f'<row r="2"><c r="A2" t="s"><v>2</v></c><c r="B2" t="str"><f>{link}</f><v>CACHED</v></c></row>'
        '<row r="3"><c r="A3" t="s"><v>2</v></c><c r="B3" t="s"><v>3</v></c></row></sheetData></worksheet>',
    }
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


HEAD = ["First name", "Work email", "Received"]
SHEET = "xl/worksheets/sheet1.xml"


def test_workbook_is_read_with_its_own_row_numbers_and_kinds() -> None:
    table = read(
        workbook([HEAD, ["Zoë", "z@x.example", datetime(2026, 1, 20)], [], ["Tom", 7.0, datetime(2026, 1, 20, 9, 30)]])
    )
    assert table.header == HEAD
    assert [row.number for row in table.rows] == [2, 4]
    assert table.rows[0].cells == ["Zoë", "z@x.example", date(2026, 1, 20)]
    assert table.rows[1].cells == ["Tom", 7, datetime(2026, 1, 20, 9, 30)]
    assert table.notices == []


def test_cells_are_trimmed_composed_and_freed_of_what_cannot_be_seen() -> None:
    typed = ["  Zoe\u0308\u00a0\u2003Ní\t", "a\u200bb\u00ad\ufeff", "शक्‌ति", "x\u202egnp.exe"]
    row = read(workbook([["A", "B", "C", "D"], typed])).rows[0]
    assert row.cells == ["Zoë Ní", "ab", "शक्‌ति", "xgnp.exe"]
    assert row.bidi == {3}


def test_control_characters_written_as_escapes_are_removed() -> None:
    assert read(excel_workbook()).rows[1].cells == ["Tom", "two\nwords"]


def test_formula_is_reported_and_never_computed_nor_its_cached_value_used() -> None:
    row = read(excel_workbook()).rows[0]
    assert (row.cells, row.formulas) == (["Tom", None], {1})
    assert cell_ref(1, row.number) == "B2"


def test_text_that_only_looks_like_a_formula_stays_text() -> None:
    book = Workbook()
    book.active.append(HEAD)
    book.active.append(["Tom", "x", None])
    book.active["B2"].value = "=1+1"
    book.active["B2"].data_type = "s"
    out = BytesIO()
    book.save(out)
    row = read(out.getvalue()).rows[0]
    assert (row.cells[1], row.formulas) == ("=1+1", set())


def test_error_value_is_reported() -> None:
    row = read(workbook([HEAD, ["Tom", "#N/A", None]])).rows[0]
    assert (row.cells[1], row.errors) == (None, {1})


def test_first_visible_sheet_with_data_is_taken_and_said() -> None:
    table = read(
        workbook(
            [["secret"], [1]], [], [HEAD, ["A", "a@x.example", None]], [HEAD, ["B", "b@x.example", None]], hidden=(0,)
        )
    )
    assert table.sheet == "Sheet 3"
    assert "2 sheets" in table.notices[0]
    assert "Sheet 3" in table.notices[0]


def test_title_above_the_headings_is_left_out_and_said() -> None:
    table = read(workbook([["Nominations 2026"], [], HEAD, ["A", "a@x.example", None]]))
    assert (table.header, table.header_row, table.rows[0].number) == (HEAD, 3, 4)
    assert "row 3" in table.notices[0]


def test_cells_beyond_the_headings_are_kept_under_an_empty_heading() -> None:
    table = read(workbook([["A", "B"], ["1", "2", "stray"]]))
    assert (table.header, table.rows[0].cells) == (["A", "B", ""], ["1", "2", "stray"])


def test_declared_size_is_not_trusted() -> None:
    plain = workbook([HEAD, ["A", "a@x.example", None]])
    assert len(read(repacked(plain, SHEET, b'ref="A1:C2"', b'ref="A1:A1"')).header) == 2 + 1
    assert len(read(repacked(plain, SHEET, b'ref="A1:C2"', b'ref="A1:XFD1048576"')).rows) == 1


def test_row_number_beyond_any_sheet_does_not_run_for_ever() -> None:
    plain = workbook([HEAD, ["A", "a@x.example", None]])
    assert "save it as .xlsx" in refusal(repacked(plain, SHEET, b'<row r="2"', b'<row r="99999999999"'))


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "log.xlsx", "is empty"),
        (b"  \r\n", "log.csv", "is empty"),
        (b"not a zip", "log.xlsx", "isn’t an Excel workbook"),
        (b"PK\x03\x04" + b"x" * 400, "log.xlsx", "isn’t an Excel workbook"),
        (b"%PDF-1.7 ...", "log.csv", "isn’t a spreadsheet"),
        (b"<!DOCTYPE html><table>", "log.csv", "isn’t a spreadsheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "log.xls", "old Excel format"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "log.xlsx",
            "has a password",
        ),
        (b"Name,Email\r\n", "log.csv", "no rows under them"),
        (b"jane@x.example,Essex\r\ntom@x.example,Essex\r\n", "log.csv", "no row of headings"),
        (b"a,b\0c\r\n1,2\r\n", "log.csv", "can’t read the characters"),
        (b"A,B\r\n\x81\x8d,2\r\n", "log.csv", "can’t read the characters"),
        (b"x" * (MAX_FILE + 1), "log.csv", "larger than 5 MB"),
        (b"A,B\r\n" + b"1,2\r\n" * 20_001, "log.csv", "more than 20,000 rows"),
        (b"A" + b",b" * 200 + b"\r\n1,2\r\n", "log.csv", "more than 200 columns"),
        (b'A,B\r\n1,"' + b"x" * 200_000, "log.csv", "Row 2 can’t be read"),
    ],
)
def test_refusals_say_what_happened(content: bytes, name: str, words: str) -> None:
    assert words in refusal(content, name)


def test_limits_are_themselves_allowed() -> None:
    table = read(b"A" + b",b" * 199 + b"\r\n" + b"1,2\r\n" * 20_000, "log.csv")
    assert (len(table.rows), len(table.header)) == (20_000, 200)


def test_empty_and_headless_workbooks_are_refused() -> None:
    assert "is empty" in refusal(workbook([]))
    assert "no row of headings" in refusal(workbook([[1, 2, datetime(2026, 1, 1)], [3, 4, None]]))


def test_another_office_file_is_refused() -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<w:document/>")
    assert "isn’t an Excel workbook" in refusal(out.getvalue())


def _zip_of(size: int) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as member:
            for _piece in range(size):
                member.write(b" " * 1024 * 1024)
    return out.getvalue()


def test_bomb_is_seen_in_the_directory() -> None:
    assert "unpacks to far more" in refusal(_zip_of(60))


def test_one_member_that_shrinks_too_well_is_a_bomb_even_below_the_cap() -> None:
    assert "unpacks to far more" in refusal(_zip_of(20))


def test_bomb_whose_directory_lies_is_refused_while_reading() -> None:
    content = bytearray(_zip_of(60))
    start = content.rfind(b"PK\x01\x02")
    assert struct.unpack_from("<I", content, start + 24)[0] == 60 * 1024 * 1024
    struct.pack_into("<I", content, start + 24, 1000)
    with pytest.raises(SheetError):
        read(bytes(content))


def test_encrypted_member_is_named_as_a_password() -> None:
    content = bytearray(workbook([HEAD, ["A", "a@x.example", None]]))
    content[content.find(b"PK\x01\x02") + 8] |= 1
    assert "has a password" in refusal(bytes(content))


def test_entities_are_refused_before_any_parser_sees_them() -> None:
    plain = workbook([HEAD, ["A", "a@x.example", None]])
    evil = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet'
    assert "isn’t an Excel workbook" in refusal(repacked(plain, SHEET, b"<worksheet", evil))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damaged_workbooks_are_refused_or_read_but_never_crash(data: st.DataObject) -> None:
    plain = excel_workbook()
    with zipfile.ZipFile(BytesIO(plain)) as archive:
        member = data.draw(st.sampled_from(archive.namelist()))
        part = archive.read(member)
    start = data.draw(st.integers(0, len(part) - 1))
    end = data.draw(st.integers(start, min(start + 40, len(part))))
    new = data.draw(st.binary(max_size=12))
    content = repacked(plain, member, part, part[:start] + new + part[end:])
    try:
        assert isinstance(read(content), Table)
    except SheetError as error:
        assert error.message


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_of_any_program(delimiter: str, encoding: str) -> None:
    text = f'First name{delimiter}Title\r\n  Zoë {delimiter}"Lead, SEND; North"\r\n\r\nЖанна{delimiter}x\r\n'
    table = read(text.encode(encoding), "log.csv")
    assert table.header == ["First name", "Title"]
    assert [(row.number, row.cells) for row in table.rows] == [(2, ["Zoë", "Lead, SEND; North"]), (4, ["Жанна", "x"])]


def test_windows_text_is_read_and_said() -> None:
    table = read("Name,Town\r\nZoë O’Brien,Harlow\r\n".encode("cp1252"), "log.csv")
    assert table.rows[0].cells[0] == "Zoë O’Brien"
    assert "Windows" in table.notices[0]


def test_separator_line_of_excel_is_not_a_row() -> None:
    table = read(b"sep=;\r\nName;Town, county\r\nJane;Harlow, Essex\r\n", "log.csv")
    assert (table.header, table.rows[0].number, table.rows[0].cells[1]) == (
        ["Name", "Town, county"],
        2,
        "Harlow, Essex",
    )


def test_formula_in_csv_is_reported_and_our_own_escape_undone() -> None:
    row = read(b"A,B,C\r\n=1+1,'=2+2,'tis\r\n", "log.csv").rows[0]
    assert (row.cells, row.formulas) == ([None, "=2+2", "'tis"], {0})


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_as_csv_are_read_or_refused(content: bytes) -> None:
    try:
        table = read(content, "log.csv")
    except SheetError:
        return
    assert all(len(row.cells) == len(table.header) for row in table.rows)
    assert not any(char in str(cell) for row in table.rows for cell in row.cells for char in "\0\x07\u202e")


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-01-14", date(2026, 1, 14)),
        ("14/01/2026", date(2026, 1, 14)),
        ("3.2.26", date(2026, 2, 3)),
        ("14 January 2026", date(2026, 1, 14)),
        ("Wed 14th Jan 2026", date(2026, 1, 14)),
        (datetime(2026, 1, 14, 9, 30), date(2026, 1, 14)),
        ("31/02/2026", None),
        ("13/13/2026", None),
        ("next week", None),
        (45, None),
        (None, None),
    ],
)
def test_dates_are_read_day_first(typed: object, day: date | None) -> None:
    assert as_date(typed) == day


def test_a_day_that_does_not_exist_still_looks_like_a_date() -> None:
    assert looks_like_date("31/02/2026")
    assert not looks_like_date("14 Acacia 2026")


def test_stream_that_never_ends_is_cut_at_the_cap() -> None:
    class Endless(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            assert 0 < size <= MAX_FILE + 1
            return b"a" * size

    with pytest.raises(SheetError):
        read_table(Endless(), "log.csv")  # type: ignore[arg-type]


def test_broken_deflate_stream_is_refused() -> None:
    content = bytearray(workbook([HEAD, ["A", "a@x.example", None]]))
    middle = len(content) // 3
    content[middle : middle + 40] = zlib.crc32(b"x").to_bytes(4, "big") * 10
    with pytest.raises(SheetError):
        read(bytes(content))
