"""Scores from a sheet: each row checked and said why, nothing overwritten, nothing readable that wasn't, nothing written twice."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.db.utils import ProgrammingError
from django.utils import timezone
from openpyxl import load_workbook

from engine.imports.steps import (
    abandon_sheet,
    correct_sheet_row,
    leave_sheet_row_out,
    match_sheet_columns,
    start_writing_sheet,
    table_of,
    write_sheet,
)
from engine.jobs import cancel_job, run
from engine.models import Job, StoredFile
from engine.sheets import SheetError, write_xlsx
from selection.models import Application, AssessorAllocation, Score, ScoreImport, SelectionRound
from selection.services.assessment import Mark, save_scores, start_moderation
from selection.services.conflicts import record_conflict
from selection.services.score_imports.kind import upload_scores
from selection.states import RoundState
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.models import Change, Role
from tenancy.privacy import export_person
from tenancy.retention import retention_kinds
from tenancy.scope import tenant_context
from tests.conftest import make_member
from tests.queries import page_queries
from tests.selection.assess_pages import url
from tests.selection.assess_setup import CRITERIA, Scene
from tests.selection.import_setup import workbook
from tests.selection.test_selection_races import at_once
from tests.worker import until, worker, worker_broker  # noqa: F401 -- fixtures

pytestmark = pytest.mark.django_db(databases=["default", "owner", "sys"])
HEADINGS = ("Ref", "Marked by", *CRITERIA, f"{CRITERIA[0]} comment")
COMMITTED = pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])


@pytest.fixture
def assessing(scene: Scene) -> Scene:
    """Four applications, each with both assessors."""
    scene.start()
    return scene


def line(scene: Scene, n: int, who: int = 0, points=(5, 6, 7), comment: str = "Seen on paper") -> list:
    return [scene.applications[n].reference, scene.assessors[who].person.name, *points, comment]


def bring(scene: Scene, rows: list[list], headings=HEADINGS, name: str = "marks.xlsx", by=None) -> ScoreImport:
    who = by or scene.staff
    with scene.inside(who):
        return upload_scores(round=scene.round, name=name, content=workbook(headings, rows), by=who.actor)


def write(scene: Scene, sheet: ScoreImport) -> Job:
    with scene.inside(scene.staff):
        job = start_writing_sheet(sheet=sheet, by=scene.staff.actor)
    run(scene.tenant.pk, job.pk)
    with scene.inside(scene.staff):
        return Job.objects.get(pk=job.pk)


@transaction.atomic
def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def reasons(sheet: ScoreImport) -> dict[int, list[str]]:
    return {row["row"]: [reason["code"] for reason in row["reasons"]] for row in sheet.outcome["rows"]}


def outcomes(sheet: ScoreImport) -> list[str]:
    return [row["outcome"] for row in sheet.outcome["rows"]]


def readable(scene: Scene, who) -> int:
    """How many scores the database shows them."""
    with scene.inside(who), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM selection_score")
        return cursor.fetchone()[0]


def test_a_sheet_is_checked_confirmed_and_finishes_assessments(assessing: Scene, bystander) -> None:
    scene, staff = assessing, assessing.staff.client
    page = url(scene, "score-import-create")
    assert scene.assessors[0].client.get(page).status_code == 403 == bystander.client.get(page).status_code
    # the very sheet to fill in: one row an open assessment, no names where the round is blind
    given = staff.get(page + "?download=xlsx")
    book = load_workbook(io.BytesIO(given.content)).active
    table = [[cell.value for cell in row] for row in book.iter_rows()]
    assert table[0][:3] == ["Reference", "Assessor", "Assessor’s email"] and len(table) == 9
    assert not any("Nominee" in str(cell) for row in table for cell in row)
    filled = [
        row[:3] + [points for _c in CRITERIA for points in (n % 7 + 1, f"Row {n}")] for n, row in enumerate(table[1:])
    ]
    answer = staff.post(page, {"file": upload("filled.xlsx", write_xlsx(table[0], filled, "Scores"))})
    detail = answer["Location"]
    shown = staff.get(detail).content.decode()
    assert "Write the scores of 8 rows" in shown and "Check filled.xlsx before anything is written" in shown
    with scene.inside(scene.staff):
        sheet = ScoreImport.objects.get()
        assert outcomes(sheet) == ["good"] * 8 and not AssessorAllocation.objects.filter(finished_at__isnull=False)
        assert StoredFile.objects.get(pk=sheet.file_id).confidential
    # the import is its uploader's: neither assessors nor other staff reach it, nor the file
    other = make_member(scene.tenant, "Olu Other", Role.STAFF)
    for who in (scene.assessors[0], other, bystander):
        assert who.client.get(detail).status_code == 404
        with scene.inside(who):
            assert not ScoreImport.objects.exists() and not StoredFile.objects.exists()
    answer = staff.post(url(scene, "score-import-write", sheet.public_id))
    assert staff.post(url(scene, "score-import-write", sheet.public_id))["Location"] == answer["Location"]
    with scene.inside(scene.staff):
        job = Job.objects.get(kind="selection.scores")
    run(scene.tenant.pk, job.pk)
    assert "The scores of 8 rows were written" in staff.get(detail).content.decode()
    with scene.inside(scene.staff):
        job.refresh_from_db()
        assert (job.state, job.result["written"]) == (Job.State.DONE, 8)
        assert AssessorAllocation.objects.filter(finished_at__isnull=False, imported=sheet).count() == 8
        told = Change.objects.filter(name="import_scores", subject_kind=Application._meta.label)
        assert told.count() == 8 and {c.by_label for c in told} == {"Sita Staff"}
        assert told.filter(reason__contains="Assessor A: row 2 of filled.xlsx").exists()
        assert Change.objects.get(name="import_scores", subject_kind=SelectionRound._meta.label)
        start_moderation(round=scene.round, by=scene.staff.actor)
        row = Score.objects.filter(allocation__assessor=scene.assessors[0].person).order_by("pk").first()
        assert row.comment.startswith("Row ") and 1 <= row.points <= 7
        # who may read a copy of what they uploaded
        copies = export_person(scene.staff.person)["Nomination logs and sheets of scores you uploaded"]
        assert [c["file"] for c in copies] == ["filled.xlsx"]
    allocation = scene_allocation(scene, 0, 0)
    page = scene.assessors[0].client.get(url(scene, "assess-application", allocation.public_id)).content.decode()
    assert "Programme staff entered your scores from a sheet" in page
    history = staff.get(url(scene, "application-history", scene.applications[0].public_id)).content.decode()
    assert "Scores brought in from a sheet" in history and "of filled.xlsx" in history


def upload(name: str, content: bytes):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, content)


def scene_allocation(scene: Scene, n: int, who: int) -> AssessorAllocation:
    with scene.inside(scene.staff):
        return scene.allocation(scene.applications[n], scene.assessors[who])


def test_imported_scores_are_as_hidden_as_typed_ones(assessing: Scene) -> None:
    """Until all are in nobody but the assessor reads them, the importer included; nor can the importer write anywhere else."""
    scene = assessing
    one, two = scene.assessors
    job = write(scene, bring(scene, [line(scene, 0, 0)]))
    assert job.state == Job.State.DONE, job.error
    assert (readable(scene, one), readable(scene, two), readable(scene, scene.staff), readable(scene, None)) == (
        3,
        0,
        0,
        0,
    )
    scene.score(two, scene.applications[0], [1, 1, 1])
    assert readable(scene, scene.staff) == 6 == readable(scene, one)
    with scene.inside(one):
        assert sorted(Score.objects.filter(allocation__assessor=one.person).values_list("points", flat=True)) == [
            5,
            6,
            7,
        ]
    # SQL of staff's own: not into open work, not into what a sheet finished, not while no sheet is being written
    target = scene_allocation(scene, 1, 0)
    done = scene_allocation(scene, 0, 0)
    put = "INSERT INTO selection_score (tenant_id, public_id, allocation_id, criterion_id, points, comment) VALUES (%s, %s, %s, %s, 7, '')"
    for n, (allocation, who) in enumerate(((target, scene.staff), (done, scene.staff), (target, two))):
        with scene.inside(who), pytest.raises(ProgrammingError, match="row-level security"):
            sql(put, scene.tenant.pk, f"walled{n}", allocation.pk, scene.criteria[0].pk)
    sheet = bring(scene, [line(scene, 1, 0)])
    with scene.inside(scene.staff):
        AssessorAllocation.objects.filter(pk=target.pk).update(imported=sheet)
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(put, [scene.tenant.pk, "walled9", target.pk, scene.criteria[0].pk])
        start_writing_sheet(sheet=sheet, by=scene.staff.actor)
    with scene.inside(two), pytest.raises(ProgrammingError):
        sql(put, scene.tenant.pk, "walled8", target.pk, scene.criteria[0].pk)
    # a sheet of one's own opens nothing to whoever isn't staff
    with scene.inside(two):
        own = ScoreImport.objects.create(
            round=scene.round,
            file=StoredFile.objects.create(name="x", content_type="x", content=b"x", sha256="x"),
            state="writing",
            uploaded_by=two.person,
        )
        AssessorAllocation.objects.filter(pk=target.pk).update(imported=own)
        with pytest.raises(ProgrammingError, match="row-level security"):
            sql(put, scene.tenant.pk, "walled7", target.pk, scene.criteria[0].pk)


def test_every_row_says_what_is_wrong_with_it(assessing: Scene) -> None:
    scene = assessing
    one, two = scene.assessors
    with scene.inside(scene.staff):
        record_conflict(application=scene.applications[3], person=one.person, kind="other", by=scene.staff.actor)
        third = make_member(scene.tenant, "Assessor C", Role.ASSESSOR)
    scene.score(one, scene.applications[1], [3, 3, 3])
    scene.score(two, scene.applications[1], [3, 3, 3], finish=False)
    rows = [
        line(scene, 0, 0),
        ["LGE0-9999", *line(scene, 0)[1:]],
        [line(scene, 0)[0], "Nobody Known", 1, 2, 3, ""],
        line(scene, 3, 0),
        line(scene, 2, 0, points=(8, 0, -1)),
        line(scene, 2, 1, points=("five", 4.5, None)),
        line(scene, 1, 0),
        line(scene, 1, 1),
        [line(scene, 2)[0], third.person.name, 1, 2, 3, ""],
        line(scene, 0, 1),
        line(scene, 0, 1, points=(1, 1, 1)),
        ["", "", 1, 2, 3, ""],
        line(scene, 2, 0, points=("=1+1", 2, 3)),
        line(scene, 2, 0, comment="word " * 151),
    ]
    sheet = bring(scene, rows)
    assert reasons(sheet) == {
        2: [],
        3: ["application_unknown"],
        4: ["assessor_unknown"],
        5: ["conflict"],
        6: ["out_of_range", "out_of_range", "out_of_range", "duplicate"],
        7: ["not_a_number", "not_a_number", "points_missing"],
        8: ["finished"],
        9: ["begun"],
        10: ["not_given_out"],
        11: ["duplicate"],
        12: ["duplicate"],
        13: ["application_missing", "assessor_missing"],
        14: ["formula", "duplicate"],
        15: ["too_long", "duplicate"],
    }
    assert sheet.outcome["totals"] == {"good": 1, "wrong": 13, "already there": 0, "left out": 0, "empty": 0}
    text = scene.staff.client.get(url(scene, "score-import-detail", sheet.public_id)).content.decode()
    for words in (
        "We don’t know an application “LGE0-9999” in this round.",
        "We don’t know an assessor “Nobody Known” of this round.",
        "8 is out of range: “Leadership potential” has 1 to 7 points.",
        "“five” isn’t a whole number of points",
        "has a conflict of interest with",
        "That is never overwritten.",
        "The same application and assessor are in row 12 too.",
        "holds a formula, which we don’t run",
    ):
        assert words in text, words
    assert (
        "good"
        not in scene.staff.client.get(
            url(scene, "score-import-detail", sheet.public_id) + "?outcome=wrong&download=csv"
        ).content.decode()
    )
    # mended on its page: what was wrong is right, and one of the pair is left out
    with scene.inside(scene.staff):
        correct_sheet_row(
            sheet=sheet, number=7, texts={"points_0": "4", "points_1": "4", "points_2": "4"}, by=scene.staff.actor
        )
        sheet = leave_sheet_row_out(sheet=sheet, number=12, leave_out=True, by=scene.staff.actor)
    assert [row["row"] for row in sheet.outcome["rows"] if row["outcome"] == "good"] == [2, 7, 11]
    row = url(scene, "score-import-row", sheet.public_id, number=3)
    assert scene.staff.client.get(row).status_code == 200
    data = {
        "reference": scene.applications[3].reference,
        "assessor": two.person.name,
        "points_0": "2",
        "points_1": "2",
        "points_2": "2",
    }
    assert scene.staff.client.post(row, data | {"comment_0": "ok"}).status_code == 302
    assert scene.staff.client.get(url(scene, "score-import-row", sheet.public_id, number=99)).status_code == 404
    job = write(scene, sheet)
    assert (job.state, job.result["written"]) == (Job.State.DONE, 4)
    # the same file again adds nothing: what was written is there, what was wrong still is
    again = bring(scene, rows)
    assert (
        again.pk != sheet.pk and again.outcome["totals"]["good"] == 0 and again.outcome["totals"]["already there"] >= 3
    )
    with scene.inside(scene.staff), pytest.raises(Refused, match="nothing to write"):
        start_writing_sheet(sheet=again, by=scene.staff.actor)
    with scene.inside(one):
        assert list(
            Score.objects.filter(allocation=scene.allocation(scene.applications[1], one)).values_list(
                "points", flat=True
            )
        ) == [3, 3, 3]
        with pytest.raises(WrongState, match="Programme staff entered your scores"):
            save_scores(
                allocation=scene.allocation(scene.applications[0], one),
                marks={c.pk: Mark(1) for c in scene.criteria},
                by=one.actor,
                finish=True,
            )


def test_columns_that_say_nothing_are_matched_on_a_page(assessing: Scene) -> None:
    scene, client = assessing, assessing.staff.client
    sheet = bring(scene, [line(scene, 0)], headings=("A", "B", "C", "D", "E", "F"))
    assert sheet.state == ScoreImport.State.MAPPING
    page = url(scene, "score-import-columns", sheet.public_id)
    assert client.get(url(scene, "score-import-detail", sheet.public_id))["Location"] == page
    assert "We couldn’t tell which columns hold" in client.get(page).content.decode()
    wrong = client.post(page, {"reference": "0", "assessor": "1"})
    assert wrong.status_code == 422 and "Choose the column for" in wrong.content.decode()
    chosen = {"reference": "0", "assessor": "1", "points_0": "2", "points_1": "3", "points_2": "4", "comment_0": "5"}
    assert client.post(page, chosen).status_code == 302
    with scene.inside(scene.staff):
        sheet.refresh_from_db()
        assert outcomes(sheet) == ["good"]
        assert sheet.outcome["rows"][0]["points"] == {"points_0": 5, "points_1": 6, "points_2": 7}
        with pytest.raises(SheetError):
            upload_scores(round=scene.round, name="x.xlsx", content=b"MZ", by=scene.staff.actor)
        # an applicant's or assessor's address names them as well as the reference and the name
        people = (scene.applications[1].applicant.email, scene.assessors[1].person.email)
    byname = bring(scene, [[*people, 1, 2, 3]], headings=("Applicant email", "Assessor email", *CRITERIA))
    assert outcomes(byname) == ["good"], byname.outcome
    refused = client.post(url(scene, "score-import-create"), {"file": upload("x.csv", b"")})
    assert refused.status_code == 422


@pytest.mark.parametrize("state", RoundState.values)
def test_only_while_the_round_is_assessed(assessing: Scene, state: str) -> None:
    scene = assessing
    before = bring(scene, [line(scene, 0)])
    with scene.inside(scene.staff):
        SelectionRound.objects.filter(pk=scene.round.pk).update(state=state)
        scene.round.refresh_from_db()
    page = scene.staff.client.get(url(scene, "score-import-create"))
    if state == RoundState.ASSESSING:
        assert "Take the sheet to fill in" in page.content.decode()
        assert bring(scene, [line(scene, 1)]).state == ScoreImport.State.CHECKED
        return
    assert "Scores can’t be brought in now" in page.content.decode()
    with pytest.raises(WrongState):
        bring(scene, [line(scene, 1)])
    with scene.inside(scene.staff), pytest.raises(WrongState, match="only while the round is being assessed"):
        start_writing_sheet(sheet=before, by=scene.staff.actor)


def test_each_state_of_an_import_takes_what_it_takes(assessing: Scene) -> None:
    scene, by = assessing, assessing.staff.actor
    waiting = bring(scene, [line(scene, 0)], headings=("A", "B", "C", "D", "E", "F"))
    checked = bring(scene, [line(scene, 1)])
    gone = bring(scene, [line(scene, 2)])
    done = bring(scene, [line(scene, 3)])
    assert write(scene, done).state == Job.State.DONE
    with scene.inside(scene.staff):
        abandon_sheet(sheet=gone, by=by)
        with pytest.raises(WrongState, match="Match the columns"):
            start_writing_sheet(sheet=waiting, by=by)
        for sheet in (gone, done):
            with pytest.raises(WrongState):
                match_sheet_columns(sheet=sheet, chosen={}, by=by)
            with pytest.raises(WrongState):
                leave_sheet_row_out(sheet=sheet, number=2, leave_out=True, by=by)
            with pytest.raises(WrongState):
                abandon_sheet(sheet=sheet, by=by)
        with pytest.raises(WrongState):
            start_writing_sheet(sheet=gone, by=by)
        assert start_writing_sheet(sheet=done, by=by).state == Job.State.DONE
        # stopped before it began: nothing is written, and it can be begun again
        job = start_writing_sheet(sheet=checked, by=by)
        with pytest.raises(WrongState):
            abandon_sheet(sheet=checked, by=by)
        cancel_job(job=job, by=by)
    run(scene.tenant.pk, job.pk)
    assert readable(scene, scene.assessors[0]) == 3  # of `done` alone
    assert write(scene, checked).state == Job.State.DONE
    assert readable(scene, scene.assessors[0]) == 6
    for who in (scene.assessors[0], make_member(scene.tenant, "Mona Mentor", Role.MENTOR)):
        with scene.inside(who), pytest.raises(NotAllowed):
            upload_scores(round=scene.round, name="x.xlsx", content=workbook(HEADINGS, [line(scene, 0)]), by=who.actor)


def test_what_changed_since_the_check_isnt_written(assessing: Scene) -> None:
    """A conflict, a finished assessment and a draft that came after the dry run."""
    scene = assessing
    one = scene.assessors[0]
    sheet = bring(scene, [line(scene, 0), line(scene, 1), line(scene, 2), line(scene, 3)])
    assert outcomes(sheet) == ["good"] * 4
    scene.score(one, scene.applications[0], [2, 2, 2])
    scene.score(one, scene.applications[1], [2, 2, 2], finish=False)
    with scene.inside(scene.staff):
        record_conflict(application=scene.applications[2], person=one.person, kind="other", by=scene.staff.actor)
    job = write(scene, sheet)
    assert (job.state, job.result["written"]) == (Job.State.DONE, 1)
    with scene.inside(scene.staff):
        sheet.refresh_from_db()
        assert outcomes(sheet) == ["wrong", "wrong", "wrong", "good"]
    with scene.inside(one):
        kept = Score.objects.filter(allocation__assessor=one.person, allocation__application=scene.applications[0])
        assert set(kept.values_list("points", flat=True)) == {2}


def test_the_command_does_the_same(assessing: Scene, tmp_path: Path) -> None:
    scene = assessing
    file = tmp_path / "marks.xlsx"
    file.write_bytes(workbook(HEADINGS, [line(scene, 0), line(scene, 1, points=(9, 1, 1))]))

    def ask(*extra: str) -> dict:
        out = io.StringIO()
        said = ("--tenant", "essex", "--round", scene.cohort.slug, "--json", *extra, str(file))
        call_command("import_scores", *said, stdout=out)
        return json.loads(out.getvalue())

    tried = ask("--dry-run")
    assert tried["totals"] == {
        "rows": 2, "good": 1, "wrong": 1, "already there": 0, "left out": 0, "empty": 0, "written": 0,
    }  # fmt: skip
    assert tried["rows"][1]["reasons"][0]["code"] == "out_of_range" and readable(scene, scene.assessors[0]) == 0
    assert ask()["totals"]["written"] == 1
    again = ask()
    assert again["totals"]["written"] == 0 and again["rows"][0]["outcome"] == "already there"
    assert (readable(scene, scene.assessors[0]), readable(scene, scene.staff), readable(scene, None)) == (3, 0, 0)
    with scene.inside(scene.staff):
        assert not ScoreImport.objects.exists() and not StoredFile.objects.exists()
        assert "marks.xlsx" in Change.objects.filter(name="import_scores").first().reason
    out = io.StringIO()
    call_command("import_scores", "--tenant", "essex", "--round", scene.round.public_id, str(file), stdout=out)
    assert "9 is out of range" in out.getvalue() and "2 rows: 1 wrong, 1 already there" in out.getvalue()
    for wrong in (("--round", "nowhere"), ("--tenant", "nobody"), ("--column", "points_9=Ref")):
        said = {"--tenant": "essex", "--round": scene.cohort.slug} | {wrong[0]: wrong[1]}
        with pytest.raises(CommandError):
            call_command("import_scores", *[word for pair in said.items() for word in pair], str(file))
    blank = tmp_path / "blank.csv"
    blank.write_bytes(b"A;B;C\n1;2;3\n")
    with pytest.raises(CommandError, match="No column was recognised"):
        call_command("import_scores", "--tenant", "essex", "--round", scene.cohort.slug, str(blank))
    with pytest.raises(CommandError, match="can’t be read"):
        call_command("import_scores", "--tenant", "essex", "--round", scene.cohort.slug, str(tmp_path / "no.xlsx"))


def test_pages_cost_the_same_whatever_the_number_of_rows(assessing: Scene) -> None:
    scene, client = assessing, assessing.staff.client
    small = bring(scene, [line(scene, 0)])
    large = bring(scene, [line(scene, n, who) for n in range(4) for who in range(2)], name="more.xlsx")
    counts = [page_queries(client, url(scene, "score-import-detail", s.public_id)) for s in (small, large)]
    assert counts[0] == counts[1] <= 12
    assert page_queries(client, url(scene, "score-import-create")) <= 12


@COMMITTED
def test_two_at_once_write_each_score_once(scene: Scene, worker) -> None:
    """Two imports of the same, an assessor who sends meanwhile, a worker killed in the middle; then the sheet's time is over."""
    scene.start()
    one, two = scene.assessors
    other = make_member(scene.tenant, "Olu Other", Role.STAFF)
    rows = [line(scene, 0), line(scene, 1)]
    first, second = bring(scene, rows), bring(scene, rows, by=other)

    def writing(sheet: ScoreImport, who):
        def call():
            with scene.inside(who):
                return write_sheet(sheet=sheet, table=table_of(sheet), by=who.actor).outcome["written"]

        return call

    assert sorted(at_once(writing(first, scene.staff), writing(second, other))) == [0, 2]
    assert readable(scene, one) == 6

    third = bring(scene, [line(scene, 2), line(scene, 3)])

    def sending():
        with scene.inside(one):
            marks = {c.pk: Mark(1) for c in scene.criteria}
            allocation = scene.allocation(scene.applications[2], one)
            return save_scores(allocation=allocation, marks=marks, by=one.actor, finish=True).pk

    written, sent = at_once(writing(third, scene.staff), sending)
    with scene.inside(one):
        points = set(
            Score.objects.filter(
                allocation__application=scene.applications[2], allocation__assessor=one.person
            ).values_list("points", flat=True)
        )
    # whoever was first stands whole, and the other is told
    assert (written, points) == ((2, {5, 6, 7}) if isinstance(sent, WrongState) else (1, {1}))

    fourth = bring(scene, [line(scene, n, 1) for n in range(4)])
    worker.start(BATON_JOB_LEASE_SECONDS="2")

    def look() -> Job:
        with scene.inside(scene.staff):
            return Job.objects.get(kind="selection.scores")

    with transaction.atomic(using="owner"):
        # whoever holds the round keeps the job from writing, so that it's killed just there
        with connections["owner"].cursor() as cursor:
            cursor.execute("SELECT 1 FROM selection_selectionround WHERE id = %s FOR UPDATE", [scene.round.pk])
        with scene.inside(scene.staff):
            start_writing_sheet(sheet=fourth, by=scene.staff.actor)
        until(lambda: look().progress_text.startswith("Writing"), what="the step that writes, seen from outside")
        worker.kill()
    assert look().state == Job.State.RUNNING and readable(scene, two) == 0
    worker.start()
    worker.tick_until("engine.tasks.resume_stale_jobs", lambda: look().ended, what="the job's end")
    assert (look().state, look().attempts, look().result["written"]) == (Job.State.DONE, 2, 4), look().error
    assert readable(scene, two) >= 12
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT (allocation_id, criterion_id)) FROM selection_score")
        assert cursor.fetchone() == (24, 24)
    with tenant_context(scene.tenant):
        kinds = dict(retention_kinds.items())
        due = kinds["selection.score_sheets"].due(timezone.now() + timedelta(days=1)).using("sys")
        kinds["selection.score_sheets"].delete(list(due))
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM selection_scoreimport), (SELECT count(*) FROM engine_storedfile)")
        assert cursor.fetchone() == (0, 0)
        cursor.execute("SELECT count(*) FROM selection_assessorallocation WHERE imported_at IS NOT NULL")
        assert cursor.fetchone()[0] >= 7
