"""Before and after: the survey's two waves, and the report of a cohort that has finished."""

from __future__ import annotations

import zlib
from datetime import datetime, timedelta

from outcomes.models import Domain, Indicator, Survey, SurveyInvitation, SurveyWave, WaveKind
from outcomes.services.answers import save_answers, save_note, send_answers
from outcomes.services.reports import make_report, save_narrative
from outcomes.services.surveys import close_wave, create_survey, edit_survey, open_wave, set_kinds
from portal.demo.story import Story
from portal.demo.words_cohorts import SURVEY_INDICATORS
from tenancy.models import Person
from tenancy.seen import digest_of

NOTES = (
    "Marked myself down on partners. Look at this again in a year.",
    "Honest today. I was kinder to myself on the application form.",
    "The second statement stung.",
)


def plan_survey(story: Story, *, before: int, open_for: int, after: int | None = None, share: float = 0.93) -> None:
    """The wave before, `before` days from the start; the wave after, `after` days before the end, where the cohort has finished."""
    timeline = story.world.timeline
    timeline.add(timeline.at(story.starts + before - 3, "14:00"), lambda: set_up(story))
    wave(story, WaveKind.BEFORE, story.starts + before, open_for, share)
    if after is not None:
        # the same people: of one or two fewer, what those answered could be worked out, and no change would be shown
        wave(story, WaveKind.AFTER, story.ends - after, open_for, share)


def wave(story: Story, kind: str, day: int, open_for: int, share: float) -> None:
    timeline = story.world.timeline
    closes_at = timeline.at(day + open_for, "17:00")
    timeline.add(timeline.at(day, "09:45"), lambda: ask(story, kind, closes_at, day, open_for, share))
    if closes_at < timeline.end:
        timeline.add(closes_at - timedelta(minutes=5), lambda: close(story, kind))


def set_up(story: Story) -> None:
    world = story.world
    with world.acting(world.staff) as by:
        survey = create_survey(cohort=story.the_cohort(), name="Where I am", by=by)
        indicators = {domain: [text for d, _kind, text in SURVEY_INDICATORS if d == domain] for domain in Domain.values}
        survey = edit_survey(
            survey=survey, version=survey.version, name="Where I am as a leader", indicators=indicators, by=by
        )
        of = {text: kind for _domain, kind, text in SURVEY_INDICATORS}
        rows = list(Indicator.objects.filter(survey=survey))
        seen = digest_of({row.public_id: row.kind for row in rows})
        set_kinds(survey=survey, kinds={row.public_id: of[row.text] for row in rows}, seen=seen, by=by)


def ask(story: Story, kind: str, closes_at: datetime, day: int, open_for: int, share: float) -> None:
    """Staff open the wave; most of those asked answer, each at a moment of their own, and some never will."""
    world = story.world
    with world.acting(world.staff) as by:
        survey = Survey.objects.select_related("cohort__programme").get(cohort=story.the_cohort())
        found = open_wave(survey=survey, kind=kind, closes_at=closes_at, by=by)
        people = [
            row.person for row in SurveyInvitation.objects.filter(wave=found).select_related("person").order_by("id")
        ]
    answering = people[: round(len(people) * share)]
    moments = world.timeline.spread(day + 1, min(day + open_for - 1, -1), len(answering))
    for number, (person, moment) in enumerate(zip(answering, moments, strict=True)):
        world.timeline.add(moment, lambda p=person, n=number: answer(story, kind, p, n))


def wave_of(story: Story, kind: str) -> SurveyWave:
    return SurveyWave.objects.select_related("survey__cohort__programme").get(
        survey__cohort=story.the_cohort(), kind=kind
    )


def answer(story: Story, kind: str, person: Person, number: int) -> None:
    with story.world.acting(person) as by:
        found = wave_of(story, kind)
        indicators = Indicator.objects.filter(survey=found.survey_id)
        values = {row.public_id: rating(person, i, kind) for i, row in enumerate(indicators)}
        save_answers(wave=found, values=values, by=by)
        if number % 6 == 0:
            save_note(wave=found, note=NOTES[number % len(NOTES)], by=by)
        send_answers(wave=found, by=by)


def rating(person: Person, statement: int, kind: str) -> int:
    """People differ from each other, over all statements of a domain too: where all had one mean, it would tell everybody's."""
    lot = zlib.crc32(f"{person.email} {statement}".encode())
    before = 2 + lot % 3
    if kind == WaveKind.BEFORE:
        return before
    return max(1, min(5, before + (1, 1, 0, 1, 2, 1, -1, 1)[lot // 3 % 8]))


def close(story: Story, kind: str) -> None:
    world = story.world
    with world.acting(world.staff) as by:
        found = wave_of(story, kind)
        if not found.is_closed:
            close_wave(wave=found, by=by)


def plan_report(story: Story, narrative: str) -> None:
    """Three weeks after the end: the introduction, then the frozen version with its PDF."""
    timeline = story.world.timeline
    timeline.add(timeline.at(story.ends + 21, "13:15"), lambda: introduce(story, narrative))
    timeline.add(timeline.at(story.ends + 22, "10:30"), lambda: report(story))


def introduce(story: Story, narrative: str) -> None:
    with story.world.acting(story.world.staff) as by:
        save_narrative(cohort=story.the_cohort(), version=0, narrative=narrative, by=by)


def report(story: Story) -> None:
    with story.world.acting(story.world.staff) as by:
        make_report(cohort=story.the_cohort(), by=by)
