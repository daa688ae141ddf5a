"""Who the four cohorts of Essex are, and when."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from portal.demo import words_applications, words_cohorts, words_essex
from portal.demo.cast import Nominee, nominees
from portal.demo.names import UNUSUAL
from portal.demo.story import SelectionDays, Story, Words
from portal.demo.world import World

WORDS = Words(
    answers=(
        words_applications.POTENTIAL,
        words_applications.SETBACK,
        words_applications.SYSTEM,
        words_applications.COMMITMENT,
    ),
    scope=words_applications.SCOPE,
    closings=words_applications.CLOSINGS,
    reflections=words_cohorts.REFLECTIONS,
)
ASSESSORS = [row[0] for row in words_essex.ASSESSORS]


def sectors(world: World) -> dict[str, str]:
    """Short name of an employer → its sector, as the lists of posts have it."""
    return {short: organisation.sector.name.lower() for short, organisation in world.organisations.items()}


def give_fates(people: list[Nominee], fates: dict[str, tuple[int, ...]], strengths: dict[int, float]) -> None:
    for fate, numbers in fates.items():
        for number in numbers:
            people[number].fate = fate
    for number, strength in strengths.items():
        people[number].strength = strength


def cohort_1(world: World, names: Iterator[str]) -> Story:
    """Finished: 20 people who are alumni now."""
    own = chain(["Joel Hartnoll"], names)
    people = nominees(world, names=own, employers=words_essex.COHORT_1, sector_of=sectors(world))
    give_fates(
        people, {"withdraws": (7,), "not endorsed": (13,), "declines": (5,), "defers": (2,)}, {0: 6.3, 5: 6.0, 2: 6.2}
    )
    return Story(
        world=world,
        name="Cohort 1",
        slug="cohort-1",
        places=20,
        starts=-640,
        ends=-262,
        budget=60_000,
        days=SelectionDays(opens=-752, closes=-722, endorse_by=-712, score_by=-694, offers=-684),
        people=people,
        words=WORDS,
        targets=words_essex.TARGETS_1,
        assessors=ASSESSORS[:4],
        readers=2,
    )


def cohort_2(world: World, names: Iterator[str]) -> Story:
    """In mid-course: 50 places, and names of every kind."""
    employers = words_essex.COHORT_2
    own = chain(["Nadia Kerr-Whitfield"], UNUSUAL, names)
    people = nominees(world, names=own, employers=employers, sector_of=sectors(world), start=3)
    give_fates(
        people,
        {
            "withdraws": (9, 38),
            "draft": (21, 47),
            "not endorsed": (29, 52),
            "late but let in": (33,),
            "late": (17,),
            "too senior": (22,),
            "declines": (12, 25, 40),
            "lapses": (18,),
            "defers": (15,),
        },
        {0: 6.4, **dict.fromkeys(range(1, 7), 5.9), 12: 6.1, 25: 5.8, 40: 6.0, 18: 5.7, 15: 6.2},
    )
    return Story(
        world=world,
        name="Cohort 2",
        slug="cohort-2",
        places=50,
        starts=-148,
        ends=215,
        budget=100_000,
        days=SelectionDays(opens=-262, closes=-228, endorse_by=-218, score_by=-200, offers=-190),
        people=people,
        words=WORDS,
        targets=words_essex.TARGETS_2,
        promises=words_essex.PROMISES_2,
        assessors=ASSESSORS,
        chair="Kit Sorrell",
        corrected_because=words_applications.CORRECTED_BECAUSE,
    )


def cohort_coastal(world: World, names: Iterator[str]) -> Story:
    """Small and local, with staff of its own: being assessed, three endorsements late."""
    people = nominees(world, names=names, employers=words_essex.COASTAL, sector_of=sectors(world), start=5)
    give_fates(people, {"officer waits": (4, 11), "manager waits": (8,)}, {})
    return Story(
        world=world,
        name="Coastal cohort",
        slug="coastal",
        places=12,
        starts=48,
        ends=330,
        budget=28_000,
        days=SelectionDays(opens=-52, closes=-26, endorse_by=-19, score_by=6),
        people=people,
        words=WORDS,
        targets=words_essex.TARGETS_COASTAL,
        promises=words_essex.PROMISES_COASTAL,
        assessors=ASSESSORS[:4],
        chair="Kit Sorrell",
    )


def cohort_3(world: World) -> Story:
    """Open for applications: its 128 nominations come from the log of the county's partnership office."""
    return Story(
        world=world,
        name="Cohort 3",
        slug="cohort-3",
        places=50,
        starts=96,
        ends=462,
        budget=100_000,
        days=SelectionDays(opens=-30, closes=13, endorse_by=20, score_by=44),
        people=[],
        words=WORDS,
        targets=words_essex.TARGETS_3,
        promises=words_essex.PROMISES_3,
        assessors=ASSESSORS,
    )
