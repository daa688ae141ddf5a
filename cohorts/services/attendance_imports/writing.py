"""The list goes into the register: all good rows in one transaction, or none."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import ngettext

from cohorts.models import Attendance, AttendanceImport, Event
from cohorts.services.events import mark_some
from engine.imports import Entry
from engine.transitions import record_change
from tenancy.actors import Actor


def put_in(sheet: AttendanceImport, event: Event, wanted: list[Entry], absent: Sequence[str], by: Actor) -> None:
    # Whoever has been marked since the rest were named keeps that mark; what rows overwrite was ticked.
    marked = set(event.attendances.values_list("person__public_id", flat=True)) if absent else set()
    gone = [key for key in absent if key not in marked]
    marks = dict.fromkeys(gone, Attendance.State.ABSENT) | dict.fromkeys(
        (row["person"] for row in wanted), Attendance.State.PRESENT
    )
    if not marks:
        return
    mark_some(event=event, marks=marks, by=by)
    words = {"n": len(wanted), "file": sheet.file.name}
    text = ngettext("%(n)d person present by %(file)s", "%(n)d people present by %(file)s", len(wanted)) % words
    if gone:
        rest = ngettext("%(n)d absent who isn’t on it", "%(n)d absent who aren’t on it", len(gone))
        text += ", " + rest % {"n": len(gone)}
    record_change(event, "register_list", by=by, reason=text)
