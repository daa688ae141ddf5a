"""`import_attendance --tenant essex --event ID FILE [--dry-run] [--json]`: the same import as the page's."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from cohorts.models import Event
from cohorts.services.attendance_imports.kind import ATTENDANCE_LISTS
from engine.imports import Entry
from engine.imports.command import ImportCommand


class Command(ImportCommand):
    help = "Check a list of who was at an event (.xlsx, CSV, or the report of Teams or Zoom) and mark them present."
    kind = ATTENDANCE_LISTS
    fields = "name, given, family, email, account, joined, left or duration"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--event", required=True, help="the id in the event’s address")

    def find_about(self, options: dict[str, Any]) -> Event:
        known = Event.objects.select_related("cohort__programme", "learning_set", "tenant")
        if (event := known.filter(public_id=options["event"]).first()) is None:
            raise CommandError(_("There is no event “%(id)s”.") % {"id": options["event"]})
        return event

    def row_in_json(self, row: Entry) -> dict[str, Any]:
        return {"said": row["said"], "name": row["name"], "joined": row["joined"], "minutes": row["minutes"]}

    def row_in_words(self, row: Entry) -> str:
        why = " ".join(reason["text"] for reason in row["reasons"])
        return f"{row['said']}: {why}"
