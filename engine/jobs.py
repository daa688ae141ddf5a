"""Running a Job: claimed by compare-and-swap, renewed while it works, ended once.

A handler is `run(job: RunningJob) -> dict` registered under the job's kind; the dict is kept as the result. It works in short
transactions of its own inside the tenant's scope, calls `job.progress()` between them, and must be safe to start again from the
beginning: whoever picks it up after a killed worker runs it whole.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import OperationalError, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from engine.models import Job
from engine.publishing import publish
from engine.rules import may_stop_job
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused
from tenancy.models import Person, Tenant
from tenancy.registry import Registry
from tenancy.scope import tenant_context
from tenancy.selectors import actor_of

LEASE = timedelta(seconds=settings.JOB_LEASE_SECONDS)
MAX_ATTEMPTS = 5
log = logging.getLogger("baton.jobs")


class JobCancelled(Exception):
    """Somebody pressed 'Stop'; the handler lets it pass."""


class JobLost(Exception):
    """The lease ran out and another worker has the job; this one must stop at once and write nothing."""


@dataclass
class RunningJob:
    """What a handler is given: the row's fields and the means to report."""

    tenant_id: int
    job_id: int
    token: str
    kind: str
    params: dict[str, Any]
    person_id: int | None

    def progress(self, done: int, total: int, text: str) -> None:
        """Show progress and renew the lease, in a transaction of its own; raises JobCancelled or JobLost.

        Call it between transactions, never inside one, or nobody sees it.
        """
        with tenant_context(self.tenant_id):
            rows = Job.objects.filter(pk=self.job_id, token=self.token, state=Job.State.RUNNING)
            renewed = rows.update(
                progress_done=done,
                progress_total=total,
                progress_text=text[:200],
                lease_until=Now() + LEASE,
            )
            if not renewed:
                raise JobLost
            cancelled = rows.filter(cancel_requested=True).exists()
        if cancelled:
            raise JobCancelled

    @contextmanager
    def scope(self) -> Iterator[Actor]:
        """One short transaction in the tenant, as the person who asked for the job.

        It holds the job's row to the end, so a worker that lost its lease can't commit beside its successor.
        """
        with tenant_context(self.tenant_id, self.person_id):
            held = Job.objects.select_for_update().filter(pk=self.job_id, token=self.token, state=Job.State.RUNNING)
            if not held.exists():
                raise JobLost
            if self.person_id is None:
                yield Actor.system("job")
            else:
                yield actor_of(Person.objects.get(pk=self.person_id))


Handler = Callable[[RunningJob], dict[str, Any]]
handlers: Registry[Handler] = Registry("What does a job of this kind do?")


@transaction.atomic
def start_job(*, kind: str, title: str, params: dict[str, Any], by: Actor) -> Job:
    """Queue a job and hand it to a worker on commit. If Redis loses it, the tick finds the row."""
    from engine.tasks import run_job

    handlers[kind]
    job = Job.objects.create(kind=kind, title=title[:160], params=params, requested_by=by.person)
    ids = (job.tenant_id, job.pk)
    transaction.on_commit(lambda: publish(run_job, *ids))
    return job


@dataclass(frozen=True)
class ResultLink:
    """Where the job's page sends one when it is done."""

    text: str
    href: str


ResultSource = Callable[[Job, Tenant], ResultLink | None]
job_results: Registry[ResultSource] = Registry("Where is the result of a job of this kind?")


def result_link(job: Job, tenant: Tenant) -> ResultLink | None:
    """The registered answer for the job's kind, or the `path` (and `path_text`) its handler returned."""
    if job.state != Job.State.DONE:
        return None
    known = dict(job_results.items())
    if job.kind in known:
        return known[job.kind](job, tenant)
    path = job.result.get("path")
    return ResultLink(job.result.get("path_text") or _("See the result"), path) if path else None


@transaction.atomic
def cancel_job(*, job: Job, by: Actor) -> Job:
    """Ask a job to stop. One not started ends at once; one that runs ends at its next step.

    Refused when it has ended, or while its worker writes: what is being written then is finished first.
    """
    if by.kind != "system" and not may_stop_job(by, job):
        raise NotAllowed(_("You can't stop this."))
    try:
        # The worker holds the row while it writes (RunningJob.scope); lock_timeout ends the wait.
        with transaction.atomic():
            job = Job.objects.select_for_update(of=("self",)).get(pk=job.pk)
    except OperationalError as error:
        raise Refused(_("It’s writing its result at this moment. Wait a few seconds, then try again.")) from error
    if job.ended:
        raise Refused(_("This has already ended."))
    job.cancel_requested = True
    if job.state == Job.State.QUEUED:
        job.state = Job.State.CANCELLED
        job.finished_at = Now()
    job.save(update_fields=["cancel_requested", "state", "finished_at"])
    job.refresh_from_db()
    return job


def claim(tenant_id: int, job_id: int) -> RunningJob | None:
    """Take the job if it waits or its holder's lease has run out; None when there is nothing to do.

    A row locked by a worker that still writes is left to it. A job that was told to stop while nobody held it ends as
    cancelled, and one that has taken MAX_ATTEMPTS workers with it as failed, rather than take another.
    """
    token = secrets.token_hex(16)
    claimable = Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, lease_until__lt=Now())
    with tenant_context(tenant_id):
        job = Job.objects.select_for_update(of=("self",), skip_locked=True).filter(claimable, pk=job_id).first()
        if job is None:
            return None
        Job.objects.filter(pk=job_id).update(
            state=Job.State.RUNNING, token=token, attempts=F("attempts") + 1, lease_until=Now() + LEASE
        )
    running = RunningJob(tenant_id, job_id, token, job.kind, job.params, job.requested_by_id)
    if job.cancel_requested:
        end(running, Job.State.CANCELLED)
        return None
    if job.attempts >= MAX_ATTEMPTS:
        end(running, Job.State.FAILED, error=_("It stopped %(n)s times without finishing.") % {"n": MAX_ATTEMPTS})
        return None
    return running


def run(tenant_id: int, job_id: int) -> None:
    """Claim and run one job to its end; the edge where any exception becomes the job's own failure."""
    job = claim(tenant_id, job_id)
    if job is None:
        return
    try:
        result = handlers[job.kind](job)
    except JobLost:
        return
    except JobCancelled:
        end(job, Job.State.CANCELLED)
    except Refused as refusal:
        end(job, Job.State.FAILED, error=str(refusal))
    except SoftTimeLimitExceeded:
        end(job, Job.State.FAILED, error=_("It took longer than it may. Ask for less at once, or tell us."))
    except Exception:
        log.exception("job %s of kind %s failed", job.job_id, job.kind)
        end(job, Job.State.FAILED, error=_("Something went wrong on our side. Nothing was half-written; try again."))
    else:
        end(job, Job.State.DONE, result=result, progress_done=F("progress_total"))


def end(job: RunningJob, state: str, **fields: Any) -> bool:
    """Write the end, if this worker still holds the job."""
    with tenant_context(job.tenant_id):
        ended = Job.objects.filter(pk=job.job_id, token=job.token, state=Job.State.RUNNING).update(
            state=state, finished_at=Now(), token="", lease_until=None, **fields
        )
    return bool(ended)
