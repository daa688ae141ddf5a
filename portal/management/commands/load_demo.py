"""manage.py load_demo: both programmes of the demo, once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.demo.load import TALES, load_demo
from tenancy.errors import Refused


class Command(BaseCommand):
    help = "Load the demo's two programmes with their fictional people. What is there already stays as it is."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--as-of",
            type=datetime.fromisoformat,
            metavar="MOMENT",
            help="tell the story up to this moment of the past few weeks, such as 2026-03-02T10:00+00:00, instead of now; the"
            " database’s own policies go by the real time, and hide what had an end meanwhile",
        )

        parser.add_argument(
            "--only",
            choices=[tale.slug for tale in TALES],
            help="tell this tenant's story alone; its people come with it",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This isn't a demo: set BATON_DEMO=1.")
        try:
            loaded = load_demo(self.say, as_of=options["as_of"], only=options["only"])
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        if not loaded:
            self.say("The demo is there already.")

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
