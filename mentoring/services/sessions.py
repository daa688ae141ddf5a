"""Booking: one at a time per mentor, with a wall in the database behind the lock."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from engine.transitions import record_change, transition
from mentoring import emails
from mentoring.models import AvailabilitySlot, MentoringSession, MentorMatch
from mentoring.rules import mentee_of, pair_or_staff
from mentoring.services.slots import lock_profile
from mentoring.states import MatchState, SessionState
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, WrongState

Result = TypeVar("Result")
DEADLOCK = "40P01"
LOCK_TIMEOUT = "55P03"


class SlotTaken(WrongState):
    """Somebody else was quicker (a view answers 409 and shows what is still free)."""


def once_more(step: Callable[[], Result]) -> Result:
    """Run `step` in a savepoint; after a deadlock run it a second time. A wait too long for a lock is SlotTaken."""
    for last in (False, True):
        try:
            with transaction.atomic():
                return step()
        except IntegrityError as error:
            if "session_no_overlap" not in str(error):
                raise
            raise SlotTaken(_("Someone has just taken this time.")) from error
        except OperationalError as error:
            code = getattr(error.__cause__, "pgcode", "")
            if code == LOCK_TIMEOUT:
                raise SlotTaken(_("Someone is booking with this mentor right now. Try again.")) from error
            if code != DEADLOCK or last:
                raise
    raise AssertionError("unreachable")


def check_free(slot: AvailabilitySlot, match: MentorMatch) -> None:
    """Under the mentor's lock: the slot is the mentor's, offered, ahead and without a session."""
    if slot.mentor_id != match.mentor_id:
        raise NotAllowed(_("This isn’t a time of your mentor."))
    slot.refresh_from_db()
    if slot.withdrawn_at is not None or slot.starts_at <= timezone.now():
        raise SlotTaken(_("This time is no longer offered."))
    overlapping = MentoringSession.objects.filter(
        mentor_id=slot.mentor_id, starts_at__lt=slot.ends_at, ends_at__gt=slot.starts_at
    )
    if overlapping.exclude(state=SessionState.CANCELLED).exists():
        raise SlotTaken(_("Someone has just taken this time."))


@transaction.atomic
def book_session(*, match: MentorMatch, slot: AvailabilitySlot, by: Actor) -> MentoringSession:
    """Book a free slot of one's mentor. The same slot by the same pair twice is one session; anyone else's try is SlotTaken."""
    if not mentee_of(by, match):
        raise NotAllowed(_("Only the person who is mentored books a session."))

    def step() -> tuple[MentoringSession, bool]:
        lock_profile(match.mentor_id)
        if MentorMatch.objects.filter(pk=match.pk).values_list("state", flat=True).get() != MatchState.ACTIVE:
            raise WrongState(_("You can book once your mentor has accepted, and until the mentoring ends."))
        mine = MentoringSession.objects.filter(slot=slot, match=match, state=SessionState.BOOKED).first()
        if mine is not None:
            return mine, False
        check_free(slot, match)
        session = MentoringSession.objects.create(
            match=match,
            slot=slot,
            mentor_id=match.mentor_id,
            mentee_id=match.mentee_id,
            starts_at=slot.starts_at,
            ends_at=slot.ends_at,
            place=slot.place,
            join_url=slot.join_url,
            booked_at=timezone.now(),
        )
        return session, True

    session, made = once_more(step)
    if made:
        record_change(session, "book", by=by, target=session.state)
        emails.session_booked(session, by=by)
    return session


@transaction.atomic
def move_session(*, session: MentoringSession, slot: AvailabilitySlot, by: Actor) -> MentoringSession:
    """Take another of the mentor's free times instead: the same calendar entry, moved. The old time is free again."""
    if not mentee_of(by, session):
        raise NotAllowed(_("Only the person who is mentored moves a session."))

    def step() -> tuple[MentoringSession, bool]:
        lock_profile(session.mentor_id)
        locked = MentoringSession.objects.select_for_update(of=("self",)).select_related("match").get(pk=session.pk)
        if locked.state != SessionState.BOOKED or locked.starts_at <= timezone.now():
            raise WrongState(_("This session can’t be moved any more."))
        if locked.slot_id == slot.pk:
            return locked, False
        check_free(slot, locked.match)
        locked.slot, locked.starts_at, locked.ends_at = slot, slot.starts_at, slot.ends_at
        locked.place, locked.join_url = slot.place, slot.join_url
        locked.sequence += 1
        locked.save(update_fields=["slot", "starts_at", "ends_at", "place", "join_url", "sequence"])
        return locked, True

    moved, anew = once_more(step)
    if anew:
        record_change(moved, "move", by=by, source=session.state, target=moved.state)
        emails.session_booked(moved, by=by, moved=True)
    return moved


@transaction.atomic
def cancel_session(*, session: MentoringSession, by: Actor) -> MentoringSession:
    """Cancel what is booked; both calendars are told, and the slot is free again if it's still ahead."""
    if by.kind != "system" and not pair_or_staff(by, session):
        raise NotAllowed(_("You can’t cancel this session."))
    if session.starts_at <= timezone.now():
        raise WrongState(_("This session has begun. Say whether it took place instead."))
    transition(session, "cancel", by=by, sequence=session.sequence + 1)
    emails.session_cancelled(session, by=by)
    return session


@transaction.atomic
def record_session(*, session: MentoringSession, held: bool, by: Actor) -> MentoringSession:
    """Say afterwards whether it took place: that is what hours are counted from."""
    if session.ends_at > timezone.now():
        raise WrongState(_("This session isn’t over yet."))
    return transition(session, "hold" if held else "miss", by=by)
