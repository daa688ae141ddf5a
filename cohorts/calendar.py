"""An event in a person's calendar: a line of their feed, and what goes out beside the mail that tells of it."""

from __future__ import annotations

from dataclasses import replace

from cohorts.models import Event
from reminders.calendars import CalendarEntry
from reminders.invitations import calendar_message
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
        place=event.whole_address,
        join_url=event.join_url,
        path=path,
        cancelled=event.state == "cancelled",
    )


def event_calendar(event: Event, *, cancelled: bool, to: Person, tenant: Tenant, publish: bool = False) -> str:
    """The text of an invitation to the event, or of its cancellation, to one person; or of a file for their calendar."""
    entry = replace(event_entry(event, path=""), cancelled=cancelled)
    return calendar_message(entry, to=to, tenant=tenant, publish=publish)
