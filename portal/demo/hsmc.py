"""HSMC, University of Birmingham: seven cohorts of aspirant Directors of Public Health: two finished, one running,
one chosen after an assessment centre, one with a centre under way, one in moderation, and one whose round is being prepared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from random import Random

from cohorts.models import Programme
from cohorts.services.cohorts import create_programme
from cohorts.services.programmes import add_ambition, add_partner
from portal.demo import words_alumni, words_applications, words_health
from portal.demo.alumni import plan_alumni, plan_alumni_life
from portal.demo.applying import plan_applying, plan_preparing
from portal.demo.asking import plan_report, plan_survey
from portal.demo.cast import nominees
from portal.demo.deciding import plan_assessing, plan_choosing, plan_moderating
from portal.demo.essex_cohorts import give_fates, sectors
from portal.demo.essex_life import plan_reminders
from portal.demo.helping import plan_helping
from portal.demo.knowing import plan_relative
from portal.demo.mapping import plan_map
from portal.demo.meeting import Gathering, Meetings, plan_meetings
from portal.demo.names import people
from portal.demo.networking import plan_network
from portal.demo.pairing import Guide, plan_pairing
from portal.demo.people import DEMO_PASSWORD, HSMC
from portal.demo.seeing import Seeing, plan_seeing
from portal.demo.story import SelectionDays, Story, Words
from portal.demo.timeline import Timeline
from portal.demo.trying import plan_trying
from portal.demo.words_stakeholders import OFF_LICENCES
from portal.demo.working import Work, plan_work
from portal.demo.world import World, read_endorsers, read_organisations
from tenancy.actors import Actor
from tenancy.models import Role
from tenancy.services.roles import RoleScope, assign_role
from tenancy.services.settings import update_tenant
from tenancy.services.tenants import open_tenant

OPENED = -980
WORDS = Words(
    answers=(words_health.POTENTIAL, words_health.SETBACK, words_health.SYSTEM, words_health.COMMITMENT),
    scope=words_health.SCOPE,
    closings=words_applications.CLOSINGS,
    reflections=words_health.REFLECTIONS,
)
SETS = ("Lister", "Nightingale", "Chadwick", "Simon")
WORKSHOPS, CLASSES = words_health.EVENTS["workshop"], words_health.EVENTS["masterclass"]
NINE_MONTHS = (
    Gathering(0, "workshop", *WORKSHOPS[0]),
    Gathering(35, "masterclass", *CLASSES[0], begins="10:00", ends="16:00"),
    Gathering(78, "workshop", *WORKSHOPS[1]),
    Gathering(118, "virtual", "Coaching clinic online", "Online", begins="12:00", ends="13:00"),
    Gathering(150, "workshop", *WORKSHOPS[2], told=True, planned=100),
    Gathering(200, "masterclass", *CLASSES[1], begins="10:00", ends="16:00"),
    Gathering(262, "workshop", *WORKSHOPS[3]),
)


def open_hsmc(timeline: Timeline) -> World:
    timeline.clock.set(timeline.at(OPENED, "09:00"))
    tenant, staff, _account = open_tenant(
        slug=HSMC,
        name="HSMC, University of Birmingham",
        staff_name="Helen Ashworth-Bell",
        staff_email="helen.ashworth-bell@hsmc.example",
        password=DEMO_PASSWORD,
        colour="#1d4f91",
        reply_to="aspirant-dph@hsmc.example",
        by=Actor.system("demo"),
    )
    world = World(tenant, timeline, staff, Random(11))  # noqa: S311 -- a story that is the same at every load
    read_organisations(world, "organisations_health.csv")
    read_endorsers(world, "endorsers_health.csv")
    return world


def plan_hsmc(world: World) -> list[Story]:
    with world.acting(world.staff) as by:
        update_tenant(
            tenant=world.tenant, by=by, vocabulary={"learning set": ["action learning set", "action learning sets"]}
        )
        programme = create_programme(name=words_health.PROGRAMME, summary=words_health.SUMMARY, by=by)
        for name in words_health.AMBITIONS:
            add_ambition(name=name, by=by)
        for short_name, part in words_health.PARTNERS:
            add_partner(programme=programme, organisation=world.organisations[short_name], part=part, by=by)
    add_helpers(world)
    stories = three_cohorts(world, programme)
    for story in stories:
        plan_applying(story)
        plan_assessing(story)
        plan_choosing(story)
        plan_life(story)
    plan_alumni(stories[0], careers=words_alumni.HEALTH_CAREERS, away=5, earlier=words_alumni.HEALTH_EARLIER)
    plan_alumni_life(stories[0], words_alumni.HEALTH_EVENING, words_alumni.HEALTH_QUESTION, words_alumni.HEALTH_STEPS)
    plan_helping(stories[-1], finished=stories[0])
    following = next_cohort(world, programme)
    plan_relative(following, words_health.OFFICER, applicant=3)
    plan_applying(following)
    plan_assessing(following)
    plan_moderating(following)
    pilot = pilot_group(world, programme)
    plan_applying(pilot)
    plan_assessing(pilot)
    plan_seeing(pilot, Seeing(days=(-55, -48), book_by=-53))
    plan_choosing(pilot)
    fellows = fellowship(world, programme)
    plan_applying(fellows)
    plan_assessing(fellows)
    plan_seeing(fellows, Seeing(days=(-1, 6), book_by=2))
    preparing = cohort_to_come(world, programme)
    plan_preparing(preparing)
    plan_reminders(world)
    return [*stories, following, pilot, fellows, preparing]


def add_helpers(world: World) -> None:
    world.person("Priyanka Deshmukh", "Walsall", "Consultant in Public Health")
    for name, job_title, email in words_health.ASSESSORS:
        world.person(name, job_title=job_title, email=email)
    for name, email in words_health.FACILITATORS:
        person = world.person(name, "", "Independent coach", email)
        with world.acting(world.staff) as by:
            assign_role(person=person, role=Role.FACILITATOR, scope=RoleScope("", "everything"), by=by)


def three_cohorts(world: World, programme: Programme) -> list[Story]:
    names = people(start=200)
    third = chain(["Priyanka Deshmukh"], names)
    return [
        cohort(world, programme, names, words_health.COHORT_1, starts=-845, places=12),
        cohort(world, programme, names, words_health.COHORT_2, starts=-480, places=12),
        cohort(world, programme, third, words_health.COHORT_3, starts=-118, places=20),
    ]


def cohort(
    world: World, programme: Programme, names: Iterator[str], employers: Sequence[str], *, starts: int, places: int
) -> Story:
    """Named after the year it starts in."""
    year = world.timeline.day(starts).year
    known = sectors(world)
    found = nominees(world, names=names, employers=employers, sector_of=known, start=starts % 5, jobs=words_health.JOBS)
    give_fates(found, {"withdraws": (5,)}, {0: 6.2})
    return Story(
        world=world,
        name=f"Cohort {year}",
        slug=f"cohort-{year}",
        places=places,
        starts=starts,
        ends=starts + 273,
        days=SelectionDays(
            opens=starts - 110, closes=starts - 82, endorse_by=starts - 72, score_by=starts - 56, offers=starts - 46
        ),
        people=found,
        words=WORDS,
        targets=words_health.TARGETS if places < 20 else words_health.TARGETS_3,
        assessors=[row[0] for row in words_health.ASSESSORS],
        readers=3 if places == 20 else 2,
        programme=programme,
        proof=words_health.PROOF,
        on_paper=words_health.ASSESSORS[3][0],
    )


def next_cohort(world: World, programme: Programme) -> Story:
    """The one after: assessed, and its chair is in the middle of moderation."""
    starts = 250
    known = sectors(world)
    found = nominees(
        world,
        names=people(start=330),
        employers=words_health.COHORT_3,
        sector_of=known,
        start=4,
        jobs=words_health.JOBS,
    )
    give_fates(found, {"withdraws": (9,)}, {3: 6.1})
    return Story(
        world=world,
        name=f"Cohort {world.timeline.day(starts).year}",
        slug=f"cohort-{world.timeline.day(starts).year}",
        places=14,
        starts=starts,
        ends=starts + 273,
        days=SelectionDays(opens=-72, closes=-48, endorse_by=-36, score_by=-9),
        people=found,
        words=WORDS,
        targets=words_health.TARGETS_NEXT,
        assessors=[row[0] for row in words_health.ASSESSORS],
        chair="Kit Sorrell",
        corrected_because=words_applications.CORRECTED_BECAUSE,
        programme=programme,
        proof=words_health.PROOF,
    )


def fellowship(world: World, programme: Programme) -> Story:
    """A few places for consultants who want to lead beyond their own body: its assessment centre is under way today."""
    starts = 130
    found = nominees(
        world,
        names=people(start=420),
        employers=words_health.FELLOWS,
        sector_of=sectors(world),
        start=2,
        jobs=words_health.JOBS,
    )
    give_fates(found, {}, {1: 6.4, 6: 3.6})
    year = world.timeline.day(starts).year
    return Story(
        world=world,
        name=f"System leadership fellowship {year}",
        slug=f"fellowship-{year}",
        places=4,
        starts=starts,
        ends=starts + 182,
        days=SelectionDays(opens=-66, closes=-44, endorse_by=-34, score_by=-14),
        people=found,
        words=WORDS,
        targets=words_health.TARGETS_FELLOWS,
        assessors=[row[0] for row in words_health.ASSESSORS],
        readers=2,
        programme=programme,
        proof=words_health.PROOF,
    )


def pilot_group(world: World, programme: Programme) -> Story:
    """The fellowship's first few: seen at an assessment centre, chosen, and about to begin."""
    found = nominees(
        world,
        names=people(start=460),
        employers=words_health.PILOT,
        sector_of=sectors(world),
        start=1,
        jobs=words_health.JOBS,
    )
    give_fates(found, {"declines": (2,)}, {2: 6.6, 5: 6.2})
    return Story(
        world=world,
        name="Leadership fellowship, pilot group",
        slug="fellowship-pilot",
        places=4,
        starts=24,
        ends=206,
        days=SelectionDays(opens=-118, closes=-96, endorse_by=-86, score_by=-70, seen_by=-47, offers=-36),
        people=found,
        words=WORDS,
        targets=words_health.TARGETS_FELLOWS,
        assessors=[row[0] for row in words_health.ASSESSORS],
        readers=2,
        programme=programme,
        proof=words_health.PROOF,
    )


def cohort_to_come(world: World, programme: Programme) -> Story:
    """The one after that: its round isn't open yet, and its framework still changes."""
    starts = 610
    return Story(
        world=world,
        name=f"Cohort {world.timeline.day(starts).year}",
        slug=f"cohort-{world.timeline.day(starts).year}",
        places=14,
        starts=starts,
        ends=starts + 273,
        days=SelectionDays(opens=38, closes=66, endorse_by=78, score_by=104),
        people=[],
        words=WORDS,
        targets=words_health.TARGETS_NEXT,
        programme=programme,
        proof=words_health.PROOF,
    )


def plan_life(story: Story) -> None:
    helpers = [name for name, _email in words_health.FACILITATORS]
    plan_meetings(story, Meetings(NINE_MONTHS, (25, 70, 112, 165, 220), SETS, helpers, reflections=16))
    finished = story.ends < 0
    first = story.starts < -800
    plan_trying(story, library=first)
    plan_survey(story, before=4, open_for=18, after=20 if finished else None, share=0.9)
    plan_network(story, before=3, open_for=16, end=15 if finished else None, later=300 if first else None)
    if finished:
        plan_report(story, words_health.NARRATIVE if first else words_health.NARRATIVE_2)
        plan_work(
            story,
            (Work(2 if first else 1, (0, 4, 8), "Birmingham", 40, ratings="gag", ends="close"),),
            words_health.PROJECTS,
        )
        return
    plan_work(
        story,
        (
            Work(0, (0, 5, 10), "Walsall", 30, ratings="ga"),
            Work(3, (1, 6), "PHE", 44, ratings="g"),
            Work(1, (2, 7, 11), "Birmingham", 104, ""),
        ),
        words_health.PROJECTS,
    )
    plan_map(story, words_health.PROJECTS[0][0], OFF_LICENCES)
    plan_pairing(story, GUIDES, pairs=4)


GUIDES = (
    Guide("Torquil Menzies", "torquil.menzies@mentors.example", "chief_officer", 0, 2, "Director of public health"),
    Guide(
        "Adaeze Nwankwo-Reid",
        "adaeze.nwankwo-reid@mentors.example",
        "outside",
        1,
        2,
        "Chief executive of a housing charity",
    ),
    Guide("Pauline Garside", "pauline.garside@mentors.example", "chief_officer", 4, 2, "Council chief executive"),
)
