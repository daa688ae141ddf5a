"""The code that an event's screen shows, and whoever is in the room types or scans to say that they are there.

It changes every minute, so that a photograph sent to somebody at home is soon of no use, and is taken for ten: signing in on a phone
takes a while. Nothing is stored; the code follows from the event and the clock.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from cohorts.models import Event
from cohorts.states import EventState

CHANGES_EVERY = timedelta(minutes=1)
TAKEN_FOR = 10
OPENS_BEFORE = timedelta(minutes=30)
# No letter or digit that looks like another from the back of a room, and no vowel: no code spells a word.
ALPHABET = "3479CDFGHJKMNPRTVWXY"
LENGTH = 5


def opens_at(event: Event) -> datetime:
    return event.starts_at - OPENS_BEFORE


def is_open(event: Event) -> bool:
    """From half an hour before the event until it ends."""
    return event.state == EventState.PLANNED and opens_at(event) <= timezone.now() < event.ends_at


def current_code(event: Event) -> str:
    """What the screen shows this minute."""
    return _code(event, _minute(timezone.now()))


def is_recent(event: Event, code: str) -> bool:
    """Whether the screen shows it now or did within the last ten minutes. Case, blanks and dashes don't matter."""
    typed = "".join(code.split()).replace("-", "").upper()
    now = _minute(timezone.now())
    shown = [_code(event, now - ago) for ago in range(TAKEN_FOR)]
    return any([constant_time_compare(typed, each) for each in shown])


def _minute(moment: datetime) -> int:
    return int(moment.timestamp() // CHANGES_EVERY.total_seconds())


def _code(event: Event, minute: int) -> str:
    digest = salted_hmac(
        "cohorts.check_in", f"{event.tenant_id} {event.public_id} {minute}", algorithm="sha256"
    ).digest()
    number, letters = int.from_bytes(digest[:8]), []
    for _place in range(LENGTH):
        number, letter = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[letter])
    return "".join(letters)
