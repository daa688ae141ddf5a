"""Send the messages that are due, as the worker does: for operators whose worker or Redis is away."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from reminders.dispatch import dispatch_due


class Command(BaseCommand):
    help = "Send the messages that are due now. Safe beside running workers."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--watch", action="store_true", help="Go on until stopped, looking every second.")

    def handle(self, *args: Any, **options: Any) -> None:
        while True:
            ended = dispatch_due()
            if ended:
                self.stdout.write(", ".join(f"{count} {state}" for state, count in sorted(ended.items())))
            if not options["watch"]:
                if not ended:
                    self.stdout.write("Nothing is due.")
                return
            time.sleep(1)
