"""How people of a finished cohort planned their return to work, and what became of it."""

from __future__ import annotations

from datetime import timedelta

from cohorts.models import ReturnReview
from cohorts.services.returning import look_again, save_change_context, save_return_plan
from portal.demo.story import Story
from portal.demo.words_returning import RETURNS, Return

# Days after the cohort's last day on which they look at their plan again.
LOOKS = 70


def plan_returning(story: Story) -> None:
    """Before the last day of a finished cohort, and what they say of it ten weeks later."""
    timeline = story.world.timeline
    for number, said in enumerate(RETURNS):
        timeline.add(timeline.at(story.ends - 22 + 3 * number, "20:10"), lambda s=said: make_plan(story, s))
        if said.later:
            timeline.add(timeline.at(story.ends + LOOKS + 1 + number, "19:30"), lambda s=said: look(story, s))


def make_plan(story: Story, said: Return) -> None:
    world, cohort = story.world, story.the_cohort()
    with world.acting(story.participants[said.who]) as by:
        save_return_plan(
            cohort=cohort,
            version=0,
            keep=said.keep,
            need_time=said.time,
            need_sponsor=said.backing,
            need_place=said.place,
            review_on=world.timeline.day(story.ends + LOOKS),
            review_again_on=world.timeline.today + timedelta(days=5 + said.who),
            by=by,
        )
        if said.kinds:
            save_change_context(cohort=cohort, version=0, kinds=said.kinds, body=said.changed, by=by)


def look(story: Story, said: Return) -> None:
    person = story.participants[said.who]
    with story.world.acting(person) as by:
        rows = ReturnReview.objects.select_related("plan__cohort", "owner").filter(owner=person, done_at__isnull=True)
        review = rows.order_by("review_on").first()
        if review is not None:
            look_again(review=review, body=said.later, by=by)
