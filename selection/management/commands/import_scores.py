"""`import_scores --tenant essex --round COHORT FILE [--dry-run] [--json]`: the same import as the page's."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from engine.imports import Entry
from engine.imports.command import ImportCommand
from selection.management.commands.import_nominations import round_of
from selection.models import SelectionRound
from selection.services.score_imports.kind import SCORES


class Command(ImportCommand):
    help = "Check a sheet of scores (.xlsx or CSV) row by row and write its good rows."
    kind = SCORES
    fields = "reference, applicant, assessor, assessor_email, or points_ or comment_ and the place of the criterion, as in points_1"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--round", required=True, help="slug of the cohort that the round is for, or the id in the round’s address"
        )

    def find_about(self, options: dict[str, Any]) -> SelectionRound:
        known = SelectionRound.objects.select_related("cohort__programme", "tenant")
        return known.filter(public_id=options["round"]).first() or round_of(options["round"])

    def row_in_json(self, row: Entry) -> dict[str, Any]:
        """Without the scores."""
        return {"reference": row["reference"], "assessor": row["assessor"]}

    def row_in_words(self, row: Entry) -> str:
        why = " ".join(reason["text"] for reason in row["reasons"])
        return f"{row['reference']}, {row['assessor']}: {why}"
