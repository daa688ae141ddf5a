"""Where endorsements stand: the staff list, its counts, what was written to whom, who passed it to whom."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, OuterRef, Q, QuerySet, Subquery, When
from django.utils import timezone

from reminders.models import Message
from reminders.services.reminding import ASK, DIGEST
from selection.models import Endorsement, SelectionRound
from selection.rules import ENDORSE
from selection.states import ApplicationState, EndorsementState
from tenancy.models import Change, Link

KIND = "selection.endorsement"
# What staff can do something about comes first.
TURNS = (EndorsementState.DECLINED, EndorsementState.ASKED, EndorsementState.WAITING, EndorsementState.GIVEN)
ANSWERABLE = (ApplicationState.SUBMITTED, ApplicationState.ENDORSED)
HANDOVERS = ("pass_on", "replace", "change_endorser")


def endorsements_of_round(round: SelectionRound) -> QuerySet[Endorsement]:
    return Endorsement.objects.filter(application__round=round).exclude(application__state=ApplicationState.WITHDRAWN)


def late(round: SelectionRound) -> Q:
    """Asked, not answered, and the day has passed."""
    if round.endorse_by >= timezone.now():
        return Q(pk__in=[])
    return Q(state=EndorsementState.ASKED, application__state__in=ANSWERABLE)


def endorsement_rows(round: SelectionRound, filters: dict[str, str]) -> QuerySet:
    """Dicts for the staff page: who is asked for whom, since when, until when, with what answer; open ones first.

    `filters` may hold kind, state, late and search (applicant, endorser, address or reference); a wrong word narrows nothing."""
    rows = endorsements_of_round(round)
    if (kind := filters.get("kind")) in Endorsement.Kind.values:
        rows = rows.filter(kind=kind)
    if (state := filters.get("state")) in EndorsementState.values:
        rows = rows.filter(state=state)
    if filters.get("late") == "1":
        rows = rows.filter(late(round))
    if search := filters.get("search", ""):
        names = (
            "application__applicant__name",
            "application__reference",
            "endorser__name",
            "endorser__email",
        )
        found = Q()
        for name in names:
            found |= Q(**{f"{name}__icontains": search})
        rows = rows.filter(found)
    links = Link.objects.filter(
        purpose=ENDORSE,
        about=OuterRef("public_id"),
        person=OuterRef("endorser"),
        used_at__isnull=True,
        revoked_at__isnull=True,
    ).order_by("-expires_at")
    return (
        rows.annotate(
            turn=Case(*(When(state=state, then=turn) for turn, state in enumerate(TURNS)), default=len(TURNS)),
            expires_at=Subquery(links.values("expires_at")[:1]),
        )
        .order_by("turn", "asked_at", "id")
        .values(
            "public_id",
            "kind",
            "state",
            "asked_at",
            "answered_at",
            "expires_at",
            "comment",
            "days_released",
            "cover",
            "will_fund",
            "project_idea",
            "endorser_id",
            "endorser__name",
            "endorser__email",
            "application__public_id",
            "application__reference",
            "application__state",
            "application__applicant__name",
        )
    )


def endorsement_counts(round: SelectionRound) -> list[dict[str, Any]]:
    """[{kind, state, count, late}] in the order of the way: one query, and only what there is."""
    rows = (
        endorsements_of_round(round)
        .order_by()
        .values("kind", "state")
        .annotate(count=Count("pk"), late=Count("pk", filter=late(round)))
    )
    found = {(row["kind"], row["state"]): row for row in rows}
    states, kinds = dict(EndorsementState.choices), dict(Endorsement.Kind.choices)
    return [
        {**found[kind, state], "kind_text": kinds[kind], "state_text": states[state]}
        for kind in Endorsement.Kind.values
        for state in EndorsementState.values
        if (kind, state) in found
    ]


@dataclass
class Written:
    """Reminders that went to an endorser about one request."""

    times: int = 0
    last: datetime | None = None


def reminders_of(rows: Sequence[dict[str, Any]]) -> dict[str, Written]:
    """How often and when each of these rows' endorsers was reminded of it, by public id: by link or within a digest. One query."""
    asked = {row["public_id"] for row in rows}
    sent = (
        Message.objects.filter(kind__in=(ASK, DIGEST), recipient__in={row["endorser_id"] for row in rows})
        .exclude(state=Message.State.DROPPED)
        .order_by("queued_at")
        .values_list("owed", "queued_at")
    )
    found: dict[str, Written] = {}
    for owed, at in sent:
        for kind, key in owed:
            if kind == KIND and key in asked:
                written = found.setdefault(key, Written())
                written.times, written.last = written.times + 1, at
    return found


def handed_over(public_ids: Collection[str]) -> Q:
    """The steps by which somebody was asked in another's place, of the endorsements with these public ids."""
    return Q(subject_kind=Endorsement._meta.label, subject_id__in=list(public_ids), name__in=HANDOVERS)


def handovers(public_ids: Collection[str]) -> dict[str, list[Change]]:
    """Who was asked in whose place, oldest first, by the endorsement's public id. Names as they were typed."""
    steps = Change.objects.filter(handed_over(public_ids)).order_by("at", "id")
    found: dict[str, list[Change]] = {}
    for step in steps:
        found.setdefault(step.subject_id, []).append(step)
    return found
