from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from reminders.obligations import Obligation
from reminders.steps import belongs_in_digest, latest_step
from tests.factories.reminders import make_source

LONDON = ZoneInfo("Europe/London")
SOURCE = make_source("test.greet")  # 3 days ahead, then every 7


def owed(due, since="2026-01-01"):
    def moment(day):
        return datetime.fromisoformat(f"{day}T17:00").replace(tzinfo=LONDON)

    return Obligation("test.greet", 1, "x", "key", moment(due) if due else None, moment(since), None, SOURCE)


@pytest.mark.parametrize(
    ("today", "step"),
    [
        ("2026-03-06", None),
        ("2026-03-07", "2026-03-07"),  # three days ahead
        ("2026-03-09", "2026-03-07"),
        ("2026-03-10", "2026-03-10"),  # the day itself
        ("2026-03-16", "2026-03-10"),
        ("2026-03-17", "2026-03-17"),
        ("2026-03-30", "2026-03-24"),  # the clocks change in between
        ("2026-03-31", "2026-03-31"),
    ],
)
def test_steps_around_a_date(today, step):
    found = latest_step(owed("2026-03-10"), date.fromisoformat(today), LONDON)
    assert found == (date.fromisoformat(step) if step else None)


@pytest.mark.parametrize(
    ("today", "step"),
    [("2026-03-07", None), ("2026-03-08", "2026-03-08"), ("2026-03-14", "2026-03-08"), ("2026-03-15", "2026-03-15")],
)
def test_what_has_no_date_is_reminded_of_at_intervals(today, step):
    found = latest_step(owed(None, since="2026-03-01"), date.fromisoformat(today), LONDON)
    assert found == (date.fromisoformat(step) if step else None)


def test_what_was_only_just_asked_for_waits_for_its_next_step():
    fresh = owed("2026-03-10", since="2026-03-09")
    assert latest_step(fresh, date(2026, 3, 9), LONDON) is None
    assert latest_step(fresh, date(2026, 3, 10), LONDON) == date(2026, 3, 10)
    late_from_the_start = owed("2026-03-01", since="2026-03-09")
    assert latest_step(late_from_the_start, date(2026, 3, 9), LONDON) is None
    assert latest_step(late_from_the_start, date(2026, 3, 15), LONDON) == date(2026, 3, 15)


def test_a_year_of_days_steps_never_go_back_and_never_lie_ahead():
    thing, last = owed("2026-03-10"), date.min
    for offset in range(365):
        today = date(2026, 1, 2) + timedelta(days=offset)
        step = latest_step(thing, today, LONDON)
        if step is not None:
            assert last <= step <= today
            last = step


def test_a_digest_names_what_is_near_or_late():
    thing = owed("2026-03-10")
    assert not belongs_in_digest(thing, date(2026, 3, 6), LONDON)
    assert belongs_in_digest(thing, date(2026, 3, 7), LONDON)
    assert belongs_in_digest(thing, date(2026, 6, 1), LONDON)
