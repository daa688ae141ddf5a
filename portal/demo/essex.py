"""Essex Partners: a finished cohort, one in mid-course, one being assessed and one open for applications."""

from __future__ import annotations

from random import Random

from cohorts.services.cohorts import create_programme
from cohorts.services.programmes import add_ambition, add_partner
from portal.demo import words_alumni, words_essex
from portal.demo.alumni import plan_alumni, plan_alumni_life, plan_sharing
from portal.demo.applying import plan_applying
from portal.demo.copying import plan_next
from portal.demo.deciding import plan_assessing, plan_choosing
from portal.demo.essex_cohorts import cohort_1, cohort_2, cohort_3, cohort_coastal
from portal.demo.essex_life import plan_life_1, plan_life_2, plan_people, plan_reminders
from portal.demo.guests import plan_guests
from portal.demo.helping import plan_helping
from portal.demo.interest import plan_interest
from portal.demo.knowing import plan_deletion, plan_new_post
from portal.demo.names import people
from portal.demo.nominating import plan_nominating
from portal.demo.people import DEMO_PASSWORD, ESSEX
from portal.demo.returning import plan_buddies, plan_returning
from portal.demo.reviewing import plan_review
from portal.demo.slipping import plan_engagement
from portal.demo.spreading import plan_movement, plan_pledges
from portal.demo.story import Story
from portal.demo.timeline import Timeline
from portal.demo.tying import plan_ties
from portal.demo.vetoes import plan_vetoes
from portal.demo.world import World, read_endorsers, read_organisations
from tenancy.actors import Actor
from tenancy.models import Role, Sector
from tenancy.services.roles import RoleScope, assign_role
from tenancy.services.settings import save_organisation
from tenancy.services.tenants import open_tenant

OPENED = -780
WHOLE_TENANT = RoleScope("", "everything")


def open_essex(timeline: Timeline) -> World:
    """The tenant with its staff and organisations, on the day it was opened."""
    timeline.clock.set(timeline.at(OPENED, "09:00"))
    tenant, staff, _account = open_tenant(
        slug=ESSEX,
        name="Essex Partners",
        staff_name="Sunita Rao",
        staff_email="sunita.rao@essex-partners.example",
        password=DEMO_PASSWORD,
        colour="#7a1f4b",
        reply_to="programme@essex-partners.example",
        by=Actor.system("demo"),
    )
    world = World(tenant, timeline, staff, Random(7))  # noqa: S311 -- a story that is the same at every load
    read_organisations(world, "organisations.csv")
    read_endorsers(world, "endorsers.csv")
    name, short_name, sector, place = words_essex.SUPPLIER
    with world.acting(staff) as by:
        world.organisations[short_name] = save_organisation(
            organisation=None,
            name=name,
            short_name=short_name,
            place=place,
            sector=Sector.objects.get(name__iexact=sector),
            by=by,
        )
    return world


def plan_essex(world: World) -> list[Story]:
    """The programme, its helpers, and every step of its four cohorts up to today."""
    with world.acting(world.staff) as by:
        programme = create_programme(name=words_essex.PROGRAMME, summary=words_essex.SUMMARY, by=by)
        for name in words_essex.AMBITIONS:
            add_ambition(name=name, by=by)
        for short_name, part in words_essex.PARTNERS:
            add_partner(programme=programme, organisation=world.organisations[short_name], part=part, by=by)
    add_helpers(world)
    names = people()
    first, second = cohort_1(world, names), cohort_2(world, names)
    coastal, third = cohort_coastal(world, names), cohort_3(world)
    for story in (first, second, coastal, third):
        story.programme = programme
    for story in (first, second, coastal):
        plan_applying(story)
        plan_assessing(story, finished=0.55 if story is coastal else 1.0)
    for story in (first, second):
        plan_choosing(story)
    plan_interest(third)
    plan_nominating(third)
    plan_life_1(first)
    plan_life_2(second)
    plan_people(second, coastal)
    plan_new_post(coastal, 2)
    plan_deletion(second)
    plan_guests(second)
    plan_alumni(first, careers=words_alumni.ESSEX_CAREERS, away=13, earlier=words_alumni.ESSEX_EARLIER)
    plan_alumni_life(first, words_alumni.ESSEX_EVENING, words_alumni.ESSEX_QUESTION, words_alumni.ESSEX_STEPS)
    plan_sharing(first, second)
    plan_movement(second)
    plan_pledges(second)
    plan_helping(second, finished=first)
    plan_returning(first)
    plan_buddies(second, finished=first)
    plan_vetoes(second)
    plan_ties(second)
    plan_review(second)
    plan_engagement(second)
    plan_next(second)
    plan_reminders(world)
    return [first, second, coastal, third]


def add_helpers(world: World) -> None:
    """Facilitators, assessors from outside, the supplier's lead; and who has had an account since the programme began."""
    for name, short_name, job_title in words_essex.EARLY_ACCOUNTS:
        world.person(name, short_name, job_title)
    for name, _short, job_title, email in words_essex.ASSESSORS:
        world.person(name, job_title=job_title, email=email)
    helpers = [(name, email, "Independent coach", "", Role.FACILITATOR) for name, email in words_essex.FACILITATORS]
    helpers.append(
        ("Perpetua Nkemelu", "perpetua.nkemelu@frontline.example", "Programme director", "Frontline", Role.SUPPLIER)
    )
    for name, email, job_title, short_name, role in helpers:
        person = world.person(name, short_name, job_title, email)
        with world.acting(world.staff) as by:
            assign_role(person=person, role=role, scope=WHOLE_TENANT, by=by)
