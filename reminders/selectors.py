"""Reads of what is owed: every kind in one query, filtered where the rows are."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model
from django.utils import timezone

from reminders.obligations import COLUMNS, Obligation, ObligationSource, obligation_sources
from tenancy.actors import Actor
from tenancy.models import Person, Role, RoleAssignment

# What each branch's columns are cast to, so that the union fits whatever the sources annotate with.
TYPES = ("bigint", "text", "text", "timestamptz", "timestamptz", "bigint")
NAMES = ("person_id", "about", "key", "due", "since", "cohort_id")


@dataclass(frozen=True)
class Owed:
    """How many things are owed, and how many of them late, of one kind in one cohort."""

    kind: str
    cohort_id: int | None
    count: int
    late: int


def sources(kind: str | None = None) -> dict[str, ObligationSource]:
    """The registered sources by the name their rows carry."""
    return {s.kind: s for s in obligation_sources if kind is None or s.kind == kind}


def _branch(source: ObligationSource, filters: dict[str, Any]) -> tuple[str, list[Any]] | None:
    """One source's SELECT, filtered in itself; None when its conditions can't be met."""
    rows = source.rows().order_by()
    if filters:
        rows = rows.filter(**filters)
    try:
        sql, params = rows.values_list(*COLUMNS).query.sql_with_params()
    except EmptyResultSet:
        return None
    columns = ", ".join(f"b.{name}::{kind} AS {name}" for name, kind in zip(NAMES, TYPES, strict=True))
    return f"SELECT %s::text AS kind, {columns} FROM ({sql}) b({', '.join(NAMES)})", [source.kind, *params]


def _union(
    *, kind: str | None = None, person_id: int | None = None, cohort_id: int | None = None,
    cohort_ids: Collection[int] | None = None, due_before: datetime | None = None, key: str | None = None,
) -> tuple[str, list[Any]] | None:
    """The UNION ALL over all sources with the filters pushed into every branch; None when no branch can have rows."""
    given = {
        "owed_by": person_id, "owed_cohort": cohort_id, "owed_due__lt": due_before, "owed_key": key,
        "owed_cohort__in": None if cohort_ids is None else list(cohort_ids),
    }
    filters = {name: value for name, value in given.items() if value is not None}
    branches = [b for s in sources(kind).values() if (b := _branch(s, filters)) is not None]
    if not branches:
        return None
    return " UNION ALL ".join(sql for sql, _ in branches), [p for _, params in branches for p in params]


def read_obligations(
    *, limit: int | None = None, offset: int = 0, with_people: bool = False, **filters: Any
) -> list[Obligation]:
    """Open obligations in the open tenant, the longest due first, those without a date last: one query.

    Filters: kind, key, person_id, cohort_id, cohort_ids, due_before. `with_people` attaches the persons in a second query.
    """
    union = _union(**filters)
    if union is None:
        return []
    sql, params = union
    sql = f"SELECT * FROM ({sql}) o ORDER BY due ASC NULLS LAST, since, kind, key, person_id"
    if limit is not None:
        sql, params = f"{sql} LIMIT %s OFFSET %s", [*params, limit, offset]
    # The ORM can't cast, count or page over a union; the branches are the sources' own querysets, and row-level security holds.
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows = cursor.fetchall()
    known = sources()
    found = [Obligation(*row, source=known[row[0]]) for row in rows]
    if with_people and found:
        people = Person.objects.select_related("organisation").in_bulk({o.person_id for o in found})
        for obligation in found:
            obligation.person = people.get(obligation.person_id)
    return found


def count_obligations(**filters: Any) -> list[Owed]:
    """How many are open and late, by kind and cohort, in one query; filters as read_obligations."""
    union = _union(**filters)
    if union is None:
        return []
    sql, params = union
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, cohort_id, count(*), count(*) FILTER (WHERE due < %s)"
            f" FROM ({sql}) o GROUP BY kind, cohort_id ORDER BY kind, cohort_id",
            [timezone.now(), *params],
        )
        return [Owed(*row) for row in cursor.fetchall()]


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
