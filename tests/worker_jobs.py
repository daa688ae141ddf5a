"""Kinds of jobs that exist in tests only. The worker process loads this module (tests.worker)."""

from __future__ import annotations

import time
from typing import Any

from engine.jobs import RunningJob, handlers
from tenancy.models import Change


def write_rows(job: RunningJob) -> dict[str, Any]:
    """Writes `rows` rows, each in a transaction of its own with progress after it; safe to start again."""
    total, pause = job.params["rows"], job.params.get("pause", 0)
    for n in range(total):
        with job.scope():
            seen = Change.objects.filter(subject_kind="test.Row", subject_id=str(n), reason=str(job.job_id))
            if not seen.exists():
                Change.objects.create(
                    subject_kind="test.Row",
                    subject_id=str(n),
                    name="write",
                    reason=str(job.job_id),
                    by_label="job",
                    by_kind="system",
                    at="2026-01-01T00:00Z",
                )
        job.progress(n + 1, total, f"{n + 1} of {total} rows")
        time.sleep(pause)
    return {"rows": total, "path": "/somewhere/"}


def fall_over(job: RunningJob) -> dict[str, Any]:
    with job.scope():
        Change.objects.create(
            subject_kind="test.Row",
            subject_id="0",
            name="write",
            reason=str(job.job_id),
            by_label="job",
            by_kind="system",
            at="2026-01-01T00:00Z",
        )
        raise RuntimeError("canary@private.example is in this text")


handlers.register("test.rows", write_rows)
handlers.register("test.fall-over", fall_over)
