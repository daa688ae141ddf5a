"""Half-way the team holds a review and says what it changes; a participant asks their facilitator for support, and is answered."""

from __future__ import annotations

from datetime import timedelta

from cohorts.models import SupportRequest
from cohorts.selectors.sets import live_set_of
from cohorts.services.reviews import add_lesson, answer_lesson, hold_review
from cohorts.services.support import answer_support, ask_support
from portal.demo.story import Story

# What is learned, what is changed, days until it is due, and what came of it.
LESSONS = (
    (
        "Sets that meet before eleven lose whoever has school runs and morning boards.",
        "Offer each set an afternoon.",
        12,
        "",
    ),
    ("Sponsors answer within a day when they’re asked for one thing.", "One ask to a message, with a date.", 9, "done"),
    ("The second workshop tried to do three things.", "Systems first, tools by follow-on.", 30, ""),
)
ASKED = (
    "My deputy has left and I’m doing both jobs until March. I don’t want to drop out of the set, but I can’t see how to prepare."
    " Could we talk for twenty minutes?"
)
ANSWER = "Of course. Ring me on Thursday after four; and come unprepared next time, the set works with what’s there."


def plan_review(story: Story) -> None:
    timeline = story.world.timeline
    timeline.add(timeline.at(-9, "13:10"), lambda: review(story))
    timeline.add(timeline.at(-5, "21:20"), lambda: ask(story))
    timeline.add(timeline.at(-3, "08:50"), lambda: answer(story))


def review(story: Story) -> None:
    world = story.world
    today = world.timeline.clock.moment.date()
    with world.acting(world.staff) as by:
        held = hold_review(
            cohort=story.the_cohort(),
            held_on=today,
            summary="Seven of us for a morning: staff, two facilitators and both partners, with the first survey on the wall.",
            by=by,
        )
        for learned, change, days, outcome in LESSONS:
            lesson = add_lesson(
                review=held,
                learned=learned,
                change=change,
                owner=world.staff,
                due_on=today + timedelta(days=days),
                by=by,
            )
            if outcome:
                answer_lesson(
                    lesson=lesson, outcome=outcome, note="The last four went out that way; all were answered.", by=by
                )


def ask(story: Story) -> None:
    """The first whose set has a facilitator; another asks staff and waits."""
    world = story.world
    cohort = story.the_cohort()
    for number, body in ((6, ASKED), (15, "Could somebody look at my sponsor agreement with me before Friday?")):
        person = story.participants[number]
        with world.acting(person) as by:
            row = live_set_of(person.pk, cohort.pk)
            to = world.staff if number == 15 or row is None or row.facilitator is None else row.facilitator
            ask_support(cohort=cohort, to=to, body=body, by=by)


def answer(story: Story) -> None:
    world = story.world
    person = story.participants[6]
    with world.acting(person):
        row = SupportRequest.objects.select_related("to_person").filter(author=person).first()
    if row is not None:
        with world.acting(row.to_person) as by:
            answer_support(request=row, body=ANSWER, by=by)
