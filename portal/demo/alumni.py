"""What came after a finished cohort: who took up which role, who lets it be known, and who would rather hear nothing for now."""

from __future__ import annotations

from datetime import timedelta

from cohorts.models import AlumniMembership, CoDesignInvitation, Event, EventOpening, Participation, Programme
from cohorts.services.alumni import add_career_step, add_past_alumnus, agree_to_use, change_standing
from cohorts.services.alumni_events import book_place, plan_alumni_event, save_recording
from cohorts.services.co_design import answer_co_design, ask_alumni
from cohorts.services.onward import add_onward_step
from portal.demo.story import Story
from portal.demo.words_alumni import Career, Evening, Question
from tenancy.models import Person


def plan_alumni(story: Story, *, careers: tuple[Career, ...], away: int, earlier: tuple[str, str, str]) -> None:
    """From the day a cohort has finished to today."""
    timeline = story.world.timeline
    timeline.add(timeline.at(-70, "20:15"), lambda: say_careers(story, careers))
    timeline.add(timeline.at(-66, "11:40"), lambda: stay_away(story, away))
    timeline.add(timeline.at(-61, "10:05"), lambda: add_earlier(story, earlier))


def plan_alumni_life(story: Story, evening: Evening, question: Question, steps: tuple[tuple[str, str], ...]) -> None:
    """What is on for them, what they're asked, and what they'll learn next."""
    timeline = story.world.timeline
    timeline.add(timeline.at(-55, "09:20"), lambda: plan_event(story, evening))
    timeline.add(timeline.at(-53, "18:30"), lambda: book(story, evening.title, 7))
    timeline.add(timeline.at(-29, "09:15"), lambda: add_recording(story, evening))
    timeline.add(timeline.at(-21, "13:10"), lambda: ask(story, question))
    timeline.add(timeline.at(-19, "21:05"), lambda: answer(story, question))
    timeline.add(timeline.at(-12, "09:40"), lambda: plan_event(story, evening, again=True))
    timeline.add(timeline.at(-10, "19:20"), lambda: book(story, evening.title_next, 4))
    timeline.add(timeline.at(-9, "20:30"), lambda: plan_steps(story, steps))


def alumni(story: Story) -> list[Person]:
    """Those of the story's cohort, the first of its nominees first."""
    with story.world.reading():
        places = Participation.objects.filter(cohort=story.the_cohort(), state="alumnus").select_related("person")
        return [place.person for place in places.order_by("joined_at", "pk")]


def say_careers(story: Story, careers: tuple[Career, ...]) -> None:
    today = story.world.timeline.clock.moment.date()
    for person, career in zip(alumni(story), careers, strict=False):
        with story.world.acting(person) as by:
            since = today - timedelta(days=career.days)
            add_career_step(role=career.role, employer=career.employer, level=career.level, since=since, by=by)
            for purpose in career.agrees:
                agree_to_use(purpose=purpose, agreed=True, by=by)


def stay_away(story: Story, number: int) -> None:
    person = alumni(story)[number]
    with story.world.acting(person) as by:
        membership = AlumniMembership.objects.select_related("programme", "person").get(person=person)
        change_standing(membership=membership, state="away", by=by)


def add_earlier(story: Story, who: tuple[str, str, str]) -> None:
    name, email, job_title = who
    with story.world.acting(story.world.staff) as by:
        add_past_alumnus(cohort=story.the_cohort(), name=name, email=email, job_title=job_title, by=by)


def programme_of(story: Story) -> Programme:
    return Programme.objects.get(pk=story.the_cohort().programme_id)


def plan_event(story: Story, evening: Evening, *, again: bool = False) -> None:
    world, day = story.world, 19 if again else -30
    starts = world.timeline.at(day, "12:30")
    with world.acting(world.staff) as by:
        plan_alumni_event(
            programme=programme_of(story),
            title=evening.title_next if again else evening.title,
            summary=evening.summary_next if again else evening.summary,
            starts_at=starts,
            ends_at=starts + timedelta(hours=1),
            join_url=evening.join_url,
            by=by,
        )


def book(story: Story, title: str, number: int) -> None:
    for person in alumni(story)[1 : number + 1]:
        with story.world.acting(person) as by:
            event = Event.objects.select_related("cohort__programme").get(title=title)
            book_place(event=event, by=by)


def add_recording(story: Story, evening: Evening) -> None:
    world = story.world
    with world.acting(world.staff) as by:
        opening = EventOpening.objects.select_related("event__cohort__programme").get(event__title=evening.title)
        version = opening.version
        save_recording(
            opening=opening, version=version, recording_url=evening.recording, recording_for="everyone", by=by
        )


def ask(story: Story, question: Question) -> None:
    world = story.world
    people = alumni(story)[:8]
    with world.acting(world.staff) as by:
        until = world.timeline.at(16, "23:59")
        ask_alumni(
            programme=programme_of(story),
            title=question.title,
            body=question.body,
            answer_by=until,
            people=people,
            by=by,
        )


def answer(story: Story, question: Question) -> None:
    """Some of them; the first, whose page the demo shows, hasn't yet."""
    for person, (says, words) in zip(alumni(story)[1:], question.answers, strict=False):
        with story.world.acting(person) as by:
            rows = CoDesignInvitation.objects.select_related("ask__programme", "person")
            row = rows.get(ask__title=question.title, person=person)
            answer_co_design(invitation=row, answer=says, words=words, by=by)


def plan_steps(story: Story, steps: tuple[tuple[str, str], ...]) -> None:
    person = alumni(story)[0]
    with story.world.acting(person) as by:
        for what, way in steps:
            add_onward_step(cohort=story.the_cohort(), what=what, way=way, due_on=None, goal=None, by=by)
