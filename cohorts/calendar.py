"""An event as an iCalendar message (RFC 5545, 5546): what goes out beside the mail that tells of it."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, vCalAddress, vText
from icalendar import Event as CalendarItem

from cohorts.models import Event
from reminders.calendars import CalendarEntry
from tenancy.models import Person, Tenant


def event_uid(event: Event) -> str:
    """Stable for the life of the event, and the same in the mail and in the feed."""
    return f"event-{event.public_id}@baton"


def event_entry(event: Event, *, path: str) -> CalendarEntry:
    """The event as one line of a person's feed."""
    return CalendarEntry(
        uid=event_uid(event),
        sequence=event.sequence,
        title=event.title,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        place=event.place,
        join_url=event.join_url,
        path=path,
        cancelled=event.state == "cancelled",
    )


def event_calendar(event: Event, *, method: str, to: Person, tenant: Tenant) -> str:
    """The text of an invitation (REQUEST) or its cancellation (CANCEL) to one person, in local time with its time zone."""

    zone = ZoneInfo(tenant.time_zone)
    calendar = Calendar()
    calendar.add("prodid", "-//Baton//Programme calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    item = CalendarItem()
    item.add("uid", event_uid(event))
    item.add("sequence", event.sequence)
    item.add("dtstamp", datetime.now(UTC))
    item.add("dtstart", event.starts_at.astimezone(zone))
    item.add("dtend", event.ends_at.astimezone(zone))
    item.add("summary", event.title)
    where = ", ".join(part for part in (event.place, event.join_url) if part)
    if where:
        item.add("location", where)
    if event.join_url:
        item.add("description", event.join_url)
    item.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
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
