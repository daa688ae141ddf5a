"""manage.py import_organisations --tenant SLUG FILE.csv: columns name, sector and, if there are any, short_name and place."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from tenancy.actors import Actor
from tenancy.errors import Refused
from tenancy.models import Organisation, Sector, Tenant
from tenancy.scope import tenant_context
from tenancy.services.settings import add_sector, save_organisation

# As the columns of the models are.
LONGEST = {"name": 160, "sector": 80, "short_name": 40, "place": 80}
BY = Actor.system("import organisations")


class Command(BaseCommand):
    help = "Add organisations and their sectors from a CSV file. Those already listed are left as they are."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--tenant", required=True, help="the tenant's slug")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=options["tenant"]).first()
        if tenant is None:
            raise CommandError(f"There is no tenant “{options['tenant']}”.")
        rows = self.read(options["file"])
        with tenant_context(tenant), transaction.atomic():
            added = sum(self.add(number, row) for number, row in enumerate(rows, 2))
        self.stdout.write(f"{added} added, {len(rows) - added} already listed.")

    def read(self, path: Path) -> list[dict[str, str]]:
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                rows = [
                    {k: (v or "").replace("\0", "").strip() for k, v in row.items() if k}
                    for row in csv.DictReader(file)
                ]
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise CommandError(f"{path} can't be read: {error}") from error
        if rows and not {"name", "sector"} <= set(rows[0]):
            raise CommandError(f"{path} needs the columns name and sector.")
        return rows

    def add(self, number: int, row: dict[str, str]) -> bool:
        if not (row["name"] and row["sector"]):
            raise CommandError(f"Row {number}: enter both a name and a sector. Nothing was added.")
        for column, longest in LONGEST.items():
            if len(row.get(column, "")) > longest:
                raise CommandError(
                    f"Row {number}: the {column} may have {longest} characters at most. Nothing was added."
                )
        if Organisation.objects.filter(name__iexact=row["name"]).exists():
            return False
        sector = Sector.objects.filter(name__iexact=row["sector"]).first()
        try:
            save_organisation(
                organisation=None, name=row["name"], sector=sector or add_sector(name=row["sector"], by=BY),
                short_name=row.get("short_name", ""), place=row.get("place", ""), by=BY,
            )  # fmt: skip
        except Refused as refusal:
            raise CommandError(f"Row {number}: {refusal} Nothing was added.") from refusal
        return True
