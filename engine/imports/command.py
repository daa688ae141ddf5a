"""The same import as the page's, from the command line."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from engine.imports.kinds import Entry, ImportKind
from engine.imports.rows import totals
from engine.imports.steps import read_sheet, upload_sheet, write_sheet
from engine.models import SheetImport
from engine.sheets import Table
from tenancy.actors import Actor
from tenancy.errors import Refused
from tenancy.models import Tenant
from tenancy.scope import tenant_context


class ImportCommand(BaseCommand):
    """`… --tenant SLUG FILE [--dry-run] [--json] [--column FIELD=HEADING]`, and the option that says what the import is of."""

    kind: ClassVar[ImportKind[Any]]
    # For the help of --column.
    fields: ClassVar[str]
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", required=True, help="slug of the tenant")
        parser.add_argument("--dry-run", action="store_true", help="check only; write nothing")
        parser.add_argument("--json", action="store_true", help="print every row with its outcome and reasons as JSON")
        parser.add_argument(
            "--column",
            action="append",
            default=[],
            metavar="FIELD=HEADING",
            help=f"name a column that isn’t recognised; FIELD is {self.fields}",
        )
        parser.add_argument("file", type=Path)

    def find_about(self, options: dict[str, Any]) -> Any:
        """What the import is of; CommandError when it isn't there."""
        raise NotImplementedError

    def row_in_json(self, row: Entry) -> dict[str, Any]:
        raise NotImplementedError

    def row_in_words(self, row: Entry) -> str:
        raise NotImplementedError

    def follow(self, sheet: SheetImport, table: Table, by: Actor) -> None:
        """What comes after the writing."""

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
        kind, about, by = self.kind, self.find_about(options), Actor.system("import command")
        table = read_sheet(kind, content, name)
        labels = {key: str(label) for key, label in kind.labels(about).items()}
        mapping = kind.named(kind.recognise(about, table), named_columns(table, labels, options["column"]))
        if absent := kind.missing(about, mapping):
            words = {"labels": ", ".join(labels[key] for key in absent), "key": absent[0]}
            text = _(
                'No column was recognised for: %(labels)s. Name it with --column, as in --column %(key)s="Heading".'
            )
            raise CommandError(text % words)
        if options["dry_run"]:
            sheet = kind.model(**{kind.about: about}, mapping=mapping)
            return self.report(table, mapping, kind.judge(sheet, table), written=0)
        sheet = upload_sheet(kind=kind, about=about, name=name, content=content, by=by)
        sheet.mapping = mapping
        sheet.save(update_fields=["mapping"])
        sheet = write_sheet(sheet=sheet, table=table, by=by)
        self.follow(sheet, table, by)
        return self.report(table, mapping, sheet.outcome["rows"], written=sheet.outcome["written"])

    def report(self, table: Table, mapping: dict[str, Any], rows: list[Entry], *, written: int) -> dict[str, Any]:
        """Every row of the sheet, in order."""
        return {
            "totals": {"rows": len(rows), **totals(rows, self.kind.outcomes), "written": written},
            "columns": {key: table.header[index] for key, index in self.kind.columns(mapping).items()},
            "notices": table.notices,
            "rows": [
                {
                    "row": row["row"],
                    **self.row_in_json(row),
                    "outcome": row["outcome"],
                    "reasons": [{"code": reason["code"], "text": reason["text"]} for reason in row["reasons"]],
                    "written": bool(row.get("written")),
                }
                for row in rows
            ],
        }

    def print_rows(self, found: dict[str, Any]) -> None:
        for row in found["rows"]:
            if row["outcome"] != "good":
                self.stdout.write(f"{row['row']:>5}  {row['outcome']:<14} {self.row_in_words(row)}")
        for notice in found["notices"]:
            self.stdout.write(notice)
        counts = ", ".join(f"{count} {name}" for name, count in found["totals"].items() if count and name != "rows")
        self.stdout.write(f"{found['totals']['rows']} rows: {counts}")


def named_columns(table: Table, labels: dict[str, str], choices: list[str]) -> dict[str, int]:
    headings = {heading.casefold(): index for index, heading in reversed(list(enumerate(table.header)))}
    found: dict[str, int] = {}
    for choice in choices:
        key, _equals, heading = choice.partition("=")
        if key not in labels:
            words = {"key": key, "keys": ", ".join(labels)}
            raise CommandError(_("“%(key)s” is no field. Use one of: %(keys)s.") % words)
        if heading.casefold() not in headings:
            raise CommandError(_("The file has no column “%(heading)s”.") % {"heading": heading})
        found[key] = headings[heading.casefold()]
    return found
