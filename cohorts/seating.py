"""What seating plans are mixed by: the traits of learning sets, with what matters at a table."""

from __future__ import annotations

from collections.abc import Mapping

from cohorts.mixing import DEFAULT_AIMS, POINTS, Aim

# At a table people meet across grades; a set is for longer, and for peers.
TABLE_AIMS: Mapping[str, str] = {**DEFAULT_AIMS, "grade": Aim.LEAVE.value, "fresh": Aim.MIX.value}
# What it costs that a pair meets again: before the mix, as much as one trait they have in common, or nothing. Meeting again at one event
# counts so many times as much.
AGAIN: Mapping[str, float | None] = {Aim.MORE: None, Aim.MIX: POINTS[Aim.MIX], Aim.LEAVE: 0}
SAME_EVENT = 8
# A third of a second of CPU for 60 people, and within a point of what four times as many find (docs/composing.md): no job is needed.
STEPS = 20_000
MOST_PEOPLE, MOST_TABLES = 400, 100
USUAL_SEATS = 7


def usual_tables(people: int) -> int:
    return max(2, round(people / USUAL_SEATS))


def surname_first(name: str) -> str:
    """ "Rao, Sunita": the last word is taken for the surname, with the particles before it."""
    words = name.split()
    at = len(words) - 1
    while at > 1 and words[at - 1].islower():
        at -= 1
    return f"{' '.join(words[at:])}, {' '.join(words[:at])}" if at > 0 else name
