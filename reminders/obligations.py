"""What is owed: derived from the rows themselves, never stored, asked of every app as one UNION ALL.

The to-do list, the staff board, the reminder mails, the digest and the bulk chase all read this one list, so they can't
disagree, and a reminder stops by itself when the thing is done.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import DateTimeField, F, Func, QuerySet

from tenancy.models import Person, Tenant
from tenancy.registry import Registry
from tenancy.words import Words

# The columns every source must annotate, in this order; `owed_kind` is added by the list itself.
COLUMNS = ("owed_by", "owed_about", "owed_key", "owed_due", "owed_since", "owed_cohort")


@dataclass(frozen=True)
class ObligationSource:
    """One kind of thing owed.

    `rows()` returns a queryset of the open ones, the same whoever asks and whenever: its moment is the database's, `Now()`, since its
    SQL is kept (reminders/branches.py). It is annotated with: owed_by (Person id), owed_about (text: what or whom it concerns), owed_key
    (public id for the link), owed_due (timestamptz or null), owed_since (timestamptz), owed_cohort (Cohort id or null).
    `label` is the person's own to-do with {about} ('Endorse {about}'s application'); `board_label` names the kind for staff
    ('Endorsements'); `path(tenant_slug, key)` the page where it is done. `link_purpose` is set when it is done by signed link.
    `ends` says in words how it stops being owed. `private` ones are told to whoever owes them and to nobody else: they are on no
    board and nobody can chase them.
    """

    kind: str
    label: Words
    board_label: Words
    rows: Callable[[], QuerySet]
    path: Callable[[str, str], str]
    ends: Words
    link_purpose: str = ""
    # Days between reminders once it is due; the first goes out `remind_before` days ahead of the date.
    remind_every: int = 7
    remind_before: int = 3
    chase: bool = True
    private: bool = False


@dataclass
class Obligation:
    """One thing one person owes."""

    kind: str
    person_id: int
    about: str
    key: str
    due: datetime | None
    since: datetime
    cohort_id: int | None
    source: ObligationSource
    person: Person | None = None

    def label(self) -> str:
        return str(self.source.label).format(about=self.about)

    def path(self, tenant: Tenant) -> str:
        return self.source.path(tenant.slug, self.key)


obligation_sources: Registry[ObligationSource] = Registry("What is owed?")


def last_minute_of(day: str) -> Func:
    """11:59pm of a date column, where the row's tenant is."""
    template = "timezone(%(expressions)s + time '23:59')"
    return Func(F("tenant__time_zone"), F(day), template=template, output_field=DateTimeField())


def owed(**filters: Any) -> list[Obligation]:
    """Open obligations in the open tenant, latest due first come first; filters: person_id, cohort_id, kind, due_before."""
    from reminders.selectors import read_obligations

    return read_obligations(**filters)
