"""What selection tells of nominations by senior leaders."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy

from reminders.kinds import name_kinds
from reminders.obligations import ObligationSource, obligation_sources
from selection.face_applications import nearest_staff
from selection.models import Nomination, Nominator, SelectionRound
from selection.selectors.nominating import rounds_with_nominations_to_confirm
from selection.states import NominationState
from tenancy.conflicts import NOTHING_MORE, ConflictSource, conflict_sources
from tenancy.models import Person
from tenancy.privacy import Holding, holdings


def nominations_to_confirm() -> QuerySet[SelectionRound]:
    """One row a round, by whoever is nearest: the count stands in what it's about, and all staff see it on the board."""
    return (
        rounds_with_nominations_to_confirm()
        .annotate(
            owed_by=nearest_staff("cohort"),
            owed_about=F("waiting_about"),
            owed_key=F("public_id"),
            owed_due=F("settle_by"),
            owed_since=F("waiting_since"),
            owed_cohort=F("cohort_id"),
        )
        .filter(owed_by__isnull=False)
    )


obligation_sources.register(
    "selection.nominations",
    ObligationSource(
        kind="selection.nominations",
        label=gettext_lazy("Nominations to confirm: {about}"),
        board_label=gettext_lazy("Nominations to confirm"),
        rows=nominations_to_confirm,
        path=lambda slug, key: (
            reverse("selection:nomination-list", kwargs={"tenant": slug, "public_id": key}) + "?state=waiting"
        ),
        ends=gettext_lazy("when each is confirmed or not taken up, or the round closes to applications"),
        remind_before=2,
    ),
)


def nominated(person_ids: Collection[int]) -> list[QuerySet]:
    """Whoever nominated somebody has taken their side, from the moment they sent it: only then does it name a person."""
    rows = Nomination.objects.filter(nominator__person__in=person_ids, nominee__in=person_ids)
    return [
        rows.annotate(conflict_one=F("nominator__person"), conflict_other=F("nominee"), conflict_detail=NOTHING_MORE)
    ]


conflict_sources.register(
    "selection.nominator", ConflictSource(nominated, gettext_lazy("One nominated the other for a round."))
)


def in_copy(row: Nomination) -> dict[str, Any]:
    return {
        "name": row.name,
        "address": row.email,
        "job title": row.job_title,
        "organisation": row.organisation.name if row.organisation else row.organisation_name,
        "why": row.reason,
        "knows of it": row.knows,
        "state": row.state,
        "sent": row.sent_at,
        "settled": row.settled_at,
    }


def export_nominated(person: Person) -> list[dict[str, Any]]:
    """What was said of the person is theirs to read, as well as the words of whoever wrote it; drafts are the writer's alone."""
    rows = Nomination.objects.filter(Q(nominee=person) | Q(application__applicant=person))
    return [
        {"nominated by": row.nominator.named, "round": str(row.nominator.round.cohort)} | in_copy(row)
        for row in rows.exclude(state=NominationState.DRAFT).select_related(
            "organisation", "nominator__round__cohort__programme"
        )
    ]


def export_nominating(person: Person) -> list[dict[str, Any]]:
    rows = Nominator.objects.filter(person=person).select_related("round__cohort__programme")
    return [
        {
            "round": str(row.round.cohort),
            "asked as": row.named,
            "asked": row.asked_at,
            "link taken back": row.withdrawn_at,
            "nominated": [in_copy(each) for each in row.nominations.select_related("organisation")],
        }
        for row in rows.prefetch_related("nominations__organisation")
    ]


holdings.register(
    "selection.nominated",
    Holding(
        label=gettext_lazy("Nominations of you by senior leaders"),
        models=("selection.Nomination",),
        export=export_nominated,
        kind="selection.nominations",
    ),
)
holdings.register(
    "selection.nominating",
    Holding(
        label=gettext_lazy("Whom you were asked to nominate, and whom you nominated"),
        models=("selection.Nominator",),
        export=export_nominating,
        kind="selection.nominations",
    ),
)

name_kinds(
    "selection",
    {
        "nominate": gettext_lazy("Asked to nominate people"),
        "nominations_received": gettext_lazy("Nominations received"),
        "nominated_too": gettext_lazy("Nominated by somebody else too"),
    },
)
