"""`import_scores --tenant essex --round COHORT FILE [--dry-run] [--json]`: the same import as the page's."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from engine.sheets import Table
from selection.management.commands.import_nominations import round_of
from selection.models import ScoreImport, SelectionRound
from selection.services.score_imports import columns
from selection.services.score_imports.checking import Outcome, totals
from selection.services.score_imports.uploads import checked_rows, read_sheet, upload_scores
from selection.services.score_imports.writing import write_scores
from tenancy.actors import Actor
from tenancy.errors import Refused
from tenancy.models import Tenant
from tenancy.scope import tenant_context


class Command(BaseCommand):
    help = "Check a sheet of scores (.xlsx or CSV) row by row and write its good rows."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", required=True, help="slug of the tenant")
        parser.add_argument(
            "--round", required=True, help="slug of the cohort that the round is for, or the id in the round’s address"
        )
        parser.add_argument("--dry-run", action="store_true", help="check only; write nothing")
        parser.add_argument("--json", action="store_true", help="print every row with its outcome and reasons as JSON")
        parser.add_argument(
            "--column",
            action="append",
            default=[],
            metavar="FIELD=HEADING",
            help="name a column that isn’t recognised; FIELD is reference, applicant, assessor, assessor_email, or points_ or "
            "comment_ and the place of the criterion, as in points_1",
        )
        parser.add_argument("file", type=Path)

    def handle(self, **options: Any) -> None:
        path: Path = options["file"]
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CommandError(_("%(file)s can’t be read: %(why)s") % {"file": path, "why": error.strerror}) from error
        tenant = Tenant.objects.filter(slug=options["tenant"]).first()
        if tenant is None:
            raise CommandError(_("There is no tenant “%(slug)s”.") % {"slug": options["tenant"]})
        try:
            with tenant_context(tenant):
                found = self.import_sheet(path.name, content, options)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))
        else:
            self.print_rows(found)

    def import_sheet(self, name: str, content: bytes, options: dict[str, Any]) -> dict[str, Any]:
        known = SelectionRound.objects.select_related("cohort__programme", "tenant")
        round_ = known.filter(public_id=options["round"]).first() or round_of(options["round"])
        by = Actor.system("import command")
        criteria = list(round_.criteria.all())
        labels = columns.labels(criteria)
        table = read_sheet(content, name)
        mapping = columns.recognise(table, criteria) | named_columns(table, labels, options["column"])
        if absent := columns.missing(mapping, criteria):
            words = {"labels": ", ".join(labels[key] for key in absent), "key": absent[0]}
            text = _(
                'No column was recognised for: %(labels)s. Name it with --column, as in --column %(key)s="Heading".'
            )
            raise CommandError(text % words)
        if options["dry_run"]:
            rows = checked_rows(ScoreImport(round=round_, mapping=mapping), table)
            return report(table, mapping, rows, written=0)
        sheet = upload_scores(round=round_, name=name, content=content, by=by)
        sheet.mapping = mapping
        sheet.save(update_fields=["mapping"])
        sheet = write_scores(sheet=sheet, table=table, by=by)
        return report(table, mapping, sheet.outcome["rows"], written=sheet.outcome["written"])

    def print_rows(self, found: dict[str, Any]) -> None:
        for row in found["rows"]:
            if row["outcome"] != Outcome.GOOD:
                reasons = " ".join(reason["text"] for reason in row["reasons"])
                self.stdout.write(
                    f"{row['row']:>5}  {row['outcome']:<14} {row['reference']}, {row['assessor']}: {reasons}"
                )
        counts = ", ".join(f"{count} {name}" for name, count in found["totals"].items() if count and name != "rows")
        self.stdout.write(f"{found['totals']['rows']} rows: {counts}")


def named_columns(table: Table, labels: dict[str, str], choices: list[str]) -> columns.Mapping:
    headings = {heading.casefold(): index for index, heading in reversed(list(enumerate(table.header)))}
    mapping: columns.Mapping = {}
    for choice in choices:
        key, _equals, heading = choice.partition("=")
        if key not in labels:
            words = {"key": key, "keys": ", ".join(labels)}
            raise CommandError(_("“%(key)s” is no field. Use one of: %(keys)s.") % words)
        if heading.casefold() not in headings:
            raise CommandError(_("The file has no column “%(heading)s”.") % {"heading": heading})
        mapping[key] = headings[heading.casefold()]
    return mapping


def report(table: Table, mapping: columns.Mapping, rows: list[dict[str, Any]], *, written: int) -> dict[str, Any]:
    """What the command prints: every row of the sheet, in order, without the scores."""
    return {
        "totals": {"rows": len(rows), **totals(rows), "written": written},
        "columns": {key: table.header[index] for key, index in mapping.items()},
        "rows": [
            {
                "row": row["row"],
                "reference": row["reference"],
                "assessor": row["assessor"],
                "outcome": row["outcome"],
                "reasons": [{"code": reason["code"], "text": reason["text"]} for reason in row["reasons"]],
                "written": bool(row.get("written")),
            }
            for row in rows
        ],
    }
