"""The demo's steps keep their order whatever the day it is loaded: many days of a holiday fall on the one after it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from portal.demo.clock import Clock
from portal.demo.timeline import LONDON, HereAndNow, Timeline, is_open, open_from


def timeline(now: datetime) -> Timeline:
    return Timeline(Clock(), HereAndNow(), now=now)


# A Monday after the fortnight that nobody plans in: 10 to 16 days before it are all the Friday before Christmas or this day.
AFTER_CHRISTMAS = datetime(2026, 1, 12, 10, tzinfo=UTC)


def test_days_of_a_holiday_fall_on_the_next_open_day() -> None:
    told = timeline(AFTER_CHRISTMAS)
    assert {told.day(-n) for n in range(8, 23)} == {date(2026, 1, 5)}
    assert told.day(-25) == date(2025, 12, 18)


@pytest.mark.django_db(databases=["default", "owner", "sys"])
def test_what_was_planned_first_is_told_first_whatever_the_clock() -> None:
    told = timeline(AFTER_CHRISTMAS)
    told.add(told.at(-12, "09:25"), lambda: order.append("appointed"))
    told.add(told.at(-16, "17:15"), lambda: order.append("set up"))
    told.add(told.at(-16, "10:15") + timedelta(hours=8), lambda: order.append("written later that day"))
    told.add(told.at(-8, "08:05"), lambda: order.append("opened"))
    told.add(datetime(2026, 1, 5, 7, tzinfo=LONDON), lambda: order.append("planned for no holiday"))
    order: list[str] = []
    told.run(say=lambda _month: None)
    assert order == ["set up", "written later that day", "appointed", "opened", "planned for no holiday"]


@pytest.mark.parametrize("day", [date(2025, 12, 20), date(2025, 12, 31), date(2026, 1, 3), date(2026, 4, 3)])
def test_open_from_finds_a_working_day(day: date) -> None:
    assert not is_open(day)
    assert is_open(open_from(day)) and 0 < (open_from(day) - day).days < 17


def test_the_past_never_reaches_today() -> None:
    """Loaded on a Sunday or a bank holiday, yesterday's steps are of the last working day."""
    told = timeline(datetime.combine(date(2026, 4, 6), time(12), tzinfo=LONDON))
    assert told.day(-1) == date(2026, 4, 2)
    assert all(told.day(-n) < told.today for n in range(1, 60))
    days = [told.day(-n) for n in range(60, 0, -1)]
    assert days == sorted(days)
