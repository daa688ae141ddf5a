"""The sheet becomes scores: all good rows in one transaction, or none. Whoever writes them can't read them back (the wall of Score)."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from engine.transitions import record_change
from selection.models import AssessorAllocation, ScoreImport, SelectionRound
from selection.services.score_imports.columns import comment_key, points_key
from tenancy.actors import Actor
from tenancy.errors import WrongState
from tenancy.models.base import new_public_id

# No RETURNING and no ON CONFLICT: either would ask to read what is walled off from whoever imports.
PUT_IN = (
    "INSERT INTO selection_score (tenant_id, public_id, allocation_id, criterion_id, points, comment)"
    " VALUES (%s, %s, %s, %s, %s, %s)"
)


def put_in(sheet: ScoreImport, round_: SelectionRound, wanted: list[dict[str, Any]], by: Actor) -> None:
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
