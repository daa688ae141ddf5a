"""Jobs in one process: claiming, fencing, stopping, ending."""

from datetime import timedelta

import pytest
from django.utils import timezone

import tests.worker_jobs  # noqa: F401 -- registers the kinds
from engine import jobs
from engine.jobs import JobCancelled, JobLost, cancel_job, claim, result_link, start_job
from engine.models import Job
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused
from tenancy.models import Change
from tenancy.scope import tenant_context
from tests.conftest import make_member

SYSTEM = Actor.system("test")


def make_job(tenant, rows=3, kind="test.rows", by=SYSTEM):
    with tenant_context(tenant):
        return start_job(kind=kind, title="Write rows", params={"rows": rows}, by=by)


def again(job):
    with tenant_context(job.tenant_id):
        return Job.objects.get(pk=job.pk)


def rows_of(job):
    with tenant_context(job.tenant_id):
        return Change.objects.filter(subject_kind="test.Row", reason=str(job.pk)).count()


def expire(job):
    with tenant_context(job.tenant_id):
        Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_a_job_runs_to_its_end_once(essex):
    job = make_job(essex)
    jobs.run(essex.pk, job.pk)
    jobs.run(essex.pk, job.pk)
    job = again(job)
    assert (job.state, job.result["rows"], job.attempts, job.percent) == ("done", 3, 1, 100)
    assert job.finished_at and not job.token and rows_of(job) == 3
    assert result_link(job, essex).href == "/somewhere/"


def test_only_one_worker_gets_it(essex):
    job = make_job(essex)
    assert claim(essex.pk, job.pk) is not None
    assert claim(essex.pk, job.pk) is None


def test_a_job_of_another_tenant_is_not_found(essex, hsmc):
    job = make_job(essex)
    assert claim(hsmc.pk, job.pk) is None
    assert again(job).state == "queued"


def test_a_worker_that_lost_its_lease_can_neither_write_nor_end(essex):
    job = make_job(essex)
    first = claim(essex.pk, job.pk)
    expire(job)
    second = claim(essex.pk, job.pk)
    assert second is not None and second.token != first.token
    with pytest.raises(JobLost):
        first.progress(1, 3, "late")
    with pytest.raises(JobLost), first.scope():
        pytest.fail("a lost worker must not get a transaction")
    assert jobs.end(first, "done") is False
    second.progress(1, 3, "on time")
    assert again(job).progress_text == "on time"


def test_stopping_before_it_starts_ends_it_at_once(essex):
    job = make_job(essex)
    with tenant_context(essex):
        cancel_job(job=job, by=SYSTEM)
    jobs.run(essex.pk, job.pk)
    assert again(job).state == "cancelled" and rows_of(job) == 0


def test_stopping_in_mid_run_ends_it_at_the_next_step(essex):
    job = make_job(essex)
    running = claim(essex.pk, job.pk)
    with tenant_context(essex):
        cancel_job(job=job, by=SYSTEM)
    with pytest.raises(JobCancelled):
        running.progress(1, 3, "x")


def test_a_job_told_to_stop_whose_worker_died_ends_without_another_run(essex):
    job = make_job(essex)
    claim(essex.pk, job.pk)
    with tenant_context(essex):
        cancel_job(job=job, by=SYSTEM)
    expire(job)
    jobs.run(essex.pk, job.pk)
    assert again(job).state == "cancelled" and rows_of(job) == 0


def test_what_has_ended_cannot_be_stopped(essex):
    job = make_job(essex)
    jobs.run(essex.pk, job.pk)
    with tenant_context(essex), pytest.raises(Refused):
        cancel_job(job=job, by=SYSTEM)


def test_a_job_that_kills_its_workers_is_given_up(essex):
    job = make_job(essex)
    for _attempt in range(jobs.MAX_ATTEMPTS):
        assert claim(essex.pk, job.pk) is not None
        expire(job)
    assert claim(essex.pk, job.pk) is None
    assert again(job).state == "failed" and "5" in again(job).error


def test_an_error_ends_it_without_saying_private_things(essex, caplog):
    job = make_job(essex, kind="test.fall-over")
    jobs.run(essex.pk, job.pk)
    job = again(job)
    assert job.state == "failed" and "canary" not in job.error
    assert rows_of(job) == 0, "the transaction it was in must have rolled back"


def test_only_who_asked_and_staff_of_the_tenant_may_stop_it(essex):
    asker, other, staff = (make_member(essex, n, *r) for n, r in (("A", ()), ("B", ("assessor",)), ("C", ("staff",))))
    job = make_job(essex, by=asker.actor)
    with tenant_context(essex):
        with pytest.raises(NotAllowed):
            cancel_job(job=job, by=other.actor)
        assert cancel_job(job=job, by=staff.actor).state == "cancelled"
    job = make_job(essex, by=asker.actor)
    with tenant_context(essex):
        assert cancel_job(job=job, by=asker.actor).state == "cancelled"
