"""The cohort report: one button, a job, a frozen version, the same figures on page and paper."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from datetime import timedelta

import pikepdf
import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from engine import pdf
from engine.jobs import RunningJob, cancel_job, claim, run
from engine.models import Job, StoredFile
from engine.reports import check_figure, report_sections
from outcomes.models import CohortReport, ReportDraft
from outcomes.services.reports import make_report, run_make_report
from tenancy.errors import NotAllowed
from tenancy.scope import tenant_context
from tests.factories.outcomes import SYSTEM, add_people, answered_survey, make_cohort
from tests.outcomes.conftest import COMMITTED
from tests.queries import page_queries

pytestmark = COMMITTED
needs_pango = pytest.mark.skipif(pdf.pdf_ready() is not None, reason=str(pdf.pdf_ready()))


def before(person: int, statement: int) -> int:
    return 2 + person % 2


def after(person: int, statement: int) -> int:
    return before(person, statement) + (2 if person == 0 else 1)


@pytest.fixture
def compared(essex, cohort, people):
    with tenant_context(essex):
        return answered_survey(essex, cohort, people, before, after)


def press(staff, cohort) -> Job:
    """The button; the job's page is where it leads."""
    response = staff.client.post(f"/essex/reports/{cohort.public_id}/make/")
    assert response.status_code == 302
    assert staff.client.get(response.headers["Location"]).status_code == 200
    with tenant_context(cohort.tenant_id):
        return Job.objects.get(public_id=response.headers["Location"].rstrip("/").rsplit("/", 1)[1])


def made(staff, cohort) -> CohortReport:
    job = press(staff, cohort)
    run(job.tenant_id, job.pk)
    with tenant_context(cohort.tenant_id):
        job.refresh_from_db()
        assert job.state == Job.State.DONE, job.error
        return CohortReport.objects.select_related("pdf").get(job=job)


def text_of(content: bytes, tmp_path) -> str:
    path = tmp_path / "report.pdf"
    path.write_bytes(content)
    done = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True)
    return done.stdout.decode()


def figures_of(report: CohortReport) -> dict[str, dict]:
    return {f["key"]: f for s in report.snapshot["sections"] for f in s["figures"]}


@needs_pango
def test_page_pdf_and_snapshot_say_the_same(essex, cohort, compared, staff, tmp_path):
    """Means 2.5 and 3.6 (tests/outcomes/test_results.py) wherever the report is read."""
    staff.client.post(
        f"/essex/reports/{cohort.public_id}/introduction/",
        {"narrative": "Łucja led the first day.\n\n今日は", "version": 0},
    )
    report = made(staff, cohort)
    change = figures_of(report)[f"change-domains-{compared.public_id}"]
    assert change["data"]["rows"][0] == ["Confidence", 2.5, 3.6, 12]
    assert change["table"]["rows"][0] == ["Confidence", "2.5", "3.6", "+1.1", "+0.9 to +1.3", "3.8", 12]
    assert "Before: 12 of 12 invited answered. After: 12 of 12. Both: 12" in change["definition"]
    page = staff.client.get(f"/essex/reports/{cohort.public_id}/1/").content.decode()
    for words in ("Confidence", "2.5 to 3.6 (n = 12)", "+0.9 to +1.3", "Łucja led the first day.", "not shown"):
        assert words in page, words
    download = staff.client.get(f"/essex/reports/{cohort.public_id}/1/pdf/")
    assert download.headers["Content-Type"] == "application/pdf"
    assert download.headers["Content-Disposition"].startswith('attachment; filename="cohort-1-report-1.pdf"')
    if shutil.which("pdftotext"):
        printed = " ".join(text_of(download.content, tmp_path).split())
        for words in (
            "Leading across Essex, Cohort 1",
            "2.5 to 3.6 (n = 12)",
            "+0.9 to +1.3",
            "Łucja led the first day.",
            "12 joined, of 50 places",
            "Averages of fewer than 8 people",
        ):
            assert words in printed, words


@needs_pango
def test_the_pdf_is_tagged_tied_and_carries_its_fonts(essex, cohort, compared, staff):
    content = bytes(made(staff, cohort).pdf.content)
    path = pikepdf.open(__import__("io").BytesIO(content))
    with path as document:
        items = [o for o in document.objects if isinstance(o, pikepdf.Dictionary)]
        elements = [o for o in items if o.get("/Type") == "/StructElem"]
        assert document.Root.MarkInfo.Marked and "pdfuaid" in str(document.open_metadata())
        assert str(document.docinfo["/Title"]) == "Leading across Essex, Cohort 1: cohort report"
        cells = [e for e in elements if e.S == "/TD"]
        assert cells and all(e.A.get("/Headers") is not None for e in cells)
        assert all(str(e.get("/Alt", "")) for e in elements if e.S == "/Figure")
        assert {str(e.S) for e in elements} >= {"/H1", "/H2", "/H3", "/Table", "/Figure"}
        fonts = [o for o in items if o.get("/Type") == "/FontDescriptor"]
        assert fonts and all({"/FontFile", "/FontFile2", "/FontFile3"} & set(o.keys()) for o in fonts)
        assert all("Atkinson" in str(o.FontName) for o in fonts), {str(o.FontName) for o in fonts}


def test_suppression_holds_on_page_json_and_paper_alike(essex, staff, tmp_path):
    """Seven people: every mean is withheld, and no number of theirs is anywhere."""
    with tenant_context(essex):
        cohort = make_cohort("Cohort 2")
        survey = answered_survey(essex, cohort, add_people(cohort, 7, prefix="Few"), before, after)
    report = made(staff, cohort)
    own = [s for s in report.snapshot["sections"] if s["name"] == "outcomes"]
    assert not re.search(r"\b[1-5]\.\d\b", json.dumps(own))
    assert all(
        row[1:3] == [None, None] for row in figures_of(report)[f"change-domains-{survey.public_id}"]["data"]["rows"]
    )
    page = staff.client.get(f"/essex/reports/{cohort.public_id}/1/").content.decode()
    assert "not shown, because too few people are counted" in page and "2.4" not in page
    if report.pdf and shutil.which("pdftotext"):
        printed = text_of(bytes(report.pdf.content), tmp_path)
        assert "too few people are counted" in " ".join(printed.split()) and "2.4" not in printed


def test_versions_count_up_and_old_ones_stay_as_they_were(essex, cohort, compared, staff):
    first = made(staff, cohort)
    old_page = staff.client.get(f"/essex/reports/{cohort.public_id}/1/").content
    with tenant_context(essex):
        add_people(cohort, 3, prefix="Late")
    second = made(staff, cohort)
    assert (first.version, second.version) == (1, 2)
    assert (first.snapshot["cohort"]["joined"], second.snapshot["cohort"]["joined"]) == (12, 15)

    def body(page: bytes) -> str:
        return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page.decode())

    assert body(staff.client.get(f"/essex/reports/{cohort.public_id}/1/").content) == body(old_page)
    listed = staff.client.get(f"/essex/reports/{cohort.public_id}/").content.decode()
    assert "Version 1" in listed and "Version 2" in listed
    assert staff.client.get(f"/essex/reports/{cohort.public_id}/3/").status_code == 404


def test_the_database_refuses_to_change_a_version(essex, cohort, compared, staff):
    report = made(staff, cohort)
    for sql in ("UPDATE outcomes_cohortreport SET snapshot = '{}'", "DELETE FROM outcomes_cohortreport"):
        with pytest.raises(DatabaseError), tenant_context(essex), connection.cursor() as cursor:
            cursor.execute(sql)
    with tenant_context(essex):
        assert CohortReport.objects.get().snapshot == report.snapshot


def test_pressing_twice_makes_one(essex, cohort, people, staff):
    assert press(staff, cohort).pk == press(staff, cohort).pk
    assert "A version is being made" in staff.client.get(f"/essex/reports/{cohort.public_id}/").content.decode()


def steps_of(job: Job) -> int:
    return len(report_sections) + 2


class CancelledAt(RunningJob):
    """A running job that somebody stops at its n-th step."""

    def __init__(self, job: RunningJob, at: int) -> None:
        super().__init__(job.tenant_id, job.job_id, job.token, job.kind, job.params, job.person_id)
        self.at = at

    def progress(self, done: int, total: int, text: str) -> None:
        if done == self.at:
            with tenant_context(self.tenant_id):
                cancel_job(job=Job.objects.get(pk=self.job_id), by=SYSTEM)
        super().progress(done, total, text)


def test_cancelled_at_any_step_leaves_no_version(essex, cohort, compared, staff):
    from engine.jobs import JobCancelled, end

    for step in range(steps_of(press(staff, cohort))):
        job = press(staff, cohort)
        running = claim(job.tenant_id, job.pk)
        with pytest.raises(JobCancelled):
            run_make_report(CancelledAt(running, step))
        end(running, Job.State.CANCELLED)
        with tenant_context(essex):
            assert not CohortReport.objects.exists() and not StoredFile.objects.exists(), step
    assert made(staff, cohort).version == 1


def test_taken_up_again_after_its_last_step_it_finds_its_version(essex, cohort, people, staff):
    """The worker died between writing the version and ending the job."""
    job = press(staff, cohort)
    running = claim(job.tenant_id, job.pk)
    first = run_make_report(running)
    with tenant_context(essex):
        Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    run(job.tenant_id, job.pk)
    with tenant_context(essex):
        job.refresh_from_db()
        assert (job.state, job.result, CohortReport.objects.count()) == (Job.State.DONE, first, 1)


def test_without_the_library_the_page_is_kept_and_says_the_command(essex, cohort, people, staff, monkeypatch):
    """As on a machine without Pango: its libraries can't be loaded."""
    monkeypatch.setattr("engine.pdf._loads", lambda name: False)
    report = made(staff, cohort)
    assert report.pdf is None
    page = staff.client.get(f"/essex/reports/{cohort.public_id}/1/").content.decode()
    assert pdf.INSTALL_COMMAND in page and "This version has no PDF" in page
    assert pdf.INSTALL_COMMAND in staff.client.get(f"/essex/reports/{cohort.public_id}/").content.decode()
    assert staff.client.get(f"/essex/reports/{cohort.public_id}/1/pdf/").status_code == 404


def test_every_section_gives_figures_that_can_be_drawn(essex, cohort, compared, staff):
    report = made(staff, cohort)
    assert [s["name"] for s in report.snapshot["sections"]] == [
        name for name, _ in sorted(report_sections.items(), key=lambda item: item[1].position)
    ]
    for figure in figures_of(report).values():
        check_figure(figure)


def test_a_figure_that_could_not_be_drawn_is_refused():
    fine = {"key": "k", "title": "T", "definition": "D", "kind": "funnel", "data": [["Nominated", 128]]}
    check_figure(fine)
    for bad in ({"kind": "pie"}, {"data": [["Nominated"]]}, {"table": {"header": ["a"], "rows": [["b", "c"]]}}):
        with pytest.raises(ValueError, match="'k'"):
            check_figure({**fine, **bad})
    with pytest.raises(ValueError, match="lacks definition"):
        check_figure({name: value for name, value in fine.items() if name != "definition"})


def test_two_people_writing_the_introduction(essex, cohort, staff):
    address = f"/essex/reports/{cohort.public_id}/introduction/"
    assert staff.client.post(address, {"narrative": "Mine", "version": 0}).status_code == 302
    for version in (0, 7):
        stale = staff.client.post(address, {"narrative": "Yours", "version": version})
        text = stale.content.decode()
        assert stale.status_code == 409 and "Mine" in text and "Yours" in text
    again = re.search(r'name="version" value="(\d+)"', text)[1]
    assert staff.client.post(address, {"narrative": "Yours", "version": again}).status_code == 302
    with tenant_context(essex):
        assert ReportDraft.objects.get().narrative == "Yours"


@pytest.mark.parametrize("page", ["", "introduction/", "1/", "1/pdf/"])
def test_reports_are_for_staff_of_the_cohort(cohort, staff, other_staff, participant, stranger, people, page):
    made(staff, cohort)
    address = f"/essex/reports/{cohort.public_id}/{page}"
    codes = [who.client.get(address).status_code for who in (staff, other_staff, participant, stranger)]
    assert codes == [200, 403, 403, 404]


def test_only_staff_of_the_cohort_make_one(essex, cohort, other_staff, participant, stranger):
    address = f"/essex/reports/{cohort.public_id}/make/"
    assert [w.client.post(address).status_code for w in (other_staff, participant, stranger)] == [403, 403, 404]
    with tenant_context(essex, other_staff.person), pytest.raises(NotAllowed), transaction.atomic():
        make_report(cohort=cohort, by=other_staff.actor)
    with tenant_context(essex):
        assert not Job.objects.exists()


def test_pages_ask_little_and_the_overview_shows_own_cohorts(essex, cohort, people, staff, other_staff):
    made(staff, cohort)
    one = page_queries(staff.client, "/essex/reports/")
    with tenant_context(essex):
        for n in (2, 3):
            make_cohort(f"Cohort {n}")
    made(staff, cohort)
    assert page_queries(staff.client, "/essex/reports/") == one <= 12
    for page in ("", "1/"):
        assert page_queries(staff.client, f"/essex/reports/{cohort.public_id}/{page}") <= 12
    assert "Cohort 1" not in other_staff.client.get("/essex/reports/").content.decode()
    assert "Latest cohort reports" in staff.client.get("/essex/").content.decode()
