"""The cohort after next: copied from the one in mid-course, its venues proposed and nothing else settled."""

from __future__ import annotations

from datetime import date, timedelta

from cohorts.models import Programme
from cohorts.selectors.copying import plan_copy
from cohorts.services.copying import add_closed_days, choose_pattern, copy_cohort
from portal.demo.story import Story


def plan_next(story: Story) -> None:
    """Before the programme's first day staff say when it rests; when planning begins, `story`'s cohort is the pattern."""
    timeline = story.world.timeline
    timeline.add(timeline.at(story.starts - 20, "10:05"), lambda: rest_at_christmas(story))
    timeline.add(timeline.at(-6, "14:25"), lambda: copy_next(story))


def rest_at_christmas(story: Story) -> None:
    world, programme = story.world, story.programme
    assert programme is not None
    year = world.timeline.today.year - 1
    with world.acting(world.staff) as by:
        add_closed_days(
            programme=Programme.objects.get(pk=programme.pk),
            name="Christmas and New Year",
            first_day=date(year, 12, 20),
            last_day=date(year + 1, 1, 3),
            every_year=True,
            by=by,
        )


def copy_next(story: Story) -> None:
    world = story.world
    with world.acting(world.staff) as by:
        source = type(story.the_cohort()).objects.select_related("programme").get(pk=story.the_cohort().pk)
        choose_pattern(cohort=source, by=by)
        # A Tuesday a year and a half ahead.
        day = world.timeline.today + timedelta(days=480)
        plan = plan_copy(source, day + timedelta(days=(1 - day.weekday()) % 7))
        copy_cohort(
            source=source,
            name="Cohort 4",
            places=source.places,
            starts_on=plan.shift.new_first,
            ends_on=plan.ends_on,
            days={line.event.public_id: line.moved.day for line in plan.lines},
            seen=plan.seen,
            by=by,
        )
