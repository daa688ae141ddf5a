"""Dates and times as the public sector writes them: '10 January 2018 at 5:30pm', 'in 3 days'.

Aware datetimes are shown in the current time zone. Everything here returns a finished phrase for people; none of it is
meant to be read back by a program.
"""

from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

NOON = time(12)
MIDNIGHT = time(0)


def _local(moment: datetime) -> datetime:
    return timezone.localtime(moment) if timezone.is_aware(moment) else moment


def _day(value: date | datetime) -> date:
    return _local(value).date() if isinstance(value, datetime) else value


def uk_date(value: date | datetime | None) -> str:
    """'10 January 2018'; nothing for None."""
    return "" if value is None else date_format(_day(value), "j F Y")


def uk_weekday(value: date | datetime | None) -> str:
    """'Wednesday 10 January 2018'; nothing for None."""
    return "" if value is None else date_format(_day(value), "l j F Y")


def uk_time(value: time | datetime | None) -> str:
    """'5:30pm', '5pm', 'midday', 'midnight'; nothing for None."""
    if value is None:
        return ""
    clock = _local(value).time() if isinstance(value, datetime) else value
    if (clock.hour, clock.minute) == (0, 0):
        return gettext("midnight")
    if (clock.hour, clock.minute) == (12, 0):
        return gettext("midday")
    half = "am" if clock.hour < 12 else "pm"
    hour = clock.hour % 12 or 12
    return f"{hour}:{clock.minute:02}{half}" if clock.minute else f"{hour}{half}"


def uk_datetime(value: datetime | None) -> str:
    """'10 January 2018 at 5:30pm'; nothing for None."""
    if value is None:
        return ""
    return gettext("%(date)s at %(time)s") % {"date": uk_date(value), "time": uk_time(value)}


def uk_deadline(value: date | datetime | None) -> str:
    """A moment by which something is due. Midnight leaves people unsure of the day, so it is said as 11:59pm of the
    day that ends; a date without a time is due by its end."""
    if value is None:
        return ""
    if not isinstance(value, datetime):
        day, clock = value, "11:59pm"
    else:
        local = _local(value)
        if (local.hour, local.minute) == (0, 0):
            day, clock = local.date() - timedelta(days=1), "11:59pm"
        else:
            day, clock = local.date(), uk_time(local)
    return gettext("%(time)s on %(date)s") % {"date": uk_date(day), "time": clock}


def uk_period(start: datetime, end: datetime | None) -> str:
    """'10 January 2018, 10am to 4pm', or both days where the end is on another one."""
    if end is None:
        return uk_datetime(start)
    if _day(start) == _day(end):
        words = {"date": uk_date(start), "start": uk_time(start), "end": uk_time(end)}
        return gettext("%(date)s, %(start)s to %(end)s") % words
    return gettext("%(start)s to %(end)s") % {"start": uk_datetime(start), "end": uk_datetime(end)}


def in_days(value: date | datetime | None, today: date | None = None) -> str:
    """How far off a day is: 'today', 'tomorrow', 'in 3 days', 'yesterday', '2 days ago', '4 months ago'; nothing for None."""
    if value is None:
        return ""
    days = (_day(value) - (today or timezone.localdate())).days
    if days == 0:
        return gettext("today")
    if days == 1:
        return gettext("tomorrow")
    if days == -1:
        return gettext("yesterday")
    ahead, days = days > 0, abs(days)
    if days >= FAR:
        return _far_off(ahead, days)
    if ahead:
        return ngettext("in %(days)d day", "in %(days)d days", days) % {"days": days}
    return ngettext("%(days)d day ago", "%(days)d days ago", days) % {"days": days}


# From here on nobody counts days.
FAR, YEAR = 91, 365.25


def _far_off(ahead: bool, days: int) -> str:
    months, years = round(days * 12 / YEAR), int(days / YEAR + 0.25)
    if months < 21:
        n = {"n": months}
        return gettext("in %(n)d months") % n if ahead else gettext("%(n)d months ago") % n
    n = {"n": years}
    return gettext("in about %(n)d years") % n if ahead else gettext("about %(n)d years ago") % n
