"""Bank holidays of the nations of the UK: from the list of GOV.UK that came with the library as far as it goes, by rule beyond it.

Rules: Banking and Financial Dealings Act 1971 with the days proclaimed each year (https://www.gov.uk/bank-holidays). Days proclaimed
once, as for a coronation, are known from the list alone.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from govuk_bank_holidays.bank_holidays import BankHolidays

ENGLAND, SCOTLAND, NORTHERN_IRELAND = (
    BankHolidays.ENGLAND_AND_WALES,
    BankHolidays.SCOTLAND,
    BankHolidays.NORTHERN_IRELAND,
)
NATIONS = (ENGLAND, SCOTLAND, NORTHERN_IRELAND)
SATURDAY = 5


@cache
def bank_holidays() -> BankHolidays:
    return BankHolidays(use_cached_holidays=True)


@cache
def listed(nation: str) -> dict[date, str]:
    return {row["date"]: row["title"] for row in bank_holidays().get_holidays(division=nation)}


def easter_sunday(year: int) -> date:
    """The anonymous Gregorian computus (Meeus, Astronomical Algorithms, chapter 8)."""
    a, (b, c) = year % 19, divmod(year, 100)
    (d, e), f = divmod(b, 4), (b + 8) // 25
    h = (19 * a + b - d - (b - f + 1) // 3 + 15) % 30
    (i, k) = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def first_monday(year: int, month: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=-first.weekday() % 7)


def last_monday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta(days=last.weekday())


def with_substitutes(days: dict[date, str]) -> dict[date, str]:
    """Those that fall on a weekend are kept on the next weekday that is no holiday itself."""
    found = {day: name for day, name in days.items() if day.weekday() < SATURDAY}
    for day in sorted(set(days) - set(found)):
        moved = day
        while moved.weekday() >= SATURDAY or moved in found:
            moved += timedelta(days=1)
        found[moved] = days[day]
    return found


@cache
def by_rule(year: int, nation: str = ENGLAND) -> dict[date, str]:
    """The year's bank holidays as the rules make them."""
    easter = easter_sunday(year)
    fixed = {
        date(year, 1, 1): "New Year’s Day",
        date(year, 12, 25): "Christmas Day",
        date(year, 12, 26): "Boxing Day",
    }
    moving = {
        easter - timedelta(days=2): "Good Friday",
        first_monday(year, 5): "Early May bank holiday",
        last_monday(year, 5): "Spring bank holiday",
    }
    if nation == SCOTLAND:
        fixed |= {date(year, 1, 2): "2nd January", date(year, 11, 30): "St Andrew’s Day"}
        moving[first_monday(year, 8)] = "Summer bank holiday"
    else:
        moving |= {easter + timedelta(days=1): "Easter Monday", last_monday(year, 8): "Summer bank holiday"}
    if nation == NORTHERN_IRELAND:
        fixed |= {date(year, 3, 17): "St Patrick’s Day", date(year, 7, 12): "Battle of the Boyne (Orangemen’s Day)"}
    return moving | with_substitutes(fixed)


def holiday_name(day: date, nation: str = ENGLAND) -> str:
    """What the bank holiday of that day is called; '' on any other day."""
    nation = nation if nation in NATIONS else ENGLAND
    known = listed(nation)
    if min(known).year <= day.year <= max(known).year:
        return known.get(day, "")
    return by_rule(day.year, nation).get(day, "")
