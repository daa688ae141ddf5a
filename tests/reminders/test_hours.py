from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from reminders.hours import add_working_days, is_working_day, is_working_time, next_working_time
from tenancy.models import Tenant

LONDON = ZoneInfo("Europe/London")


def tenant(**fields):
    return Tenant(slug="essex", name="Essex", **fields)


@pytest.mark.parametrize(
    ("moment", "working"),
    [
        ("2026-03-02T08:00+00:00", True),  # Monday, opening
        ("2026-03-02T07:59+00:00", False),
        ("2026-03-02T17:59+00:00", True),
        ("2026-03-02T18:00+00:00", False),  # closing
        ("2026-03-07T12:00+00:00", False),  # Saturday
        ("2026-03-08T12:00+00:00", False),  # Sunday
        ("2026-04-03T12:00+00:00", False),  # Good Friday
        ("2026-04-06T12:00+00:00", False),  # Easter Monday
        ("2026-04-07T07:00+00:00", True),  # 8am in British Summer Time
        ("2026-04-07T06:59+00:00", False),
        ("2026-03-30T07:00+00:00", True),  # the Monday after the clocks went forward
        ("2026-03-27T07:30+00:00", False),  # the Friday before: still GMT
        ("2026-10-26T08:00+00:00", True),  # the Monday after they went back
        ("2026-10-26T07:30+00:00", False),
        ("2026-10-23T07:00+00:00", True),  # the Friday before: still BST
        ("2026-12-25T12:00+00:00", False),
        ("2026-12-28T12:00+00:00", False),  # Boxing Day's substitute
        ("2026-12-29T12:00+00:00", True),
    ],
)
def test_working_time(moment, working):
    assert is_working_time(tenant(), datetime.fromisoformat(moment)) is working


@pytest.mark.parametrize(
    ("day", "nation", "working"),
    [
        (date(2026, 4, 6), "england-and-wales", False),  # Easter Monday isn't a bank holiday in Scotland
        (date(2026, 4, 6), "scotland", True),
        (date(2026, 8, 3), "scotland", False),  # its summer bank holiday
        (date(2026, 8, 3), "england-and-wales", True),
        (date(2026, 3, 17), "northern-ireland", False),  # St Patrick's Day
        (date(2026, 3, 17), "england-and-wales", True),
        (date(2026, 3, 17), "no such nation", True),  # falls back to England and Wales
    ],
)
def test_nations_have_their_own_holidays(day, nation, working):
    assert is_working_day(day, nation) is working


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-03-02T10:00+00:00", "2026-03-02T10:00+00:00"),  # working time is now
        ("2026-03-02T05:00+00:00", "2026-03-02T08:00+00:00"),
        ("2026-03-06T18:30+00:00", "2026-03-09T08:00+00:00"),  # Friday evening to Monday
        ("2026-04-02T18:30+01:00", "2026-04-07T08:00+01:00"),  # over Easter
        ("2026-03-27T19:00+00:00", "2026-03-30T08:00+01:00"),  # over the clocks going forward
        ("2026-10-23T19:00+01:00", "2026-10-26T08:00+00:00"),  # over the clocks going back
    ],
)
def test_next_working_time(moment, opens):
    assert next_working_time(tenant(), datetime.fromisoformat(moment)) == datetime.fromisoformat(opens)


def test_a_tenant_sets_its_own_hours():
    early = tenant(work_starts=time(6), work_ends=time(14))
    assert is_working_time(early, datetime(2026, 3, 2, 6, 30, tzinfo=LONDON))
    assert not is_working_time(early, datetime(2026, 3, 2, 14, 0, tzinfo=LONDON))


def test_adding_working_days_passes_over_holidays():
    assert add_working_days(date(2026, 4, 2), 1) == date(2026, 4, 7)
    assert add_working_days(date(2026, 4, 3), 0) == date(2026, 4, 7)
    assert add_working_days(date(2026, 3, 2), 10) == date(2026, 3, 16)
    day = date(2026, 1, 1)
    while day < date(2027, 1, 1):
        assert is_working_day(add_working_days(day, 3))
        day += timedelta(days=1)
