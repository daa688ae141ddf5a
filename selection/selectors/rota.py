"""The observers' rota of an assessment centre: who watches what, what lacks somebody, and whom the portal would name."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from selection.allocation import rota
from selection.models import (
    AssessmentCentre,
    AssessorAllocation,
    CentrePlace,
    CentreSlot,
    Exercise,
    Observer,
)
from selection.selectors.assessment import bars, round_assessors
from selection.selectors.centre import OBSERVERS, times_of
from selection.states import SEATED, CentrePlaceState
from tenancy.models import Person
from tenancy.seen import digest_of


@dataclass
class Part:
    """One exercise of one person: when, and who watches it."""

    place: CentrePlace
    exercise: Exercise
    starts_at: datetime
    ends_at: datetime
    observers: list[Observer] = field(default_factory=list)

    @property
    def missing(self) -> int:
        """How many could still be named; none of somebody who didn't come."""
        return 0 if self.place.state == CentrePlaceState.MISSED else max(OBSERVERS - len(self.observers), 0)


@dataclass
class OfSlot:
    """A time with those who come then."""

    slot: CentreSlot
    parts: list[Part] = field(default_factory=list)


def rota_of(centre: AssessmentCentre) -> list[OfSlot]:
    """By time, only those that somebody comes to. Three statements, whatever the number."""
    exercises = list(Exercise.objects.filter(centre=centre))
    watched: dict[tuple[int, int], list[Observer]] = defaultdict(list)
    rows = Observer.objects.filter(place__application__round=centre.round_id, withdrawn_at__isnull=True)
    for o in rows.select_related("person").order_by("person__sort_key", "pk"):
        watched[o.place_id, o.exercise_id].append(o)
    places = CentrePlace.objects.filter(application__round=centre.round_id, state__in=SEATED).select_related(
        "slot", "application__applicant__organisation", "application__round"
    )
    slots: dict[int, OfSlot] = {}
    for place in places.order_by("slot__starts_at", "slot", "application__reference"):
        slot = place.slot
        if slot is None:
            continue
        found = slots.setdefault(slot.pk, OfSlot(slot))
        for exercise in exercises:
            found.parts.append(
                Part(place, exercise, *times_of(exercises, exercise, slot), watched[place.pk, exercise.pk])
            )
    for each in slots.values():
        each.parts.sort(key=lambda part: part.exercise.position)
    return list(slots.values())


@dataclass(frozen=True)
class Given:
    place: CentrePlace
    exercise: Exercise
    person: Person
    starts_at: datetime


@dataclass
class Rota:
    """What the portal would name, by time; and what would still lack somebody."""

    parts: list[Given]
    lacking: list[tuple[Part, int]]

    @property
    def seal(self) -> str:
        return digest_of({"parts": [f"{g.place.pk} {g.exercise.pk} {g.person.pk}" for g in self.parts]})

    @property
    def by_person(self) -> list[tuple[str, int]]:
        counts = Counter(g.person.name for g in self.parts)
        return sorted(counts.items())


def plan_rota(centre: AssessmentCentre) -> Rota:
    """Two observers wherever that can be: nobody whom something bars or who scored the application on paper, nobody in two places at
    once, and the minutes shared out evenly. Exercises that have begun stay as they are."""
    people = {p.pk: p for p in round_assessors(centre.round)}
    slots = rota_of(centre)
    parts = [part for each in slots for part in each.parts]
    now = timezone.now()
    applications = {part.place.application for part in parts}
    barred: dict[int, set[int]] = defaultdict(set)
    for application, person in bars(applications, list(people.values())) if parts and people else ():
        barred[application].add(person)
    scored = AssessorAllocation.objects.filter(application__in=applications, withdrawn_at__isnull=True)
    for application, person in scored.values_list("application", "assessor"):
        barred[application].add(person)
    busy: dict[int, list[rota.Busy]] = defaultdict(list)
    wanted = {}
    asked = []
    for part in parts:
        session = (
            ("group", part.place.slot_id, part.exercise.pk)
            if part.exercise.together
            else (part.place.pk, part.exercise.pk)
        )
        for o in part.observers:
            busy[o.person_id].append(rota.Busy(session, part.starts_at, part.ends_at))
        key = (part.place.pk, part.exercise.pk)
        wanted[key] = part
        if part.missing and part.starts_at > now:
            closed = barred[part.place.application_id] | {o.person_id for o in part.observers}
            asked.append(rota.Part(key, session, part.starts_at, part.ends_at, part.missing, frozenset(closed)))
    plan = rota.plan(asked, sorted(people), busy)
    given = [
        Given(wanted[key].place, wanted[key].exercise, people[person], wanted[key].starts_at)  # type: ignore[index]
        for key, person in plan.given
    ]
    given.sort(key=lambda g: (g.starts_at, g.exercise.position, g.place.pk, g.person.sort_key))
    return Rota(given, [(wanted[key], n) for key, n in plan.lacking.items()])  # type: ignore[index]
