"""Times as meeting tools write them, and names as people give them there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine.dates import uk_date
from engine.imports import text_of
from engine.names import split_name
from engine.sheets import as_date
from tenancy.names import sort_key

_MOMENT = re.compile(
    r"(?P<day>.*?)(?:,|\bat\b|T|\s)*(?<!\d)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?"
    r"\s*(?P<half>[ap]\.?m\.?)?\s*(?P<zone>Z|UTC|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)
_SHORT_HOUR = re.compile(r"(?P<day>.*?)(?:,|\bat\b|\s)*(?<!\d)(?P<hour>\d{1,2})\s*(?P<half>[ap]\.?m\.?)", re.IGNORECASE)
_EITHER_WAY = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})")
_SPELT = re.compile(
    r"(?:(?P<hours>\d+)\s*h\w*\.?)?[\s,]*(?:(?P<minutes>\d+)\s*m\w*\.?)?[\s,]*(?:(?P<seconds>\d+)\s*s\w*\.?)?",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"(\d{1,3}):(\d{2})(?::(\d{2}))?")
_NUMBER = re.compile(r"\d{1,5}(?:[.,]\d+)?")
_BRACKETED = re.compile(r"\(([^()]*)\)")


def cell_text(cell: object) -> str:
    """A cell as staff read and correct it, with its time of day."""
    if isinstance(cell, datetime):
        return f"{uk_date(cell)} {cell:%H:%M:%S}"
    return text_of(cell)


def moment_of(text: str, *, near: datetime, zone: ZoneInfo) -> datetime | None:
    """The moment that a date and a clock time, or a clock time alone, mean in the zone; of day and month either way round, that which
    lies nearer to `near`."""
    found = _MOMENT.fullmatch(text.strip()) or _SHORT_HOUR.fullmatch(text.strip())
    if found is None:
        return None
    parts = found.groupdict()
    clock = _clock(int(parts["hour"]), int(parts.get("minute") or 0), int(parts.get("second") or 0), parts["half"])
    if clock is None:
        return None
    own = _zone(parts.get("zone") or "", zone)
    days = _days(parts["day"].strip(" ,")) if parts["day"].strip(" ,") else [near.astimezone(zone).date()]
    moments = [datetime.combine(day, clock, tzinfo=zone) if own is None else _at(day, clock, own) for day in days]
    return min(moments, key=lambda moment: abs(moment - near), default=None)


def _clock(hour: int, minute: int, second: int, half: str | None) -> time | None:
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half.lower().startswith("p") else 0)
    return time(hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None


def _zone(text: str, zone: ZoneInfo) -> timedelta | None:
    """How far from UTC, where the text says so itself."""
    if not text:
        return None
    if text.upper() in ("Z", "UTC"):
        return timedelta()
    ahead = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return -ahead if text[0] == "-" else ahead


def _at(day: date, clock: time, ahead: timedelta) -> datetime:
    return datetime.combine(day, clock, tzinfo=UTC) - ahead


def _days(text: str) -> list[date]:
    days = [as_date(text)]
    if (found := _EITHER_WAY.fullmatch(text)) is not None:
        days.append(as_date(f"{found[2]}/{found[1]}/{found[3]}"))
    return [day for day in days if day is not None]


def minutes_of(text: str) -> float | None:
    """How long “1h 2m 3s”, “1:02:03”, “62 minutes” or “62” is; a number alone is minutes."""
    text = text.strip()
    if _NUMBER.fullmatch(text):
        return float(text.replace(",", "."))
    if found := _CLOCK.fullmatch(text):
        return int(found[1]) * 60 + int(found[2]) + int(found[3] or 0) / 60
    spelt = _SPELT.fullmatch(text)
    if spelt is None or not any(spelt.groups()):
        return None
    hours, minutes, seconds = (int(part or 0) for part in spelt.groups())
    return hours * 60 + minutes + seconds / 60


def minutes_covered(spans: Iterable[tuple[datetime, datetime]], start: datetime, end: datetime) -> float:
    """How long of the time from `start` to `end` these spans cover together: two at once count once."""
    total, reached = timedelta(), start
    for begins, ends in sorted(spans):
        begins, ends = max(begins, reached), min(ends, end)
        if ends > begins:
            total, reached = total + (ends - begins), ends
    return total.total_seconds() / 60


def keys_of_name(name: str) -> set[str]:
    """What a whole name is compared by: case, accents, “Surname, First”, titles and letters make no difference."""
    bare = sort_key(" ".join(part for part in split_name(name) if part))
    return {key for key in ({bare} if "," in name else {bare, sort_key(name)}) if key}


def names_in(text: str) -> list[str]:
    """“Jane (Jane Smith)” is a name and the one given first; “Smith, Jane (Guest)” has one name, and a word that is nobody's."""
    inner = [part.strip() for part in _BRACKETED.findall(text)]
    return [name for name in (" ".join(_BRACKETED.sub(" ", text).split()), *inner) if name]
