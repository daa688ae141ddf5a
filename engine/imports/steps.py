"""The way of a sheet: each step a service, the same for every kind of import."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from io import BytesIO
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from engine.imports.kinds import Entry, ImportKind, kind_of
from engine.imports.rows import totals
from engine.jobs import start_job
from engine.models import Job, SheetImport, StoredFile
from engine.sheets import SheetError, Table, read_table
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.rules import Rule
from tenancy.turns import just_now, take_turns

Import = TypeVar("Import", bound=SheetImport)
State = SheetImport.State


def check_may(may: Rule, by: Actor, about: Any) -> None:
    if by.kind != "system" and not may(by, about):
        raise NotAllowed(_("You can’t do this."))


@transaction.atomic
def upload_sheet(
    *,
    kind: ImportKind[Import],
    about: Any,
    name: str,
    content: bytes,
    by: Actor,
    fields: Mapping[str, Any] | None = None,
) -> Import:
    """Keep the file and check it, or leave it waiting for its columns to be matched. SheetError when it's no table. `fields`: what else the
    model is told.

    The same file from the same person within a minute is the same import, as by a double click."""
    check_may(kind.may, by, about)
    table, sha256 = read_sheet(kind, content, name), hashlib.sha256(content).hexdigest()
    take_turns(about)
    about.refresh_from_db()
    kind.check_open(about)
    waiting = kind.model.objects.filter(
        **{kind.about: about},
        state__in=(State.MAPPING, State.CHECKED),
        uploaded_by=by.person,
        uploaded_by__isnull=False,
        **(fields or {}),
    )
    if (present := waiting.filter(file__sha256=sha256, uploaded_at__gt=just_now()).first()) is not None:
        return present
    stored = StoredFile.objects.create(
        name=name[-160:],
        content_type="application/octet-stream",
        content=content,
        sha256=sha256,
        confidential=kind.confidential,
        created_by=by.person,
    )
    sheet = kind.model(**{kind.about: about}, file=stored, uploaded_by=by.person, **(fields or {}))
    sheet.mapping = kind.recognise(about, table)
    if kind.worth_asking(about, table, sheet.mapping):
        sheet.save()
        return sheet
    return check_again(sheet, table)


def read_sheet(kind: ImportKind[Any], content: bytes, name: str) -> Table:
    table = kind.arranged(read_table(BytesIO(content), name))
    if len(table.rows) > kind.most_rows:
        raise SheetError(
            _("The file has %(rows)d rows. Split it into files of %(most)d or fewer.")
            % {"rows": len(table.rows), "most": kind.most_rows}
        )
    return table


def table_of(sheet: SheetImport) -> Table:
    return read_sheet(kind_of(sheet), bytes(sheet.file.content), sheet.file.name)


@transaction.atomic
def match_sheet_columns(*, sheet: Import, chosen: dict[str, int], by: Actor) -> Import:
    """Use these columns, {field: index}, and check the rows."""
    sheet, kind = changeable(sheet, by), kind_of(sheet)
    table, about = table_of(sheet), about_of(sheet)
    mapping = kind.chosen({key: index for key, index in chosen.items() if 0 <= index < len(table.header)})
    if absent := kind.missing(about, mapping):
        words = {"field": kind.labels(about)[absent[0]]}
        raise Refused(_("Choose the column for “%(field)s”.") % words, field=absent[0])
    sheet.mapping = mapping
    return check_again(sheet, table)


@transaction.atomic
def correct_sheet_row(*, sheet: Import, number: int, texts: dict[str, str], by: Actor) -> Import:
    """Staff's own reading of one row: what they changed, and what was unreadable, counts as they left it."""
    sheet = changeable(sheet, by)
    correct_texts(sheet, row_of(sheet, number), texts)
    return check_again(sheet, table_of(sheet))


def correct_texts(sheet: SheetImport, entry: Entry, texts: dict[str, str]) -> dict[str, Any]:
    """Note the correction; whoever corrected a row doesn't leave it out any more. What was unreadable counts as corrected even when it's
    left empty: staff have seen it."""
    rows, number = sheet.corrections.setdefault("rows", {}), str(entry["row"])
    correction = {key: value for key, value in rows.get(number, {}).items() if key != "leave_out"}
    unreadable = {reason["field"] for reason in entry["reasons"]}
    for key, said in texts.items():
        if key in entry["texts"] and (said.strip() != entry["texts"][key] or key in unreadable):
            correction[key] = said.strip()
    rows[number] = correction
    return correction


@transaction.atomic
def leave_sheet_row_out(*, sheet: Import, number: int, leave_out: bool, by: Actor) -> Import:
    sheet = changeable(sheet, by)
    row_of(sheet, number)
    sheet.corrections.setdefault("rows", {}).setdefault(str(number), {})["leave_out"] = leave_out
    return check_again(sheet, table_of(sheet))


@transaction.atomic
def abandon_sheet(*, sheet: Import, by: Actor) -> Import:
    sheet = changeable(sheet, by)
    sheet.state = State.ABANDONED
    sheet.save(update_fields=["state"])
    return sheet


@transaction.atomic
def start_writing_sheet(*, sheet: SheetImport, by: Actor) -> Job:
    """Queue the writing of every row that may be written; pressing the button twice is one job."""
    sheet, kind = held_sheet(sheet), kind_of(sheet)
    about = about_of(sheet)
    check_may(kind.may, by, about)
    if is_being_written(sheet) or sheet.state == State.DONE:
        assert sheet.job is not None
        return sheet.job
    if sheet.state not in (State.CHECKED, State.WRITING):
        raise WrongState(_("Match the columns of this file first."))
    kind.check_open(about)
    count = rows_to_write(sheet)
    if not count:
        raise Refused(str(kind.nothing_to_write))
    sheet.job = start_job(kind=kind.job, title=kind.title(count), params={"import": sheet.public_id}, by=by)
    sheet.state = State.WRITING
    sheet.save(update_fields=["job", "state"])
    return sheet.job


@transaction.atomic
def write_sheet(*, sheet: Import, table: Table, by: Actor) -> Import:
    """Write every row that may be written at this moment; then the import is done. What the rows are judged by is held meanwhile."""
    kind = kind_of(sheet)
    about = kind.hold(sheet, by)
    check_may(kind.may, by, about)
    sheet = held_sheet(sheet)
    if sheet.state == State.DONE:
        return sheet
    if sheet.state == State.ABANDONED:
        raise WrongState(_("This file has been dealt with already, so it can’t be changed."))
    kind.check_open(about)
    rows = kind.judge(sheet, table)
    wanted = [row for row in rows if row["outcome"] in kind.writable]
    sheet.state = State.WRITING
    sheet.save(update_fields=["state"])
    kind.write(sheet, about, wanted, by)
    for row in wanted:
        row["written"] = True
    sheet.outcome = {
        "rows": rows,
        "totals": totals(rows, kind.outcomes),
        "written": len(wanted),
        "notices": sheet.outcome.get("notices", []),
    }
    sheet.state = State.DONE
    sheet.save()
    return sheet


def row_of(sheet: SheetImport, number: int) -> Entry:
    for entry in sheet.outcome.get("rows", ()):
        if entry["row"] == number and entry["texts"]:
            return dict(entry)
    raise Refused(_("Row %(row)d isn’t in this file.") % {"row": number})


def rows_to_write(sheet: SheetImport) -> int:
    counts = sheet.outcome.get("totals", {})
    return sum(counts.get(outcome, 0) for outcome in kind_of(sheet).writable)


def is_being_written(sheet: SheetImport) -> bool:
    """A job that ended without finishing leaves the import as it was: checked."""
    return sheet.state == State.WRITING and sheet.job is not None and not sheet.job.ended


def about_of(sheet: SheetImport) -> Any:
    return getattr(sheet, kind_of(sheet).about)


def check_again(sheet: Import, table: Table) -> Import:
    kind = kind_of(sheet)
    rows = kind.judge(sheet, table)
    sheet.outcome = {"rows": rows, "totals": totals(rows, kind.outcomes), "notices": table.notices}
    sheet.state = State.CHECKED
    sheet.save()
    return sheet


def held_sheet(sheet: Import) -> Import:
    """The row, locked, with what belongs to it. Read after the lock: a joined read that waited for it would miss the job that whoever was
    first has begun."""
    kind = kind_of(sheet)
    kind.model.objects.select_for_update(of=("self",)).get(pk=sheet.pk)
    return kind.model.objects.select_related(kind.about, *kind.with_about, "file", "job").get(pk=sheet.pk)


def changeable(sheet: Import, by: Actor) -> Import:
    """The row, held, while it may still be changed: two people correct different rows of one import at once."""
    sheet = held_sheet(sheet)
    check_may(kind_of(sheet).may, by, about_of(sheet))
    if sheet.state in (State.DONE, State.ABANDONED) or is_being_written(sheet):
        raise WrongState(_("This file has been dealt with already, so it can’t be changed."))
    return sheet
