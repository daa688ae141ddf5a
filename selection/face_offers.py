"""What selection tells of deferral, and of places that somebody leaves."""

from __future__ import annotations

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy

from cohorts.leaving import leaving_steps, returning_steps
from reminders.kinds import name_kinds
from reminders.obligations import ObligationSource, obligation_sources
from selection.models import Deferral, SelectionRound
from selection.services.leaving import free_the_place, take_the_place
from selection.states import DeferralState
from tenancy.models import Change

leaving_steps.register("selection.place", free_the_place)
returning_steps.register("selection.place", take_the_place)


def deferrals_to_decide() -> QuerySet:
    """By whoever made the offers of the round; another of staff may be quicker."""
    made_offers = Change.objects.filter(
        subject_kind=SelectionRound._meta.label,
        subject_id=OuterRef("application__round__public_id"),
        name="decide",
        by_person__isnull=False,
    ).order_by("-at")
    rows = Deferral.objects.filter(state=DeferralState.ASKED)
    return rows.annotate(
        owed_by=Subquery(made_offers.values("by_person")[:1]),
        owed_about=F("application__applicant__name"),
        owed_key=F("public_id"),
        owed_due=F("application__offer__deadline"),
        owed_since=F("asked_at"),
        owed_cohort=F("application__cohort"),
    ).filter(owed_by__isnull=False)


obligation_sources.register(
    "selection.deferral",
    ObligationSource(
        kind="selection.deferral",
        label=gettext_lazy("Decide whether {about} may defer their place"),
        board_label=gettext_lazy("Requests to defer"),
        rows=deferrals_to_decide,
        path=lambda slug, key: reverse("selection:deferral-decide", kwargs={"tenant": slug, "public_id": key}),
        ends=gettext_lazy("Ends when staff decide, or when the applicant accepts or declines after all."),
    ),
)

name_kinds(
    "selection",
    {
        "extended": gettext_lazy("More time to answer an offer"),
        "rescinded": gettext_lazy("Offer withdrawn"),
        "gave_up": gettext_lazy("Place given up"),
        "feedback": gettext_lazy("Feedback on an application"),
        "deferral_asked": gettext_lazy("Deferral asked for"),
        "deferral_agreed": gettext_lazy("Place kept for a later cohort"),
        "deferral_refused": gettext_lazy("Deferral not agreed"),
        "deferral_ended": gettext_lazy("Kept place ended"),
    },
)
