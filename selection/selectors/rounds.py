"""Reads of rounds: what is published, and how many people are where."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet

from selection.models import Application, SelectionRound
from selection.states import ApplicationState
from tenancy.actors import Actor
from tenancy.models import Role, SeniorityBand

S = ApplicationState
# Everyone who was once submitted is somewhere from here on, unless they withdrew before.
SUBMITTED = [
    S.SUBMITTED,
    S.ENDORSED,
    S.ELIGIBLE,
    S.OFFERED,
    S.RESERVE,
    S.NOT_SELECTED,
    S.ACCEPTED,
    S.DECLINED,
    S.LAPSED,
    S.RESCINDED,
    S.DEFERRED,
    S.GAVE_UP,
]


def rounds_with_cohort() -> QuerySet[SelectionRound]:
    return SelectionRound.objects.select_related(
        "cohort__programme", "framework", "tenant", "lowest_band", "highest_band"
    )


def bands_of(round_: SelectionRound) -> list[SeniorityBand]:
    """The bands a round is for, the most senior first; none where it's for everybody."""
    if not round_.names_bands:
        return []
    return [band for band in SeniorityBand.objects.all() if round_.in_bands(band)]


def rounds_of_staff(actor: Actor) -> QuerySet[SelectionRound]:
    """The twin of the rule `staff`: rounds of the cohorts and programmes this person is staff of."""
    grants = [g for g in actor.grants if g.role == Role.STAFF]
    rounds = rounds_with_cohort().order_by("-opens_at")
    if any(g.cohort_id is None and g.programme_id is None for g in grants):
        return rounds
    return rounds.filter(
        Q(cohort__in=[g.cohort_id for g in grants if g.cohort_id])
        | Q(cohort__programme__in=[g.programme_id for g in grants if g.programme_id])
    )


def funnel_counts(round: SelectionRound) -> dict[str, int]:
    """How many are nominated, writing, sent, endorsed and withdrawn, in one query."""
    counts: dict[str, int] = Application.objects.filter(round=round).aggregate(
        nominated=Count("pk"),
        invited=Count("pk", filter=Q(state=S.INVITED)),
        draft=Count("pk", filter=Q(state=S.DRAFT)),
        submitted=Count("pk", filter=Q(submitted_at__isnull=False) | Q(state__in=SUBMITTED)),
        waiting=Count("pk", filter=Q(state=S.SUBMITTED)),
        endorsed=Count("pk", filter=Q(state__in=[s for s in SUBMITTED if s != S.SUBMITTED])),
        withdrawn=Count("pk", filter=Q(state=S.WITHDRAWN)),
    )
    return counts


def funnel_for_page(round: SelectionRound) -> list[dict[str, Any]]:
    """[{label, count, state}] in the order people pass through; `state` filters the list behind the count."""
    counts = funnel_counts(round)
    return [
        {"key": key, "count": counts[key]}
        for key in ("nominated", "invited", "draft", "waiting", "endorsed", "withdrawn")
    ]
