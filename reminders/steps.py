"""On which days an obligation is reminded of: ahead of its date, on it, then at even intervals. Dates only, no clock."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from reminders.obligations import Obligation


def latest_step(obligation: Obligation, today: date, zone: ZoneInfo) -> date | None:
    """The last day up to today on which a reminder of it fell due; None when none has.

    No step falls on or before the day the thing began to be owed: the message that asked for it has only just gone out.
    """
    source = obligation.source
    began = timezone.localtime(obligation.since, zone).date()
    if obligation.due is None:
        first, base = began + timedelta(days=source.remind_every), began
    else:
        base = timezone.localtime(obligation.due, zone).date()
        first = base - timedelta(days=source.remind_before)
    if today < first:
        return None
    step = first
    if today >= base:
        step = base + timedelta(days=(today - base).days // source.remind_every * source.remind_every)
    # Before the date there is but one step; one that fell before the thing was owed is passed over.
    return step if step > began else None


def belongs_in_digest(obligation: Obligation, today: date, zone: ZoneInfo) -> bool:
    """Whether a digest that goes out today names it: late, due within its days ahead, or waiting without a date."""
    if obligation.due is None:
        return latest_step(obligation, today, zone) is not None
    due = timezone.localtime(obligation.due, zone).date()
    return due - timedelta(days=obligation.source.remind_before) <= today
