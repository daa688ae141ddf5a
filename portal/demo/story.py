"""One cohort of the story, from its first date to its last: what its parts share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from cohorts.models import Cohort, Programme
from portal.demo.cast import Nominee
from portal.demo.world import World
from selection.models import SelectionRound
from tenancy.models import Person


@dataclass(frozen=True)
class SelectionDays:
    """Distances from today in days. What lies ahead of today is left to happen."""

    opens: int
    closes: int
    endorse_by: int
    score_by: int
    offers: int = 0
    # where an assessment centre comes between: the day it is over
    seen_by: int = 0

    @property
    def moderates(self) -> int:
        """The day moderation begins."""
        return (self.seen_by or self.score_by) + 1


@dataclass(frozen=True)
class Words:
    """What the cohort's people write; one tuple for each of a round's questions."""

    answers: Sequence[Sequence[str]]
    scope: Sequence[str]
    closings: Sequence[str]
    reflections: Sequence[str]


@dataclass
class Story:
    world: World
    name: str
    places: int
    starts: int
    ends: int
    days: SelectionDays
    people: list[Nominee]
    words: Words
    targets: dict[str, int]
    assessors: Sequence[str] = ()
    # seats promised: a sector or an employer's short name, how many, by whose word
    promises: Sequence[tuple[str, int, str]] = ()
    # who chairs moderation; staff alone where nobody is named
    chair: str = ""
    # how many assess each application; the first rounds made do with two
    readers: int = 3
    # why the chair had scores corrected for assessors' severity; the means count where nothing is said
    corrected_because: str = ""
    # the assessor who reads on paper, whose scores staff bring in
    on_paper: str = ""
    # the question that asks for a file, where a round does
    proof: str = ""
    budget: int | None = None
    slug: str = ""
    seed: int = 1
    programme: Programme | None = None
    cohort: Cohort | None = None
    round: SelectionRound | None = None
    by_email: dict[str, Nominee] = field(default_factory=dict)
    participants: list[Person] = field(default_factory=list)
    # who has lately missed one event after another
    slipping: int | None = None

    def __post_init__(self) -> None:
        self.by_email = {person.email: person for person in self.people}

    def the_cohort(self) -> Cohort:
        assert self.cohort is not None
        return self.cohort

    def the_round(self) -> SelectionRound:
        assert self.round is not None
        return self.round
