"""What came after a finished cohort: who took up which role, who lets it be known, and who would rather hear nothing for now."""

from __future__ import annotations

from datetime import timedelta

from cohorts.models import AlumniMembership, Participation
from cohorts.services.alumni import add_career_step, add_past_alumnus, agree_to_use, change_standing
from portal.demo.story import Story
from portal.demo.words_alumni import Career
from tenancy.models import Person


def plan_alumni(story: Story, *, careers: tuple[Career, ...], away: int, earlier: tuple[str, str, str]) -> None:
    """From the day a cohort has finished to today."""
    timeline = story.world.timeline
    timeline.add(timeline.at(-70, "20:15"), lambda: say_careers(story, careers))
    timeline.add(timeline.at(-66, "11:40"), lambda: stay_away(story, away))
    timeline.add(timeline.at(-61, "10:05"), lambda: add_earlier(story, earlier))


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
