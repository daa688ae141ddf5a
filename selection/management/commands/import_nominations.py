"""`import_nominations --tenant essex --cohort SLUG FILE [--dry-run] [--json]`: the same import as the page's."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from cohorts.models import Cohort
from engine.sheets import Table
from selection.models import NominationImport, SelectionRound
from selection.services.nominations import columns
from selection.services.nominations.checking import Outcome
from selection.services.nominations.uploads import checked_rows, read_log, totals, upload_nominations
from selection.services.nominations.writing import tell_nominees, write_nominations
from tenancy.actors import Actor
from tenancy.errors import Refused
from tenancy.models import Tenant
from tenancy.scope import tenant_context


class Command(BaseCommand):
    help = "Check a nominations log (.xlsx or CSV) row by row and write its good and guessed rows."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", required=True, help="slug of the tenant")
        parser.add_argument("--cohort", required=True, help="slug of the cohort")
        parser.add_argument("--dry-run", action="store_true", help="check only; write nothing")
        parser.add_argument("--json", action="store_true", help="print every row with its outcome and reason as JSON")
        parser.add_argument(
            "--column",
            action="append",
            default=[],
            metavar="FIELD=HEADING",
            help=f"name a column that isn’t recognised; FIELD is one of {', '.join(columns.LABELS)}",
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
                found = self.import_log(tenant, path.name, content, options)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))
        else:
            self.print_rows(found)

    def import_log(self, tenant: Tenant, name: str, content: bytes, options: dict[str, Any]) -> dict[str, Any]:
        round_ = round_of(options["cohort"])
        by = Actor.system("import command")
        table = read_log(content, name)
        mapping = columns.recognise(table) | named_columns(table, options["column"])
        mapping = columns.with_full_names(mapping)
        if absent := columns.missing(mapping):
            labels = ", ".join(str(columns.LABELS[key]) for key in absent)
            raise CommandError(
                _('No column was recognised for: %(labels)s. Name it with --column, as in --column %(key)s="Heading".')
                % {"labels": labels, "key": absent[0]}
            )
        if options["dry_run"]:
            rows = checked_rows(NominationImport(round=round_, mapping=mapping), table)
            return report(table, mapping, rows, totals(rows), written=0)
        nominations = upload_nominations(round=round_, name=name, content=content, by=by)
        nominations.mapping = mapping
        nominations.save(update_fields=["mapping"])
        nominations = write_nominations(nominations=nominations, table=table, by=by)
        tell_nominees(nominations=nominations, start=0, by=by, most=len(table.rows))
        outcome = nominations.outcome
        return report(table, mapping, outcome["rows"], outcome["totals"], written=outcome["written"])

    def print_rows(self, found: dict[str, Any]) -> None:
        for row in found["rows"]:
            if row["outcome"] != Outcome.GOOD:
                self.stdout.write(f"{row['row']:>5}  {row['outcome']:<14} {row['name']}: {row['reason']}")
        for notice in found["notices"]:
            self.stdout.write(notice)
        counts = ", ".join(f"{count} {name}" for name, count in found["totals"].items() if count and name != "rows")
        self.stdout.write(f"{found['totals']['rows']} rows: {counts}")


def round_of(slug: str) -> SelectionRound:
    if not Cohort.objects.filter(slug=slug).exists():
        raise CommandError(_("There is no cohort “%(slug)s”.") % {"slug": slug})
    round_ = SelectionRound.objects.select_related("cohort__programme", "tenant").filter(cohort__slug=slug).first()
    if round_ is None:
        raise CommandError(
            _("The cohort “%(slug)s” has no selection round yet: set one up on its page first.") % {"slug": slug}
        )
    return round_


def named_columns(table: Table, choices: list[str]) -> columns.Mapping:
    headings = {heading.casefold(): index for index, heading in reversed(list(enumerate(table.header)))}
    mapping: columns.Mapping = {}
    for choice in choices:
        key, _equals, heading = choice.partition("=")
        if key not in columns.LABELS:
            raise CommandError(
                _("“%(key)s” is no field. Use one of: %(keys)s.") % {"key": key, "keys": ", ".join(columns.LABELS)}
            )
        if heading.casefold() not in headings:
            raise CommandError(_("The file has no column “%(heading)s”.") % {"heading": heading})
        mapping[key] = {"column": headings[heading.casefold()], "part": ""}
    return mapping


def report(
    table: Table, mapping: columns.Mapping, rows: list[dict[str, Any]], counts: dict[str, int], *, written: int
) -> dict[str, Any]:
    """What the command prints: every row of the sheet, in order."""
    return {
        "totals": {"rows": len(rows), **counts, "written": written},
        "columns": {key: table.header[choice["column"]] for key, choice in mapping.items()},
        "notices": table.notices,
        "rows": [
            {
                "row": row["row"],
                "name": row["name"],
                "email": row["email"],
                "outcome": row["outcome"],
                "reason": reason_of(row),
                "reasons": [{"code": reason["code"], "text": reason["text"]} for reason in row["reasons"]],
                "organisation": row["organisation"],
                "organisation_as_written": row["written_as"],
                "written": bool(row.get("written")),
            }
            for row in rows
        ],
    }


def reason_of(row: dict[str, Any]) -> str:
    if row["reasons"]:
        return " ".join(reason["text"] for reason in row["reasons"])
    plain = {
        Outcome.THERE: _("This person is nominated in this round already."),
        Outcome.EMPTY: _("The row is empty."),
    }
    return str(plain.get(row["outcome"], ""))
