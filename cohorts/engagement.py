"""When does somebody who takes part need a word, and who learns of it when? Rules without a database; tests go through them by tables.

A sign is plain or faint. Missing events in a row, and actions that wait past their day, are plain from a number that the cohort sets, and
faint below it; having written nothing for a while is never more than faint, since nobody owes anybody a reflection. One plain sign
asks for a word, or two faint ones.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

# An action a few days late is a busy week.
GRACE_DAYS = 7
# Staff had a word and it is as it was: they are asked again after so long.
ASK_STAFF_AGAIN = timedelta(days=28)


class Sign(StrEnum):
    MISSED = "missed"
    ACTIONS = "actions"
    QUIET = "quiet"


@dataclass(frozen=True)
class Limits:
    """What a cohort goes by. 0 events, actions or days: these don't count."""

    watches: bool = True
    missed: int = 2
    actions: int = 3
    quiet_days: int = 60
    # Days until the facilitator is asked, and from then, or from their word, until staff are.
    facilitator_after: int = 7
    staff_after: int = 21


@dataclass(frozen=True)
class Pause:
    """Ill or on leave: what falls into it says nothing."""

    begins: datetime
    ends: datetime

    def covers(self, moment: datetime) -> bool:
        return self.begins <= moment <= self.ends


@dataclass(frozen=True)
class Mark:
    """One event in whose register somebody stands."""

    starts_at: datetime
    present: bool


@dataclass(frozen=True)
class Facts:
    """Numbers of one person in one cohort: nothing of what they wrote, nor of what any action is about."""

    missed: int = 0
    actions: int = 0
    quiet_days: int = 0
    paused: bool = False


def missed_in_a_row(marks: Iterable[Mark], pauses: Collection[Pause] = ()) -> int:
    """The latest events missed without one in between that they were at; apologies are no presence. What lies in a pause is passed over."""
    count = 0
    for mark in sorted(marks, key=lambda mark: mark.starts_at, reverse=True):
        if mark.present:
            break
        if not any(pause.covers(mark.starts_at) for pause in pauses):
            count += 1
    return count


def fresh_start(moment: datetime, pauses: Iterable[Pause], now: datetime) -> datetime:
    """From when waiting counts: that moment, or the end of the last pause that is over since."""
    return max([moment, *(pause.ends for pause in pauses if pause.ends <= now)])


def waits(due: datetime, pauses: Collection[Pause], now: datetime) -> bool:
    """Whether an action that is still open has waited long enough past its day to count."""
    return now - fresh_start(due, pauses, now) > timedelta(days=GRACE_DAYS)


def days_quiet(last: datetime, pauses: Collection[Pause], now: datetime) -> int:
    """Since somebody last wrote, or joined if they never did."""
    return max((now - fresh_start(last, pauses, now)).days, 0)


def plain_signs(facts: Facts, limits: Limits) -> list[Sign]:
    found = {Sign.MISSED: (facts.missed, limits.missed), Sign.ACTIONS: (facts.actions, limits.actions)}
    return [sign for sign, (number, limit) in found.items() if limit and number >= limit]


def faint_signs(facts: Facts, limits: Limits) -> list[Sign]:
    found = {Sign.MISSED: (facts.missed, limits.missed), Sign.ACTIONS: (facts.actions, limits.actions)}
    faint = [sign for sign, (number, limit) in found.items() if limit and 0 < number < limit]
    quiet = bool(limits.quiet_days) and facts.quiet_days >= limits.quiet_days
    return [*faint, Sign.QUIET] if quiet else faint


def needs_word(facts: Facts, limits: Limits) -> bool:
    if facts.paused or not limits.watches:
        return False
    return bool(plain_signs(facts, limits)) or len(faint_signs(facts, limits)) >= 2


@dataclass(frozen=True)
class Steps:
    """From when the facilitator, and from when staff, know that somebody needs a word."""

    facilitator_from: datetime
    staff_from: datetime


def steps(since: datetime, limits: Limits, *, facilitated: bool = True, spoke_at: datetime | None = None) -> Steps:
    """The person knows at once. Staff come last: some time after the facilitator could know, or after they spoke, since a word needs time
    to do any good; where nobody facilitates, when a facilitator would be asked."""
    facilitator = since + timedelta(days=limits.facilitator_after)
    if not facilitated and spoke_at is None:
        return Steps(facilitator, facilitator)
    return Steps(facilitator, max(facilitator, spoke_at or facilitator) + timedelta(days=limits.staff_after))


def latest_day(today: date) -> date:
    """As far ahead as a pause may be set: whoever is away for longer leaves the cohort or defers."""
    return today + timedelta(days=183)
