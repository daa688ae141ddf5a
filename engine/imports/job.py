"""The job that writes a sheet."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from engine.imports.kinds import ImportKind, import_kinds
from engine.imports.steps import about_of, check_may, table_of, write_sheet
from engine.jobs import JobCancelled, RunningJob, handlers


def register_import(kind: ImportKind[Any]) -> None:
    """From the app's face."""
    import_kinds.register(kind.job, kind)
    handlers.register(kind.job, partial(run_import, kind))


def run_import(kind: ImportKind[Any], job: RunningJob) -> dict[str, Any]:
    """Check again, then write. Safe to run twice: what was written from a sheet is there already."""
    with job.scope() as by:
        rows = kind.model.objects.select_related(kind.about, *kind.with_about, "file")
        sheet = rows.get(public_id=job.params["import"])
        check_may(kind.may, by, about_of(sheet))
        table = table_of(sheet)
    total = 2 * len(table.rows)
    job.progress(0, total, _("Checking %(n)d rows") % {"n": len(table.rows)})
    with job.scope():
        count = sum(row["outcome"] in kind.writable for row in kind.judge(sheet, table))
    job.progress(len(table.rows), total, kind.writing(count))
    with job.scope() as by:
        sheet = write_sheet(sheet=sheet, table=table, by=by)
        slug = about_of(sheet).tenant.slug
    kind.follow(job, sheet, len(table.rows))
    # It's too late to stop: the rows are written.
    with suppress(JobCancelled):
        job.progress(total, total, kind.written(sheet.outcome["written"]))
    return {
        "totals": sheet.outcome["totals"],
        "written": sheet.outcome["written"],
        "path": reverse(f"{kind.urls}-detail", kwargs={"tenant": slug, "public_id": sheet.public_id}),
        "path_text": _("See every row"),
    }
