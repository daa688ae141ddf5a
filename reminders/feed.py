"""One person's calendar: gathered from every app, and as an iCalendar feed."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from reminders.calendars import CalendarEntry, calendar_sources, read_entries
from reminders.mail import one_line
from tenancy.models import Person, Tenant


def entries_of(person: Person, tenant: Tenant) -> list[CalendarEntry]:
    """Everything in the person's calendar, cancelled things included, in order of time."""
    # each source makes addresses of it, and none of them has to ask for it
    person.tenant = tenant
    found = read_entries(source(person) for source in calendar_sources)
    return sorted(found, key=lambda e: (e.starts_at, e.uid))


def coming_up(person: Person, tenant: Tenant, now: datetime | None = None) -> list[CalendarEntry]:
    now = now or timezone.now()
    return [e for e in entries_of(person, tenant) if e.ends_at >= now and not e.cancelled]


def make_feed(person: Person, tenant: Tenant) -> bytes:
    """The person's entries as text/calendar, with the time zone described in it, for programs that know no zone names."""
    calendar = Calendar()
    calendar.add("prodid", f"-//Baton//{tenant.slug}//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", one_line(tenant.name))
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    zone = ZoneInfo(tenant.time_zone)
    stamp = timezone.now()
    for entry in entries_of(person, tenant):
        calendar.add_component(_event(entry, zone, stamp))
    calendar.add_missing_timezones()
    return calendar.to_ical()


def _event(entry: CalendarEntry, zone: ZoneInfo, stamp: datetime) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", stamp)
    title = one_line(entry.title)
    event.add("summary", _("Cancelled: %(title)s") % {"title": title} if entry.cancelled else title)
    event.add("dtstart", entry.starts_at.astimezone(zone))
    event.add("dtend", entry.ends_at.astimezone(zone))
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    if entry.cancelled:
        event.add("transp", "TRANSPARENT")
    if entry.place:
        event.add("location", one_line(entry.place))
    if entry.join_url:
        event.add("description", _("Join: %(url)s") % {"url": one_line(entry.join_url)})
    if entry.path:
        event.add("url", f"{settings.BASE_URL}{entry.path}")
    return event
