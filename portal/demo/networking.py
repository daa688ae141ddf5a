"""Who knows whom: the network survey before, at the end and later, and what people say."""

from __future__ import annotations

import zlib
from datetime import datetime, timedelta

from outcomes.models import NetworkPlace, NetworkWave, NetworkWaveKind, Relation
from outcomes.services.network_counts import count_wave
from outcomes.services.networks import close_network_wave, open_network_wave, save_ties
from portal.demo.story import Story
from tenancy.models import Person

PURPOSE = (
    "We said the programme would help people find each other across organisations. This tells us whether it does,"
    " and where we should do more to bring you together."
)
# Of a hundred pairs, how many say so: of one's own organisation, of one's own sector, of another; before, at the end, later.
LIKELY: dict[str, dict[str, tuple[int, int, int]]] = {
    NetworkWaveKind.BEFORE: {Relation.KNOW: (92, 26, 13), Relation.ADVICE: (46, 18, 10), Relation.WORK: (58, 20, 12)},
    NetworkWaveKind.END: {Relation.KNOW: (97, 84, 78), Relation.ADVICE: (56, 38, 30), Relation.WORK: (64, 38, 32)},
    NetworkWaveKind.LATER: {Relation.KNOW: (96, 78, 70), Relation.ADVICE: (54, 32, 23), Relation.WORK: (60, 32, 26)},
}


def plan_network(
    story: Story, *, before: int, open_for: int, end: int | None = None, later: int | None = None, share: float = 0.92
) -> None:
    """The wave before, `before` days from the start; the one at the end, `end` days before the last day; the last, `later` after it."""
    wave(story, NetworkWaveKind.BEFORE, story.starts + before, open_for, share)
    if end is not None:
        wave(story, NetworkWaveKind.END, story.ends - end, open_for, share)
    if later is not None:
        wave(story, NetworkWaveKind.LATER, story.ends + later, open_for, share)


def wave(story: Story, kind: str, day: int, open_for: int, share: float) -> None:
    timeline = story.world.timeline
    closes_at = timeline.at(day + open_for, "17:00")
    timeline.add(timeline.at(day, "09:50"), lambda: ask(story, kind, closes_at, day, open_for, share))
    if closes_at < timeline.end:
        timeline.add(closes_at - timedelta(minutes=4), lambda: close(story, kind))


def ask(story: Story, kind: str, closes_at: datetime, day: int, open_for: int, share: float) -> None:
    """Staff open the wave; of those asked most answer, each at a moment of their own. Of one that is open still, about half have."""
    world = story.world
    with world.acting(world.staff) as by:
        cohort = story.the_cohort()
        found = open_network_wave(cohort=cohort, kind=kind, purpose=PURPOSE, closes_at=closes_at, by=by)
        places = NetworkPlace.objects.filter(wave=found).select_related("person__organisation").order_by("id")
        people = [place.person for place in places]
    goes_on = closes_at >= world.timeline.end
    answering = people[: round(len(people) * (0.5 if goes_on else share))]
    for person, moment in zip(
        answering, world.timeline.spread(day + 1, min(day + open_for - 1, -1), len(answering)), strict=True
    ):
        world.timeline.add(moment, lambda p=person: answer(story, kind, p, people))


def wave_of(story: Story, kind: str) -> NetworkWave:
    return NetworkWave.objects.select_related("cohort__programme").get(cohort=story.the_cohort(), kind=kind)


def answer(story: Story, kind: str, person: Person, people: list[Person]) -> None:
    others = [other for other in people if other != person]
    with story.world.acting(person) as by:
        save_ties(
            wave=wave_of(story, kind),
            shown=[other.public_id for other in others],
            named={other.public_id: said(person, other, kind) for other in others},
            send=True,
            by=by,
        )


def said(person: Person, other: Person, kind: str) -> list[str]:
    """The same two mostly say the same again: whom somebody knows before, they know at the end."""
    near = 0 if person.organisation_id == other.organisation_id else 1 if sector(person) == sector(other) else 2
    found = []
    for relation, likely in LIKELY[kind].items():
        # half of the lot is the pair's, so that those who name each other are more than chance makes them
        own = zlib.crc32(f"{person.email} {other.email} {relation}".encode()) % 100
        both = zlib.crc32(f"{' '.join(sorted((person.email, other.email)))} {relation}".encode()) % 100
        drifted = zlib.crc32(f"{person.email} {other.email} {kind}".encode()) % 4 == 0
        if ((own + both) / 2 if (own + both) % 3 else both) < likely[near] and not drifted:
            found.append(str(relation))
    return found


def sector(person: Person) -> int | None:
    return person.organisation.sector_id if person.organisation else None


def close(story: Story, kind: str) -> None:
    """Staff close it, and the tick counts: this story's waves alone, as other stories are at other moments."""
    world = story.world
    with world.acting(world.staff) as by:
        found = wave_of(story, kind)
        if not found.is_closed:
            close_network_wave(wave=found, by=by)
    world.timeline.add(world.timeline.clock.moment + timedelta(minutes=1), lambda: count(story, kind))


def count(story: Story, kind: str) -> None:
    with story.world.reading():
        count_wave(wave=wave_of(story, kind))
