"""Columns are recognised by what they mean, in whatever words a programme's log uses."""

from datetime import date, datetime
from io import BytesIO

import pytest
from openpyxl import Workbook

from engine.sheets import FieldSpec, Row, as_date, looks_like_date, looks_like_email, match_columns, read_table

FIELDS = [
    FieldSpec("first_name", "First name", ("forename", "given name"), True, part="given"),
    FieldSpec("last_name", "Surname", ("last name", "family name"), True, part="family"),
    FieldSpec("email", "Work email", ("email", "contact email", "nominee email"), True, looks_like_email),
    FieldSpec("organisation", "Organisation", ("employer", "organisation name", "company", "authority", "trust"), True),
    FieldSpec("job_title", "Job title", ("role", "position", "post", "job role", "post title")),
    FieldSpec("grade", "Grade", ("band", "pay band", "level", "seniority")),
    FieldSpec("service_area", "Service area", ("directorate", "department", "service", "function", "team")),
    FieldSpec("place", "District", ("locality", "place", "area", "borough", "location")),
    FieldSpec("manager_name", "Line manager", ("manager", "supervisor", "reports to", "line manager name")),
    FieldSpec("manager_email", "Line manager email", ("manager email", "supervisor email"), False, looks_like_email),
    FieldSpec("sponsor_name", "Chief officer sponsor", ("sponsor", "sponsoring chief officer", "chief officer")),
    FieldSpec(
        "sponsor_email",
        "Sponsor email",
        ("chief officer email", "sponsoring chief officer email"),
        False,
        looks_like_email,
    ),
    FieldSpec("route", "Route", ("nomination route", "how they applied", "source")),
    FieldSpec("received", "Received", ("date received", "received on", "date of nomination"), False, looks_like_date),
]
KEYS = [field.key for field in FIELDS]

PERSON = [
    "Jane",
    "Shaw",
    "jane.shaw@ecc.example",
    "Essex County Council",
    "Head of Skills",
    "Director",
    "Housing",
    "Harlow",
    "Guy Scott",
    "guy.scott@ecc.example",
    "June Green",
    "june.green@ecc.example",
    "Nominated",
    date(2026, 1, 20),
]
LOGS = [
    [
        "First name", "Surname", "Work email", "Organisation", "Job title", "Grade", "Service area", "District",
        "Line manager", "Line manager email", "Chief officer sponsor", "Sponsor email", "Route", "Received",
    ],
    [
        "Forename", "Family name", "E-mail address", "Employer", "Role", "Band", "Directorate", "Locality", "Manager",
        "Manager e-mail", "Sponsoring chief officer", "Sponsoring chief officer e-mail", "How they applied",
        "Date received",
    ],
    [
        "FIRST NAME(S)", "LAST NAME", "EMAIL", "ORGANIZATION", "POSITION", "PAY BAND", "DEPARTMENT", "LOCATION",
        "LINE MANAGER NAME", "EMAIL", "CHIEF OFFICER", "EMAIL", "SOURCE", "RECEIVED ON",
    ],
    [
        "given_name", "family_name", "email_address", "employer_name", "job_role", "level", "team", "place",
        "manager_name", "manager_email", "sponsor_name", "sponsor_email", "nomination_route", "received",
    ],
    [
        "Nominee’s first name", "Nominee’s surname", "Nominee email", "Name of organisation", "Current post",
        "Seniority", "Service", "Borough", "Reports to", "Supervisor email", "Sponsor", "Chief officer’s email",
        "Route", "Date of nomination (dd/mm/yyyy)",
    ],
    [
        "Forname", "Sirname", "Email adress", "Organsation", "Job titel", "Grade", "Service area", "Distict",
        "Line manger", "Line manger email", "Chief oficer sponsor", "Sponser email", "Route", "Recieved",
    ],
    [
        "First Name", "Surname", "Work E-mail", "Organisation", "Job Title", "Grade", "Service Area", "District",
        "Line Manager", "", "Sponsor", "", "Route", "Received",
    ],
]  # fmt: skip


def _rows(values: list, count: int = 4) -> list[Row]:
    return [Row(number, list(values)) for number in range(2, 2 + count)]


@pytest.mark.parametrize("header", LOGS, ids=lambda header: header[0] + "/" + header[2])
def test_every_column_of_a_log_is_recognised(header: list[str]) -> None:
    found = match_columns(header, FIELDS, _rows(PERSON))
    assert {key: match.column for key, match in found.items()} == dict(zip(KEYS, range(14), strict=True))


@pytest.mark.parametrize("header", LOGS[:2])
def test_headings_alone_are_enough(header: list[str]) -> None:
    found = match_columns(header, FIELDS)
    assert {key: match.column for key, match in found.items()} == dict(zip(KEYS, range(14), strict=True))


def test_order_of_columns_does_not_matter() -> None:
    header, values = LOGS[1][::-1], PERSON[::-1]
    found = match_columns(header, FIELDS, _rows(values))
    assert {key: match.column for key, match in found.items()} == dict(zip(KEYS, range(13, -1, -1), strict=True))


def test_no_column_is_given_twice() -> None:
    found = match_columns(["First name", "Surname", "Email", "Manager", "Sponsor", "Notes"], FIELDS)
    columns = [match.column for match in found.values()]
    assert len(columns) == len(set(columns)) == 5
    assert 5 not in columns


def test_two_columns_with_one_heading_leave_the_field_open() -> None:
    found = match_columns(["First name", "Surname", "Employer", "Employer"], FIELDS)
    assert set(found) == {"first_name", "last_name"}


def test_a_column_that_fits_two_fields_goes_to_neither() -> None:
    fields = [FieldSpec("home", "Home town", ("town",)), FieldSpec("work", "Work town", ("town",))]
    assert match_columns(["Town"], fields) == {}


def test_values_overrule_a_misleading_heading() -> None:
    rows = [Row(2, ["Jane", "yes"]), Row(3, ["Tom", "no"]), Row(4, ["Zoë", "yes"])]
    assert "email" not in match_columns(["Forename", "Email"], FIELDS, rows)


def test_address_beside_the_manager_is_the_managers() -> None:
    values = ["Jane", "Shaw", "jane@ecc.example", "Guy Scott", "guy@ecc.example"]
    found = match_columns(["First name", "Surname", "Email", "Manager", "Email"], FIELDS, _rows(values))
    assert (found["email"].column, found["manager_email"].column) == (2, 4)


def test_the_only_column_of_addresses_is_taken_for_the_nominee() -> None:
    fields = [field for field in FIELDS if not field.key.endswith("_email")]
    found = match_columns(["Forename", "Surname", "Contact"], fields, _rows(["Jane", "Shaw", "jane@ecc.example"]))
    assert found["email"].column == 2
    assert found["email"].confidence < 0.8


def test_a_date_of_something_else_is_not_the_date_received() -> None:
    values = ["Jane", "Shaw", date(1980, 5, 1)]
    assert "received" not in match_columns(["Forename", "Surname", "Date of birth"], FIELDS, _rows(values))


@pytest.mark.parametrize("heading", ["Name", "Full name", "Nominee", "Name of applicant", "Forename and surname"])
def test_full_name_column_is_split(heading: str) -> None:
    rows = [
        Row(2, ["Dr Jane O’Brien", "jane@ecc.example", "Guy Scott"]),
        Row(3, ["Shaw, Tom", "tom@ecc.example", None]),
    ]
    found = match_columns([heading, "Email", "Line manager"], FIELDS, rows)
    assert found["first_name"].column == found["last_name"].column == 0
    assert [found["first_name"].read(row) for row in rows] == ["Jane", "Tom"]
    assert [found["last_name"].read(row) for row in rows] == ["O’Brien", "Shaw"]
    assert found["manager_name"].read(rows[0]) == "Guy Scott"


def test_headings_of_another_kind_match_nothing() -> None:
    assert match_columns(["Ward", "Electorate", "Turnout", "Result"], FIELDS) == {}


def test_confidence_tells_certain_from_guessed() -> None:
    found = match_columns(["First name", "Sirname"], FIELDS)
    assert found["first_name"].confidence == 1.0
    assert found["last_name"].confidence < 1.0


def _log() -> BytesIO:
    book = Workbook()
    sheet = book.active
    sheet.title = "Nominations 2026"
    sheet.append(LOGS[0])
    jane = ["Jane", "Shaw", "jane.shaw@ecc.example", "Essex County Council", "Head of Skills", "Director", "Housing"]
    rest = ["Harlow", "Guy Scott", "guy@ecc.example", "June Green", "june@ecc.example", "Nominated"]
    sheet.append([*jane, *rest, datetime(2026, 1, 20, 9, 30)])
    sheet.append(["  Zoë ", "O’Brien-Ní Dhomhnaill", "KEVIN.ROBERTS@ECC.EXAMPLE  ", *jane[3:], *rest, "31/02/2026"])
    sheet.append([None] * 14)
    sheet.append([*jane[:4], '=HYPERLINK("http://example.invalid","Director")', *jane[5:], *rest, "14 January 2026"])
    sheet.append([*jane[:2], None, "Essex C.C.", "Head of " + "very " * 60 + "long title", *jane[5:], *rest[:3], None])
    out = BytesIO()
    book.save(out)
    out.seek(0)
    return out


def test_whole_log_is_read_matched_and_flagged() -> None:
    table = read_table(_log(), "nominations.xlsx")
    found = match_columns(table.header, FIELDS, table.rows)
    assert {key: match.column for key, match in found.items()} == dict(zip(KEYS, range(14), strict=True))
    assert all(match.confidence == 1.0 for match in found.values())
    assert [row.number for row in table.rows] == [2, 3, 5, 6]
    assert [row.formulas for row in table.rows] == [set(), set(), {4}, set()]
    assert table.rows[1].cells[:3] == ["Zoë", "O’Brien-Ní Dhomhnaill", "KEVIN.ROBERTS@ECC.EXAMPLE"]
    assert len(str(table.rows[3].cells[4])) > 300
    received = [as_date(found["received"].read(row)) for row in table.rows]
    assert received == [date(2026, 1, 20), None, date(2026, 1, 14), None]
