"""What came after a finished cohort: who took up which role, who lets it be known, and who would rather hear nothing for now."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from cohorts.models import (
    AlumniGroup,
    AlumniMembership,
    CoDesignInvitation,
    Event,
    EventOpening,
    LinkedProgramme,
    Participation,
    PartnerPlaces,
    Programme,
)
from cohorts.rules import LINKED
from cohorts.services.alumni import add_career_step, add_past_alumnus, agree_to_use, change_standing
from cohorts.services.alumni_events import book_place, plan_alumni_event, save_recording
from cohorts.services.alumni_groups import join_group, start_group
from cohorts.services.co_design import answer_co_design, ask_alumni
from cohorts.services.onward import add_onward_step
from cohorts.services.partners import link_programme, make_offer, name_guest, offer_places
from portal.demo.story import Story
from portal.demo.words_alumni import ASPIRE, GROUP, NAMED, OFFERED, Career, Evening, Question
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
    timeline.add(timeline.at(-27, "16:15"), lambda: add_recording(story, evening))
    timeline.add(timeline.at(-21, "13:10"), lambda: ask(story, question))
    timeline.add(timeline.at(-19, "21:05"), lambda: answer(story, question))
    timeline.add(timeline.at(-12, "09:40"), lambda: plan_event(story, evening, again=True))
    timeline.add(timeline.at(-10, "19:20"), lambda: book(story, evening.title_next, 4))
    timeline.add(timeline.at(-9, "20:30"), lambda: plan_steps(story, steps))


def plan_sharing(first: Story, second: Story) -> None:
    """A group of both cohorts, and a linked programme with places both ways."""
    timeline = second.world.timeline
    timeline.add(timeline.at(-27, "10:10"), lambda: begin_group(second))
    timeline.add(timeline.at(-26, "20:05"), lambda: join(first, second))
    timeline.add(timeline.at(-18, "11:30"), lambda: link(second))
    timeline.add(timeline.at(-16, "14:45"), lambda: name_people(second))


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


def is_away(story: Story, person: Person) -> bool:
    with story.world.reading():
        return AlumniMembership.objects.exclude(state="active").filter(person=person).exists()


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
    people = [person for person in alumni(story) if not is_away(story, person)][:8]
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


def begin_group(story: Story) -> None:
    with story.world.acting(story.world.staff) as by:
        name, purpose = GROUP
        start_group(cohort=story.the_cohort(), name=name, purpose=purpose, by=by)


def join(first: Story, second: Story) -> None:
    """Two alumni and two of the cohort that runs; the participant and the alumnus whose pages the demo shows among them."""
    world = second.world
    with world.reading():
        group = AlumniGroup.objects.select_related("cohort__programme").get(name=GROUP[0])
        places = second.the_cohort().participations.filter(state="active").select_related("person")
        taking_part = [place.person for place in places.order_by("joined_at", "pk")[:2]]
    for person in [*alumni(first)[1:4], *taking_part]:
        with world.acting(person) as by:
            join_group(group=group, joins=True, by=by)


def link(story: Story) -> None:
    """Staff link ASPIRE and keep two places of the next masterclass for it."""
    world = story.world
    with world.acting(world.staff) as by:
        linked = link_programme(programme=programme_of(story), by=by, **ASPIRE)
        ahead = Event.objects.filter(cohort=story.the_cohort(), kind="masterclass", starts_at__gt=timezone.now())
        event = ahead.select_related("cohort__programme").order_by("starts_at").last()
        if event is not None:
            offer_places(linked=linked, event=event, number=2, name_by=event.starts_at - timedelta(hours=1), by=by)


def name_people(story: Story) -> None:
    """Their contact names somebody, and has room for ours at an event of theirs."""
    world = story.world
    with world.reading():
        contact = LinkedProgramme.objects.get(name=ASPIRE["name"]).contact
    with world.by_link(contact, LINKED) as by:
        linked = LinkedProgramme.objects.select_related("programme", "contact", "added_by").get(contact=contact)
        rows = PartnerPlaces.objects.filter(linked=linked).select_related("linked", "event__cohort__programme")
        for places in rows:
            name, email, employer = NAMED
            name_guest(places=places, name=name, email=email, employer=employer, by=by)
        starts = world.timeline.at(24, "14:00")
        title, about, place = OFFERED
        make_offer(
            linked=linked,
            title=title,
            about=about,
            place=place,
            starts_at=starts,
            ends_at=starts + timedelta(hours=2),
            number=3,
            by=by,
        )
