"""Reads of what is owed: every kind in one query, filtered where the rows are."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Model, QuerySet
from django.utils import timezone

from reminders.branches import COLUMN, branch_of, filtered
from reminders.obligations import Obligation, ObligationSource, obligation_sources
from tenancy.actors import Actor
from tenancy.models import Person, Role, RoleAssignment

# The longest due first, what has no date last.
ORDER = "due ASC NULLS LAST, since, kind, key, person_id"


@dataclass(frozen=True)
class Owed:
    """How many things are owed, and how many of them late, of one kind in one cohort."""

    kind: str
    cohort_id: int | None
    count: int
    late: int


def sources(kind: str | Collection[str] | None = None) -> dict[str, ObligationSource]:
    """The registered sources by the name their rows carry; of one kind or several."""
    kinds = {kind} if isinstance(kind, str) else kind
    return {s.kind: s for s in obligation_sources if kinds is None or s.kind in kinds}


def _union(
    *,
    kind: str | Collection[str] | None = None,
    person_id: int | None = None,
    cohort_id: int | None = None,
    cohort_ids: Collection[int] | None = None,
    due_before: datetime | None = None,
    key: str | None = None,
    private: bool = False,
) -> tuple[str, list[Any]] | None:
    """The UNION ALL over all sources with the filters pushed into every branch; None when no branch can have rows. Private sources are
    among them only where the reader is whoever owes them, or nobody: `private`."""
    given = {
        f"{COLUMN['person_id']} = %s": person_id,
        f"{COLUMN['cohort_id']} = %s": cohort_id,
        f"{COLUMN['due']} < %s": due_before,
        f"{COLUMN['key']} = %s": key,
        f"{COLUMN['cohort_id']} = ANY(%s::bigint[])": None if cohort_ids is None else list(cohort_ids),
    }
    if cohort_ids is not None and not cohort_ids:
        return None
    conditions = {comparison: value for comparison, value in given.items() if value is not None}
    asked = [s for s in sources(kind).values() if private or not s.private]
    branches = [filtered(b, conditions) for s in asked if (b := branch_of(s)) is not None]
    if not branches:
        return None
    return " UNION ALL ".join(sql for sql, _ in branches), [p for _, params in branches for p in params]


def read_obligations(
    *, limit: int | None = None, offset: int = 0, with_people: bool = False, **filters: Any
) -> list[Obligation]:
    """Open obligations in the open tenant, the longest due first, those without a date last: one query.

    Filters: kind, key, person_id, cohort_id, cohort_ids, due_before; `private` for a person's own list and the
    reminders to each alone. `with_people` attaches the persons in a second query.
    """
    union = _union(**filters)
    if union is None:
        return []
    sql, params = union
    sql = f"SELECT * FROM ({sql}) o ORDER BY {ORDER}"  # noqa: S608 -- pieces are the ORM's and constants
    if limit is not None:
        sql, params = f"{sql} LIMIT %s OFFSET %s", [*params, limit, offset]
    # The ORM can't cast, count or page over a union; the branches are the sources' own querysets, and row-level security holds.
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows = cursor.fetchall()
    known = sources()
    found = [Obligation(*row, source=known[row[0]]) for row in rows]
    if with_people and found:
        attach_people(found)
    return found


def count_obligations(**filters: Any) -> list[Owed]:
    """How many are open and late, by kind and cohort, in one query; filters as read_obligations."""
    union = _union(**filters)
    if union is None:
        return []
    sql, params = union
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, cohort_id, count(*), count(*) FILTER (WHERE due < %s)"  # noqa: S608 -- pieces are the ORM's and constants
            f" FROM ({sql}) o GROUP BY kind, cohort_id ORDER BY kind, cohort_id",
            [timezone.now(), *params],
        )
        return [Owed(*row) for row in cursor.fetchall()]


@dataclass(frozen=True)
class Reading:
    """Rows, the counts around them, and how many rows `tally` has: what a page needs, from one statement."""

    rows: list[Obligation]
    counts: list[Owed]
    tally: int = 0


def read_and_count(
    *,
    limit: int,
    offset: int = 0,
    only_kind: str | None = None,
    only_person: int | None = None,
    only_due_before: datetime | None = None,
    tally: QuerySet | None = None,
    **filters: Any,
) -> Reading:
    """Counts by kind and cohort of what `filters` reach, and of it the rows that `only_…` leave, a page of them.

    One statement for both: putting fifteen kinds together costs more than reading them.
    """
    union = _union(**filters)
    if union is None:
        return Reading([], [], tally.count() if tally is not None else 0)
    base, params = union
    only = {"kind = %s": only_kind, "person_id = %s": only_person, "due < %s": only_due_before}
    given = {clause: value for clause, value in only.items() if value is not None}
    # The pieces are the ORM's own SQL and constants of this module.
    sql = (
        f"WITH o AS MATERIALIZED ({base})"  # noqa: S608
        " SELECT 'row', r.*, NULL::bigint, NULL::bigint FROM ("
        f"SELECT * FROM o WHERE {' AND '.join(['true', *given])} ORDER BY {ORDER} LIMIT %s OFFSET %s) r"
        " UNION ALL SELECT 'count', kind, NULL, NULL, NULL, NULL, NULL, cohort_id, count(*),"
        " count(*) FILTER (WHERE due < %s) FROM o GROUP BY kind, cohort_id"
    )
    params = [*params, *given.values(), limit, offset, timezone.now()]
    if tally is not None:
        tally_sql, tally_params = tally.order_by().values("pk").query.sql_with_params()
        sql += f" UNION ALL SELECT 'tally', NULL, NULL, NULL, NULL, NULL, NULL, NULL, count(*), 0 FROM ({tally_sql}) t"  # noqa: S608
        params += tally_params
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found = cursor.fetchall()
    known = sources()
    rows = [Obligation(*row[1:8], source=known[row[1]]) for row in found if row[0] == "row"]
    counts = [Owed(row[1], row[7], row[8], row[9]) for row in found if row[0] == "count"]
    # A union promises no order: the page is put in the list's own again.
    rows.sort(key=lambda o: (o.due is None, o.due or o.since, o.since, o.kind, o.key, o.person_id))
    return Reading(rows, counts, sum(row[8] for row in found if row[0] == "tally"))


def attach_people(owed: Collection[Obligation]) -> None:
    """Put each obligation's person in its place, in one query."""
    people = Person.objects.select_related("organisation").in_bulk({o.person_id for o in owed})
    for obligation in owed:
        obligation.person = people.get(obligation.person_id)


def cohorts_reached(actor: Actor, role: str = Role.STAFF) -> set[int] | None:
    """Ids of the cohorts this role of the actor's reaches; None stands for all of the tenant."""
    if actor.kind == "system" or actor.has_role(role):
        return None
    grants = [g for g in actor.grants if g.role == role]
    reached = {g.cohort_id for g in grants if g.cohort_id is not None}
    programmes = {g.programme_id for g in grants if g.programme_id is not None}
    if programmes:
        reached |= set(cohort_model().objects.filter(programme_id__in=programmes).values_list("pk", flat=True))
    return reached


def cohort_model() -> Any:
    """Cohort as the role rows know it: it stands on a higher floor and is not imported here."""
    return RoleAssignment._meta.get_field("cohort").related_model


def cohorts_for_filter(reached: set[int] | None) -> Iterator[Model]:
    """The cohorts to choose from in a staff filter, newest first."""
    rows = cohort_model().objects.select_related("programme")
    return iter(rows if reached is None else rows.filter(pk__in=reached))
