"""Celery's side of jobs: ids in, one call out."""

from __future__ import annotations

from celery import shared_task
from django.db.models import Q
from django.db.models.functions import Now

from engine import jobs
from engine.models import Heartbeat, Job
from engine.publishing import publish


@shared_task(name="engine.tasks.run_job")
def run_job(tenant_id: int, job_id: int) -> None:
    jobs.run(tenant_id, job_id)


@shared_task(name="engine.tasks.resume_stale_jobs")
def resume_stale_jobs() -> None:
    """Hand out again what waits or whose worker fell silent, in every tenant (portal_sys may read jobs, not write them)."""
    stale = Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, lease_until__lt=Now())
    rows = Job.unscoped("sys").filter(stale).order_by("created_at").values_list("tenant_id", "pk")[:50]
    for ids in rows:
        publish(run_job, *ids)


@shared_task(name="engine.tasks.record_heartbeat")
def record_heartbeat() -> None:
    """That a worker took this up is the sign of life; /health/ reads its age."""
    Heartbeat.objects.update_or_create(name="worker", defaults={"seen_at": Now()})
