"""What is owed, as the home page and the staff board show it: one list, so they can't disagree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from engine.home import Panel
from reminders.models import Message
from reminders.obligations import Obligation
from reminders.rules import messages_seen
from reminders.selectors import Owed, cohorts_reached, read_and_count, read_obligations, sources
from tenancy.actors import Actor
from tenancy.models import Role, Tenant

# A person's home shows this many; nobody reads more of them, and the rest moves up as they are done.
MOST_ON_HOME = 50


@dataclass(frozen=True)
class Line:
    """One thing owed, in words."""

    label: str
    href: str
    due: datetime | None
    since: datetime
    late: bool


def lines(owed: Sequence[Obligation], tenant: Tenant, now: datetime | None = None) -> list[Line]:
    now = now or timezone.now()
    return [Line(o.label(), o.path(tenant), o.due, o.since, late=o.due is not None and o.due < now) for o in owed]


def waiting_context(owed: Sequence[Obligation], tenant: Tenant) -> dict[str, Any]:
    """The context of 'What is waiting for you': late first, then by date, then what has none."""
    found = lines(owed, tenant)
    return {"waiting": found, "late_count": sum(1 for line in found if line.late)}


@dataclass(frozen=True)
class KindCount:
    """One kind on the board: its words, how many, how many late, and the addresses of those rows."""

    kind: str
    label: str
    count: int
    late: int
    href: str
    late_href: str


def kinds_of(counts: Sequence[Owed], board: str, given: dict[str, str]) -> list[KindCount]:
    """Counts by kind, the kinds with most late ones first; `given` are the filters the links keep."""
    known = sources()
    totals: dict[str, tuple[int, int]] = {}
    for c in counts:
        count, late = totals.get(c.kind, (0, 0))
        totals[c.kind] = (count + c.count, late + c.late)

    def href(kind: str, **more: str) -> str:
        return f"{board}?{urlencode({**given, 'kind': kind, **more})}"

    made = [
        KindCount(kind, str(known[kind].board_label), count, late, href(kind), href(kind, late="1"))
        for kind, (count, late) in totals.items()
    ]
    return sorted(made, key=lambda k: (-k.late, -k.count, k.label))


def board_context(counts: Sequence[Owed], stuck: int, tenant: Tenant) -> dict[str, Any]:
    """The board in a few lines, and how many messages need a decision, for the staff's home page."""
    board = reverse("reminders:board", kwargs={"tenant": tenant.slug})
    kinds = kinds_of(counts, board, {})
    return {
        "kinds": kinds,
        "board_href": board,
        "late_href": f"{board}?late=1",
        "late_total": sum(k.late for k in kinds),
        "total": sum(k.count for k in kinds),
        "stuck": stuck,
    }


def home_panels(actor: Actor, tenant: Tenant) -> list[Panel]:
    """A person's own list; for staff the board's summary too, read in the same statement where both have the same reach."""
    mine = actor.person_id
    assert mine is not None
    own: list[Obligation] | None = None
    panels = []
    if actor.holds(Role.STAFF):
        reached = cohorts_reached(actor)
        stuck = messages_seen(actor).filter(state__in=(Message.State.FAILED, Message.State.UNCERTAIN))
        reading = read_and_count(only_person=mine, limit=MOST_ON_HOME, cohort_ids=reached, tally=stuck)
        panels.append(
            Panel("reminders/_board_summary.html", board_context(reading.counts, reading.tally, tenant), position=5)
        )
        # Staff of one cohort may owe something in another, which their board doesn't reach; who takes part owes what no board has.
        own = reading.rows if reached is None and not actor.holds(Role.PARTICIPANT) else None
    if own is None:
        own = read_obligations(person_id=mine, private=True, limit=MOST_ON_HOME)
    return [Panel("reminders/_waiting.html", waiting_context(own, tenant), position=0), *panels]
