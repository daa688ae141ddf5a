"""Who was asked to nominate, whom they nominated, and whom the logs name: one list for staff."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import CharField, Count, DateTimeField, Exists, F, Min, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat, Now
from django.utils import timezone

from selection.models import Application, Nomination, Nominator, SelectionRound
from selection.states import NominationState, RoundState
from tenancy.models import Change

N = NominationState
DAYS_TO_CONFIRM = 5
FROM_LOG = "log"
TEXT = CharField()


def nominators_of(round: SelectionRound) -> QuerySet[Nominator]:
    """Everybody asked, with how many they've sent and where those stand."""
    sent = ~Q(nominations__state=N.DRAFT)
    return (
        Nominator.objects.filter(round=round)
        .select_related("person", "asked_by")
        .annotate(
            sent=Count("nominations", filter=sent),
            waiting=Count("nominations", filter=Q(nominations__state=N.WAITING)),
            passed=Count("nominations", filter=Q(nominations__state=N.PASSED)),
        )
        .order_by("named", "pk")
    )


def nominations_with_parts() -> QuerySet[Nomination]:
    return Nomination.objects.select_related(
        "nominator__person",
        "nominator__round__cohort__programme",
        "nominator__round__tenant",
        "organisation",
        "nominee__organisation",
        "application",
    )


def nominated_in_log() -> Exists:
    return Exists(steps_of_logs())


def steps_of_logs() -> QuerySet[Change]:
    return Change.objects.filter(
        subject_kind=Application._meta.label, subject_id=OuterRef("public_id"), name="nominate"
    ).order_by("pk")


def nomination_rows(round: SelectionRound, filters: dict[str, str]) -> QuerySet:
    """Dicts, newest first: what senior leaders sent, and rows of logs. `filters` may hold state ('log' for rows of logs), nominator
    (public id) and search (name, address or organisation). Drafts are the leaders' own."""
    sent = Nomination.objects.filter(nominator__round=round).exclude(state=N.DRAFT)
    logged = Application.objects.filter(nominated_in_log(), round=round)
    state, by, search = filters.get("state", ""), filters.get("nominator", ""), filters.get("search", "").strip()
    if search:
        sent = sent.filter(
            Q(name__icontains=search)
            | Q(email__icontains=search)
            | Q(organisation__name__icontains=search)
            | Q(organisation_name__icontains=search)
        )
        logged = logged.filter(
            Q(applicant__name__icontains=search)
            | Q(applicant__email__icontains=search)
            | Q(organisation__name__icontains=search)
        )
    if by:
        sent = sent.filter(nominator__public_id=by)
    if state and state != FROM_LOG:
        sent = sent.filter(state=state)
    pages = sent.order_by().values(
        "public_id",
        standing=F("state"),
        who=F("name"),
        address=F("email"),
        job=F("job_title"),
        employer=Coalesce(Cast("organisation__name", TEXT), "organisation_name"),
        on_list=Coalesce(F("organisation__public_id"), Value("")),
        source=F("nominator__named"),
        at=F("sent_at"),
        became=Coalesce(F("application__public_id"), Value("")),
    )
    if by or (state and state != FROM_LOG):
        return pages.order_by("-at", "who", "public_id")
    logs = logged.order_by().values(
        "public_id",
        standing=Value(FROM_LOG, output_field=TEXT),
        who=F("applicant__name"),
        address=F("applicant__email"),
        job=F("job_title"),
        employer=F("organisation__name"),
        on_list=F("organisation__public_id"),
        source=Subquery(steps_of_logs().values("reason")[:1]),
        at=F("created_at"),
        became=F("public_id"),
    )
    if state == FROM_LOG:
        return logs.order_by("-at", "who", "public_id")
    return pages.union(logs, all=True).order_by("-at", "who", "public_id")


def nomination_counts(round: SelectionRound) -> dict[str, int]:
    """How many stand where, rows of logs among them."""
    found = dict.fromkeys([N.WAITING.value, N.PASSED.value, N.REFUSED.value], 0)
    rows = Nomination.objects.filter(nominator__round=round).exclude(state=N.DRAFT).order_by()
    found |= {row["state"]: row["n"] for row in rows.values("state").annotate(n=Count("pk"))}
    found[FROM_LOG] = Application.objects.filter(nominated_in_log(), round=round).count()
    return found


def nominators_by_application(applications: Iterable[Application]) -> dict[int, list[str]]:
    """Who nominated each by their page, as staff wrote their names: the applicant reads it. One statement."""
    rows = Nomination.objects.filter(application__in=[row.pk for row in applications], state=N.PASSED)
    found: dict[int, list[str]] = {}
    for pk, named in rows.order_by("settled_at", "pk").values_list("application", "nominator__named"):
        found.setdefault(pk, []).append(named)
    return found


def rounds_with_nominations_to_confirm() -> QuerySet[SelectionRound]:
    """Rounds in which nominations wait for staff and can still be confirmed, with `waiting`, `waiting_since`, `settle_by`."""
    waiting = Q(nominators__nominations__state=N.WAITING)
    since = Min("nominators__nominations__sent_at", filter=waiting)
    return (
        SelectionRound.objects.filter(waiting, state=RoundState.OPEN, closes_at__gt=Now())
        .annotate(waiting=Count("nominators__nominations", filter=waiting), waiting_since=since)
        .annotate(settle_by=Cast(F("waiting_since") + timedelta(days=DAYS_TO_CONFIRM), DateTimeField()))
        .annotate(waiting_about=Concat(F("cohort__name"), Value(" ("), Cast("waiting", TEXT), Value(")")))
    )


def own_nominations(nominator: Nominator) -> list[Nomination]:
    """What a leader reads on their page: what they wrote, and whether it went to the nominee. What's still waiting when nominations have
    closed won't be."""
    rows = list(Nomination.objects.filter(nominator=nominator).select_related("organisation").order_by("pk"))
    closed = not nominator.round.takes_nominations(timezone.now())
    for row in rows:
        row.stands = own_state(row, closed=closed)  # type: ignore[attr-defined]
    return rows


def own_state(row: Nomination, *, closed: bool) -> str:
    """One of 'draft', 'with us', 'sent', 'not sent': the same whoever the person is and whatever became of an application."""
    if row.state == N.DRAFT:
        return "draft"
    if row.state == N.PASSED:
        return "sent"
    return "not sent" if row.state == N.REFUSED or closed else "with us"


def drafts_of(nominator: Nominator) -> QuerySet[Nomination]:
    return Nomination.objects.filter(nominator=nominator, state=N.DRAFT).select_related("organisation").order_by("pk")


def shown(rows: list[Any]) -> dict[str, int]:
    """What a check-answers page showed, for tenancy.seen.digest_of."""
    return {row.public_id: row.version for row in rows}
