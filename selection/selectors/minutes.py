"""What assessing costs: minutes by assessor and by application, as honestly as they are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from selection.models import AssessorAllocation, Observer, SelectionRound
from selection.selectors.assessment import minutes_of


@dataclass
class Spent:
    """A line of the report: whose or of what, how many finished pieces of work, the minutes known of them."""

    name: str
    finished: int
    known: Sequence[float]

    @property
    def reference(self) -> str:
        return self.name

    @property
    def minutes(self) -> int:
        return round(sum(self.known))

    @property
    def usual(self) -> int | None:
        return max(1, round(median(self.known))) if self.known else None


@dataclass
class Report:
    people: list[Spent]
    applications: list[Spent]
    whole: Spent


def observing_report(round_: SelectionRound) -> list[Spent]:
    """Minutes at an assessment centre by observer: as long as the exercises that they finished marking take, a group's once for all whom
    they watched in it. One statement; parts that were taken back count no longer."""
    rows = Observer.objects.filter(
        place__application__round=round_, finished_at__isnull=False, withdrawn_at__isnull=True
    ).select_related("person")
    people: dict[int, list[Observer]] = {}
    for row in rows:
        people.setdefault(row.person_id, []).append(row)
    found = []
    for some in people.values():
        sessions = {(o.slot_id, o.exercise_id, None if o.together else o.place_id): o for o in some}
        lasted = [(o.ends_at - o.starts_at).total_seconds() / 60 for o in sessions.values()]
        found.append(Spent(some[0].person.name, len(some), lasted))
    return sorted(found, key=lambda s: s.name)


def minutes_report(round_: SelectionRound) -> Report:
    """One statement; work that was withdrawn counts no longer."""
    rows = list(
        AssessorAllocation.objects.filter(
            application__round=round_, finished_at__isnull=False, withdrawn_at__isnull=True
        ).select_related("application", "assessor")
    )
    people: dict[int, list[AssessorAllocation]] = {}
    applications: dict[int, list[AssessorAllocation]] = {}
    for row in rows:
        people.setdefault(row.assessor_id, []).append(row)
        applications.setdefault(row.application_id, []).append(row)

    def spent(name: str, some: Sequence[AssessorAllocation]) -> Spent:
        return Spent(name, len(some), [m for row in some if (m := minutes_of(row)) is not None])

    return Report(
        sorted((spent(some[0].assessor.name, some) for some in people.values()), key=lambda s: s.name),
        sorted((spent(some[0].application.reference, some) for some in applications.values()), key=lambda s: s.name),
        spent("", rows),
    )
