"""Some slip in mid-course: most are asked how they are in time, one isn't; two write about their day job, one is away for a while."""

from __future__ import annotations

from datetime import timedelta

from cohorts.models import EngagementSignal, LearningSet, Participation
from cohorts.promises import promises_about
from cohorts.selectors.engagement import to_ask
from cohorts.services.engagement import note_check_in, pause_engagement, refresh_signals, send_day_job_word
from cohorts.states import ParticipationState
from portal.demo.story import Story
from tenancy.actors import Actor
from tenancy.models import Person

TO_MANAGER = (
    "You released fifteen days for this and I’ve been able to take four. Since the restructure I cover two posts, and the workshops are"
    " what gives way. Could we find somebody to take the Thursday panel until Easter? I’d rather not drop out of the project."
)
TO_STAFF = (
    "We’re two people down in the control room and I can’t get away on weekdays before the new rota starts. I’d like to stay. Is there a"
    " way of following the next class online?"
)


def plan_engagement(story: Story) -> None:
    timeline = story.world.timeline
    for day in (-49, -42, -34, -27, -20, -13, -6, -1):
        timeline.add(timeline.at(day, "05:00"), lambda: work_out(story))
    timeline.add(timeline.at(-26, "10:20"), lambda: ask(story, 3))
    timeline.add(timeline.at(-12, "16:05"), lambda: ask(story, 2))
    timeline.add(timeline.at(-18, "19:40"), lambda: write(story, 8, TO_MANAGER, to_staff=False))
    timeline.add(timeline.at(-9, "12:15"), lambda: write(story, 22, TO_STAFF, to_staff=True))
    timeline.add(timeline.at(-5, "08:30"), lambda: go_away(story, 19))


def work_out(story: Story) -> None:
    with story.world.reading():
        refresh_signals(cohort=story.the_cohort(), by=Actor.system("engagement"))


def ask(story: Story, most: int) -> None:
    """Facilitators speak with some of those they're asked to, but not yet with the one who slips most."""
    world = story.world
    with world.reading():
        ids = LearningSet.objects.filter(cohort=story.the_cohort(), plan__state="published").values("facilitator")
        facilitators = list(Person.objects.filter(pk__in=ids).order_by("pk"))
    for facilitator in facilitators:
        with world.acting(facilitator) as by:
            for signal in list(to_ask(facilitator.pk).exclude(person_id=story.slipping or 0)[:most]):
                note_check_in(signal=EngagementSignal.objects.select_related("cohort").get(pk=signal.pk), by=by)


def place_of(story: Story, number: int) -> Participation | None:
    """Whoever has left meanwhile does nothing any more."""
    with story.world.reading():
        rows = Participation.objects.filter(cohort=story.the_cohort(), state=ParticipationState.ACTIVE)
        return rows.select_related("cohort__programme", "person").filter(person=story.participants[number]).first()


def write(story: Story, number: int, words: str, *, to_staff: bool) -> None:
    if (place := place_of(story, number)) is None:
        return
    with story.world.acting(place.person) as by:
        promises = promises_about(place.person_id, place.cohort_id)
        to = None if to_staff or not promises else promises[0].by
        send_day_job_word(cohort=place.cohort, to=to, body=words, by=by)


def go_away(story: Story, number: int) -> None:
    if (place := place_of(story, number)) is not None:
        with story.world.acting(place.person) as by:
            pause_engagement(place=place, until=story.world.timeline.today + timedelta(days=16), by=by)
