"""When reminders may leave: working hours of working days, in the tenant's own time zone and nation.

Bank holidays need no network (reminders.bank_holidays). A system check speaks up before the list that knows one-off days runs out.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from reminders.bank_holidays import ENGLAND, SATURDAY, holiday_name, listed
from tenancy.models import Tenant


def last_known_holiday(nation: str = ENGLAND) -> date:
    return max(listed(nation))


def is_working_day(day: date, nation: str = ENGLAND) -> bool:
    """Monday to Friday, bank holidays of the nation excepted."""
    return day.weekday() < SATURDAY and not holiday_name(day, nation)


def add_working_days(day: date, days: int, nation: str = ENGLAND) -> date:
    """The day `days` working days after this one; nought gives this day or, if it isn't one, the next working day."""
    while not is_working_day(day, nation):
        day += timedelta(days=1)
    for _step in range(days):
        day += timedelta(days=1)
        while not is_working_day(day, nation):
            day += timedelta(days=1)
    return day


def local_time(tenant: Tenant, moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(tenant.time_zone))


def is_working_time(tenant: Tenant, moment: datetime) -> bool:
    """Whether a reminder may leave at this moment. Compared as wall time, so clock changes need no care."""
    local = local_time(tenant, moment)
    return is_working_day(local.date(), tenant.nation) and tenant.work_starts <= local.time() < tenant.work_ends


def next_working_time(tenant: Tenant, moment: datetime) -> datetime:
    """This moment if it is working time, otherwise the next opening, as an aware datetime in the tenant's zone."""
    if is_working_time(tenant, moment):
        return moment
    local = local_time(tenant, moment)
    day = local.date() if local.time() < tenant.work_starts else local.date() + timedelta(days=1)
    day = add_working_days(day, 0, tenant.nation)
    # The wall time at that day's own offset: 8am is 8am on both sides of a clock change.
    return datetime.combine(day, tenant.work_starts, tzinfo=ZoneInfo(tenant.time_zone))
