"""How people of a running cohort turn to each other: what they show, ask, offer and say of help, introductions and the noticeboard."""

from __future__ import annotations

from datetime import timedelta

from cohorts.models import Introduction
from cohorts.selectors.directory import profile_of
from cohorts.services.asks import answer_ask, close_ask, post_ask, say_thanks
from cohorts.services.directory import save_profile
from cohorts.services.introductions import answer_introduction, introduce, wish_introduction
from cohorts.services.notices import post_notice, remove_notice
from portal.demo.alumni import alumni
from portal.demo.story import Story
from portal.demo.words_helping import (
    ALUMNI_SHOWN,
    ASKED,
    INTRODUCED,
    NOTICES,
    OFFERED,
    SHOWN,
    STAFF_NOTICE,
    TAKEN_DOWN,
    THANKS,
    WISH,
    Asked,
)
from tenancy.models import Person


def plan_helping(story: Story, *, finished: Story) -> None:
    """Over the last weeks; `finished`: the cohort whose alumni show themselves and offer help to later ones."""
    timeline = story.world.timeline
    timeline.add(timeline.at(-33, "12:40"), lambda: show_themselves(story, finished))
    for number, asked in enumerate(ASKED):
        timeline.add(timeline.at(-27 + 5 * number, "13:10"), lambda a=asked: ask(story, story.participants, a))
    timeline.add(timeline.at(-24, "19:45"), lambda: ask(finished, alumni(finished), OFFERED))
    for number, row in enumerate(THANKS):
        timeline.add(timeline.at(-20 + 2 * number, "17:20"), lambda r=row: thank(story, *r))
        timeline.add(timeline.at(finished.ends - 30 + 3 * number, "16:40"), lambda r=row: thank(finished, *r))
    timeline.add(timeline.at(-15, "08:30"), lambda: introduce_some(story))
    timeline.add(timeline.at(-6, "09:15"), lambda: put_up(story))


def show_themselves(story: Story, finished: Story) -> None:
    for people, shown in ((story.participants, SHOWN), (alumni(finished), ALUMNI_SHOWN)):
        for person, said in zip(people, shown, strict=False):
            with story.world.acting(person) as by:
                contact = {"contact": person.email, "contact_to": "set"}
                save_profile(seen="", by=by, **{**profile_of(person.pk), **contact, **said})


def ask(story: Story, people: list[Person], asked: Asked) -> None:
    world = story.world
    with world.acting(people[asked.who]) as by:
        row = post_ask(
            kind=asked.kind, title=asked.title, body=asked.body, audience=asked.audience, weeks=asked.weeks, by=by
        )
    for number, words in asked.answers:
        with world.acting(people[number]) as by:
            answer_ask(ask=row, body=words, contact=people[number].email, by=by)
    if asked.helper is not None:
        with world.acting(people[asked.who]) as by:
            close_ask(ask=row, helper=people[asked.helper], body=asked.helped, counts=True, by=by)


def thank(story: Story, who: int, helper: int, words: str, counts: bool) -> None:
    with story.world.acting(story.participants[who]) as by:
        say_thanks(helper=story.participants[helper], body=words, counts=counts, by=by)


def introduce_some(story: Story) -> None:
    people, world = story.participants, story.world
    for who, first, second, why, answered in INTRODUCED:
        with world.acting(people[who]) as by:
            row = introduce(first=people[first], second=people[second], why=why, by=by)
        for place, number in enumerate({"both": (first, second), "first": (first,)}[answered]):
            asked = world.timeline.clock.moment
            answered_at = asked + timedelta(hours=25 + 3 * place, minutes=4 * who)
            world.timeline.add(answered_at, lambda row=row, number=number: say_yes(story, row, number))
    with world.acting(people[3]) as by:
        wish_introduction(why=WISH, by=by)


def say_yes(story: Story, introduction: Introduction, number: int) -> None:
    """The day after, when the question has reached them."""
    with story.world.acting(story.participants[number]) as by:
        again = Introduction.objects.select_related("words", "cohort").get(pk=introduction.pk)
        answer_introduction(introduction=again, yes=True, by=by)


def put_up(story: Story) -> None:
    cohort, world = story.the_cohort(), story.world
    with world.acting(world.staff) as by:
        post_notice(cohort=cohort, title=STAFF_NOTICE[0], body=STAFF_NOTICE[1], weeks=4, by=by)
    for number, title, body in NOTICES:
        with world.acting(story.participants[number]) as by:
            post_notice(cohort=cohort, title=title, body=body, weeks=4, by=by)
    number, title, body, reason = TAKEN_DOWN
    with world.acting(story.participants[number]) as by:
        row = post_notice(cohort=cohort, title=title, body=body, weeks=2, by=by)
    with world.acting(world.staff) as by:
        remove_notice(notice=row, reason=reason, by=by)
