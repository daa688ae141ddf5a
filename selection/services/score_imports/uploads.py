"""A sheet on its way in: uploaded, its columns matched, its rows checked and corrected. Nothing of it is written yet."""

from __future__ import annotations

import hashlib
from io import BytesIO
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from engine.models import StoredFile
from engine.sheets import SheetError, Table, read_table
from selection.models import ScoreImport, SelectionRound
from selection.rules import require, staff
from selection.services.score_imports import columns
from selection.services.score_imports.checking import Outcome, check_rows, totals
from selection.services.score_imports.register import read_register
from selection.states import RoundState
from tenancy.actors import Actor
from tenancy.errors import Refused, WrongState
from tenancy.turns import just_now, take_turns

MAX_ROWS = 5_000
State = ScoreImport.State


def check_round(round_: SelectionRound) -> None:
    if round_.state != RoundState.ASSESSING:
        raise WrongState(_("Scores can be brought in only while the round is being assessed."))


@transaction.atomic
def upload_scores(*, round: SelectionRound, name: str, content: bytes, by: Actor) -> ScoreImport:
    """Keep the sheet, closed to everybody but its uploader, and check it, or leave it waiting for its columns to be matched. SheetError
    when it's no table. The same file from the same person within a minute is the same import, as by a double click."""
    require(staff, by, round)
    table, sha256 = read_sheet(content, name), hashlib.sha256(content).hexdigest()
    take_turns(round)
    round.refresh_from_db(fields=["state"])
    check_round(round)
    waiting = ScoreImport.objects.filter(
        round=round, state__in=(State.MAPPING, State.CHECKED), uploaded_by=by.person, uploaded_by__isnull=False
    )
    if (present := waiting.filter(file__sha256=sha256, uploaded_at__gt=just_now()).first()) is not None:
        return present
    stored = StoredFile.objects.create(
        name=name[-160:],
        content_type="application/octet-stream",
        content=content,
        sha256=sha256,
        confidential=True,
        created_by=by.person,
    )
    sheet = ScoreImport(round=round, file=stored, uploaded_by=by.person)
    criteria = list(round.criteria.all())
    sheet.mapping = columns.recognise(table, criteria)
    if columns.missing(sheet.mapping, criteria):
        sheet.save()
        return sheet
    return _checked(sheet, table)


def read_sheet(content: bytes, name: str) -> Table:
    table = read_table(BytesIO(content), name)
    if len(table.rows) > MAX_ROWS:
        raise SheetError(
            _("The file has %(rows)d rows. Split it into files of %(most)d or fewer.")
            % {"rows": len(table.rows), "most": MAX_ROWS}
        )
    return table


def table_of(sheet: ScoreImport) -> Table:
    return read_sheet(bytes(sheet.file.content), sheet.file.name)


@transaction.atomic
def match_score_columns(*, sheet: ScoreImport, chosen: dict[str, int], by: Actor) -> ScoreImport:
    """Use these columns, {field: index}, and check the rows."""
    sheet = _locked(sheet, by)
    table, criteria = table_of(sheet), list(sheet.round.criteria.all())
    mapping = {key: index for key, index in chosen.items() if 0 <= index < len(table.header)}
    if absent := columns.missing(mapping, criteria):
        words = {"field": columns.labels(criteria)[absent[0]]}
        raise Refused(_("Choose the column for “%(field)s”.") % words, field=absent[0])
    sheet.mapping = mapping
    return _checked(sheet, table)


@transaction.atomic
def correct_score_row(*, sheet: ScoreImport, number: int, texts: dict[str, str], by: Actor) -> ScoreImport:
    """Staff's own reading of one row: what they changed, and what was unreadable, counts as they left it."""
    sheet = _locked(sheet, by)
    entry = row_of(sheet, number)
    unreadable = {reason["field"] for reason in entry["reasons"]}
    correction = {k: v for k, v in sheet.corrections.get(str(number), {}).items() if k != "leave_out"}
    for key, said in texts.items():
        if key in entry["texts"] and (said.strip() != entry["texts"][key] or key in unreadable):
            correction[key] = said.strip()
    sheet.corrections[str(number)] = correction
    return _checked(sheet, table_of(sheet))


@transaction.atomic
def leave_score_row_out(*, sheet: ScoreImport, number: int, leave_out: bool, by: Actor) -> ScoreImport:
    sheet = _locked(sheet, by)
    row_of(sheet, number)
    sheet.corrections.setdefault(str(number), {})["leave_out"] = leave_out
    return _checked(sheet, table_of(sheet))


@transaction.atomic
def abandon_scores(*, sheet: ScoreImport, by: Actor) -> ScoreImport:
    sheet = _locked(sheet, by)
    sheet.state = State.ABANDONED
    sheet.save(update_fields=["state"])
    return sheet


def row_of(sheet: ScoreImport, number: int) -> dict[str, Any]:
    for entry in sheet.outcome.get("rows", ()):
        if entry["row"] == number and entry["texts"]:
            return dict(entry)
    raise Refused(_("Row %(row)d isn’t in this file.") % {"row": number})


def rows_to_write(sheet: ScoreImport) -> int:
    return int(sheet.outcome.get("totals", {}).get(Outcome.GOOD.value, 0))


def checked_rows(sheet: ScoreImport, table: Table) -> list[dict[str, Any]]:
    """The rows against what is known at this moment."""
    return check_rows(table, sheet.mapping, read_register(sheet.round), sheet.corrections)


def is_being_written(sheet: ScoreImport) -> bool:
    """A job that ended without finishing leaves the import as it was: checked."""
    return sheet.state == State.WRITING and sheet.job is not None and not sheet.job.ended


def _checked(sheet: ScoreImport, table: Table) -> ScoreImport:
    rows = checked_rows(sheet, table)
    sheet.outcome = {"rows": rows, "totals": totals(rows), "notices": table.notices}
    sheet.state = State.CHECKED
    sheet.save()
    return sheet


def held_sheet(sheet: ScoreImport) -> ScoreImport:
    """The row, locked, with what belongs to it, read after the lock."""
    ScoreImport.objects.select_for_update(of=("self",)).get(pk=sheet.pk)
    rows = ScoreImport.objects.select_related("round__cohort__programme", "round__tenant", "file", "job")
    return rows.get(pk=sheet.pk)


def _locked(sheet: ScoreImport, by: Actor) -> ScoreImport:
    sheet = held_sheet(sheet)
    require(staff, by, sheet.round)
    if sheet.state in (State.DONE, State.ABANDONED) or is_being_written(sheet):
        raise WrongState(_("This file has been dealt with already, so it can’t be changed."))
    return sheet
