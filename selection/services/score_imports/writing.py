"""The sheet becomes scores: all good rows in one transaction, or none. Whoever writes them can't read them back (the wall of Score)."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from engine.jobs import JobCancelled, RunningJob, handlers, start_job
from engine.models import Job
from engine.sheets import Table
from engine.transitions import record_change
from selection.models import AssessorAllocation, ScoreImport, SelectionRound
from selection.rules import require, staff
from selection.services.assessment import locked_round
from selection.services.score_imports.checking import Outcome, totals
from selection.services.score_imports.columns import comment_key, points_key
from selection.services.score_imports.uploads import (
    State,
    check_round,
    checked_rows,
    held_sheet,
    is_being_written,
    rows_to_write,
    table_of,
)
from tenancy.actors import Actor
from tenancy.errors import Refused, WrongState
from tenancy.models.base import new_public_id

KIND = "selection.scores"
# No RETURNING and no ON CONFLICT: either would ask to read what is walled off from whoever imports.
PUT_IN = (
    "INSERT INTO selection_score (tenant_id, public_id, allocation_id, criterion_id, points, comment)"
    " VALUES (%s, %s, %s, %s, %s, %s)"
)


@transaction.atomic
def start_writing_scores(*, sheet: ScoreImport, by: Actor) -> Job:
    """Queue the writing of every good row; pressing the button twice is one job."""
    sheet = held_sheet(sheet)
    require(staff, by, sheet.round)
    if is_being_written(sheet) or sheet.state == State.DONE:
        assert sheet.job is not None
        return sheet.job
    if sheet.state not in (State.CHECKED, State.WRITING):
        raise WrongState(_("Match the columns of this file first."))
    check_round(sheet.round)
    count = rows_to_write(sheet)
    if not count:
        raise Refused(_("There is nothing to write: no row is both good and new."))
    title = ngettext("Write %(n)d assessor’s scores", "Write %(n)d assessors’ scores", count) % {"n": count}
    sheet.job = start_job(kind=KIND, title=title, params={"import": sheet.public_id}, by=by)
    sheet.state = State.WRITING
    sheet.save(update_fields=["job", "state"])
    return sheet.job


def run_score_import(job: RunningJob) -> dict[str, Any]:
    """Check again, then write. Safe to run twice: what was written from a sheet is there already."""
    with job.scope() as by:
        sheet = ScoreImport.objects.select_related("round__cohort__programme", "round__tenant", "file").get(
            public_id=job.params["import"]
        )
        require(staff, by, sheet.round)
        table = table_of(sheet)
    total = 2 * len(table.rows)
    job.progress(0, total, _("Checking %(n)d rows") % {"n": len(table.rows)})
    with job.scope():
        count = sum(row["outcome"] == Outcome.GOOD for row in checked_rows(sheet, table))
    job.progress(len(table.rows), total, _("Writing the scores of %(n)d rows") % {"n": count})
    with job.scope() as by:
        sheet = write_scores(sheet=sheet, table=table, by=by)
        slug = sheet.round.tenant.slug
    with suppress(JobCancelled):
        job.progress(total, total, _("The scores of %(n)d rows are written") % {"n": sheet.outcome["written"]})
    return {
        "totals": sheet.outcome["totals"],
        "written": sheet.outcome["written"],
        "path": reverse("selection:score-import-detail", kwargs={"tenant": slug, "public_id": sheet.public_id}),
        "path_text": _("See every row"),
    }


handlers.register(KIND, run_score_import)


@transaction.atomic
def write_scores(*, sheet: ScoreImport, table: Table, by: Actor) -> ScoreImport:
    """The scores of every row that is good at this moment, each piece of work finished by them; then the import is done. The round and
    all its work are held, so that nobody finishes, begins or loses a piece meanwhile."""
    round_ = locked_round(sheet.round, by)
    sheet = held_sheet(sheet)
    if sheet.state == State.DONE:
        return sheet
    if sheet.state == State.ABANDONED:
        raise WrongState(_("This file has been dealt with already, so it can’t be changed."))
    check_round(round_)
    held = AssessorAllocation.objects.select_for_update(of=("self",)).filter(application__round=round_)
    list(held.order_by("pk").values_list("pk", flat=True))
    rows = checked_rows(sheet, table)
    wanted = [row for row in rows if row["outcome"] == Outcome.GOOD]
    sheet.state = State.WRITING
    sheet.save(update_fields=["state"])
    _put_in(sheet, round_, wanted, by)
    for row in wanted:
        row["written"] = True
    sheet.outcome = {
        "rows": rows,
        "totals": totals(rows),
        "written": len(wanted),
        "notices": sheet.outcome.get("notices", []),
    }
    sheet.state = State.DONE
    sheet.save()
    return sheet


def _put_in(sheet: ScoreImport, round_: SelectionRound, wanted: list[dict[str, Any]], by: Actor) -> None:
    now = timezone.now()
    ids = [row["allocation"] for row in wanted]
    allocations = AssessorAllocation.objects.filter(pk__in=ids)
    allocations.update(imported=sheet, imported_at=now)
    marks = [
        (
            sheet.tenant_id,
            new_public_id(),
            row["allocation"],
            criterion.pk,
            row["points"][points_key(criterion)],
            row["texts"].get(comment_key(criterion), ""),
        )
        for criterion in round_.criteria.all()
        for row in wanted
    ]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(PUT_IN, marks)
    except IntegrityError as error:
        raise WrongState(
            _("An assessor has begun one of these in the portal. Check the file again; nothing of it was written.")
        ) from error
    allocations.update(finished_at=now)
    found = {row.pk: row for row in allocations.select_related("application", "assessor")}
    for row in wanted:
        allocation = found[row["allocation"]]
        words = {"name": allocation.assessor.name, "row": row["row"], "file": sheet.file.name}
        reason = _("%(name)s: row %(row)d of %(file)s") % words
        record_change(allocation.application, "import_scores", by=by, reason=reason)
    if wanted:
        words = {"n": len(wanted), "file": sheet.file.name}
        text = ngettext("%(n)d assessor’s scores from %(file)s", "%(n)d assessors’ scores from %(file)s", len(wanted))
        record_change(round_, "import_scores", by=by, reason=text % words)
