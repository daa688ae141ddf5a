"""Nominations as a kind of import."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from engine.imports import Entry, ImportKind
from engine.jobs import JobCancelled, RunningJob
from engine.names import clean_email
from engine.sheets import Table
from selection.models import NominationImport, SelectionRound
from selection.rules import require, staff
from selection.services.nominations import columns
from selection.services.nominations.checking import WRITABLE, Outcome, check_rows
from selection.services.nominations.register import read_register
from selection.services.nominations.writing import Writer, remember_spellings, tell_nominees
from selection.states import RoundState
from tenancy.actors import Actor
from tenancy.errors import WrongState
from tenancy.services.conflicts import hold_ties


class Nominations(ImportKind[NominationImport]):
    model = NominationImport
    job = "selection.import"
    about = "round"
    with_about = ("round__cohort__programme", "round__tenant")
    may = staff
    outcomes = Outcome
    writable = tuple(outcome.value for outcome in WRITABLE)
    urls = "selection:import"
    nothing_to_write = gettext_lazy("There is nothing to write: no row is both readable and new.")

    def labels(self, about: SelectionRound) -> Mapping[str, str | Promise]:
        return columns.LABELS

    def recognise(self, about: SelectionRound, table: Table) -> columns.Mapping:
        return columns.recognise(table)

    def missing(self, about: SelectionRound, mapping: Mapping[str, Any]) -> list[str]:
        return columns.missing(mapping)

    def worth_asking(self, about: SelectionRound, table: Table, mapping: Mapping[str, Any]) -> bool:
        return columns.worth_asking(table, mapping)

    def chosen(self, columns_: Mapping[str, int]) -> columns.Mapping:
        return columns.with_full_names(columns.plain(columns_))

    def named(self, mapping: columns.Mapping, columns_: Mapping[str, int]) -> columns.Mapping:
        return columns.with_full_names(mapping | columns.plain(columns_))

    def columns(self, mapping: Mapping[str, Any]) -> dict[str, int]:
        return {key: choice["column"] for key, choice in mapping.items()}

    def judge(self, sheet: NominationImport, table: Table) -> list[Entry]:
        register = read_register(sheet.round, addresses_in(table))
        return check_rows(table, sheet.mapping, register, sheet.corrections)

    def check_open(self, about: SelectionRound) -> None:
        if about.state not in (RoundState.DRAFT, RoundState.OPEN):
            raise WrongState(_("This round is closed, so nominations can’t be added."))

    def hold(self, sheet: NominationImport, by: Actor) -> SelectionRound:
        hold_ties()
        rounds = SelectionRound.objects.select_for_update(of=("self",)).select_related("cohort__programme", "tenant")
        round_ = rounds.get(pk=sheet.round_id)
        require(staff, by, round_)
        return round_

    def write(self, sheet: NominationImport, about: SelectionRound, rows: list[Entry], by: Actor) -> None:
        writer = Writer(about, by, sheet.file.name)
        writer.write(rows)
        remember_spellings(sheet, rows, writer.organisations)

    def follow(self, job: RunningJob, sheet: NominationImport, rows: int) -> None:
        """Write to the nominees, some at a time. It's too late to stop: the nominations are written."""
        told = 0
        while True:
            with job.scope() as by:
                count = tell_nominees(nominations=sheet, start=told, by=by)
            if not count:
                return
            told += count
            with suppress(JobCancelled):
                job.progress(rows + told, 2 * rows, _("Writing to nominees: %(n)d so far") % {"n": told})

    def title(self, count: int) -> str:
        return ngettext("Write %(n)d nomination", "Write %(n)d nominations", count) % {"n": count}

    def writing(self, count: int) -> str:
        return _("Writing %(n)d nominations") % {"n": count}

    def written(self, count: int) -> str:
        return _("%(n)d nominations are written") % {"n": count}


def addresses_in(table: Table) -> set[str]:
    return {
        address for row in table.rows for cell in row.cells if isinstance(cell, str) and (address := clean_email(cell))
    }


NOMINATIONS = Nominations()
