"""Teams put their stakeholders on a map, and write down how they moved."""

from __future__ import annotations

from collections.abc import Sequence

from portal.demo.story import Story
from portal.demo.words_stakeholders import Held
from projects.models import Project, Stakeholder
from projects.services.stakeholders import add_stakeholder, record_move, share_map

PUT_ON = -47


def plan_map(story: Story, title: str, held: Sequence[Held], *, shown: bool = False) -> None:
    """The map of the project of that title; `shown` to its sponsor by its lead."""
    timeline = story.world.timeline
    for number, one in enumerate(held):
        timeline.add(timeline.at(PUT_ON, f"17:{10 + 4 * number}"), lambda h=one: put(story, title, h))
        for place, (day, *_said) in enumerate(one.moves):
            timeline.add(timeline.at(day, f"18:{5 + 6 * number:02}"), lambda h=one, n=place: move(story, title, h, n))
    if shown:
        timeline.add(timeline.at(-10, "19:15"), lambda: show(story, title))


def project_of(story: Story, title: str) -> Project:
    return Project.objects.get(cohort=story.the_cohort(), title=title)


def put(story: Story, title: str, held: Held) -> None:
    world = story.world
    with world.reading():
        members = list(project_of(story, title).memberships.select_related("person"))
        member = members[held.leads % len(members)]
    step, days = held.step if held.step and not held.moves else ("", 0)
    with world.acting(member.person) as by:
        add_stakeholder(
            project=project_of(story, title),
            name=held.name,
            role=held.role,
            organisation_name=named(story, held.organisation),
            influence=held.influence,
            impact=held.impact,
            stance=held.stands,
            wanted=held.wanted,
            cares_about=held.cares,
            lead=member,
            next_step=step,
            step_due=world.timeline.day(days) if step else None,
            by=by,
        )


def named(story: Story, short_name: str) -> str:
    known = story.world.organisations.get(short_name)
    return known.name if known else short_name


def move(story: Story, title: str, held: Held, number: int) -> None:
    world = story.world
    _day, stance, note = held.moves[number]
    step, days = held.step if held.step and number == len(held.moves) - 1 else ("", 0)
    with world.reading():
        members = list(project_of(story, title).memberships.select_related("person"))
    with world.acting(members[held.leads % len(members)].person) as by:
        row = Stakeholder.objects.get(project=project_of(story, title), entry__name=held.name)
        record_move(
            stakeholder=row,
            version=row.version,
            stance=stance,
            on=world.timeline.clock.moment.date(),
            note=note,
            next_step=step,
            step_due=world.timeline.day(days) if step else None,
            by=by,
        )


def show(story: Story, title: str) -> None:
    world = story.world
    with world.reading():
        lead = project_of(story, title).memberships.get(is_lead=True).person
    with world.acting(lead) as by:
        share_map(project=project_of(story, title), share=True, by=by)
