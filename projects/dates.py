"""How long a project may run, and how long its sponsor has to decide."""

from __future__ import annotations

import calendar
from datetime import date, datetime, time

from reminders.hours import add_working_days, local_time
from tenancy.models import Tenant

SHORTEST_MONTHS = 12
LONGEST_MONTHS = 18
WORKING_DAYS_TO_DECIDE = 10


def months_after(day: date, months: int) -> date:
    """The same day `months` later, or the last of that month where it's shorter: 31 August + 6 = 28 or 29 February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def delivery_window(starts_on: date) -> tuple[date, date]:
    """The first and the last day on which a project that starts then may end."""
    return months_after(starts_on, SHORTEST_MONTHS), months_after(starts_on, LONGEST_MONTHS)


def decision_deadline(asked_at: datetime, tenant: Tenant) -> datetime:
    """11:59pm, in the tenant's own time, on the tenth working day after the day of asking."""
    asked = local_time(tenant, asked_at)
    last = add_working_days(asked.date(), WORKING_DAYS_TO_DECIDE, tenant.nation)
    return datetime.combine(last, time(23, 59), tzinfo=asked.tzinfo)
