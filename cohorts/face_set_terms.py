"""What is held of when people can meet, and for how long."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts.models import FacilitatorCapacity, LearningSet, Participation, SetTerms, TermsAsk, TermsSaid
from cohorts.selectors.set_terms import terms_owed, terms_owed_by_facilitators
from cohorts.states import ParticipationState
from reminders.kinds import name_kinds
from reminders.obligations import ObligationSource, obligation_sources
from tenancy.models import Person
from tenancy.privacy import Holding, holdings
from tenancy.retention import RetentionKind, delete_rows, retention_kinds
from tenancy.vocabulary import in_own_words

# Those who take part, and those who facilitate: the same question, found in two places.
for kind, rows in (("cohorts.set_terms", terms_owed), ("cohorts.set_terms_lead", terms_owed_by_facilitators)):
    obligation_sources.register(
        kind,
        ObligationSource(
            kind=kind,
            label=in_own_words(_("Say when you can meet your %(set)s: {about}")),
            board_label=in_own_words(_("Half-days before %(sets)s are made")),
            rows=rows,
            path=lambda slug, key: reverse("cohorts:set-terms", kwargs={"tenant": slug}),
            ends=_("when they’ve said it, or the day is past"),
            remind_before=2,
        ),
    )
name_kinds("cohorts", {"terms_asked": in_own_words(_("Asked when they can meet their %(set)s"))})


def export_set_terms(person: Person) -> list[dict[str, Any]]:
    said = SetTerms.objects.filter(person=person)
    takes = FacilitatorCapacity.objects.filter(person=person).select_related("cohort").order_by("pk")
    asked = TermsAsk.objects.filter(asked_by=person).select_related("cohort").order_by("pk")
    return [
        *({"can’t on": ", ".join(r.never), "needs there": ", ".join(r.needs), "saved": r.saved_at} for r in said),
        *({"cohort": r.cohort.name, "facilitates at most": r.sets} for r in takes),
        *({"asked when people can": r.cohort.name, "on": r.asked_at, "until": r.until} for r in asked),
    ]


def terms_over(before: datetime) -> QuerySet[SetTerms]:
    """Of people who are on no cohort and facilitate for none that ends after that moment, and haven't said anything new since."""
    day = timezone.localdate(before)
    going = Participation.objects.filter(cohort__ends_on__gte=day).exclude(state=ParticipationState.WITHDRAWN)
    leads = LearningSet.objects.filter(cohort__ends_on__gte=day, facilitator__isnull=False)
    takes = FacilitatorCapacity.objects.filter(cohort__ends_on__gte=day)
    return (
        SetTerms.objects.filter(saved_at__lt=before)
        .exclude(person__in=going.values("person"))
        .exclude(person__in=leads.values("facilitator"))
        .exclude(person__in=takes.values("person"))
        .order_by("pk")
    )


holdings.register(
    "cohorts.set_terms",
    Holding(
        label=in_own_words(_("When and where you can meet your %(set)s")),
        models=tuple(model._meta.label for model in (SetTerms, TermsSaid, FacilitatorCapacity, TermsAsk)),
        export=export_set_terms,
        kind="cohorts.set_terms",
    ),
)
retention_kinds.register(
    "cohorts.set_terms",
    RetentionKind(
        label=in_own_words(_("When and where people can meet their %(sets)s")),
        after=_("after the end of the last cohort they’re on"),
        days=30,
        least=7,
        most=183,
        due=terms_over,
        delete=lambda rows: delete_rows(SetTerms, [row.pk for row in rows]),
    ),
)
