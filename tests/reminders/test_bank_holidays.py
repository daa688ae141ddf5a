"""The rules make the days that GOV.UK listed, but for those proclaimed once; beyond the list the rules alone are asked."""

from __future__ import annotations

from datetime import date

import pytest

from reminders.bank_holidays import ENGLAND, NATIONS, NORTHERN_IRELAND, SCOTLAND, by_rule, holiday_name, listed
from reminders.hours import is_working_day, last_known_holiday

# Moved or added by proclamation, and Northern Ireland's year of the list that lacks one.
ONCE = {
    2012: {"06-05", "06-04", "05-28"},
    2020: {"05-04", "05-08"},
    2022: {"05-30", "06-02", "06-03", "09-19"},
    2023: {"05-08"},
}


@pytest.mark.parametrize("nation", NATIONS)
def test_rules_make_the_published_list(nation):
    days = listed(nation)
    years = range(min(days).year, max(days).year + 1)
    assert len(years) >= 16
    for year in years:
        published = {f"{d:%m-%d}" for d in days if d.year == year}
        ruled = {f"{d:%m-%d}" for d in by_rule(year, nation)}
        assert published ^ ruled <= ONCE.get(year, set()), year


@pytest.mark.parametrize(
    ("day", "nation", "name"),
    [
        ("2022-09-19", ENGLAND, "Bank Holiday for the State Funeral of Queen Elizabeth II"),
        ("2035-03-23", ENGLAND, "Good Friday"),
        ("2038-04-26", ENGLAND, "Easter Monday"),  # the latest Easter there can be
        ("2038-04-26", SCOTLAND, ""),
        ("2032-12-27", ENGLAND, "Christmas Day"),  # a Saturday's, on Monday
        ("2032-12-28", ENGLAND, "Boxing Day"),
        ("2033-12-27", ENGLAND, "Christmas Day"),  # a Sunday's: Boxing Day stays where it is
        ("2033-01-03", SCOTLAND, "New Year’s Day"),
        ("2033-01-04", SCOTLAND, "2nd January"),
        ("2033-08-01", SCOTLAND, "Summer bank holiday"),
        ("2033-08-29", ENGLAND, "Summer bank holiday"),
        ("2030-12-02", SCOTLAND, "St Andrew’s Day"),
        ("2031-07-14", NORTHERN_IRELAND, "Battle of the Boyne (Orangemen’s Day)"),
        ("2030-03-18", NORTHERN_IRELAND, "St Patrick’s Day"),
        ("2030-05-06", "nowhere", "Early May bank holiday"),
        ("2030-05-07", ENGLAND, ""),
    ],
)
def test_beyond_the_list_and_within(day, nation, name):
    assert holiday_name(date.fromisoformat(day), nation) == name
    assert is_working_day(date.fromisoformat(day), nation) is (not name and date.fromisoformat(day).weekday() < 5)


def test_the_list_says_where_it_ends():
    assert last_known_holiday().year >= 2028
