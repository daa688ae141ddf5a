"""Where people come from and where they meet: districts, how rural and how deprived, and how far."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cohorts.models import Cohort, Event, Participation
from cohorts.states import EventState, ParticipationState
from engine.suppression import suppress_counts
from tenancy.models import Deprivation, District, Organisation, Rurality

# Centres of districts as near as this are neighbours: half an hour or so by road.
NEAR_KM = 30
SAME, NEAR, FAR, ELSEWHERE, UNKNOWN = "same", "near", "far", "elsewhere", "unknown"


def apart_km(one: District, other: District) -> float | None:
    """The distance between the centres of two districts; None where either isn't known."""
    if one.latitude is None or other.latitude is None or one.longitude is None or other.longitude is None:
        return None
    a, b = math.radians(one.latitude), math.radians(other.latitude)
    across = math.radians(other.longitude - one.longitude)
    half = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(across / 2) ** 2
    return 2 * 6371 * math.asin(math.sqrt(half))


def how_far(home: District | None, there: District | None) -> str:
    if home is None or there is None:
        return UNKNOWN
    if home.pk == there.pk:
        return SAME
    km = apart_km(home, there)
    return ELSEWHERE if km is None else NEAR if km <= NEAR_KM else FAR


def places_on(cohort_id: int) -> QuerySet[Participation]:
    rows = Participation.objects.filter(cohort=cohort_id).exclude(state=ParticipationState.WITHDRAWN)
    return rows.select_related("organisation__district", "person__organisation__district")


def home_of(place: Participation) -> Organisation | None:
    """The organisation that sent somebody stands for where they come from; their present employer where nobody did."""
    return place.organisation or place.person.organisation


def counted(values: Sequence[str], choices: Sequence[tuple[str, object]], least: int) -> list[tuple[str, int | None]]:
    """How many have each value, small numbers and what would tell them withheld (None); the last line are those of whom it isn't known."""
    counts = Counter(values)
    labels = [*((value, str(label)) for value, label in choices), ("", str(_("Not known")))]
    shown = suppress_counts([counts[value] for value, _label in labels], least=least).cells
    return [(label, n) for (_value, label), n in zip(labels, shown, strict=True)]


def by_rurality(homes: Sequence[Organisation | None], least: int) -> list[tuple[str, int | None]]:
    return counted([home.rurality_there if home else "" for home in homes], Rurality.choices, least)


def by_deprivation(homes: Sequence[Organisation | None], least: int) -> list[tuple[str, int | None]]:
    return counted([home.deprivation_there if home else "" for home in homes], Deprivation.choices, least)


@dataclass(frozen=True)
class Journey:
    """One event, and how many of the cohort's people come from its own district, a neighbouring one, and further away."""

    event: Event
    there: District | None
    counts: Counter[str]


@dataclass(frozen=True)
class Share:
    """A district: how many events were or will be held there, and how many people come from it, with shares of all that are known."""

    district: District
    events: int
    people: int
    events_percent: int
    people_percent: int


@dataclass(frozen=True)
class Travel:
    journeys: list[Journey]
    shares: list[Share]
    # Events in a room whose district isn't known, and people whose district isn't.
    events_unknown: int
    people_unknown: int
    has_distances: bool
    # How many people have at least one event in their own or a neighbouring district, and how many at least one further away: of few
    # people, their journeys aren't told either.
    people_near: int
    people_far: int

    @property
    def busiest(self) -> Share | None:
        """The district with most events, where there are at least two and others to choose."""
        first = max(self.shares, key=lambda share: share.events, default=None)
        return first if first and first.events > 1 and len(self.shares) > 1 else None


def events_in_rooms(cohort: Cohort) -> QuerySet[Event]:
    """What everyone of a cohort comes to, in a room, was or will be."""
    return (
        Event.objects.filter(cohort=cohort, learning_set__isnull=True, state=EventState.PLANNED)
        .exclude(venue__isnull=True, place="")
        .select_related("venue__district")
        .order_by("starts_at", "pk")
    )


def travel_of(cohort: Cohort, homes: Sequence[Organisation | None]) -> Travel:
    events = list(events_in_rooms(cohort))
    districts = [home.district if home else None for home in homes]
    venues = [event.venue.district if event.venue else None for event in events]
    # a row for each event, with how far it is for each person
    far = [[how_far(home, there) for home in districts] for there in venues]
    journeys = [Journey(*row) for row in zip(events, venues, map(Counter, far), strict=True)]
    each = [set(kinds) for kinds in zip(*far, strict=True)]
    held = Counter(journey.there for journey in journeys if journey.there)
    live = Counter(district for district in districts if district)
    shares = [
        Share(district, held[district], live[district], percent(held[district], held), percent(live[district], live))
        for district in sorted({*held, *live}, key=lambda d: (-held[d], -live[d], d.name))
    ]
    return Travel(
        journeys,
        shares,
        sum(journey.there is None for journey in journeys),
        sum(district is None for district in districts),
        any(journey.counts[NEAR] or journey.counts[FAR] for journey in journeys),
        sum(not kinds.isdisjoint((SAME, NEAR)) for kinds in each),
        sum(FAR in kinds for kinds in each),
    )


def percent(n: int, of: Counter) -> int:
    return round(100 * n / of.total()) if of.total() else 0
