"""The report in a real worker that is killed in the middle."""

from __future__ import annotations

import pytest

from engine.models import Job, StoredFile
from engine.pdf import pdf_ready
from outcomes.models import CohortReport
from outcomes.services.reports import make_report
from tenancy.scope import tenant_context
from tests.factories.outcomes import SYSTEM
from tests.outcomes.conftest import COMMITTED
from tests.worker import until, worker, worker_broker  # noqa: F401 -- fixtures

pytestmark = COMMITTED


@pytest.mark.skipif(pdf_ready() is not None, reason="the step in which it is killed makes the PDF")
def test_killed_in_mid_run_there_is_one_version_and_nothing_half_written(essex, cohort, people, worker):
    def look() -> Job:
        with tenant_context(essex):
            return Job.objects.get(pk=job.pk)

    worker.start(BATON_JOB_LEASE_SECONDS="10")
    with tenant_context(essex):
        job = make_report(cohort=cohort, by=SYSTEM)
    until(lambda: look().progress_text == "Making the PDF", what="the step of the PDF, seen from outside")
    worker.kill()
    with tenant_context(essex):
        assert look().state == Job.State.RUNNING
        assert not CohortReport.objects.exists() and not StoredFile.objects.exists()
    worker.start()

    def resumed() -> bool:
        worker.tick("engine.tasks.resume_stale_jobs")
        return look().ended

    until(resumed, seconds=60, what="the job's end")
    with tenant_context(essex):
        report = CohortReport.objects.get()
        assert (look().state, look().attempts, report.version, report.job_id) == (Job.State.DONE, 2, 1, job.pk)
        assert StoredFile.objects.get().pk == report.pdf_id
