"""The times a mentor offers."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from engine.moments import local_moment
from mentoring.models import AvailabilitySlot, MentoringSession, MentorProfile
from mentoring.states import SessionState
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState

STEP = timedelta(minutes=15)
LENGTHS = (30, 45, 60, 75, 90, 120)
MOST_AT_ONCE = 16
FURTHEST = timedelta(days=366)


def lock_profile(mentor_id: int | None) -> MentorProfile:
    """The row that everything about one mentor's time waits for: without it, concurrent bookings deadlock."""
    profile = MentorProfile.objects.select_for_update().filter(person_id=mentor_id).first()
    if profile is None:
        raise NotAllowed(_("Only mentors offer times."))
    return profile


def split(starts_at: datetime, ends_at: datetime, length: timedelta) -> list[tuple[datetime, datetime]]:
    """As many whole sessions as fit, one after the other. In elapsed time, so an hour is an hour on the night of a clock change."""
    found = []
    # Arithmetic on local datetimes ignores the clock change; in UTC it can't.
    start, end = starts_at.astimezone(UTC), ends_at.astimezone(UTC)
    while start + length <= end:
        found.append((start, start + length))
        start += length
    return found


def sessions_between(on: date, starts: time, ends: time, minutes: int) -> list[tuple[datetime, datetime]]:
    """The sessions that fit between two wall-clock times of a day ahead; Refused names what is wrong with them."""
    if minutes not in LENGTHS:
        raise Refused(_("Choose a length."), field="minutes")
    for clock, name in ((starts, "starts"), (ends, "ends")):
        if clock.minute % 15 or clock.second:
            raise Refused(_("Use quarters of an hour, like 9am or 9:15am."), field=name)
    if ends <= starts:
        raise Refused(_("The end must be later than the start."), field="ends")
    first, last = local_moment(on, starts, field="starts"), local_moment(on, ends, field="ends")
    if first <= timezone.now():
        raise Refused(_("Choose a time in the future."), field="on")
    if first > timezone.now() + FURTHEST:
        raise Refused(_("Choose a date within a year."), field="on")
    periods = split(first, last, timedelta(minutes=minutes))
    if not periods:
        raise Refused(_("There isn’t room for one session of that length."), field="ends")
    if len(periods) > MOST_AT_ONCE:
        raise Refused(_("That’s more than %(n)d sessions at once.") % {"n": MOST_AT_ONCE}, field="ends")
    return periods


@transaction.atomic
def offer_slots(
    *, on: date, starts: time, ends: time, minutes: int, place: str = "", join_url: str = "", by: Actor
) -> list[AvailabilitySlot]:
    """Offer the times between two wall-clock times of one day, cut into sessions. All or none: an overlap refuses the lot."""
    if not place.strip() and not join_url.strip():
        raise Refused(_("Say where you’ll meet, or give a link to join."), field="place")
    periods = sessions_between(on, starts, ends, minutes)
    profile = lock_profile(by.person_id)
    try:
        with transaction.atomic():
            return [
                AvailabilitySlot.objects.create(
                    mentor_id=profile.person_id,
                    starts_at=start,
                    ends_at=end,
                    place=place.strip(),
                    join_url=join_url.strip(),
                )
                for start, end in periods
            ]
    except IntegrityError as error:
        if "slot_no_overlap" not in str(error):
            raise
        raise Refused(_("You already offer a time that overlaps with this."), field="starts") from error


@transaction.atomic
def withdraw_slot(*, slot: AvailabilitySlot, by: Actor) -> None:
    """Stop offering a time that nobody has booked."""
    if by.person_id != slot.mentor_id:
        raise NotAllowed(_("This isn’t your time."))
    lock_profile(slot.mentor_id)
    if MentoringSession.objects.filter(slot=slot).exclude(state=SessionState.CANCELLED).exists():
        raise WrongState(_("Someone has booked this time. Cancel the session first."))
    AvailabilitySlot.objects.filter(pk=slot.pk, withdrawn_at__isnull=True).update(withdrawn_at=timezone.now())
