"""A log on its way in: uploaded, its columns matched, its rows checked and corrected. Nothing of it is written yet."""

from __future__ import annotations

import hashlib
from io import BytesIO
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from engine.models import StoredFile
from engine.names import clean_email
from engine.sheets import SheetError, Table, read_table
from selection.models import NominationImport, SelectionRound
from selection.rules import require, staff
from selection.services.nominations import columns
from selection.services.nominations.checking import WRITABLE, check_rows, spelling_key, totals
from selection.services.nominations.drafts import EDITABLE
from selection.services.nominations.register import read_register
from selection.states import RoundState
from tenancy.actors import Actor
from tenancy.errors import Refused, WrongState
from tenancy.models import Organisation, Sector
from tenancy.services.settings import NAMES
from tenancy.turns import just_now, take_turns, take_turns_at

# A log of nominations; the reader itself would take more.
MAX_ROWS = 5_000
State = NominationImport.State


@transaction.atomic
def upload_nominations(*, round: SelectionRound, name: str, content: bytes, by: Actor) -> NominationImport:
    """Keep the file and check it, or leave it waiting for its columns to be matched. SheetError when it's no table.

    The same file from the same person within a minute is the same import, as by a double click."""
    require(staff, by, round)
    if round.state not in (RoundState.DRAFT, RoundState.OPEN):
        raise WrongState(_("This round is closed, so nominations can’t be added."))
    table, sha256 = read_log(content, name), hashlib.sha256(content).hexdigest()
    take_turns(round)
    waiting = NominationImport.objects.filter(
        round=round, state__in=(State.MAPPING, State.CHECKED), uploaded_by=by.person, uploaded_by__isnull=False
    )
    if (present := waiting.filter(file__sha256=sha256, uploaded_at__gt=just_now()).first()) is not None:
        return present
    stored = StoredFile.objects.create(
        name=name[-160:],
        content_type="application/octet-stream",
        content=content,
        sha256=sha256,
        created_by=by.person,
    )
    nominations = NominationImport(round=round, file=stored, uploaded_by=by.person)
    nominations.mapping = columns.recognise(table)
    if columns.worth_asking(table, nominations.mapping):
        nominations.save()
        return nominations
    return _checked(nominations, table)


def read_log(content: bytes, name: str) -> Table:
    table = read_table(BytesIO(content), name)
    if len(table.rows) > MAX_ROWS:
        raise SheetError(
            _("The file has %(rows)d rows. Split it into files of %(most)d or fewer.")
            % {"rows": len(table.rows), "most": MAX_ROWS}
        )
    return table


def table_of(nominations: NominationImport) -> Table:
    return read_log(bytes(nominations.file.content), nominations.file.name)


@transaction.atomic
def match_columns_by_hand(*, nominations: NominationImport, chosen: dict[str, int], by: Actor) -> NominationImport:
    """Use these columns, {field: index}, and check the rows."""
    nominations = _locked(nominations, by)
    table = table_of(nominations)
    mapping = {key: {"column": index, "part": ""} for key, index in chosen.items() if 0 <= index < len(table.header)}
    mapping = columns.with_full_names(mapping)
    absent = columns.missing(mapping)
    if absent:
        raise Refused(_("Choose the column for “%(field)s”.") % {"field": columns.LABELS[absent[0]]}, field=absent[0])
    nominations.mapping = mapping
    return _checked(nominations, table)


@transaction.atomic
def correct_row(
    *,
    nominations: NominationImport,
    number: int,
    texts: dict[str, str],
    organisation: Organisation | None,
    everywhere: bool,
    by: Actor,
) -> NominationImport:
    """Staff's own reading of one row, which then counts as confirmed. `everywhere`: the organisation stands for each row
    with this spelling, and the spelling is remembered when the log is written."""
    nominations = _locked(nominations, by)
    entry = row_of(nominations, number)
    rows = nominations.corrections.setdefault("rows", {})
    correction = {key: value for key, value in rows.get(str(number), {}).items() if key != "leave_out"}
    # What was unreadable counts as corrected even when it's left empty: staff have seen it.
    unreadable = {reason["field"] for reason in entry["reasons"]}
    for key in EDITABLE:
        if key in texts and (texts[key].strip() != entry["texts"][key] or key in unreadable):
            correction[key] = texts[key].strip()
    correction["confirmed"] = True
    if organisation is not None:
        if everywhere and entry["written_as"]:
            spellings = nominations.corrections.setdefault("organisations", {})
            spellings[spelling_key(entry["written_as"])] = organisation.public_id
            correction.pop("organisation_id", None)
        else:
            correction["organisation_id"] = organisation.public_id
    rows[str(number)] = correction
    return _checked(nominations, table_of(nominations))


@transaction.atomic
def leave_row_out(*, nominations: NominationImport, number: int, leave_out: bool, by: Actor) -> NominationImport:
    nominations = _locked(nominations, by)
    row_of(nominations, number)
    correction = nominations.corrections.setdefault("rows", {}).setdefault(str(number), {})
    correction["leave_out"] = leave_out
    return _checked(nominations, table_of(nominations))


@transaction.atomic
def add_organisation_for_row(
    *, nominations: NominationImport, number: int, name: str, sector: Sector, by: Actor
) -> NominationImport:
    """A new organisation for every row with the spelling of this one. The one step that's kept before the log is written."""
    nominations = _locked(nominations, by)
    entry = row_of(nominations, number)
    name = " ".join(name.split())
    if not name:
        raise Refused(_("Enter the organisation’s name."), field="name")
    take_turns_at(NAMES)
    if Organisation.objects.filter(name__iexact=name).exists():
        raise Refused(_("There is an organisation of this name already. Choose it in the list."), field="name")
    made = Organisation.objects.create(name=name, sector=sector)
    spellings = nominations.corrections.setdefault("organisations", {})
    spellings[spelling_key(entry["written_as"] or name)] = made.public_id
    if not entry["written_as"]:
        nominations.corrections.setdefault("rows", {}).setdefault(str(number), {})["organisation_id"] = made.public_id
    return _checked(nominations, table_of(nominations))


@transaction.atomic
def abandon_import(*, nominations: NominationImport, by: Actor) -> NominationImport:
    nominations = _locked(nominations, by)
    nominations.state = State.ABANDONED
    nominations.save(update_fields=["state"])
    return nominations


def row_of(nominations: NominationImport, number: int) -> dict[str, Any]:
    for entry in nominations.outcome.get("rows", ()):
        if entry["row"] == number and entry["texts"]:
            return dict(entry)
    raise Refused(_("Row %(row)d isn’t in this file.") % {"row": number})


def rows_to_write(nominations: NominationImport) -> int:
    counts = nominations.outcome.get("totals", {})
    return sum(counts.get(outcome.value, 0) for outcome in WRITABLE)


def checked_rows(nominations: NominationImport, table: Table) -> list[dict[str, Any]]:
    """The rows against what is known at this moment."""
    register = read_register(nominations.round, addresses_in(table))
    return check_rows(table, nominations.mapping, register, nominations.corrections)


def addresses_in(table: Table) -> set[str]:
    return {
        address for row in table.rows for cell in row.cells if isinstance(cell, str) and (address := clean_email(cell))
    }


def is_being_written(nominations: NominationImport) -> bool:
    """A job that ended without finishing leaves the import as it was: checked."""
    return nominations.state == State.WRITING and nominations.job is not None and not nominations.job.ended


def _checked(nominations: NominationImport, table: Table) -> NominationImport:
    rows = checked_rows(nominations, table)
    nominations.outcome = {"rows": rows, "totals": totals(rows), "notices": table.notices}
    nominations.state = State.CHECKED
    nominations.version += 1
    nominations.save()
    return nominations


def held_import(nominations: NominationImport) -> NominationImport:
    """The row, locked, with what belongs to it. Read after the lock: a joined read that waited for it would miss the job that
    whoever was first has begun."""
    NominationImport.objects.select_for_update(of=("self",)).get(pk=nominations.pk)
    return NominationImport.objects.select_related("round", "file", "job").get(pk=nominations.pk)


def _locked(nominations: NominationImport, by: Actor) -> NominationImport:
    """The row, held, while it may still be changed: two people correct different rows of one import at once."""
    nominations = held_import(nominations)
    require(staff, by, nominations.round)
    if nominations.state in (State.DONE, State.ABANDONED) or is_being_written(nominations):
        raise WrongState(_("This file has been dealt with already, so it can’t be changed."))
    return nominations
