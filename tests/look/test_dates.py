from datetime import UTC, date, datetime, time, timedelta

import pytest

from engine.dates import in_days, uk_date, uk_datetime, uk_deadline, uk_period, uk_time, uk_weekday

WORKSHOP = datetime(2018, 1, 10, 17, 30, tzinfo=UTC)


def test_date_has_no_suffix_and_no_comma() -> None:
    assert uk_date(date(2018, 1, 10)) == "10 January 2018"
    assert uk_weekday(date(2018, 1, 10)) == "Wednesday 10 January 2018"
    assert uk_date(date(2018, 1, 1)) == "1 January 2018"


def test_nothing_for_no_date() -> None:
    assert [f(None) for f in (uk_date, uk_weekday, uk_time, uk_datetime, uk_deadline, in_days)] == [""] * 6


@pytest.mark.parametrize(
    ("clock", "words"),
    [
        (time(17, 30), "5:30pm"),
        (time(17), "5pm"),
        (time(9), "9am"),
        (time(0, 15), "12:15am"),
        (time(12, 5), "12:05pm"),
        (time(12), "midday"),
        (time(0), "midnight"),
    ],
)
def test_time(clock: time, words: str) -> None:
    assert uk_time(clock) == words


def test_moment_is_shown_in_local_time() -> None:
    assert uk_datetime(WORKSHOP) == "10 January 2018 at 5:30pm"
    summer = datetime(2018, 7, 31, 23, 30, tzinfo=UTC)  # half past midnight of August in London
    assert uk_datetime(summer) == "1 August 2018 at 12:30am"
    assert uk_date(summer) == "1 August 2018"


def test_deadline_at_midnight_is_said_of_the_day_that_ends() -> None:
    assert uk_deadline(datetime(2018, 1, 11, 0, 0, tzinfo=UTC)) == "11:59pm on 10 January 2018"
    assert uk_deadline(date(2018, 1, 10)) == "11:59pm on 10 January 2018"
    assert uk_deadline(WORKSHOP) == "5:30pm on 10 January 2018"


def test_period_on_one_day_and_over_two() -> None:
    ten, four = datetime(2018, 1, 10, 10, tzinfo=UTC), datetime(2018, 1, 10, 16, tzinfo=UTC)
    assert uk_period(ten, four) == "10 January 2018, 10am to 4pm"
    assert uk_period(ten, datetime(2018, 1, 11, 16, tzinfo=UTC)) == "10 January 2018 at 10am to 11 January 2018 at 4pm"
    assert uk_period(ten, None) == "10 January 2018 at 10am"


@pytest.mark.parametrize(
    ("day", "words"),
    [(10, "today"), (11, "tomorrow"), (13, "in 3 days"), (9, "yesterday"), (8, "2 days ago")],
)
def test_how_far_off(day: int, words: str) -> None:
    assert in_days(date(2018, 1, day), today=date(2018, 1, 10)) == words


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (90, "in 90 days"),
        (91, "in 3 months"),
        (-90, "90 days ago"),
        (-120, "4 months ago"),
        (-501, "16 months ago"),
        (640, "in about 2 years"),
        (-1200, "about 3 years ago"),
    ],
)
def test_nobody_counts_days_of_what_is_far_off(days: int, words: str) -> None:
    assert in_days(date(2018, 1, 10) + timedelta(days=days), today=date(2018, 1, 10)) == words
