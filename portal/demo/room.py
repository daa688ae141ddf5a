"""What two of a cohort's sets keep of their meetings: rules, air time, actions and how they worked."""

from __future__ import annotations

from datetime import timedelta

from cohorts.models import Event, IssueTag, LearningSet, SetAction
from cohorts.selectors.set_room import latest_number
from cohorts.selectors.sets import people_in
from cohorts.services.set_meetings import (
    begin_meeting,
    minutes_seen,
    move_on,
    save_bids,
    save_check_in,
    save_minutes,
    save_review,
)
from cohorts.services.set_room import accept_rules, add_action, answer_action, change_rules
from cohorts.states import MeetingStep, SetActionState
from portal.demo import words_sets
from portal.demo.story import Story
from tenancy.models import Person
from tenancy.seen import digest_of

ROWS = ("plan", "cohort__programme", "facilitator")


def keeps_room(story: Story, learning_set: LearningSet) -> bool:
    """The set of whoever a visitor can be, and the first; the others meet without the portal."""
    return learning_set.position == 1 or people_in(learning_set).filter(person=story.participants[0]).exists()


def hold_meeting(story: Story, event: Event, keeper: Person, marks: dict[str, str]) -> None:
    """All of a meeting, written down by its facilitator as it goes; who took something on last time says what came of it,
    or, where they've left the cohort, the facilitator."""
    world = story.world
    today = story.world.timeline.clock.moment.date()
    with world.acting(keeper) as by:
        row = Event.objects.select_related(*(f"learning_set__{name}" for name in ROWS), "cohort__programme").get(
            pk=event.pk
        )
        learning_set = row.learning_set
        assert learning_set is not None
        number = learning_set.meetings.count()
        meeting = begin_meeting(event=row, by=by)
        meeting.event, meeting.learning_set = row, learning_set
        save_check_in(meeting=meeting, version=row.version, marks=marks, by=by)
        members = [m.person for m in people_in(learning_set)]
        open_actions = list(
            SetAction.objects.filter(learning_set=learning_set, state=SetActionState.OPEN).select_related("owner")
        )
        if number in (0, 2):
            version = latest_number(learning_set)
            words = words_sets.RULES_AGAIN if number else words_sets.RULES
            change_rules(learning_set=learning_set, version=version, body=words, by=by)
    here = [person for person in members if marks.get(person.public_id) == "present"]
    for place, action in enumerate(open_actions):
        left = action.owner not in members
        outcome = "drop" if left else ("finish", "carry", "finish", "finish", "drop")[(place + number) % 5]
        with world.acting(keeper if left else action.owner) as by:
            mine = SetAction.objects.select_related(*(f"learning_set__{name}" for name in ROWS)).get(pk=action.pk)
            later = max(today, mine.due_on) + timedelta(days=24)
            answer_action(action=mine, outcome=outcome, due_on=later, by=by)
    for place, person in enumerate(here):
        # the newest version still waits for one or two
        if number in (0, 2) and place != 4:
            with world.acting(person) as by:
                accept_rules(learning_set=reload(learning_set), version=version + 1, by=by)
    with world.acting(keeper) as by:
        move_on(meeting=meeting, step=MeetingStep.ACTIONS, by=by)
        asked = {p.public_id: 20 + 5 * ((n + number) % 3) for n, p in enumerate(here) if (n + number) % 2 == 0}
        save_bids(meeting=meeting, seen=digest_of(minutes_seen(meeting, "wanted")), minutes=asked, by=by)
        had = {key: minutes + (3, -4, 0)[(n + number) % 3] for n, (key, minutes) in enumerate(asked.items())}
        save_minutes(meeting=meeting, seen=digest_of(minutes_seen(meeting, "minutes")), minutes=had, by=by)
        move_on(meeting=meeting, step=MeetingStep.QUESTIONS, by=by)
        for place, person in enumerate(here[:5]):
            add_action(
                learning_set=learning_set,
                owner=person,
                body=words_sets.ACTIONS[(place * 5 + number * 3 + learning_set.position * 7) % len(words_sets.ACTIONS)],
                due_on=today + timedelta(days=21 + 7 * (place % 3)),
                meeting=meeting,
                by=by,
            )
        move_on(meeting=meeting, step=MeetingStep.NEW_ACTIONS, by=by)
        review = words_sets.REVIEWS[(number + learning_set.position) % len(words_sets.REVIEWS)]
        kinds = [tag.public_id for tag in IssueTag.objects.filter(retired=False)]
        # the first at every meeting, so that there are enough of it to be told
        came_up = [key for n, key in enumerate(kinds) if not n or (number + n + learning_set.position) % 3 != 2]
        save_review(meeting=meeting, version=0, body=review, tags=came_up, by=by)


def reload(learning_set: LearningSet) -> LearningSet:
    return LearningSet.objects.select_related(*ROWS).get(pk=learning_set.pk)
