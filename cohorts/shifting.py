"""Where a day of one cohort falls in the next: the same weekday of the same week, off the days on which nothing can be. No database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from cohorts.models import ClosedDays
from engine.dates import uk_time, uk_weekday
from reminders.bank_holidays import SATURDAY, holiday_name

WEEK = timedelta(days=7)
# How far a day may be moved to find an open one.
MOST_WEEKS = 8


@dataclass(frozen=True)
class OpenDays:
    """On which days a programme's people can be asked to come."""

    nation: str
    closed: Sequence[ClosedDays] = ()

    def why_closed(self, day: date, *, weekend_too: bool = False) -> str:
        """In words why nothing is planned on that day, '' where something can be; `weekend_too`: weekends are no reason."""
        if name := holiday_name(day, self.nation):
            return name
        for row in self.closed:
            if row.covers(day):
                return row.name
        return "" if weekend_too or day.weekday() < SATURDAY else str(_("weekend"))


@dataclass(frozen=True)
class Moved:
    """The new day of something, and why it is that one. `off` says why it isn't the same weekday of the same week; '' where it is."""

    day: date
    why: str
    off: str = ""


@dataclass(frozen=True)
class Shift:
    """From one cohort's first day to another's, in whole weeks."""

    old_first: date
    new_first: date
    days: OpenDays
    weeks: int = field(init=False)

    def __post_init__(self) -> None:
        apart = monday_of(self.new_first) - monday_of(self.old_first)
        object.__setattr__(self, "weeks", apart.days // 7)

    def same_weekday(self, day: date) -> date:
        return day + self.weeks * WEEK

    def week_of(self, day: date) -> int:
        """Which week of the old cohort the day is in; the first day's is 1, the one before it 0."""
        return (monday_of(day) - monday_of(self.old_first)).days // 7 + 1

    def move(self, first: date, last: date | None = None) -> Moved:
        """Where what went from `first` to `last` goes. Weekends stay closed to it unless it was on one then."""
        length = ((last or first) - first).days
        weekends = [(first + timedelta(days=n)).weekday() >= SATURDAY for n in range(length + 1)]

        def blocked(day: date) -> str:
            run = (day + timedelta(days=n) for n in range(length + 1))
            found = (self.days.why_closed(d, weekend_too=was) for d, was in zip(run, weekends, strict=True))
            return next((words for words in found if words), "")

        wanted = self.same_weekday(first)
        week = self.week_of(first)
        kept = (
            _("Kept: %(weekday)s of week %(week)d.") % {"weekday": f"{wanted:%A}", "week": week}
            if week > 0
            else _("Kept: the same weekday, as long before the first day.")
        )
        off = blocked(wanted)
        if not off:
            return Moved(wanted, str(kept))
        for day in nearby(wanted, on_weekends=weekends[0]):
            if not blocked(day):
                words = {"from": uk_weekday(wanted), "off": off}
                return Moved(day, str(_("Moved from %(from)s: %(off)s.") % words), off)
        words = {"from": uk_weekday(wanted), "off": off}
        return Moved(
            wanted, str(_("%(from)s is closed (%(off)s), and so is everything near it: choose a day.") % words), off
        )


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def nearby(wanted: date, *, on_weekends: bool) -> Iterator[date]:
    """Later in the same week, nearest first, then earlier in it; then the same weekday of each following week, and its other days."""
    for week in range(MOST_WEEKS):
        here = wanted + week * WEEK
        monday = monday_of(here)
        days = [monday + timedelta(days=n) for n in range(7) if on_weekends or n < SATURDAY]
        if week:
            yield here
        yield from (day for day in days if day > here)
        yield from (day for day in reversed(days) if day < here)


def clock_note(before: datetime, day: date, zone: ZoneInfo) -> str:
    """Words for what the change of clocks does to an event: nothing on the wall, an hour in the world; '' where there is no change."""
    local = before.astimezone(zone)
    after = datetime.combine(day, local.time(), tzinfo=zone)
    if local.utcoffset() == after.utcoffset():
        return ""
    summer = bool(after.dst())
    words = _("summer time then, winter time before") if summer else _("winter time then, summer time before")
    return str(_("Still %(clock)s on the clock: %(words)s.") % {"clock": uk_time(local.time()), "words": words})


def at_same_clock(before: datetime, day: date, zone: ZoneInfo) -> datetime:
    """That wall-clock time on another day. What the spring change skips is an hour later by the clock, as clocks then show it."""
    clock: time = before.astimezone(zone).time()
    moment = datetime.combine(day, clock, tzinfo=zone)
    return moment if exists(moment, zone) else moment + timedelta(hours=1)


def exists(moment: datetime, zone: ZoneInfo) -> bool:
    return moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == moment.replace(tzinfo=None)
