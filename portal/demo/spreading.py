"""The movement around the programme: begun by staff, joined by people outside the cohorts, who tell others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.utils import timezone

from cohorts.consents import CURRENT_CONSENT
from cohorts.models import Event, Movement, MovementMember, MovementOpening, PledgeWords
from cohorts.rules import MOVEMENT
from cohorts.selectors.pledges import words_read
from cohorts.services.movement import (
    bring_colleague,
    edit_membership,
    join_movement,
    leave_movement,
    register_member,
    save_movement,
)
from cohorts.services.movement_events import open_to_movement, take_open_place
from cohorts.services.pledges import hide_pledge, join_pledge, make_pledge, say_outcome
from portal.demo.alumni import programme_of
from portal.demo.story import Story
from portal.demo.words_movement import HIDDEN, NEWCOMERS, OPEN_PLACES, PROMISES, PURPOSE, TAKES_PLACE, Newcomer, Promise
from tenancy.actors import Actor
from tenancy.models import Organisation, Person


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


def organisation_called(name: str) -> Organisation | None:
    """As somebody finds it on the list."""
    return Organisation.objects.filter(name__istartswith=name).order_by("pk").first() if name else None


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
                organisation=organisation_called(one.organisation),
                organisation_name=one.organisation,
                place=one.place,
                interests=one.interests,
                by=by,
            )


def plan_pledges(story: Story) -> None:
    """Made, joined, and what came of them; one that staff had to hide; and an event with places for the movement."""
    timeline = story.world.timeline
    for one in PROMISES:
        timeline.add(timeline.at(one.day, "13:35"), lambda one=one: promise(story, one))
        if one.me_too:
            timeline.add(timeline.at(one.day + 2, "19:45"), lambda one=one: join(story, one))
        if one.outcome:
            timeline.add(timeline.at(one.day + one.due, "17:50"), lambda one=one: say(story, one))
    timeline.add(timeline.at(-6, "09:25"), lambda: hide(story))
    timeline.add(timeline.at(-25, "11:15"), lambda: open_one(story))
    timeline.add(timeline.at(-22, "20:10"), lambda: take_places(story))


@contextmanager
def acting_as(story: Story, who: int | str) -> Iterator[Actor]:
    world = story.world
    if isinstance(who, str):
        with world.by_link(member(story, who).person, MOVEMENT) as by:
            yield by
    else:
        with world.acting(story.participants[who]) as by:
            yield by


def promise(story: Story, one: Promise) -> None:
    with acting_as(story, one.who) as by:
        by_on = timezone.localdate() + timedelta(days=one.due)
        make_pledge(
            movement=the_movement(story), what=one.what, by_on=by_on, audience=one.audience, signs=one.signs, by=by
        )


def words_of(one: Promise, owner: Person | None) -> PledgeWords:
    return words_read().filter(what=one.what, pledge__joined=None, owner=owner).get()


def owner_of(story: Story, who: int | str) -> Person:
    return member(story, who).person if isinstance(who, str) else story.participants[who]


def join(story: Story, one: Promise) -> None:
    owner = owner_of(story, one.who)
    for who in one.me_too:
        with story.world.reading():
            joined = (
                not isinstance(who, str) or MovementMember.objects.filter(person__name=who, state="member").exists()
            )
        if joined:
            with acting_as(story, who) as by:
                join_pledge(words=words_of(one, owner), by=by)


def say(story: Story, one: Promise) -> None:
    owner = owner_of(story, one.who)
    with acting_as(story, one.who) as by:
        words = words_of(one, owner)
        say_outcome(words=words, version=words.version, outcome=one.outcome, came_of_it=one.came_of_it, by=by)


def hide(story: Story) -> None:
    name, reason = HIDDEN
    owner = owner_of(story, name)
    with story.world.acting(story.world.staff) as by:
        hide_pledge(words=words_read().get(owner=owner), reason=reason, by=by)


def the_event(story: Story) -> Event | None:
    ahead = Event.objects.filter(
        cohort=story.the_cohort(), starts_at__gt=timezone.now() + timedelta(days=28), state="planned", learning_set=None
    )
    return ahead.exclude(kind="workshop").select_related("cohort__programme").order_by("starts_at").first()


def open_one(story: Story) -> None:
    with story.world.acting(story.world.staff) as by:
        if (event := the_event(story)) is not None:
            open_to_movement(event=event, places=OPEN_PLACES, by=by)


def take_places(story: Story) -> None:
    for name in TAKES_PLACE:
        with story.world.reading():
            there = MovementMember.objects.filter(person__name=name, state="member").exists()
        if there:
            with acting_as(story, name) as by:
                opening = MovementOpening.objects.select_related("event__cohort__programme").first()
                if opening is not None:
                    take_open_place(event=opening.event, by=by)
