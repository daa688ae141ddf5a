"""System checks of messages out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.utils import timezone

from reminders.hours import last_known_holiday
from reminders.links import pages_by_purpose
from reminders.obligations import obligation_sources


@register("baton")
def bank_holidays_are_known(**_: Any) -> list[CheckMessage]:
    end = last_known_holiday()
    if end - timezone.localdate() > timedelta(days=120):
        return []
    return [
        Warning(
            f"The list of bank holidays ends on {end.isoformat()}; after it they follow the rules, and one-off days aren't known.",
            hint="Install a newer govuk-bank-holidays.",
            id="baton.W010",
        )
    ]


@register("baton")
def link_purposes_have_pages(**_: Any) -> list[CheckMessage]:
    return [
        Error(
            f"No page takes links for “{source.link_purpose}”, but the obligation “{source.kind}” is done by one.",
            hint="Give a view `permission = by_link(…)` and a URL with <str:token>.",
            id="baton.E010",
        )
        for source in obligation_sources
        if source.link_purpose and source.link_purpose not in pages_by_purpose()
    ]


@register("baton")
def obligations_can_be_told(**_: Any) -> list[CheckMessage]:
    """A kind's registered name and its words; what its rows must be annotated with is found when they are read."""
    found: list[CheckMessage] = []
    for name, source in obligation_sources.items():
        if name != source.kind:
            hint = "Register it under its kind: rows are told apart by that alone."
            found.append(
                Error(f"The obligation “{source.kind}” is registered as “{name}”.", hint=hint, id="baton.E012")
            )
        try:
            str(source.label).format(about="")
        except (LookupError, ValueError):
            hint = (
                "`label` is filled in with {about} and nothing else; see ObligationSource in reminders/obligations.py."
            )
            found.append(Error(f"The label of the obligation “{name}” can't be filled in.", hint=hint, id="baton.E013"))
    return found


@register("baton", deploy=True)
def mail_can_leave(**_: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.EMAIL_BACKEND == "reminders.inbox.InboxBackend" and not settings.DEMO:
        found.append(
            Error(
                "Mails go to the demo inbox, but this isn't a demo.", hint="Unset BATON_EMAIL_BACKEND.", id="baton.E011"
            )
        )
    if settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        if settings.EMAIL_HOST == "localhost":
            found.append(
                Warning("No mail server is named: mails go to localhost.", hint="Set BATON_SMTP_HOST.", id="baton.W011")
            )
        elif not settings.EMAIL_USE_TLS:
            found.append(Warning("Mails leave without encryption.", hint="Set BATON_SMTP_TLS=1.", id="baton.W012"))
    return found
