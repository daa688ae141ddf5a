"""Attendance by list: reports of meeting tools and plain sheets, row by row, nothing written unasked, nothing overwritten unticked."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Attendance, AttendanceImport, Event
from cohorts.services.attendance_imports.kind import (
    correct_attendance_row,
    start_writing_attendance,
    upload_attendance,
)
from cohorts.services.attendance_imports.reading import keys_of_name, minutes_covered, minutes_of, moment_of, names_in
from cohorts.services.events import cancel_event, save_register
from engine.imports.steps import leave_sheet_row_out, start_writing_sheet
from engine.jobs import run
from engine.models import Job, StoredFile
from engine.sheets import SheetError
from reminders.selectors import read_obligations
from tenancy.errors import NotAllowed, Refused, StaleEdit, WrongState
from tenancy.models import Change, Role
from tenancy.privacy import export_person
from tenancy.retention import retention_kinds
from tenancy.scope import tenant_context
from tests.conftest import make_member
from tests.factories.cohorts import make_event, make_participant, make_past_event
from tests.queries import page_queries
from tests.selection.import_setup import workbook

pytestmark = pytest.mark.django_db(databases=["default", "owner", "sys"])
LONDON = ZoneInfo("Europe/London")
NEAR = datetime(2026, 5, 6, 10, tzinfo=LONDON)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("5/6/26, 9:58:12 AM", "2026-05-06T08:58:12"),  # Teams, American
        ("06/05/2026, 09:58:12", "2026-05-06T08:58:12"),  # Teams, British
        ("05/06/2026 12:05:00 PM", "2026-05-06T11:05:00"),  # Zoom
        ("06.05.2026 12:05:00 am", "2026-05-05T23:05:00"),
        ("2026-05-06T08:58:12Z", "2026-05-06T08:58:12"),
        ("2026-05-06 10:58:12.250+02:00", "2026-05-06T08:58:12"),
        ("6 May 2026 at 9.58am", None),
        ("6 May 2026 at 9:58am", "2026-05-06T08:58:00"),
        ("10am", "2026-05-06T09:00:00"),
        ("10:20", "2026-05-06T09:20:00"),
        ("13:20 pm", None),
        ("25:00", None),
        ("31/02/2026 10:00", None),
        ("06/05/2026", None),
        ("late", None),
    ],
)
def test_times_as_meeting_tools_write_them(text: str, said: str | None) -> None:
    moment = moment_of(text, near=NEAR, zone=LONDON)
    assert (moment and moment.astimezone(UTC).isoformat()[:19]) == said


def test_durations_names_and_two_devices_at_once() -> None:
    spelt = {"1h 2m 3s": 62.05, "45m 30s": 45.5, "59s": 59 / 60, "1 hr 5 min": 65, "62 minutes": 62, "62": 62}
    spelt |= {"1:02:03": 62.05, "0:45": 45, "2h": 120, "7,5": 7.5}
    assert {text: minutes_of(text) for text in spelt} == pytest.approx(spelt)
    assert [minutes_of(text) for text in ("", "long", "-5", "2 hours or so")] == [None] * 4
    assert keys_of_name("NÚÑEZ, José") == keys_of_name("jose nunez") == {"jose nunez"}
    assert keys_of_name("Dr Ann O’Neil OBE") >= keys_of_name("O'Neil, Ann")
    assert names_in("JN (José Núñez)") == ["JN", "José Núñez"] and names_in("Núñez, José (Guest)")[0] == "Núñez, José"
    at = [NEAR + timedelta(minutes=10 * n) for n in range(8)]
    spans = [(at[0], at[3]), (at[2], at[4]), (at[5], at[7]), (at[7], at[6])]
    assert minutes_covered(spans, at[1], at[6]) == 40
    assert minutes_covered([], at[1], at[6]) == 0


@pytest.fixture
def scene(essex, cohort, participant, other_participant, facilitator, staff) -> SimpleNamespace:
    """A class that began at ten three days ago and took three hours; seven people are expected."""
    with tenant_context(essex):
        event = make_past_event(cohort, "Class online", owner=staff.person)
        jose = make_participant(cohort, "José Núñez", email="jose.nunez@example.org").person
        sams = [make_participant(cohort, "Sam Same", email=f"sam{n}@example.org").person for n in (1, 2)]
        ida = make_participant(cohort, "Ida Apology").person
        zoe = make_participant(cohort, "Zoe Away").person
        Attendance.objects.create(
            event=event, person=ida, state="apologies", recorded_by=ida, recorded_at=timezone.now()
        )
    day = timezone.localtime(event.starts_at)
    return SimpleNamespace(
        tenant=essex, event=event, staff=staff, jose=jose, sams=sams, ida=ida, zoe=zoe, day=day,
        pat=participant.person, olu=other_participant.person, facilitator=facilitator,
    )  # fmt: skip


def teams(scene: SimpleNamespace, rows: list[tuple[str, ...]]) -> bytes:
    """As Teams gives it; a row: name, joined, left, duration, address, account."""
    day = scene.day.strftime("%-m/%-d/%y")
    lines = ["1. Summary", "Meeting title\tClass online", f"Attended participants\t{len(rows)}"]
    lines += [f"Start time\t{day}, 9:51:07 AM", f"End time\t{day}, 1:04:00 PM", "Meeting duration\t3h 12m 53s", ""]
    lines += ["2. Participants"]
    lines += ["Name\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole"]
    lines += [f"{n}\t{day}, {a}\t{b and f'{day}, {b}'}\t{c}\t{d}\t{e}\tPresenter" for n, a, b, c, d, e in rows]
    lines += ["", "3. In-Meeting Activities", "Name\tJoin Time\tLeave Time\tDuration\tEmail\tRole"]
    lines += [f"{n}\t{day}, {a}\t{b and f'{day}, {b}'}\t{c}\t{d}\tPresenter" for n, a, b, c, d, _e in rows]
    return "\r\n".join(lines).encode("utf-16")


def report(scene: SimpleNamespace) -> bytes:
    late, short = ("10:25:30 AM", "12:59:00 PM", "2h 33m 30s"), ("9:58:00 AM", "10:06:00 AM", "7m 40s")
    whole = ("9:58:12\u202fAM", "1:02:00\u202fPM", "3h 3m 48s")
    return teams(
        scene,
        [
            ("PARTICIPANT, Pat (Mid Essex Trust)", *whole, "", "pat.participant@example.org"),
            ("Nunez, Jose", *late, "", ""),
            ("Olu O", *short, "Olu.Other@Example.org", ""),
            ("Sam Same", *whole, "", ""),
            ("Sam Same", *whole, "", "sam2@example.org"),
            ("Fay Facilitator", *whole, "fay.facilitator@example.org", ""),
            ("Meeting room 4", *whole, "", ""),
            ("Ida Apology (Unverified)", *whole, "", ""),
        ],
    )


def bring(scene: SimpleNamespace, content: bytes, name: str = "attendance.csv", who=None, **more) -> AttendanceImport:
    who = who or scene.staff
    with tenant_context(scene.tenant, who.person):
        return upload_attendance(event=scene.event, name=name, content=content, by=who.actor, **more)


def write(scene: SimpleNamespace, sheet: AttendanceImport, *, rest_absent: bool = False) -> Job:
    with tenant_context(scene.tenant, scene.staff.person):
        job = start_writing_attendance(sheet=sheet, rest_absent=rest_absent, by=scene.staff.actor)
    run(scene.tenant.pk, job.pk)
    with tenant_context(scene.tenant, scene.staff.person):
        job.refresh_from_db()
        assert job.state == Job.State.DONE, job.error
        sheet.refresh_from_db()
        return job


def found(sheet: AttendanceImport) -> list[tuple[str, list[str]]]:
    return [(row["outcome"], [reason["code"] for reason in row["reasons"]]) for row in sheet.outcome["rows"]]


def marks(scene: SimpleNamespace) -> dict[str, str]:
    with tenant_context(scene.tenant, scene.staff.person):
        rows = Attendance.objects.filter(event=scene.event).select_related("person")
        return {row.person.email.partition("@")[0]: row.state for row in rows}


def url(name: str, public_id: str, **more) -> str:
    return reverse(f"cohorts:{name}", kwargs={"tenant": "essex", "public_id": public_id, **more})


def test_the_report_of_teams_is_checked_confirmed_and_in_the_register(scene, participant) -> None:
    staff, event = scene.staff.client, scene.event
    page = url("attendance-import-create", event.public_id)
    assert page in staff.get(url("event-detail", event.public_id)).content.decode()
    assert page in staff.get(url("event-register", event.public_id)).content.decode()
    assert participant.client.get(page).status_code == 403
    wrong = staff.post(page, {"late_after": "x", "least_share": "101"}).content.decode()
    assert "Choose a file" in wrong and "from 0 to 240" in wrong and "from 0 to 100 per cent" in wrong
    sent = {"file": SimpleUploadedFile("report.csv", report(scene)), "late_after": "10", "least_share": "50"}
    detail = staff.post(page, sent)["Location"]
    with tenant_context(scene.tenant, scene.staff.person):
        sheet = AttendanceImport.objects.get()
        assert found(sheet) == [
            ("good", []),
            ("late", ["late"]),
            ("late", ["short"]),
            ("unknown", ["several"]),
            ("good", []),
            ("not expected", ["not_expected"]),
            ("unknown", ["unknown"]),
            ("differs", ["differs"]),
        ]
        assert StoredFile.objects.get().confidential and sheet.outcome["rows"][0]["row"] == 10
        assert [row["minutes"] for row in sheet.outcome["rows"]][:3] == [180, 154, 6]
    assert marks(scene) == {"ida.apology": "apologies"}, "nothing is written yet"
    shown = staff.get(detail).content.decode()
    for words in (
        "Joined at 10:25am, 25 minutes after the start.",
        "Was there for 6 of 180 minutes.",
        "Several people are called “Sam Same”.",
        "We don’t know “Meeting room 4”.",
        "Fay Facilitator belongs to the cohort, but isn’t expected at this event.",
        "The register says “Sent apologies”",
        "We used row 9 as the headings",
        "what stands from row 19 on",
        "Mark 4 people present",
        "Mark the 2 people who aren’t on the list absent",
        "Sam Same, Zoe Away.",
        "2 rows of the list are nobody’s yet",
        "more than 10 minutes after the start, or was there for less than 50% of the event",
    ):
        assert words in shown, words
    # staff choose who a row is, leave one out, and tick what may be overwritten
    row = url("attendance-import-row", sheet.public_id, number=13)
    assert "Who is it?" in staff.get(row).content.decode() and "Overwrite" not in staff.get(row).content.decode()
    assert staff.post(row, {"name": "Sam Same", "person": "nobody"}).status_code == 422
    assert staff.post(row, {"name": "Sam Same", "person": scene.sams[0].public_id}).status_code == 302
    row = url("attendance-import-row", sheet.public_id, number=17)
    form = staff.get(row)
    assert "Overwrite “Sent apologies” in the register with “Present”" in form.content.decode()
    assert staff.post(row, {**form.context["form"].initial, "overwrite": "on"}).status_code == 302
    staff.post(url("attendance-import-row-leave", sheet.public_id, number=12))
    answer = staff.post(url("attendance-import-write", sheet.public_id), {"rest": "absent"})
    assert staff.post(url("attendance-import-write", sheet.public_id))["Location"] == answer["Location"]
    with tenant_context(scene.tenant, scene.staff.person):
        job = Job.objects.get(kind="cohorts.attendance")
    run(scene.tenant.pk, job.pk)
    # who was left out has no mark, so the register isn't whole
    assert (
        marks(scene)
        == {
            "pat.participant": "present",
            "jose.nunez": "present",
            "sam1": "present",
            "sam2": "present",
            "ida.apology": "present",
            "zoe.away": "absent",
        }
        or marks(scene).pop("josé.núñez", "") == "present"
    )
    assert "5 people were marked present" in staff.get(detail).content.decode()
    with tenant_context(scene.tenant, scene.staff.person):
        event.refresh_from_db()
        assert event.registered_at is None
        assert read_obligations(kind="cohorts.register")
        told = Change.objects.get(name="register_list")
        assert "5 people present by report.csv, 1 absent who isn’t on it" in told.reason
    register = staff.get(url("event-register", event.public_id))
    states = {row["person"].name: row["mark"] for row in register.context["rows"]}
    assert states["Olu Other"] == "absent" and states["Pat Participant"] == "present"
    assert "stand on a list you brought in" in register.content.decode()
    # once more: nothing is new
    again = bring(scene, report(scene))
    assert again.pk != sheet.pk and again.outcome["totals"]["already there"] == 4
    with tenant_context(scene.tenant, scene.staff.person):
        leave_sheet_row_out(sheet=again, number=12, leave_out=True, by=scene.staff.actor)
        again.refresh_from_db()
        with pytest.raises(Refused, match="nothing to write"):
            start_writing_sheet(sheet=again, by=scene.staff.actor)


def zoom(scene: SimpleNamespace, rows: list[tuple[str, str, str, str, int]]) -> bytes:
    day = scene.day.strftime("%d/%m/%Y")
    lines = ["Meeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants"]
    lines += [f'812 3456 7890,"Class, online",{day} 09:50:00,{day} 13:05:00,staff@example.org,195,{len(rows)}', ""]
    lines += ["Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest"]
    lines += [f"{name},{email},{day} {a}:00,{day} {b}:00,{n},Yes" for name, email, a, b, n in rows]
    return "\n".join(lines).encode()


def test_zooms_joins_are_added_up_and_names_arent_guessed(scene) -> None:
    content = zoom(
        scene,
        [
            ("PP (Pat Participant)", "", "10:05", "10:30", 25),
            ("Pat Participant", "pat.participant@example.org", "10:40", "13:00", 140),
            ("Pat's phone", "pat.participant@example.org", "10:45", "13:00", 135),  # beside the laptop
            ("José Núñez", "jn1@home.example", "10:00", "13:00", 180),
            ("Jose Nunez", "jn2@home.example", "10:00", "13:00", 180),
            ("zoe.away@example.org", "", "10:00", "11:00", 60),
            ("Olu Other", "sam1@example.org", "09:30", "11:40", 130),
        ],
    )
    sheet = bring(scene, content, late_after=4, least_share=40)
    assert found(sheet) == [
        ("late", ["late"]),
        ("again", ["added"]),
        ("again", ["added"]),
        ("unknown", ["same_name"]),
        ("unknown", ["same_name"]),
        ("late", ["short"]),
        ("good", []),  # whose address it is, whatever name was typed; time before the start doesn't count
    ]
    rows = sheet.outcome["rows"]
    assert [row["minutes"] for row in rows] == [165, None, None, None, None, 60, 100]
    assert rows[6]["person"] == scene.sams[0].public_id and "Added to row 5." in rows[1]["reasons"][0]["text"]
    # one of the two is him: chosen; the other isn't
    with tenant_context(scene.tenant, scene.staff.person):
        sheet = correct_attendance_row(
            sheet=sheet, number=8, texts={}, person=scene.jose.public_id, overwrite=False, by=scene.staff.actor
        )
        assert [row["outcome"] for row in sheet.outcome["rows"]][3:5] == ["good", "unknown"]
        # an address that nobody has, corrected to one that somebody has
        sheet = correct_attendance_row(
            sheet=sheet,
            number=9,
            texts={"email": "sam2@example.org"},
            person="",
            overwrite=False,
            by=scene.staff.actor,
        )
        assert sheet.outcome["rows"][4]["person"] == scene.sams[1].public_id


def test_a_plain_sheet_odd_rows_and_columns_to_match(scene) -> None:
    other_day = (scene.day - timedelta(days=7)).replace(tzinfo=None)
    on_the_day = (scene.day + timedelta(minutes=12)).replace(tzinfo=None)
    rows = [
        ["Participant", "Pat", None, on_the_day],
        ["Other", "Olu", None, other_day],
        ["Away", "Zoe", "=A1", None],
        ["Sam", "Same", "sam1@example.org", "about ten"],
        [None, None, None, on_the_day],
        ["Apology", "Ida", None, None],
    ]
    sheet = bring(scene, workbook(("Surname", "Forename", "Work email", "Arrived"), rows), "list.xlsx")
    assert found(sheet) == [
        ("late", ["late"]),
        ("wrong", ["other_day"]),
        ("wrong", ["formula"]),
        ("good", ["time_unreadable"]),
        ("wrong", ["nobody"]),
        ("differs", ["differs"]),
    ]
    client = scene.staff.client
    unknown = bring(scene, b"A;B\n1;Pat Participant\n2;Zoe Away\n", "odd.csv")
    columns = url("attendance-import-columns", unknown.public_id)
    assert client.get(url("attendance-import-detail", unknown.public_id))["Location"] == columns
    assert "Choose the column for" in client.post(columns, {"joined": "0"}).content.decode()
    assert client.post(columns, {"name": "1"}).status_code == 302
    with tenant_context(scene.tenant, scene.staff.person):
        unknown.refresh_from_db()
        assert found(unknown) == [("good", []), ("good", [])]
    with pytest.raises(SheetError, match="names nobody"):
        bring(scene, teams(scene, []), "empty.csv")
    pages = [
        page_queries(client, url("attendance-import-detail", s.public_id))
        for s in (unknown, bring(scene, report(scene)))
    ]
    assert pages[0] == pages[1] <= 12


def test_what_the_register_says_meanwhile_stays_and_a_whole_list_is_the_register(scene) -> None:
    names = "Name\nPat Participant\nJosé Núñez\nOlu Other\nZoe Away\n".encode()
    sheet = bring(scene, names)
    page = scene.staff.client.get(url("event-register", scene.event.public_id))
    assert {row["mark"] for row in page.context["rows"] if row["person"] == scene.zoe} == {"present"}
    with tenant_context(scene.tenant, scene.staff.person):
        event = Event.objects.select_related("cohort__programme", "learning_set").get(pk=scene.event.pk)
        Attendance.objects.create(
            event=event, person=scene.zoe, state="absent", recorded_by=scene.staff.person, recorded_at=timezone.now()
        )
        version = event.version
    write(scene, sheet, rest_absent=True)
    with tenant_context(scene.tenant, scene.staff.person):
        assert [row["outcome"] for row in sheet.outcome["rows"]] == ["good", "good", "good", "differs"]
        event.refresh_from_db()
        assert event.registered_at is not None and not read_obligations(kind="cohorts.register")
        # whoever had the register open is told
        with pytest.raises(StaleEdit):
            everyone = {
                p.public_id: "present" for p in [scene.pat, scene.olu, scene.jose, scene.ida, scene.zoe, *scene.sams]
            }
            save_register(event=event, version=version, marks=everyone, by=scene.staff.actor)
    assert sorted(marks(scene).values()) == ["absent", "absent", "absent", "apologies", *["present"] * 3]
    # a tick is for the mark that was seen, and for no other
    ticked = bring(scene, names)
    with tenant_context(scene.tenant, scene.staff.person):
        ticked = correct_attendance_row(
            sheet=ticked, number=5, texts={}, person="", overwrite=True, by=scene.staff.actor
        )
        assert found(ticked)[3] == ("good", ["overwritten"])
        Attendance.objects.filter(event=event, person=scene.zoe).update(state="apologies")
    write(scene, ticked)
    assert marks(scene)["zoe.away"] == "apologies" and ticked.outcome["written"] == 0


def test_whose_it_is_and_when(scene, participant, facilitator, stranger, tmp_path) -> None:
    sheet = bring(scene, b"Name\nPat Participant\n")
    detail = url("attendance-import-detail", sheet.public_id)
    assert scene.staff.client.get(detail).status_code == 200
    for who in (make_member(scene.tenant, "Olga Officer", Role.STAFF), participant, facilitator, stranger):
        assert who.client.get(detail).status_code == 404
    with tenant_context(scene.tenant, participant.person):
        assert not AttendanceImport.objects.exists() and not StoredFile.objects.exists()
        with pytest.raises(NotAllowed):
            upload_attendance(event=scene.event, name="x.csv", content=b"Name\nPat\n", by=participant.actor)
    with tenant_context(scene.tenant, scene.staff.person):
        copies = export_person(scene.staff.person)["Attendance lists you uploaded"]
        assert [(c["file"], c["event"]) for c in copies] == [("attendance.csv", "Class online")]
        ahead = make_event(scene.event.cohort, owner=scene.staff.person)
        with pytest.raises(WrongState, match="opens when the event starts"):
            upload_attendance(event=ahead, name="x.csv", content=b"Name\nPat\n", by=scene.staff.actor)
    closed = scene.staff.client.get(url("attendance-import-create", ahead.public_id)).content.decode()
    assert "There’s no register to fill in now" in closed and "Check the file" not in closed
    with tenant_context(scene.tenant, scene.staff.person):
        cancel_event(event=ahead, by=scene.staff.actor, reason="Snow")
        Event.objects.filter(pk=ahead.pk).update(starts_at=scene.event.starts_at)
        ahead.refresh_from_db()
        with pytest.raises(WrongState, match="was cancelled"):
            upload_attendance(event=ahead, name="x.csv", content=b"Name\nPat\n", by=scene.staff.actor)
    # by the command, tried and then done; its lists are nobody's who signs in
    file = tmp_path / "came.csv"
    file.write_bytes(b"Email\npat.participant@example.org\nnobody@example.net\n")
    for extra, written in ((["--dry-run"], 0), ([], 1), ([], 0)):
        out = io.StringIO()
        said = ["--tenant", "essex", "--event", scene.event.public_id, "--json", *extra, str(file)]
        call_command("import_attendance", *said, stdout=out)
        assert json.loads(out.getvalue())["totals"]["written"] == written
    assert marks(scene)["pat.participant"] == "present"
    with tenant_context(scene.tenant, scene.staff.person):
        assert list(AttendanceImport.objects.all()) == [sheet]
    with tenant_context(scene.tenant):
        kind = dict(retention_kinds.items())["cohorts.attendance_lists"]
        assert not kind.due(timezone.now() - timedelta(days=1)).exists()
        assert kind.due(timezone.now() + timedelta(days=1)).count() == 2, "the command's"
