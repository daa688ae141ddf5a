"""Who must not judge, match or sit with whom: one answer for assessing, moderation, sets, mentoring and approval."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, Q, QuerySet, TextField, Value
from django.utils.translation import gettext_lazy as _

from tenancy.actors import Actor
from tenancy.models import ConflictDeclaration, Person
from tenancy.registry import Registry
from tenancy.scope import current_scope
from tenancy.words import Words

# The columns every source must annotate; the list itself adds the source's name.
COLUMNS = ("conflict_one", "conflict_other", "conflict_detail")
# From an officer to the head of a large organisation.
LINE_STEPS = 6
NOTHING_MORE = Value("", output_field=TextField())


# SQL and its parameters.
Asked = tuple[str, tuple[object, ...]]


@dataclass(frozen=True)
class Conflict:
    """Two people (ids, smaller first) and why, as a sentence for staff."""

    pair: tuple[int, int]
    kind: str
    reason: str


@dataclass(frozen=True)
class ConflictSource:
    """One kind of tie between two people.

    `rows(ids)` takes the ids of the people in question and returns the querysets of the ties among them, each annotated with
    conflict_one and conflict_other (Person ids, in any order) and conflict_detail (text, NOTHING_MORE if there is none). What no
    queryset can say, `select(ids)` does: SQL and parameters for the first two columns, given the SQL and parameters that select the ids.
    `reason` is the sentence for staff, with {detail} where the text goes; a function makes it from the detail instead.
    """

    rows: Callable[[Collection[int]], list[QuerySet]] | None
    reason: Words | Callable[[str], str]
    # What such a tie took from an assessor stays taken when the tie ends.
    outlasts: bool = False
    select: Callable[[Asked], Asked] | None = None

    def sentence(self, detail: str) -> str:
        return self.reason(detail) if callable(self.reason) else str(self.reason).format(detail=detail)


conflict_sources: Registry[ConflictSource] = Registry("Who must not judge, match or sit with whom?")


@dataclass(frozen=True)
class Consequence:
    """What a floor does when a conflict is declared or lifted, within the same transaction.

    `lock(one, other)` (Person ids) takes the turns it needs before anything is written; `declared(declaration, by)` takes access away,
    `lifted(declaration, by)` gives it back; `final(declaration)` says why it can't be lifted any more ('' when it can).

    Ties also come and go by themselves, with an employer, a line of management, an endorser: `hold()` takes the turns before that,
    `changed(people, by)` does what follows from it. `people` (ids) are those whose ties are other than they were; None for anybody's.
    """

    lock: Callable[[int, int], None]
    declared: Callable[[ConflictDeclaration, Actor], None]
    lifted: Callable[[ConflictDeclaration, Actor], None]
    final: Callable[[ConflictDeclaration], str]
    hold: Callable[[], None]
    changed: Callable[[Collection[int] | None, Actor], None]


conflict_consequences: Registry[Consequence] = Registry("What follows from a declared conflict?")


def pair(a: int, b: int) -> tuple[int, int]:
    return (a, b) if a < b else (b, a)


def conflicts_among(
    person_ids: Collection[int], *, kinds: Collection[str] | None = None, of: Collection[int] | None = None
) -> dict[tuple[int, int], list[Conflict]]:
    """Every conflict between two of these people, by pair: one statement, a UNION ALL over the sources.

    `kinds` narrows to some sources, by the names they are registered under; `of` to pairs of which one is of these.
    """
    asked = {name: source for name, source in conflict_sources.items() if kinds is None or name in kinds}

    def narrowed(rows: QuerySet) -> QuerySet:
        return rows if of is None else rows.filter(Q(conflict_one__in=of) | Q(conflict_other__in=of))

    branches = [
        rows.order_by()
        .annotate(conflict_kind=Value(name, output_field=TextField()))
        .values_list("conflict_kind", *COLUMNS)
        for name, source in asked.items()
        if source.rows
        for rows in map(narrowed, source.rows(person_ids))
    ]
    parts = [select_of(union(branches))] if branches else []
    for name, source in asked.items():
        if source.select:
            sql, params = source.select(select_of(person_ids))
            if sql:
                parts.append((f"SELECT %s, tie.*, '' FROM ({sql}) tie", (name, *params)))  # noqa: S608
    rows = rows_of([part for part in parts if part[0]])
    if of is not None:
        of = set(of)
        rows = [row for row in rows if row[1] in of or row[2] in of]
    # The same tie may stand in two rows: two projects, or each having declared the other.
    order = {name: place for place, name in enumerate(asked)}
    ties = {(order[kind], pair(one, other), detail, kind) for kind, one, other, detail in rows if one != other}
    found: dict[tuple[int, int], list[Conflict]] = {}
    for _place, both, detail, kind in sorted(ties):
        found.setdefault(both, []).append(Conflict(both, kind, asked[kind].sentence(detail)))
    return found


def union(branches: list[QuerySet]) -> QuerySet:
    return branches[0].union(*branches[1:], all=True) if len(branches) > 1 else branches[0]


def select_of(ids: QuerySet | Collection[int]) -> Asked:
    """What selects the same; empty SQL if that's known to be nothing."""
    if not isinstance(ids, QuerySet):
        return "SELECT unnest(%s::bigint[])", (list(ids),)
    try:
        return ids.query.sql_with_params()
    except EmptyResultSet:
        return "", ()


def rows_of(parts: list[Asked]) -> list[tuple[str, int, int, str]]:
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"({sql})" for sql, _ in parts), [p for _, params in parts for p in params])
        return cursor.fetchall()


def conflicts_between(a: int, b: int) -> list[Conflict]:
    return conflicts_among({a, b}).get(pair(a, b), [])


def employer_conflicts(people: Iterable[tuple[int, int | None]]) -> list[Conflict]:
    """The conflicts among (person id, organisation id) already at hand."""
    by_employer: dict[int, list[int]] = {}
    for person_id, organisation_id in people:
        if organisation_id is not None:
            by_employer.setdefault(organisation_id, []).append(person_id)
    reason = conflict_sources["same-employer"].sentence("")
    return [
        Conflict(pair(a, b), "same-employer", reason)
        for colleagues in by_employer.values()
        for i, a in enumerate(colleagues)
        for b in colleagues[i + 1 :]
    ]


def same_employer(person_ids: Collection[int]) -> list[QuerySet]:
    colleagues = Person.objects.filter(
        pk__in=person_ids, organisation__people__in=person_ids, organisation__people__gt=F("pk")
    )
    return [
        colleagues.annotate(
            conflict_one=F("pk"), conflict_other=F("organisation__people"), conflict_detail=NOTHING_MORE
        )
    ]


def line_management(ids: Asked) -> Asked:
    """One manages the other, directly or through up to five managers in between, whichever of the two is above.

    Walked upwards step by step, not joined six times: of a table that PostgreSQL takes for nearly empty, as one is just after an import,
    six joins have taken it the fifth power of the number of people.
    """
    sql, params = ids
    if not sql:
        return "", ()
    tenant = current_scope().tenant_id
    return (
        f"""
        WITH RECURSIVE asked (id) AS MATERIALIZED ({sql}), line (lower, upper, step) AS (
            SELECT id, line_manager_id, 1 FROM tenancy_person
            WHERE tenant_id = %s AND line_manager_id IS NOT NULL AND id IN (SELECT id FROM asked)
            UNION ALL
            SELECT line.lower, above.line_manager_id, line.step + 1
            FROM line JOIN tenancy_person above ON above.tenant_id = %s AND above.id = line.upper
            WHERE line.step < %s AND above.line_manager_id IS NOT NULL
        )
        SELECT lower, upper FROM line WHERE upper IN (SELECT id FROM asked)
        """,  # noqa: S608 -- `sql` is what the ORM made of a queryset, or no more than a placeholder
        (*params, tenant, tenant, LINE_STEPS),
    )


def declared(person_ids: Collection[int]) -> list[QuerySet]:
    open_ones = ConflictDeclaration.objects.filter(person__in=person_ids, other__in=person_ids, lifted_at__isnull=True)
    return [open_ones.annotate(conflict_one=F("person"), conflict_other=F("other"), conflict_detail=F("kind"))]


def declaration_in_words(kind: str) -> str:
    return str(_("Declared: {kind}.")).format(kind=ConflictDeclaration.Kind(kind).label)


conflict_sources.register("same-employer", ConflictSource(same_employer, _("They work for the same organisation.")))
conflict_sources.register(
    "line-management",
    ConflictSource(None, _("One is in the other’s line of management."), select=line_management),
)
conflict_sources.register("declared", ConflictSource(declared, declaration_in_words))
