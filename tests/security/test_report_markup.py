"""Markup in what people type: in the report's PDF it stays text, fetches nothing and looks at nobody's files."""

from __future__ import annotations

import shutil
import socketserver
import subprocess
import threading
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from django.urls import reverse

from cohorts.models import Cohort
from engine import pdf
from engine.jobs import run
from engine.models import Job
from outcomes.models import CohortReport, Indicator
from outcomes.paper import report_css
from outcomes.services.reports import make_report, save_narrative
from tenancy.models import Sector, Tenant
from tenancy.scope import tenant_context
from tests.factories.outcomes import add_people, answered_survey, make_cohort
from tests.factories.projects import make_ambition, make_approved
from tests.outcomes.conftest import COMMITTED

pytestmark = COMMITTED
needs_pango = pytest.mark.skipif(pdf.pdf_ready() is not None, reason=str(pdf.pdf_ready()))
HELD = "Drosselrohrsänger"


@pytest.fixture
def calls() -> Iterator[tuple[str, list[bytes]]]:
    """An address on this machine, and the first line of everybody who called."""
    heard: list[bytes] = []

    class Hear(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            heard.append(self.rfile.readline())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Hear) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", heard
        server.shutdown()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of the machine, with a word that is nowhere else."""
    found = tmp_path / "s"
    found.write_text(f"<p>{HELD}</p>\n", encoding="utf-8")
    return found


def attacks(address: str, file: Path) -> dict[str, str]:
    """What stands in each place of the report that somebody names or writes."""
    return {
        "tenant": f"Essex</p><script src={address}/t></script>",
        "programme": f'A" onload="x"><img src={address}/p>',
        "cohort": f"</title><style>@import '{address}/c';</style>",
        "sector": f"<b>Sector</b><img src='{address}/s'>",
        "survey": "--></style></head>{{ request.user }}{% debug %}",
        "statement": f"<svg><image href='{address}/i'/><text>x</text></svg>",
        "ambition": f"<object data='{address}/o'>",
        "title": f"<iframe src='{address}/f'>",
        "narrative": "\n".join(
            [
                "<script>alert(1)</script> <h2>Not a heading</h2>",
                f'<link rel="attachment" href="{file.as_uri()}">',
                f"<img alt=x src={file.as_uri()}>",
                f'<a rel="attachment" href="{file.as_uri()}">x</a>',
                f'<link rel="stylesheet" href="{address}/n">',
                f"<p style=\"background:url('{address}/b');content:url({file.as_uri()})\">y</p>",
                "&lt;i&gt; &#60;u&#62;",
            ]
        ),
    }


@pytest.fixture
def report(essex, staff, calls, file) -> CohortReport:
    evil = attacks(calls[0], file)
    Tenant.objects.filter(pk=essex.pk).update(name=evil["tenant"])
    with tenant_context(essex, staff.person):
        cohort = make_cohort()
        people = add_people(cohort, 12)
        answered_survey(essex, cohort, people, lambda p, _s: 2 + p % 2, lambda p, _s: 3 + p % 2)
        survey = cohort.surveys.get()
        survey.name = evil["survey"]
        survey.save()
        first = Indicator.objects.filter(survey=survey).first()
        Indicator.objects.filter(pk=first.pk).update(text=evil["statement"])
        make_approved(people[0], people[1], cohort=cohort, title=evil["title"])
        ambition = make_ambition()
        ambition.name = evil["ambition"]
        ambition.save()
        Sector.objects.filter(organisations=people[0].organisation_id).update(name=evil["sector"])
        cohort.programme.name = evil["programme"]
        cohort.programme.save()
        Cohort.objects.filter(pk=cohort.pk).update(name=evil["cohort"])
        cohort.refresh_from_db()
        save_narrative(cohort=cohort, version=0, narrative=evil["narrative"], by=staff.actor)
        job = make_report(cohort=cohort, by=staff.actor)
    run(job.tenant_id, job.pk)
    with tenant_context(essex, staff.person):
        job.refresh_from_db()
        assert job.state == Job.State.DONE, job.error
        return CohortReport.objects.select_related("pdf", "cohort").get(job=job)


def printed(content: bytes, tmp_path: Path) -> str:
    path = tmp_path / "report.pdf"
    path.write_bytes(content)
    done = subprocess.run(["pdftotext", "-raw", str(path), "-"], capture_output=True, check=True)
    return "".join(done.stdout.decode().split())


@needs_pango
def test_it_stays_text_and_fetches_nothing(report, calls, file, tmp_path) -> None:
    address, heard = calls
    assert report.pdf_problem == "" and report.pdf is not None
    content = bytes(report.pdf.content)
    assert heard == []
    with pikepdf.open(BytesIO(content)) as document:
        assert "/EmbeddedFiles" not in document.Root.get("/Names", {}) and "/AF" not in document.Root
        objects = [o for o in document.objects if isinstance(o, pikepdf.Dictionary)]
        assert not [o for o in objects if o.get("/Type") == "/Filespec" or o.get("/Subtype") == "/Image"]
        targets = [str(o.A.URI) for o in objects if o.get("/Subtype") == "/Link" and "/URI" in o.get("/A", {})]
        assert not [t for t in targets if t.startswith(("file:", address))]
        streams = b"".join(o.read_bytes() for o in document.objects if isinstance(o, pikepdf.Stream))
    assert HELD.encode() not in streams and HELD.encode("utf-16-be") not in streams
    if shutil.which("pdftotext"):
        text = printed(content, tmp_path)
        shown = [line for words in attacks(address, file).values() for line in words.split("\n")]
        assert [line for line in shown if "".join(line.split()) not in text] == []
        assert HELD not in text


def test_so_it_does_on_the_page(report, staff, calls) -> None:
    address, _heard = calls
    at = {"tenant": "essex", "public_id": report.cohort.public_id, "version": report.version}
    page = staff.client.get(reverse("outcomes:report-detail", kwargs=at)).content.decode()
    assert "Not a heading" in page and "&lt;h2&gt;Not a heading" in page
    assert f"src={address}" not in page.replace("&lt;img src=", "").replace("&lt;script src=", "")
    for tag in ("<script>alert", "<iframe", "<object", "<h2>Not", "<b>Sector", "<image"):
        assert tag not in page, tag


@pytest.mark.parametrize(
    "colour", ["}a{b:c", "url(x)", "red;", "#12345g", "#12345", "", "</styl", "#1b4\n352", "#1b4352\n", "＃1b4352"]
)
def test_a_colour_is_a_colour_or_nothing(essex, staff, colour) -> None:
    """Refused by the form; and had it got into the row by another way, no stylesheet would be made of it."""
    at = reverse("tenancy:tenant-settings", kwargs={"tenant": "essex"})
    data = {"name": essex.name, "colour": colour, "nation": "england", "work_starts": "9am", "work_ends": "5pm"}
    answer = staff.client.post(at, data)
    essex.refresh_from_db()
    assert (answer.status_code == 422 and "id_colour" in answer.content.decode()) or essex.colour == colour.strip()
    if colour.strip() != essex.colour:
        with pytest.raises(ValueError, match="not a colour"):
            report_css(colour)
