"""`import_nominations --tenant essex --cohort SLUG FILE [--dry-run] [--json]`: the same import as the page's."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from cohorts.models import Cohort
from engine.imports import Entry
from engine.imports.command import ImportCommand
from engine.models import SheetImport
from engine.sheets import Table
from selection.models import NominationImport, SelectionRound
from selection.services.nominations import columns
from selection.services.nominations.checking import Outcome
from selection.services.nominations.kind import NOMINATIONS
from selection.services.nominations.writing import tell_nominees
from tenancy.actors import Actor


class Command(ImportCommand):
    help = "Check a nominations log (.xlsx or CSV) row by row and write its good and guessed rows."
    kind = NOMINATIONS
    fields = f"one of {', '.join(columns.LABELS)}"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--cohort", required=True, help="slug of the cohort")

    def find_about(self, options: dict[str, Any]) -> SelectionRound:
        return round_of(options["cohort"])

    def follow(self, sheet: SheetImport, table: Table, by: Actor) -> None:
        assert isinstance(sheet, NominationImport)
        tell_nominees(nominations=sheet, start=0, by=by, most=len(table.rows))

    def row_in_json(self, row: Entry) -> dict[str, Any]:
        return {
            "name": row["name"],
            "email": row["email"],
            "reason": reason_of(row),
            "organisation": row["organisation"],
            "organisation_as_written": row["written_as"],
        }

    def row_in_words(self, row: Entry) -> str:
        return f"{row['name']}: {row['reason']}"


def round_of(slug: str) -> SelectionRound:
    if not Cohort.objects.filter(slug=slug).exists():
        raise CommandError(_("There is no cohort “%(slug)s”.") % {"slug": slug})
    round_ = SelectionRound.objects.select_related("cohort__programme", "tenant").filter(cohort__slug=slug).first()
    if round_ is None:
        raise CommandError(
            _("The cohort “%(slug)s” has no selection round yet: set one up on its page first.") % {"slug": slug}
        )
    return round_


def reason_of(row: Entry) -> str:
    if row["reasons"]:
        return " ".join(reason["text"] for reason in row["reasons"])
    plain = {
        Outcome.THERE: _("This person is nominated in this round already."),
        Outcome.EMPTY: _("The row is empty."),
    }
    return str(plain.get(row["outcome"], ""))
