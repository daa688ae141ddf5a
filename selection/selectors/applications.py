"""The staff list of applications: one statement, plain values, whatever the number of rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from selection.models import (
    AdjustmentNeed,
    Application,
    Endorsement,
    InterestingAmbition,
    Nomination,
    ProjectInterest,
    SelectionRound,
)
from selection.selectors.ranking import points_apart_from_means
from selection.selectors.scores import with_scores
from selection.states import ApplicationState, Eligibility, Lateness, NominationState
from tenancy.models import Change

SORTS = {
    "reference": ("reference",),
    "name": ("applicant__sort_key", "reference"),
    "organisation": ("organisation__name", "applicant__sort_key"),
    "state": ("state", "reference"),
    "points": ("score_points", "reference"),
}
# Staff have to say something before it can go to assessors.
TO_SETTLE = Q(eligibility=Eligibility.CHECK) | Q(lateness=Lateness.LATE)
# What may go to assessors: nothing was to settle, or it's settled in its favour.
COUNTS = Q(eligibility__in=("", Eligibility.YES), lateness__in=("", Lateness.ACCEPTED))
# Where something can still be settled.
UNASSESSED = (ApplicationState.SUBMITTED, ApplicationState.ENDORSED)
COLUMNS = (
    "public_id",
    "reference",
    "applicant__name",
    "organisation__name",
    "organisation__sector__name",
    "state",
    "manager_state",
    "officer_state",
    "allocated",
    "finished",
    "score_points",
    "score_gap",
    "eligibility",
    "lateness",
    "closed",
)


def application_rows(round: SelectionRound, filters: dict[str, str], closed: Q | None = None) -> QuerySet:
    """Dicts with COLUMNS. `closed` says which applications' scores are withheld from whoever looks. `filters` may hold state, sector
    (public id), search (name, reference or organisation) and sort."""
    rows = Application.objects.filter(round=round)
    if state := filters.get("state"):
        rows = rows.filter(state=state)
    if filters.get("settle"):
        rows = rows.filter(TO_SETTLE, state__in=UNASSESSED)
    if sector := filters.get("sector"):
        rows = rows.filter(organisation__sector__public_id=sector)
    if search := filters.get("search", "").strip():
        rows = (
            rows.filter(applicant__name__icontains=search)
            | rows.filter(reference__icontains=search)
            | rows.filter(organisation__name__icontains=search)
        )
    asked = Endorsement.objects.filter(application=OuterRef("pk"))
    rows = with_scores(rows, points_apart_from_means(round), closed).annotate(
        manager_state=Subquery(asked.filter(kind=Endorsement.Kind.LINE_MANAGER).values("state")[:1]),
        officer_state=Subquery(asked.filter(kind=Endorsement.Kind.CHIEF_OFFICER).values("state")[:1]),
    )
    return rows.order_by(*sort_of(filters.get("sort", ""))).values(*COLUMNS)


def sort_of(text: str) -> list[str]:
    """Columns for `?sort=name` or `?sort=-name`; by reference for anything else."""
    down = text.startswith("-")
    keys = SORTS.get(text.removeprefix("-"), SORTS["reference"])
    return [f"-{keys[0]}" if down else keys[0], *keys[1:]]


def counts_by_state(round: SelectionRound) -> tuple[dict[str, int], int]:
    """How many are in each state that any is in, and how many staff have to settle something of: one statement."""
    settle = Count("pk", filter=TO_SETTLE & Q(state__in=UNASSESSED))
    rows = list(
        Application.objects.filter(round=round).values("state").annotate(n=Count("pk"), settle=settle).order_by()
    )
    found = {row["state"]: row["n"] for row in rows}
    counts = {state: found[state] for state in ApplicationState.values if state in found}
    return counts, sum(row["settle"] for row in rows)


def application_with_parts() -> QuerySet[Application]:
    """What every page of one application shows: three queries."""
    return Application.objects.select_related(
        "round__cohort__programme",
        "round__tenant",
        "round__framework",
        "cohort__programme",
        "applicant",
        "organisation",
        "band",
        "line_manager",
        "sponsor",
    ).prefetch_related("answers", "round__framework__questions")


def application_for_page() -> QuerySet[Application]:
    """With what its own page says besides, in the same three queries: who nominated them (`nominated_by`), which projects interest them
    (`interest`), whether they need anything (`needs`), and their place at an assessment centre."""
    passed = Nomination.objects.filter(application=OuterRef("pk"), state=NominationState.PASSED)
    named = JSONObject(public_id="public_id", named="nominator__named")
    ambitions = InterestingAmbition.objects.filter(interest=OuterRef("pk")).values("ambition__name")
    said = JSONObject(question="question", ambitions=ArraySubquery(ambitions))
    return (
        application_with_parts()
        .select_related("adjustment", "centre_place__slot", "round__centre")
        .annotate(
            nominated_by=ArraySubquery(passed.order_by("settled_at", "pk").values(told=named)),
            interest=Subquery(ProjectInterest.objects.filter(application=OuterRef("pk")).values(told=said)),
            needs=Exists(AdjustmentNeed.objects.filter(application=OuterRef("pk"))),
        )
    )


def endorsements_of(application: Application) -> list[Endorsement]:
    rows = list(application.endorsements.select_related("endorser").order_by("id"))
    for row in rows:
        row.application = application
    return rows


def endorsements_shown(rows: Iterable[Endorsement], moves: Mapping[str, list[Change]]) -> list[dict[str, Any]]:
    """Each with the name it was given (`named`), the tenant's own for staff (`name`), and whom it went to before: `moves` as handovers()
    has them."""
    return [
        {
            "row": row,
            "kind": row.get_kind_display(),
            "name": row.endorser.name,
            "named": row.named,
            "state": row.state,
            "text": row.get_state_display(),
            "moves": moves.get(row.public_id, []),
        }
        for row in rows
    ]
