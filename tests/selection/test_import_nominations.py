"""The command, other people's logs, bad files, and 2,000 rows."""

from __future__ import annotations

import io
import json
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from engine.sheets import read_table
from selection.models import Application, NominationImport, SelectionRound
from selection.services.nominations.columns import missing, recognise, worth_asking
from selection.services.nominations.uploads import upload_nominations
from tenancy.models import Organisation, Person, Tenant
from tenancy.scope import tenant_context
from tests.factories.selection import make_applicant, make_cohort_for_round, make_round
from tests.selection.import_setup import (
    HEADINGS,
    LOG,
    SYSTEM,
    load_organisations,
    outcomes,
    person,
    upload,
    workbook,
    write,
)


@pytest.fixture
def round_(essex: Tenant) -> SelectionRound:
    with tenant_context(essex):
        load_organisations()
        return make_round()


def command(*args: Any) -> dict[str, Any]:
    out = io.StringIO()
    call_command("import_nominations", "--tenant", "essex", "--cohort", "cohort-2", "--json", *args, stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def count_applications(essex: Tenant) -> int:
    with tenant_context(essex):
        return Application.objects.count()


def test_command_names_every_row_and_a_dry_run_writes_nothing(essex: Tenant, round_: SelectionRound) -> None:
    found = command("--dry-run", LOG)
    assert found["totals"] == {
        "rows": 128,
        "good": 109,
        "guessed": 10,
        "wrong": 8,
        "already there": 0,
        "left out": 0,
        "empty": 1,
        "written": 0,
    }
    assert [row["row"] for row in found["rows"]] == list(range(2, 130))
    by_row = {row["row"]: row for row in found["rows"]}
    assert by_row[46]["organisation_as_written"] == "ESNEFT"
    assert by_row[46]["reason"] == "We read “ESNEFT” as East Suffolk and North Essex NHS Foundation Trust."
    assert by_row[72]["reason"] == "The row is empty."
    assert count_applications(essex) == 0


def test_command_writes_once(essex: Tenant, round_: SelectionRound) -> None:
    assert command(LOG)["totals"]["written"] == 119
    again = command(LOG)
    assert again["totals"]["written"] == 0
    assert again["totals"]["already there"] == 119
    assert count_applications(essex) == 119


def test_command_prints_rows_for_people_too(essex: Tenant, round_: SelectionRound) -> None:
    out = io.StringIO()
    call_command("import_nominations", "--tenant", "essex", "--cohort", "cohort-2", "--dry-run", LOG, stdout=out)
    assert "32  wrong          Zoe Greenwood: The same person as row 31." in out.getvalue()
    assert "128 rows: 109 good, 10 guessed, 8 wrong, 1 empty" in out.getvalue()


@pytest.mark.parametrize(
    ("tenant", "cohort", "file", "message"),
    [
        ("nowhere", "cohort-2", LOG, "There is no tenant “nowhere”."),
        ("essex", "cohort-9", LOG, "There is no cohort “cohort-9”."),
        ("essex", "cohort-2", "no-such-file.xlsx", "can’t be read"),
    ],
)
def test_command_refuses_what_it_cannot_find(
    essex: Tenant, round_: SelectionRound, tenant: str, cohort: str, file: Any, message: str
) -> None:
    with pytest.raises(CommandError, match=message):
        call_command("import_nominations", "--tenant", tenant, "--cohort", cohort, file)


def test_command_says_when_the_cohort_has_no_round(essex: Tenant) -> None:
    with tenant_context(essex):
        make_cohort_for_round("Cohort 7")
    with pytest.raises(CommandError, match="has no selection round yet"):
        call_command("import_nominations", "--tenant", "essex", "--cohort", "cohort-7", LOG)


def test_two_imports_of_one_file_write_each_person_once(in_essex: Tenant) -> None:
    load_organisations()
    round_ = make_round()
    rows = [person("Ann", "Bell"), person("Bea", "Cole")]
    first, second = upload(round_, rows), upload(round_, rows)
    assert write(first).outcome["written"] == 2
    assert write(second).outcome["written"] == 0
    assert Application.objects.count() == 2


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<a/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (60 * 1024 * 1024))
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("log.xlsx", b"this is no workbook", "isn’t an Excel workbook"),
        ("log.csv", b"", "The file is empty"),
        ("log.csv", b"Name,Work email,Organisation\n", "no rows under them"),
        ("log.csv", b"jane@ecc.example,Jane,Essex County Council\nann@ecc.example,Ann,ECC\n", "no row of headings"),
        ("log.csv", b"%PDF-1.7 ...", "isn’t a spreadsheet"),
        ("log.xlsx", bomb(), "unpacks to far more"),
        ("log.csv", b"Colour,Taste\nred,sweet\n", "No column was recognised"),
    ],
)
def test_bad_files_are_named_and_leave_nothing(
    essex: Tenant, round_: SelectionRound, tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(CommandError, match=message):
        command(file)
    with tenant_context(essex):
        assert not NominationImport.objects.exists()
        assert not Application.objects.exists()


def test_a_log_with_one_name_column_and_other_headings(essex: Tenant, round_: SelectionRound, tmp_path: Path) -> None:
    file = tmp_path / "hsmc.csv"
    file.write_text(
        "Nominee;Employer;E-mail address;Current role;Manager;Manager's e-mail;Sponsoring director;Sponsoring director's email\n"
        "Dr Jane Smith;Essex Police;jane.smith@essexpolice.example;Superintendent;Al Low;al.low@essexpolice.example;"
        "Bo High;bo.high@essexpolice.example\n"
        "Okafor, Chinwe;Thurrock Council;chinwe.okafor@thurrock.example;Head of Place;Di Mid;di.mid@thurrock.example;"
        "Ed Top;ed.top@thurrock.example\n",
        encoding="utf-8",
    )
    found = command(file)
    assert [(row["name"], row["outcome"]) for row in found["rows"]] == [
        ("Dr Jane Smith", "good"),
        ("Chinwe Okafor", "good"),
    ]
    with tenant_context(essex):
        application = Application.objects.select_related("line_manager").get(applicant__name="Chinwe Okafor")
        assert application.line_manager.email == "di.mid@thurrock.example"


def test_a_windows_csv_with_a_title_and_forenames(essex: Tenant, round_: SelectionRound, tmp_path: Path) -> None:
    file = tmp_path / "fire.csv"
    text = (
        "Nominations for the fire service,,,,\r\n"
        "Forename(s),Family name,Trust or council,Contact email,Grade/Band\r\n"
        "René,Müller,ECFRS,rene.muller@ecfrs.example,Group manager\r\n"
        "Zoë,Ńowak,Essex County Fire and Rescue Service,zoe.nowak@ecfrs.example,Area manager\r\n"
    )
    file.write_bytes(text.replace("Ń", "N").encode("cp1252"))
    found = command(file)
    assert [row["organisation"] for row in found["rows"]] == ["Essex County Fire and Rescue Service"] * 2
    assert [row["outcome"] for row in found["rows"]] == ["guessed", "guessed"]
    assert {reason["code"] for reason in found["rows"][1]["reasons"]} == {"endorser_missing"}
    assert found["notices"]


@pytest.mark.parametrize(
    ("log", "not_found"),
    [
        (
            "EMP_FNAME,EMP_SNAME,EMP_EMAIL_ADDR,EMPLOYER,POSITION_TITLE,AFC_BAND,SUPERVISOR_FULL_NAME,SUPERVISOR_EMAIL_ADDR,"
            "EXEC_SPONSOR,EXEC_SPONSOR_EMAIL,LOCATION\nGrace,Mbeki,grace@mseft.example,Southend Trust,Matron,8a,Lou Tan,"
            "lou@mseft.example,Kim Roe,kim@mseft.example,Basildon\n",
            set(),
        ),
        (
            "\"Candidate (SURNAME, Forename)\",Brigade / Agency,Rank or post,E-mail (work),Boss,Boss's e-mail,Chief's name,"
            "Chief's e-mail\n\"O'DONNELL, Ciara\",Essex Fire,Group Manager,ciara@fire.example,Pat Ames,pat@fire.example,Rick Hall,"
            "rick@fire.example\n",
            {"grade", "district"},
        ),
        (
            "Who;Where they work;What they do;How to reach them;Boss\nAda Lowe;Essex CVS;Director;ada@cvs.example;Ed Poe\n",
            {"given", "family", "email", "manager_email", "sponsor_name", "sponsor_email", "grade", "district"},
        ),
    ],
    ids=["a personnel system's", "a fire service's", "a charity's"],
)
def test_logs_of_others_are_recognised_or_asked_about(log: str, not_found: set[str]) -> None:
    table = read_table(io.BytesIO(log.encode()), "log.csv")
    mapping = recognise(table)
    known = {
        "given",
        "family",
        "email",
        "organisation",
        "job_title",
        "grade",
        "district",
        "manager_name",
        "manager_email",
    }
    assert known - set(mapping) == not_found - {"sponsor_name", "sponsor_email"}
    columns = [choice["column"] for key, choice in mapping.items() if key != "family" or not choice["part"]]
    assert len(columns) == len(set(columns))
    assert bool(missing(mapping)) == ("email" in not_found)
    assert worth_asking(table, mapping) == ("email" in not_found)


def test_a_column_may_be_named_by_hand(essex: Tenant, round_: SelectionRound, tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_text("Who,Work email,Zxq\nJane Smith,jane.smith@ecc.example,Essex County Council\n", encoding="utf-8")
    with pytest.raises(CommandError, match="No column was recognised for"):
        command("--dry-run", file)
    found = command("--dry-run", "--column", "organisation=Zxq", "--column", "given=Who", file)
    assert (found["rows"][0]["name"], found["rows"][0]["organisation"]) == ("Jane Smith", "Essex County Council")


def test_text_in_any_script_is_kept(in_essex: Tenant) -> None:
    load_organisations()
    round_ = make_round()
    row = person("Aylin", "Yıldız")
    row[1], row[4] = "محمد 李小龙", "𝔇irector of Pláce"
    nominations = write(upload(round_, [row]))
    application = Application.objects.select_related("applicant").get()
    assert application.applicant.name == "Aylin محمد 李小龙"
    assert application.job_title == "𝔇irector of Pláce"
    assert nominations.outcome["written"] == 1


def test_whose_address_it_is_cannot_always_be_told(in_essex: Tenant) -> None:
    load_organisations()
    round_ = make_round()
    one, other = person("Ann", "One"), person("Bea", "Two")
    one[2] = other[2] = "shared.office@ecc.example"
    found = outcomes(upload(round_, [one, other]))
    assert found[2][0] == found[3][0] == "wrong"
    assert "address_of_another" in found[2][1] and "address_of_another" in found[3][1]


def test_a_known_person_keeps_their_name_and_an_unknown_organisation_stops_the_row(in_essex: Tenant) -> None:
    load_organisations()
    round_ = make_round()
    known = make_applicant("Patricia Known")
    row = person("Patsy", "Known")
    row[2] = known.email
    stranger = person("Sam", "Far", "Kent Wildlife Trust", "kwt.example")
    nominations = upload(round_, [row, stranger])
    found = outcomes(nominations)
    assert found[2] == ("guessed", ["known_under_other_name"])
    assert found[3] == ("wrong", ["organisation_unknown"])
    write(nominations)
    assert Application.objects.get().applicant.name == "Patricia Known"


def test_a_missing_organisation_is_told_by_the_address(in_essex: Tenant) -> None:
    load_organisations()
    round_ = make_round()
    row = person("Ann", "Bell", "", "essexpolice.example")
    nominations = upload(round_, [row])
    assert outcomes(nominations)[2] == ("guessed", ["organisation_guessed"])
    assert nominations.outcome["rows"][0]["organisation"] == "Essex Police"


def test_public_mail_hosts_say_nothing_of_the_employer(in_essex: Tenant) -> None:
    load_organisations()
    Organisation.objects.filter(name="Thurrock Council").update(short_name="Gmail")
    round_ = make_round()
    assert outcomes(upload(round_, [person("Ann", "Bell", host="gmail.com")]))[2] == ("good", [])


def test_two_thousand_rows(in_essex: Tenant) -> None:
    load_organisations()
    round_ = make_round(opened=False)
    names = sorted(Organisation.objects.values_list("name", flat=True))
    rows = [
        person(f"Given{n}", f"Family{n}", names[n % len(names)], f"host{n % len(names)}.example") for n in range(2000)
    ]
    content = workbook(HEADINGS, rows)
    began = time.process_time()
    nominations = upload_nominations(round=round_, name="log.xlsx", content=content, by=SYSTEM)
    checked = time.process_time() - began
    nominations = write(nominations)
    assert nominations.outcome["written"] == 2000
    assert Application.objects.count() == 2000
    assert Person.objects.filter(name="Given1999 Family1999").exists()
    # Generous against a busy machine; it's the order of magnitude that must hold.
    assert checked < 20
