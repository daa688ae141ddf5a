"""What is in my calendar: each app adds its entries to one feed a person."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.db.models import (
    BooleanField,
    DateTimeField,
    ExpressionWrapper,
    F,
    IntegerField,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.functions import Cast

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


@dataclass(frozen=True)
class Day:
    """A row of what an app has in a calendar. What `key` and `own` are is for its app to say."""

    key: str
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    join_url: str
    own: bool
    cancelled: bool


@dataclass(frozen=True)
class Days:
    """What has few rows a person, and for most of them none: all such sources are read in one statement.

    `rows` are annotated by `days_of`; `entry` makes an entry of each."""

    rows: QuerySet[Any]
    entry: Callable[[Day], CalendarEntry]


COLUMNS = tuple(f"day_{field.name}" for field in fields(Day))


def days_of(
    rows: QuerySet[Any],
    *,
    key: str,
    starts_at: str,
    ends_at: str,
    title: Any = "",
    place: str = "",
    join_url: str = "",
    own: Any = False,
    cancelled: Any = False,
) -> QuerySet[Any]:
    """The rows with what a day of each says: names of fields; `title`, `own` and `cancelled` may be expressions. A date without a
    time is its midnight in UTC."""

    def text(of: Any) -> Any:
        return Cast(F(of) if isinstance(of, str) and of else of or Value(""), TextField())

    def flag(of: Any) -> Any:
        return Value(of, BooleanField()) if isinstance(of, bool) else ExpressionWrapper(of, BooleanField())

    return rows.annotate(
        day_key=text(key),
        day_title=text(title),
        day_starts_at=Cast(F(starts_at), DateTimeField()),
        day_ends_at=Cast(F(ends_at), DateTimeField()),
        day_place=text(place),
        day_join_url=text(join_url),
        day_own=flag(own),
        day_cancelled=flag(cancelled),
    )


def read_entries(answers: Iterable[list[CalendarEntry] | Days]) -> list[CalendarEntry]:
    """The entries, those of all `Days` in one statement."""
    entries: list[CalendarEntry] = []
    days: list[Days] = []
    for answer in answers:
        if isinstance(answer, Days):
            days.append(answer)
        else:
            entries += answer
    if days:
        branches = [
            each.rows.order_by().annotate(day_source=Value(number, IntegerField())).values_list("day_source", *COLUMNS)
            for number, each in enumerate(days)
        ]
        for number, *values in branches[0].union(*branches[1:], all=True):
            entries.append(days[number].entry(Day(*values)))
    return entries


CalendarSource = Callable[[Person], list[CalendarEntry] | Days]
calendar_sources: Registry[CalendarSource] = Registry("What is in my calendar?")
