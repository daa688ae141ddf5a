"""What rounds of vetoes answer when the lower floors ask."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cohorts.models import SetVeto, VetoAnswer, VetoRound
from cohorts.selectors.vetoes import answers_owed
from reminders.kinds import name_kinds
from reminders.obligations import ObligationSource, obligation_sources
from tenancy.models import Person
from tenancy.privacy import Holding, holdings
from tenancy.vocabulary import in_own_words

obligation_sources.register(
    "cohorts.veto",
    ObligationSource(
        kind="cohorts.veto",
        label=_("Say whom you’d rather not sit with: {about}"),
        board_label=in_own_words(_("Answers before %(sets)s are made")),
        rows=answers_owed,
        path=lambda slug, key: reverse("cohorts:veto-answer", kwargs={"tenant": slug, "public_id": key}),
        ends=_("when they’ve answered, “nobody” included, or the round is closed"),
        remind_before=2,
    ),
)


def export_vetoes(person: Person) -> list[dict[str, Any]]:
    """Whom they named is in their own copy alone: the database shows it to nobody else."""
    answers = VetoAnswer.objects.filter(person=person).select_related("round__cohort").order_by("answered_at")
    named = SetVeto.objects.filter(person=person).select_related("other")
    opened = VetoRound.objects.filter(opened_by=person).select_related("cohort")
    return [
        *({"cohort": a.round.cohort.name, "answered": a.answered_at} for a in answers),
        *({"would rather not sit with": v.other.name} for v in named),
        *({"asked": r.cohort.name, "on": r.opened_at, "until": r.until} for r in opened),
    ]


holdings.register(
    "cohorts.vetoes",
    Holding(
        label=in_own_words(_("Whom you’d rather not sit with, until the %(sets)s are made")),
        models=(VetoRound._meta.label, VetoAnswer._meta.label, SetVeto._meta.label),
        export=export_vetoes,
        private_to_author=True,
    ),
)
name_kinds("cohorts", {"veto_asked": in_own_words(_("Asked before %(sets)s are made"))})
