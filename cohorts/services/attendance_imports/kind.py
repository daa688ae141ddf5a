"""Attendance by list as a kind of import."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext

from cohorts.models import AttendanceImport, Event
from cohorts.rules import event_keeper
from cohorts.selectors.events import expected_people
from cohorts.services.attendance_imports import columns
from cohorts.services.attendance_imports.checking import Outcome, Rule, check_rows
from cohorts.services.attendance_imports.register import read_register
from cohorts.services.attendance_imports.writing import put_in
from cohorts.services.events import check_register_open
from engine.imports import Entry, ImportKind
from engine.imports.steps import (
    changeable,
    check_again,
    check_may,
    correct_texts,
    held_sheet,
    is_being_written,
    row_of,
    start_writing_sheet,
    table_of,
    upload_sheet,
)
from engine.models import Job
from engine.sheets import Table
from tenancy.actors import Actor
from tenancy.models import Person
from tenancy.turns import take_turns


class AttendanceLists(ImportKind[AttendanceImport]):
    model = AttendanceImport
    job = "cohorts.attendance"
    about = "event"
    with_about = ("event__cohort__programme", "event__learning_set", "event__tenant")
    may = event_keeper
    outcomes = Outcome
    writable = (Outcome.GOOD.value, Outcome.LATE.value)
    urls = "cohorts:attendance-import"
    confidential = True
    nothing_to_write = gettext_lazy(
        "There is nothing to write: the list has nobody whom the register doesn’t have already."
    )

    def arranged(self, table: Table) -> Table:
        return columns.list_in(table)

    def labels(self, about: Event) -> Mapping[str, str | Promise]:
        return columns.LABELS

    def recognise(self, about: Event, table: Table) -> columns.Mapping:
        return columns.recognise(table)

    def missing(self, about: Event, mapping: Mapping[str, Any]) -> list[str]:
        return columns.missing(mapping)

    def judge(self, sheet: AttendanceImport, table: Table) -> list[Entry]:
        rule = Rule(sheet.late_after, sheet.least_share, ZoneInfo(sheet.event.tenant.time_zone))
        return check_rows(table, sheet.mapping, read_register(sheet.event), rule, sheet.corrections.get("rows", {}))

    def check_open(self, about: Event) -> None:
        check_register_open(about)

    def hold(self, sheet: AttendanceImport, by: Actor) -> Event:
        """The event, so that nobody saves its register, checks in or cancels it meanwhile."""
        take_turns(sheet.event)
        return Event.objects.select_related("cohort__programme", "learning_set", "tenant").get(pk=sheet.event_id)

    def write(self, sheet: AttendanceImport, about: Event, rows: list[Entry], by: Actor) -> None:
        named = {row["person"] for row in self.judge(sheet, table_of(sheet))}
        absent = [key for key in sheet.corrections.get("absent", ()) if key not in named]
        put_in(sheet, about, rows, absent, by)

    def title(self, count: int) -> str:
        return ngettext("Mark %(n)d person present", "Mark %(n)d people present", count) % {"n": count}

    def writing(self, count: int) -> str:
        return ngettext("Marking %(n)d person", "Marking %(n)d people", count) % {"n": count}

    def written(self, count: int) -> str:
        return ngettext("%(n)d person is marked present", "%(n)d people are marked present", count) % {"n": count}


ATTENDANCE_LISTS = AttendanceLists()


def upload_attendance(
    *, event: Event, name: str, content: bytes, by: Actor, late_after: int = 10, least_share: int = 50
) -> AttendanceImport:
    fields = {"late_after": late_after, "least_share": least_share}
    return upload_sheet(kind=ATTENDANCE_LISTS, about=event, name=name, content=content, by=by, fields=fields)


@transaction.atomic
def correct_attendance_row(
    *, sheet: AttendanceImport, number: int, texts: dict[str, str], person: str, overwrite: bool, by: Actor
) -> AttendanceImport:
    """Staff's own reading of one row: `person`, the public id of whom they choose, '' for what the row says. `overwrite` holds for the
    mark that the register had when they ticked it, and for no other."""
    sheet = changeable(sheet, by)
    entry = row_of(sheet, number)
    correction = correct_texts(sheet, entry, texts)
    correction["person"] = person
    correction["overwrite"] = entry["mark"] if overwrite else ""
    return check_again(sheet, table_of(sheet))


def not_on_the_list(sheet: AttendanceImport) -> list[Person]:
    """Expected, without any mark so far, and in no row of the last check."""
    named = {row["person"] for row in sheet.outcome.get("rows", ())}
    marked = set(sheet.event.attendances.values_list("person_id", flat=True))
    return [p for p in expected_people(sheet.event) if p.public_id not in named and p.pk not in marked]


@transaction.atomic
def start_writing_attendance(*, sheet: AttendanceImport, rest_absent: bool, by: Actor) -> Job:
    """Queue the writing; with `rest_absent` those who at this moment are on no row and have no mark are marked absent too."""
    sheet = held_sheet(sheet)
    check_may(event_keeper, by, sheet.event)
    if sheet.state in (sheet.State.CHECKED, sheet.State.WRITING) and not is_being_written(sheet):
        sheet.corrections["absent"] = [p.public_id for p in not_on_the_list(sheet)] if rest_absent else []
        sheet.save(update_fields=["corrections"])
    return start_writing_sheet(sheet=sheet, by=by)
