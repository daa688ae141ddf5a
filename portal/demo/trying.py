"""Methods that the programme teaches, and what people try with them at work."""

from __future__ import annotations

from datetime import timedelta

from cohorts.models import Experiment, Method
from cohorts.services.methods import add_experiment, add_method, end_experiment
from portal.demo.story import Story
from portal.demo.words_methods import EXPERIMENTS, METHODS


def plan_trying(story: Story, *, library: bool = False) -> None:
    """With `library`, staff put the methods there first. What would begin or end after today is left to happen."""
    timeline = story.world.timeline
    last = min(story.ends, -1)
    if library:
        timeline.add(timeline.at(story.starts - 3, "15:20"), lambda: fill_library(story))
    for number, (_who, _method, begins, weeks, *_words, ended) in enumerate(EXPERIMENTS):
        begin, end = story.starts + 7 * begins, story.starts + 7 * (begins + weeks)
        if begin <= last:
            timeline.add(timeline.at(begin, f"07:4{number}"), lambda n=number: begin_experiment(story, n))
        if ended is not None and end < last:
            timeline.add(timeline.at(end, f"18:1{number}"), lambda n=number: say_what_came(story, n))


def fill_library(story: Story) -> None:
    with story.world.acting(story.world.staff) as by:
        for name, use, how, source in METHODS:
            add_method(name=name, use=use, how=how, source=source, by=by)


def begin_experiment(story: Story, number: int) -> None:
    who, method, _begins, weeks, title, expects, audience, _ended = EXPERIMENTS[number]
    today = story.world.timeline.clock.moment.date()
    with story.world.acting(story.participants[who]) as by:
        add_experiment(
            cohort=story.the_cohort(),
            title=title,
            expects=expects,
            look_on=today + timedelta(weeks=weeks),
            audience=audience,
            method=None if method is None else Method.objects.get(name=METHODS[method][0]),
            by=by,
        )


def say_what_came(story: Story, number: int) -> None:
    who, *_words, ended = EXPERIMENTS[number]
    person = story.participants[who]
    assert ended is not None
    with story.world.acting(person) as by:
        rows = Experiment.objects.select_related("owner", "notebook__cohort").filter(owner=person)
        experiment = rows.get(title=EXPERIMENTS[number][4], notebook__cohort=story.the_cohort())
        end_experiment(experiment=experiment, version=experiment.version, outcome=ended[0], result=ended[1], by=by)
