"""Reads of rounds: what is published, and how many people are where."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet

from selection.models import SelectionRound
from selection.selectors.applications import UNASSESSED
from selection.states import ApplicationState, Eligibility, Lateness
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


FUNNEL = ("nominated", "invited", "draft", "waiting", "endorsed", "withdrawn")


def rounds_with_funnel() -> QuerySet[SelectionRound]:
    """Each with how many are nominated, not begun, writing, sent, endorsed and withdrawn, and `to_settle`: of how many staff have to settle
    something."""

    def how_many(*states: S) -> Count:
        return Count("applications", filter=Q(applications__state__in=states))

    settle = (
        Q(applications__eligibility=Eligibility.CHECK) | Q(applications__lateness=Lateness.LATE),
        Q(applications__state__in=UNASSESSED),
    )
    return rounds_with_cohort().annotate(
        nominated=Count("applications"),
        invited=how_many(S.INVITED),
        draft=how_many(S.DRAFT),
        waiting=how_many(S.SUBMITTED),
        endorsed=how_many(*(s for s in SUBMITTED if s != S.SUBMITTED)),
        withdrawn=how_many(S.WITHDRAWN),
        to_settle=Count("applications", filter=Q(*settle)),
    )


def funnel_for_page(round_: SelectionRound) -> list[dict[str, Any]]:
    """[{key, count}] in the order people pass through, of a round that came with its funnel."""
    return [{"key": key, "count": getattr(round_, key)} for key in FUNNEL]
