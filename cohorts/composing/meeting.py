"""When each set meets and who facilitates it, chosen before anybody is placed: so that everybody has a seat at a time they can.

How many can be seated follows from Hall's theorem, as the smallest over all choices of times of (seats of sets at those times, plus people
who could come at another time), so no division needs to be made to know it. The choice is the best that changing one set's time, one
after the other, leads to; the same question always gives the same answer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Leader:
    """A facilitator: how many sets they take, and the times they can, as bits; None for any."""

    sets: int
    can: int | None = None


@dataclass(frozen=True)
class Meetings:
    """For each set its time, None where nobody minds, and the number of its facilitator, None where none is left."""

    times: tuple[int | None, ...]
    leaders: tuple[int | None, ...]


def choose_meetings(
    can: Sequence[int | None],
    sizes: Sequence[int],
    *,
    times: int,
    leaders: Sequence[Leader] = (),
    given_times: Mapping[int, int] | None = None,
    given_leaders: Mapping[int, int] | None = None,
    led_already: Collection[int] = (),
) -> Meetings:
    """`can` are the times of each person as bits (1 << time), None for whoever can at any. What is given stays as it is, also where that
    leaves people without a seat: the division says so. `led_already` are sets that need no facilitator of these."""
    given_times, given_leaders = dict(given_times or {}), dict(given_leaders or {})
    chosen: list[int | None] = [given_times.get(place) for place in range(len(sizes))]
    everything = (1 << times) - 1
    bound = [mask for mask in can if mask is not None and mask != everything]
    if bound or any(leader.can is not None for leader in leaders):
        _choose_times(chosen, bound, len(can), sizes, times, leaders, led_already)
    return Meetings(tuple(chosen), tuple(_choose_leaders(chosen, leaders, given_leaders, led_already)))


def _choose_times(
    chosen: list[int | None],
    bound: Sequence[int],
    people: int,
    sizes: Sequence[int],
    times: int,
    leaders: Sequence[Leader],
    led_already: Collection[int],
) -> None:
    everything = (1 << times) - 1
    free = [place for place, time in enumerate(chosen) if time is None]
    seated = _Seats([(mask, 1) for mask in bound] + [(everything, people - len(bound))], times)
    led = _Seats([(everything if leader.can is None else leader.can, leader.sets) for leader in leaders], times)
    # How many could come at each time: where all are seated, the more choice, the more mixed.
    liked = [people - sum(not mask >> time & 1 for mask in bound) for time in range(times)]

    def worth() -> tuple[int, int, int]:
        seats, sets = [0] * times, [0] * times
        for place, time in enumerate(chosen):
            if time is not None:
                seats[time] += sizes[place]
                sets[time] += place not in led_already
        breadth = sum(size * liked[time] for size, time in zip(sizes, chosen, strict=True) if time is not None)
        return seated.most(seats), led.most(sets), breadth

    favourite = max(range(times), key=lambda time: (liked[time], -time))
    for place in free:
        chosen[place] = favourite
    best = worth()
    better = True
    while better:
        better = False
        tried: set[tuple[int, int | None, bool]] = set()
        for place in free:
            # Sets of one size that meet at one time are alike.
            alike = (sizes[place], chosen[place], place in led_already)
            if alike in tried:
                continue
            tried.add(alike)
            was = chosen[place]
            for time in range(times):
                chosen[place] = time
                if (found := worth()) > best:
                    best, was, better = found, time, True
            chosen[place] = was


class _Seats:
    """How many of some who can only at certain times find a seat, whatever seats there are at each."""

    def __init__(self, wanting: Sequence[tuple[int, int]], times: int) -> None:
        self.times = times
        within = [0] * (1 << times)
        for mask, n in wanting:
            within[mask] += n
        # within[mask]: those who can at no time outside it.
        for time in range(times):
            bit = 1 << time
            for mask in range(1 << times):
                if mask & bit:
                    within[mask] += within[mask ^ bit]
        self.outside = [within[-1] - n for n in within]

    def most(self, seats: Sequence[int]) -> int:
        room = [0] * len(self.outside)
        least = self.outside[0]
        for mask in range(1, len(room)):
            low = mask & -mask
            room[mask] = room[mask ^ low] + seats[low.bit_length() - 1]
            least = min(least, room[mask] + self.outside[mask])
        return least


def _choose_leaders(
    times: Sequence[int | None], leaders: Sequence[Leader], given: Mapping[int, int], led_already: Collection[int]
) -> list[int | None]:
    """As many sets as can be get a facilitator who has room for them and can at their time; the work is spread."""
    found: list[int | None] = [given.get(place) for place in range(len(times))]
    has = [sum(n == number for n in given.values()) for number in range(len(leaders))]

    def may(number: int, place: int) -> bool:
        leader, time = leaders[number], times[place]
        return leader.sets > 0 and (leader.can is None or time is None or bool(leader.can >> time & 1))

    def place_one(place: int, seen: set[int]) -> bool:
        for number in sorted(range(len(leaders)), key=lambda n: (has[n] >= leaders[n].sets, has[n], n)):
            if number in seen or not may(number, place):
                continue
            seen.add(number)
            if has[number] < leaders[number].sets:
                found[place] = number
                has[number] += 1
                return True
            # Full: one of theirs may go to somebody else.
            for other, who in enumerate(found):
                if who == number and other not in given and place_one(other, seen):
                    has[number] -= 1
                    found[place] = number
                    has[number] += 1
                    return True
        return False

    for place in range(len(times)):
        if found[place] is None and place not in led_already:
            place_one(place, set())
    return found
