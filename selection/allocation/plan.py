"""What a plan of allocations says; nothing here computes."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class How(StrEnum):
    """How an assessor came to an application, for whoever puts it into words."""

    LOT = "lot"  # by lot among `among` people who could take it and had the fewest
    ONLY = "only"  # everybody who could take it was needed: `among` of them
    EXPERTISE = "expertise"  # by lot among `among` people with the expertise asked for who had the fewest
    EVEN = "even"  # passed on from somebody else so that all places are filled, expertise is met and piles are even
    LINKED = "linked"  # exchanged so that all assessors can be compared with each other
    STAYS = "stays"  # was theirs already, not begun


@dataclass(frozen=True)
class Because:
    how: How
    among: int = 0


@dataclass(frozen=True)
class Shortage:
    """Why an application has fewer assessors than it should, or none with the expertise asked for: who was barred from it, and who
    has as many as they may. For expertise only those who have it are named; if nobody is, nobody has it. Whoever is neither
    already has the application, or, for expertise, came too late: its places are taken by work that is not moved.
    """

    missing: int
    barred: tuple[int, ...] = ()
    full: tuple[int, ...] = ()


@dataclass
class Plan:
    """`added` holds (application, assessor) pairs, `removed` those of the loose ones that had to move.

    `short` says how many assessors each application still lacks, `shortages` why; `unmet` why an application that asks for
    expertise has nobody with it. `loads` is everybody's pile. `groups` counts the parts of the graph of applications and
    assessors with work, `least_groups` is a bound below which no plan gets: 1 unless bars or numbers stand against it. `room`
    is how many more applications the assessors together may take; None without limits.
    """

    added: list[tuple[int, int]] = field(default_factory=list)
    removed: list[tuple[int, int]] = field(default_factory=list)
    short: dict[int, int] = field(default_factory=dict)
    shortages: dict[int, Shortage] = field(default_factory=dict)
    unmet: dict[int, Shortage] = field(default_factory=dict)
    because: dict[tuple[int, int], Because] = field(default_factory=dict)
    loads: dict[int, int] = field(default_factory=dict)
    groups: int = 0
    least_groups: int = 0
    room: int | None = None
