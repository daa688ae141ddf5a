"""What is in my calendar: each app adds its entries to one feed a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tenancy.models import Person
from tenancy.registry import Registry


@dataclass(frozen=True)
class CalendarEntry:
    """`uid` is stable for the life of the thing, `sequence` rises at each change, `cancelled` stays in the feed as such."""

    uid: str
    sequence: int
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str = ""
    join_url: str = ""
    path: str = ""
    cancelled: bool = False


CalendarSource = Callable[[Person], list[CalendarEntry]]
calendar_sources: Registry[CalendarSource] = Registry("What is in my calendar?")
