"""Jobs in a real Celery worker that is killed, flushed from under, and told to stop."""

import time

import pytest

import tests.worker_jobs  # noqa: F401 -- registers the kinds
from engine.jobs import cancel_job, start_job
from engine.models import Job
from tenancy.actors import Actor
from tenancy.models import Change
from tenancy.scope import tenant_context
from tests.worker import point_app_at, until, worker, worker_broker  # noqa: F401 -- fixtures

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])
SYSTEM = Actor.system("test")


def start(tenant, rows, pause):
    with tenant_context(tenant):
        return start_job(kind="test.rows", title="Write rows", params={"rows": rows, "pause": pause}, by=SYSTEM)


def look(job):
    with tenant_context(job.tenant_id):
        return Job.objects.get(pk=job.pk)


def written(job):
    with tenant_context(job.tenant_id):
        rows = Change.objects.filter(subject_kind="test.Row", reason=str(job.pk))
        return sorted(int(n) for n in rows.values_list("subject_id", flat=True))


def test_a_killed_worker_s_job_is_resumed_and_writes_nothing_twice(essex, worker):
    worker.start(BATON_JOB_LEASE_SECONDS="2")
    job = start(essex, rows=20, pause=0.1)
    until(lambda: 3 <= look(job).progress_done < 15, what="progress seen from outside, in mid-run")
    worker.kill()
    seen = look(job)
    assert seen.state == "running" and 0 < len(written(job)) < 20
    worker.start()
    worker.tick_until("engine.tasks.resume_stale_jobs", lambda: look(job).ended, what="the job's end")
    done = look(job)
    assert (done.state, done.attempts, done.result["rows"]) == ("done", 2, 20)
    assert written(job) == list(range(20))


def test_redis_loses_everything_and_the_tick_finds_the_job(essex, worker):
    job = start(essex, rows=2, pause=0)
    worker.flush()
    worker.start()
    worker.tick("engine.tasks.record_heartbeat")

    worker.tick_until("engine.tasks.resume_stale_jobs", lambda: look(job).ended, what="the job's end")
    assert look(job).state == "done" and written(job) == [0, 1]


def test_stop_ends_a_running_job_at_its_next_step(essex, worker):
    worker.start()
    job = start(essex, rows=200, pause=0.1)
    until(lambda: look(job).progress_done >= 2, what="the first steps")
    with tenant_context(essex):
        cancel_job(job=job, by=SYSTEM)
    until(lambda: look(job).ended, seconds=5, what="the stop")
    stopped = look(job)
    assert stopped.state == "cancelled" and stopped.finished_at
    assert 2 <= len(written(job)) < 200


def test_without_redis_a_job_is_queued_all_the_same(essex, worker):
    point_app_at("redis://127.0.0.1:9/0")
    began = time.monotonic()
    job = start(essex, rows=1, pause=0)
    assert time.monotonic() - began < 3, "whoever asked must not wait for Redis"
    point_app_at(worker.broker_url)
    assert look(job).state == "queued"
