"""Print the demo's sign-ins as a table."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.demo.people import DEMO_PASSWORD, SIGN_INS


class Command(BaseCommand):
    help = "Print the sign-ins of the demo."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This isn't a demo: set BATON_DEMO=1.")
        rows = [("Who", "Role", "Tenant", "Sign in with"), *((s.name, s.role, s.tenant, s.email) for s in SIGN_INS)]
        widths = [max(len(row[column]) for row in rows) for column in range(4)]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
        lines.insert(1, "  ".join("-" * width for width in widths))
        self.stdout.write("\n".join(lines))
        self.stdout.write(f"\nPassword of all of them: {DEMO_PASSWORD}")
        self.stdout.write(f"Their mails: {settings.BASE_URL}/demo/inbox/")
