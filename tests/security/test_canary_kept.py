"""Private words stay in their rows: whatever the portal does next, no mail, job, history or report quotes them."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

from engine import pdf
from engine.jobs import run
from engine.models import Job
from outcomes.models import CohortReport
from outcomes.services.reports import make_report
from reminders.models import Message
from selection.models import AssessorAllocation, Criterion, Score
from tenancy.models import Change, TenantModel
from tenancy.scope import tenant_context
from tests.access.filling import POSTS, fill
from tests.access.small_world import PRIVATE, World, undone
from tests.access.test_every_url import MATRIX

# What people wrote for somebody in particular, or for nobody -> the word planted in it.
PLANTED = {
    "cohorts.Attendance.note": "Kernbeisser",
    "mentoring.MenteeRequest.wishes": "Erlenzeisig",
    "mentoring.MentorProfile.about": "Girlitz",
    "projects.ProjectMembership.learning_goal": "Hänfling",
    "selection.Application.decision_scope": "Stieglitz",
    "selection.ApplicationAnswer.text": "Bergfink",
    "selection.Endorsement.comment": "Gimpel",
    "tenancy.ConflictDeclaration.lifted_reason": "Schneesperling",
    "tenancy.Person.phone": "07700 900123",
}
SCORED = "Karmingimpel"


def plant(world: World) -> None:
    with tenant_context(world.tenant, world.person("staff")):
        planted = {label for label, word in PLANTED.items() if write(label, word)}
    with tenant_context(world.tenant, world.person("assessor")):
        mine = AssessorAllocation.objects.select_related("application").get(**world.at["allocation"])
        criterion = Criterion.objects.filter(framework__round=mine.application.round_id).first()
        Score.objects.create(allocation=mine, criterion=criterion, comment=SCORED)
    assert len(planted) > 5, "the world has too few of these rows"


def write(label: str, word: str) -> int:
    model, _dot, field = label.rpartition(".")
    return int(apps.get_model(model).objects.update(**{field: word}))


def kept_of(world: World) -> list[tuple[str, str]]:
    """What the portal has written of its own: (what and for whom, its text)."""
    with tenant_context(world.tenant, world.person("staff")):
        found = [
            (f"mail {m.kind} to {m.recipient.name}", " ".join(map(str, texts_of(m))))
            for m in Message.objects.select_related("recipient")
        ]
        found += [(f"job {j.kind}", " ".join(map(str, texts_of(j)))) for j in Job.objects.all()]
        found += [(f"step {c.name} of {c.subject_kind}", f"{c.reason} {c.by_label}") for c in Change.objects.all()]
        found += [("report", f"{r.narrative} {r.snapshot} {r.pdf_problem}") for r in CohortReport.objects.all()]
    return found


def texts_of(row: TenantModel) -> Iterator[object]:
    return (getattr(row, field.attname) for field in row._meta.concrete_fields)


def quoted(world: World) -> set[tuple[str, str]]:
    words = {*PLANTED.values(), *PRIVATE.values(), SCORED}
    return {(what, word) for what, text in kept_of(world) for word in words if word in text}


def test_nothing_done_quotes_what_is_private(world: World) -> None:
    """Every form is sent by somebody who may; then all that this wrote is read."""
    found: set[tuple[str, str, str]] = set()
    done, mails = 0, 0
    with undone():
        plant(world)
        before = len(kept_of(world))
        for name in POSTS:
            if not MATRIX[name].needs_sign_in:
                continue
            with undone():
                filled = fill(world, name, anew=True)
                # not typed again into what is shown: only what the portal does of its own counts
                done += filled.send().status_code == 302
                mails += len(kept_of(world)) - before
                found |= {(name, what, word) for what, word in quoted(world)}
    assert done > 40 and mails > 60
    assert found == set()


@pytest.mark.skipif(pdf.pdf_ready() is not None, reason=str(pdf.pdf_ready()))
def test_the_printed_report_names_nobody(world: World, tmp_path: Path) -> None:
    """No name and no address of anybody, and no private word: the report is about a cohort."""
    staff = world.cast["staff"]
    with undone():
        plant(world)
        with tenant_context(world.tenant, staff.person):
            job = make_report(cohort=world.cohort, by=staff.actor)  # type: ignore[attr-defined]
        run(job.tenant_id, job.pk)
        with tenant_context(world.tenant, staff.person):
            report = CohortReport.objects.select_related("pdf").get(job_id=job.pk)
            content = bytes(report.pdf.content)
            steps = Job.objects.get(pk=job.pk)
    assert "report is ready" in steps.progress_text
    path = tmp_path / "report.pdf"
    path.write_bytes(content)
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext isn’t installed")
    text = subprocess.run(["pdftotext", "-raw", str(path), "-"], capture_output=True, check=True).stdout.decode()
    people = [member.person for member in world.cast.values()]
    words = {*PLANTED.values(), *PRIVATE.values(), SCORED, *(p.name for p in people), *(p.email for p in people)}
    flat = " ".join(text.split())
    assert "One list of empty homes" in flat  # the search would find what is there
    assert {word for word in words if word in flat} == set()
