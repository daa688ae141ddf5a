"""manage.py reset_demo --yes: the demo as on its first day, whatever visitors have done to it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.demo.load import TALES, load_demo
from portal.demo.removing import is_ours, remove_tenant
from reminders.models import DemoMail
from tenancy.models import Tenant


class Command(BaseCommand):
    help = "Delete the demo's two programmes and everybody's mails, then load them again."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--yes", action="store_true", help="delete without asking")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This isn't a demo: set BATON_DEMO=1.")
        if not options["yes"]:
            raise CommandError("This deletes all that was done in the demo. Say --yes if you mean it.")
        for tale in TALES:
            tenant = Tenant.objects.filter(slug=tale.slug).first()
            if tenant is not None and is_ours(tenant):
                self.stdout.write(f"{tale.slug}: deleting")
                remove_tenant(tale.slug)
        DemoMail.objects.using("sys").all().delete()
        load_demo(self.stdout.write)
