"""The movement around the programme: begun by staff, joined by people outside the cohorts, who tell others."""

from __future__ import annotations

from cohorts.consents import CURRENT_CONSENT
from cohorts.models import Movement, MovementMember
from cohorts.rules import MOVEMENT
from cohorts.services.movement import (
    bring_colleague,
    edit_membership,
    join_movement,
    leave_movement,
    register_member,
    save_movement,
)
from portal.demo.alumni import programme_of
from portal.demo.story import Story
from portal.demo.words_movement import NEWCOMERS, PURPOSE, Newcomer
from tenancy.actors import Actor


def plan_movement(story: Story) -> None:
    timeline = story.world.timeline
    timeline.add(timeline.at(-138, "10:00"), lambda: begin(story))
    for one in NEWCOMERS:
        timeline.add(timeline.at(one.day, "12:45"), lambda one=one: tell(story, one))
        if one.says:
            timeline.add(timeline.at(one.day + 1, "18:20"), lambda one=one: answer(story, one))


def begin(story: Story) -> None:
    with story.world.acting(story.world.staff) as by:
        save_movement(programme=programme_of(story), purpose=PURPOSE, is_open=True, shows_spread=True, version=0, by=by)


def the_movement(story: Story) -> Movement:
    return Movement.objects.select_related("programme").get(programme=programme_of(story))


def member(story: Story, name: str) -> MovementMember:
    with story.world.reading():
        rows = MovementMember.objects.select_related("movement__programme", "person", "organisation")
        return rows.get(person__name=name)


def tell(story: Story, one: Newcomer) -> None:
    """Typed on the public page, or told by a participant or a member."""
    world = story.world
    if one.told_by is None:
        with world.reading():
            register_member(
                movement=the_movement(story),
                name=one.name,
                email=one.email,
                organisation_name=one.organisation,
                place=one.place,
                interests=one.interests,
                by=Actor("visitor"),
            )
        return
    if isinstance(one.told_by, str):
        acting = world.by_link(member(story, one.told_by).person, MOVEMENT)
    else:
        acting = world.acting(story.participants[one.told_by])
    with acting as by:
        bring_colleague(movement=the_movement(story), name=one.name, email=one.email, by=by)


def answer(story: Story, one: Newcomer) -> None:
    """By the link in the message; whoever was told says then where they work."""
    row = member(story, one.name)
    with story.world.by_link(row.person, MOVEMENT) as by:
        if one.says == "no":
            leave_movement(member=row, erase=False, by=by)
            return
        join_movement(member=row, consent_version=CURRENT_CONSENT, by=by)
        if one.told_by is not None:
            edit_membership(
                member=row,
                organisation=None,
                organisation_name=one.organisation,
                place=one.place,
                interests=one.interests,
                by=by,
            )
