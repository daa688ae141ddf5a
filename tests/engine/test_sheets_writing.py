"""What we hand out opens as data: no cell of ours ever runs in a spreadsheet."""

import csv
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO, StringIO

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.sheets import escape_formula, read_table, write_csv, write_xlsx

NASTY = st.text(
    alphabet=st.one_of(st.sampled_from("=+-@\t\r\0＝＋－＠ '\"\n,1.\u00a0\u200b"), st.characters()), max_size=12
)
NUMBER_CHARS = set("+-0123456789.,")


def parsed(content: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))


@settings(max_examples=300, deadline=None)
@given(NASTY)
def test_no_csv_cell_starts_a_formula(text: str) -> None:
    cell = parsed(write_csv(["x", text or "h"], [["row", text]]))[1][1]
    shown = "".join(char for char in cell if not char.isspace() or char in "\t\r").lstrip("\u200b")
    if shown and shown[0] in "=+-@\t\r\0＝＋－＠":
        assert set(cell) <= NUMBER_CHARS
        assert any(char.isdigit() for char in cell)


DANGEROUS = ["=1+1", "+SUM(A1)", "-1+1", "@x", "\t=1", "\r=1", "\0=1", "＝1", "＋1", "－1", "＠x", "  =1"]
DANGEROUS += ["'=1", '"=1', " '+1+1", "\u201c=1", "\ufe66" + "1", "\ufe62" + "1+1", "\uff20SUM", "\u3000=1"]
DANGEROUS += ["\u00a0=1", "\u200b=1", "\n=1", "+44 1245 430430", "-", '=HYPERLINK("x")']


@pytest.mark.parametrize("text", DANGEROUS)
def test_each_dangerous_start_is_escaped(text: str) -> None:
    assert escape_formula(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["-1", "+1.5", "-1,234.50", "-.5", "Essex", "a=b", "", " ", "O’Brien", "'quoted'", "100%"]
)
def test_harmless_text_is_left_alone(text: str) -> None:
    assert escape_formula(text) == text


def test_csv_has_the_mark_iso_dates_and_plain_numbers() -> None:
    moment = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
    content = write_csv(
        ["Name", "Day", "At", "n", "d", "ok", "none"],
        [["Zoë", date(2026, 1, 2), moment, -3, Decimal("-1.50"), True, None]],
    )
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.endswith(b"\r\n")
    assert parsed(content)[1] == ["Zoë", "2026-01-02", "2026-07-01T10:30:00", "-3", "-1.50", "TRUE", ""]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=20).map(lambda text: " ".join(text.split())), min_size=1, max_size=5))
def test_our_csv_comes_back_as_it_was(texts: list[str]) -> None:
    plain = [
        unicodedata.normalize("NFC", text)
        for text in texts
        if text.isprintable() and not text.startswith("'") and all(unicodedata.category(char) != "Cn" for char in text)
    ]
    table = read_table(
        BytesIO(write_csv(["Number", "Text"], [[f"n{i}", text] for i, text in enumerate([*plain, "end"])])), "x.csv"
    )
    cells = [row.cells[1] for row in table.rows]
    assert cells == [text if text else None for text in plain] + ["end"]


def test_workbook_types_text_as_text_and_dates_as_dates() -> None:
    rows = [
        ["=1+1", date(2026, 1, 2), datetime(2026, 1, 2, 9, 30), -3, 1.5],
        ["#N/A", None, None, 10**18, float("nan")],
    ]
    content = write_xlsx(["Text", "Day", "At", "n", "x"], rows, "Who: owes/what?")
    sheet = openpyxl.load_workbook(BytesIO(content)).active
    assert sheet.title == "Who  owes what"
    assert [cell.data_type for cell in sheet["A"]] == ["s", "s", "s"]
    assert sheet["A2"].value == "=1+1"
    assert (sheet["B2"].is_date, sheet["B2"].value) == (True, datetime(2026, 1, 2))
    assert sheet["C2"].value == datetime(2026, 1, 2, 9, 30)
    assert (sheet["D2"].value, sheet["E2"].value) == (-3, 1.5)
    assert (sheet["D3"].value, sheet["E3"].value) == (str(10**18), "nan")


def test_workbook_has_a_header_that_stays_and_filters() -> None:
    content = write_xlsx(["Name", "A rather long heading"], [["x" * 300, "y"], ["z", "w"]], "")
    sheet = openpyxl.load_workbook(BytesIO(content)).active
    assert sheet["A1"].font.bold
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:B3"
    assert sheet.column_dimensions["A"].width == 60
    assert sheet.column_dimensions["B"].width > 20
    assert sheet.title == "Sheet1"


@settings(max_examples=80, deadline=None)
@given(st.lists(NASTY, min_size=1, max_size=6), st.text(max_size=40))
def test_no_text_becomes_a_formula_or_breaks_the_workbook(texts: list[str], title: str) -> None:
    sheet = openpyxl.load_workbook(BytesIO(write_xlsx(["x"], [[text] for text in texts], title))).active
    assert {cell.data_type for cell in sheet["A"]} <= {"s", "inlineStr", "n"}
    assert not any(cell.data_type == "n" and cell.value is not None for cell in sheet["A"])


def test_aware_moments_are_written_in_local_time() -> None:
    content = write_xlsx(["At"], [[datetime(2026, 7, 1, 9, 30, tzinfo=UTC)]], "x")
    assert openpyxl.load_workbook(BytesIO(content)).active["A2"].value == datetime(2026, 7, 1, 10, 30)


def test_rows_are_taken_one_by_one() -> None:
    taken = 0

    def rows() -> object:
        nonlocal taken
        for number in range(3000):
            taken += 1
            yield [f"row {number}", number]

    table = read_table(BytesIO(write_xlsx(["Text", "n"], rows(), "Many")), "x.xlsx")  # type: ignore[arg-type]
    assert (taken, len(table.rows), table.rows[-1].cells) == (3000, 3000, ["row 2999", 2999])
