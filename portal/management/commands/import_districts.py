"""manage.py import_districts --tenant SLUG --source TEXT [--add] FILE: what ONS or MHCLG publish of districts, CSV or .xlsx."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cohorts.services.lookups import read_lookup, take_lookup
from tenancy.actors import Actor
from tenancy.errors import Refused
from tenancy.models import Tenant
from tenancy.scope import tenant_context

BY = Actor.system("import districts")


class Command(BaseCommand):
    help = "Fill in districts: how rural, which decile of deprivation, where they lie. Those not on the list are left, unless --add."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--tenant", required=True, help="the tenant's slug")
        parser.add_argument("--source", required=True, help="publisher and year, shown beside the figures")
        parser.add_argument("--add", action="store_true", help="add districts that aren't on the list yet")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=options["tenant"]).first()
        if tenant is None:
            raise CommandError(f"There is no tenant “{options['tenant']}”.")
        try:
            with options["file"].open("rb") as file:
                rows = read_lookup(file, options["file"].name)
            with tenant_context(tenant):
                taken = take_lookup(rows=rows, source=options["source"], add=options["add"], by=BY)
        except OSError as error:
            raise CommandError(f"{options['file']} can't be read: {error}") from error
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{taken.filled} filled in, {taken.added} added, {taken.left} not on the list.")
