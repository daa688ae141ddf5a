"""manage.py open_tenant SLUG NAME --staff-name NAME --staff-email ADDRESS"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tenancy.actors import Actor
from tenancy.errors import Refused
from tenancy.services.tenants import open_tenant


class Command(BaseCommand):
    help = "Open a tenant and let its first member of staff in. They sign in with a code sent to the address."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="its place in the address, such as essex")
        parser.add_argument("name", help="the name on every page, such as 'Essex Partners'")
        parser.add_argument("--staff-name", required=True)
        parser.add_argument("--staff-email", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            tenant, person, _ = open_tenant(
                slug=options["slug"],
                name=options["name"],
                staff_name=options["staff_name"],
                staff_email=options["staff_email"],
                by=Actor.system("open_tenant"),
            )
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{tenant.name} is open at /{tenant.slug}/; {person.email} is its first member of staff.")
