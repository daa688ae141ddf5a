"""From a date and a wall-clock time as people type them to one moment, across the clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from django.utils import timezone
from django.utils.translation import gettext as _

from tenancy.errors import Refused


def local_moment(day: date, clock: time, *, field: str | None = None) -> datetime:
    """The moment of that wall-clock time in the current time zone; of the two in autumn, the first.

    Refused (naming `field`) for a time that the spring change skips, such as 1:30am on the last Sunday of March.
    """
    zone = timezone.get_current_timezone()
    moment = datetime.combine(day, clock, tzinfo=zone)
    if moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != moment.replace(tzinfo=None):
        raise Refused(_("That time doesn’t exist on that day: the clocks go forward. Choose another."), field=field)
    return moment
