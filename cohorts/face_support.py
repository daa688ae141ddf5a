"""What requests for support answer when the lower floors ask. No report counts them: a number of a small cohort would point at somebody."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cohorts.models import SupportRequest, SupportText
from cohorts.selectors.support import answers_owed, own_requests, requests_to
from reminders.kinds import name_kinds
from reminders.obligations import ObligationSource, obligation_sources
from tenancy.models import Person
from tenancy.privacy import Holding, holdings
from tenancy.retention import RetentionKind, delete_rows, retention_kinds

obligation_sources.register(
    "cohorts.support",
    ObligationSource(
        kind="cohorts.support",
        label=_("Answer {about}, who asks you for support"),
        board_label=_("Requests for support"),
        rows=answers_owed,
        path=lambda slug, key: reverse("cohorts:support-detail", kwargs={"tenant": slug, "public_id": key}),
        ends=_("when they answer, or whoever asked says that it’s settled"),
        private=True,
    ),
)


def export_support(person: Person) -> list[dict[str, Any]]:
    """Read as that person it gives what they asked and were asked; as anybody else none of it."""
    found = []
    for row in [*own_requests(person.pk), *requests_to(person.pk)]:
        words = SupportText.objects.filter(request=row).first()
        other = {"asked": row.to_person.name} if row.author_id == person.pk else {"was asked by": row.author.name}
        found.append(
            {
                **other,
                "at": row.asked_at,
                "text": words.body if words else "",
                "answer": words.answer if words else "",
                "answered": row.answered_at,
                "settled": row.closed_at,
            }
        )
    return found


def support_due(before: datetime) -> QuerySet[SupportRequest]:
    return SupportRequest.objects.filter(asked_at__lt=before).order_by("pk")


holdings.register(
    "cohorts.support",
    Holding(
        label=_("Support that you asked for, or were asked for"),
        models=(SupportRequest._meta.label, SupportText._meta.label),
        export=export_support,
        kind="cohorts.support",
        private_to_author=True,
    ),
)
retention_kinds.register(
    "cohorts.support",
    RetentionKind(
        label=_("Requests for support"),
        after=_("after they were made"),
        days=183,
        least=60,
        most=366,
        due=support_due,
        delete=lambda rows: delete_rows(SupportRequest, [row.pk for row in rows]),
    ),
)
name_kinds(
    "cohorts",
    {"support_asked": _("Asked for support"), "support_answered": _("Request for support answered")},
    private=("support_asked", "support_answered"),
)
