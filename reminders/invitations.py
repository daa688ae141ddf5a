"""A calendar entry as an iCalendar message to one person (RFC 5545, 5546): what goes beside the mail that tells of it."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vText

from reminders.calendars import CalendarEntry
from tenancy.models import Person, Tenant


def calendar_message(entry: CalendarEntry, *, to: Person, tenant: Tenant, publish: bool = False) -> str:
    """REQUEST, or CANCEL for an entry that is cancelled, or PUBLISH for a file that somebody downloads and nobody answers; in local
    time with its time zone. UID and SEQUENCE are the entry's."""
    zone = ZoneInfo(tenant.time_zone)
    calendar = Calendar()
    calendar.add("prodid", "-//Baton//Programme calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH" if publish else "CANCEL" if entry.cancelled else "REQUEST")
    item = Event()
    item.add("uid", entry.uid)
    item.add("sequence", entry.sequence)
    item.add("dtstamp", datetime.now(UTC))
    item.add("dtstart", entry.starts_at.astimezone(zone))
    item.add("dtend", entry.ends_at.astimezone(zone))
    item.add("summary", entry.title)
    where = ", ".join(part for part in (entry.place, entry.join_url) if part)
    if where:
        item.add("location", where)
    if entry.join_url:
        item.add("description", entry.join_url)
    item.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    organiser = vCalAddress(f"MAILTO:{tenant.reply_to or 'no-reply@' + tenant.slug + '.invalid'}")
    organiser.params["cn"] = vText(tenant.name)
    item["organizer"] = organiser
    attendee = vCalAddress(f"MAILTO:{to.email}")
    attendee.params["cn"] = vText(to.name)
    attendee.params["rsvp"] = vText("FALSE")
    item.add("attendee", attendee, encode=False)
    calendar.add_component(item)
    calendar.add_missing_timezones()
    return calendar.to_ical().decode()
