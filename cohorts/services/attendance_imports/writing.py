"""The list goes into the register: all good rows in one transaction, or none."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts.models import Attendance, AttendanceImport, Event
from cohorts.services.events import mark_some
from engine.imports import Entry
from engine.transitions import record_change
from tenancy.actors import Actor


def put_in(sheet: AttendanceImport, event: Event, wanted: list[Entry], absent: Sequence[str], by: Actor) -> None:
    marks = dict.fromkeys(absent, Attendance.State.ABSENT) | {row["person"]: Attendance.State.PRESENT for row in wanted}
    # What rows overwrite was ticked; nobody has come to be marked since the rest were counted as absent.
    kept = set() if not absent else set(event.attendances.values_list("person__public_id", flat=True))
    marks = {key: mark for key, mark in marks.items() if mark == Attendance.State.PRESENT or key not in kept}
    mark_some(event=event, marks=marks, by=by)
    words = {"n": len(wanted), "file": sheet.file.name}
    text = ngettext("%(n)d person present by %(file)s", "%(n)d people present by %(file)s", len(wanted)) % words
    if gone := len(marks) - len(wanted):
        text += _(", %(n)d who weren’t on it absent") % {"n": gone}
    record_change(event, "register_list", by=by, reason=text)
