"""Who must not judge, match or sit with whom: one answer for assessing, moderation, sets, mentoring and approval."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from django.db.models import Q

from tenancy.models import ConflictDeclaration, Person
from tenancy.registry import Registry


@dataclass(frozen=True)
class Conflict:
    """Two people (ids, smaller first) and why, as a sentence for staff."""

    pair: tuple[int, int]
    kind: str
    reason: str


# An answer takes the ids of the people in question and returns the conflicts among them.
ConflictSource = Callable[[Collection[int]], list[Conflict]]
conflict_sources: Registry[ConflictSource] = Registry("Who must not judge, match or sit with whom?")


def pair(a: int, b: int) -> tuple[int, int]:
    return (a, b) if a < b else (b, a)


def conflicts_among(
    person_ids: Collection[int], *, kinds: Collection[str] | None = None
) -> dict[tuple[int, int], list[Conflict]]:
    """Every conflict between two of these people, by pair; `kinds` narrows to some sources' names."""
    found: dict[tuple[int, int], list[Conflict]] = {}
    for name, source in conflict_sources.items():
        if kinds is not None and name not in kinds:
            continue
        for conflict in source(person_ids):
            found.setdefault(conflict.pair, []).append(conflict)
    return found


def conflicts_between(a: int, b: int) -> list[Conflict]:
    return conflicts_among({a, b}).get(pair(a, b), [])


def employer_conflicts(people: Iterable[tuple[int, int | None]]) -> list[Conflict]:
    """The conflicts among (person id, organisation id) already at hand."""
    by_employer: dict[int, list[int]] = {}
    for person_id, organisation_id in people:
        if organisation_id is not None:
            by_employer.setdefault(organisation_id, []).append(person_id)
    return [
        Conflict(pair(a, b), "same-employer", "They work for the same organisation.")
        for colleagues in by_employer.values()
        for i, a in enumerate(colleagues)
        for b in colleagues[i + 1 :]
    ]


def same_employer(person_ids: Collection[int]) -> list[Conflict]:
    return employer_conflicts(Person.objects.filter(pk__in=person_ids).values_list("pk", "organisation_id"))


def line_management(person_ids: Collection[int]) -> list[Conflict]:
    """One manages the other, directly or through one manager in between."""
    rows = Person.objects.filter(pk__in=person_ids, line_manager__isnull=False).values_list(
        "pk", "line_manager_id", "line_manager__line_manager_id"
    )
    wanted = set(person_ids)
    return [
        Conflict(pair(person_id, manager_id), "line-management", "One is in the other's line of management.")
        for person_id, direct, above in rows
        for manager_id in (direct, above)
        if manager_id in wanted and manager_id != person_id
    ]


def declared(person_ids: Collection[int]) -> list[Conflict]:
    rows = ConflictDeclaration.objects.filter(
        Q(person__in=person_ids) & Q(other__in=person_ids), lifted_at__isnull=True
    )
    return [Conflict(pair(r.person_id, r.other_id), "declared", f"Declared: {r.get_kind_display()}.") for r in rows]


conflict_sources.register("same-employer", same_employer)
conflict_sources.register("line-management", line_management)
conflict_sources.register("declared", declared)
