"""manage.py bring_up: what `./baton up` needs of Django at a start, in one process, since loading the portal takes longest of it."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    help = "Migrate the database, then print as JSON whether the demo is loaded and who can sign in to it."
    requires_system_checks: list[str] = []  # migrate runs them all

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo", action="store_true", help="say it of the demo too")

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", database="owner", interactive=False, verbosity=0, skip_checks=False)
        found: dict[str, Any] = {"loaded": True, "sign_ins": ""}
        if options["demo"] and settings.DEMO:
            from portal.demo.load import TALES, is_loaded

            sign_ins = StringIO()
            call_command("demo_sign_ins", stdout=sign_ins)
            found = {"loaded": all(is_loaded(tale.slug) for tale in TALES), "sign_ins": sign_ins.getvalue()}
        self.stdout.write(json.dumps(found))
