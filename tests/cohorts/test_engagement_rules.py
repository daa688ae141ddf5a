"""When somebody needs a word, and who learns of it when: by tables, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cohorts.engagement import Facts, Limits, Mark, Pause, days_quiet, missed_in_a_row, needs_word, steps, waits

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def marks(text: str) -> list[Mark]:
    """'x' missed, 'o' there; the last stands for ten days ago, each before it ten days earlier."""
    return [Mark(ago(10 * (len(text) - n)), mark == "o") for n, mark in enumerate(text)]


@pytest.mark.parametrize(
    ("told", "pauses", "expected"),
    [
        ("", (), 0),
        ("o", (), 0),
        ("x", (), 1),
        ("xxo", (), 0),
        ("oxx", (), 2),
        ("xxx", (), 3),
        ("oxxx", ((12, 5),), 2),  # the last lies in the pause
        ("oxxx", ((35, 5),), 0),  # all of them do
        ("oxox", ((12, 5),), 0),  # what was before the pause ended with a presence
        ("oxxx", ((22, 18),), 2),  # one in the middle is passed over
    ],
)
def test_only_what_was_missed_last_and_in_a_row_counts(told, pauses, expected):
    away = [Pause(ago(begins), ago(ends)) for begins, ends in pauses]
    assert missed_in_a_row(marks(told), away) == expected
    assert missed_in_a_row(reversed(marks(told)), away) == expected


@pytest.mark.parametrize(
    ("due", "back", "expected"),
    [
        (3, None, False),
        (7, None, False),
        (8, None, True),
        (40, None, True),
        (40, 5, False),
        (40, 9, True),
        (8, -3, True),
    ],
)
def test_an_action_waits_from_a_week_past_its_day_or_past_the_return(due, back, expected):
    away = [] if back is None else [Pause(ago(60), ago(back))]
    assert waits(ago(due), away, NOW) is expected


@pytest.mark.parametrize(("last", "back", "expected"), [(70, None, 70), (70, 12, 12), (70, 90, 70), (-2, None, 0)])
def test_days_without_a_reflection_begin_anew_after_a_pause(last, back, expected):
    away = [] if back is None else [Pause(ago(100), ago(back))]
    assert days_quiet(ago(last), away, NOW) == expected


@pytest.mark.parametrize(
    ("missed", "actions", "quiet", "expected"),
    [
        (0, 0, 0, False),
        (1, 0, 0, False),
        (0, 1, 0, False),
        (0, 2, 0, False),
        (0, 0, 400, False),  # nobody owes anybody a reflection
        (2, 0, 0, True),
        (0, 3, 0, True),
        (1, 1, 0, True),
        (1, 0, 59, False),
        (1, 0, 60, True),
        (0, 2, 60, True),
        (5, 9, 400, True),
    ],
)
def test_one_plain_sign_or_two_faint_ones(missed, actions, quiet, expected):
    facts = Facts(missed, actions, quiet)
    assert needs_word(facts, Limits()) is expected
    assert not needs_word(Facts(missed, actions, quiet, paused=True), Limits())
    assert not needs_word(facts, Limits(watches=False))


@pytest.mark.parametrize(
    ("limits", "facts", "expected"),
    [
        (Limits(missed=0), Facts(9, 0, 0), False),
        (Limits(missed=0), Facts(9, 0, 90), False),
        (Limits(actions=0), Facts(0, 9, 90), False),
        (Limits(quiet_days=0), Facts(1, 0, 400), False),
        (Limits(missed=1), Facts(1, 0, 0), True),
        (Limits(missed=4), Facts(3, 0, 0), False),
        (Limits(missed=4), Facts(3, 1, 0), True),
    ],
)
def test_a_cohort_says_what_counts(limits, facts, expected):
    assert needs_word(facts, limits) is expected


@pytest.mark.parametrize(
    ("facilitated", "spoke", "facilitator", "staff"),
    [
        (True, None, 7, 28),
        (True, 10, 7, 31),  # their word is given its time
        (True, 3, 7, 28),  # spoken before they were asked
        (False, None, 7, 7),  # nobody else is there to ask
        (False, 10, 7, 31),  # the facilitator has gone since, the word counts
    ],
)
def test_the_person_first_then_the_facilitator_then_staff(facilitated, spoke, facilitator, staff):
    found = steps(
        NOW, Limits(), facilitated=facilitated, spoke_at=None if spoke is None else NOW + timedelta(days=spoke)
    )
    assert found.facilitator_from == NOW + timedelta(days=facilitator)
    assert found.staff_from == NOW + timedelta(days=staff)
    assert found.facilitator_from <= found.staff_from
