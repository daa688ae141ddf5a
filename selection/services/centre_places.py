"""One applicant's way through an assessment centre: a time chosen or given, whether they came, what observers are told.

The turn at a slot comes first, then the place's row: so the last room is one person's, and nobody waits for another in a ring."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from engine.transitions import record_change, transition
from engine.versions import save_if_unchanged
from selection import emails_centre
from selection.models import (
    AssessmentCentre,
    CentreArrangement,
    CentrePlace,
    CentreSlot,
    Observer,
)
from selection.rules import applicant, require, staff
from selection.selectors.centre import observers_with_all
from selection.states import SEATED, ApplicationState, CentrePlaceState, CentreState
from tenancy.actors import Actor
from tenancy.errors import Refused, StaleEdit, WrongState
from tenancy.models import Person
from tenancy.seen import refuse_stale
from tenancy.turns import take_turns


class SlotGone(WrongState):
    """The time has no room any more, or is no longer offered: the page shows those that are left."""


def centre_of(place: CentrePlace) -> AssessmentCentre:
    return AssessmentCentre.objects.get(round=place.application.round_id)


def locked_place(place: CentrePlace) -> CentrePlace:
    return (
        CentrePlace.objects.select_for_update(of=("self",))
        .select_related(
            "application__applicant",
            "application__round__tenant",
            "application__cohort__programme",
            "slot",
            "last_slot",
        )
        .get(pk=place.pk)
    )


def check_open(place: CentrePlace, centre: AssessmentCentre) -> None:
    if centre.state != CentreState.BOOKING:
        raise WrongState(
            _("This assessment centre is “%(state)s”, so no time can be chosen.")
            % {"state": centre.get_state_display()}
        )
    if place.application.state != ApplicationState.ELIGIBLE:
        raise WrongState(_("This application isn’t being assessed any more."))


def _take_room(place: CentrePlace, slot: CentreSlot, centre: AssessmentCentre) -> CentreSlot:
    """Under the slot's turn: one of this centre, offered, and with room for one more."""
    take_turns(slot)
    row = CentreSlot.objects.get(pk=slot.pk)
    if row.centre_id != centre.pk or row.withdrawn_at is not None:
        raise SlotGone(_("This time is no longer offered. Choose another."), field="slot")
    seated = CentrePlace.objects.filter(slot=row, state__in=SEATED).exclude(pk=place.pk).count()
    if seated >= row.room:
        raise SlotGone(_("Somebody has just taken the last room at this time. Choose another."), field="slot")
    return row


@transaction.atomic
def book_slot(*, place: CentrePlace, slot: CentreSlot, by: Actor) -> CentrePlace:
    """The applicant chooses a time, or another one while it has room, until the day for it, once they've said what they need on the day.
    The same again changes nothing."""
    require(applicant, by, place)
    centre = centre_of(place)
    check_open(place, centre)
    now = timezone.now()
    if now >= centre.book_by:
        raise WrongState(_("The day until when a time could be chosen is over. Write to the programme team."))
    row = _take_room(place, slot, centre)
    held = locked_place(place)
    if held.state == CentrePlaceState.BOOKED and held.slot_id == row.pk:
        return held
    if held.needs_said_at is None:
        raise Refused(_("Say first whether you need anything on the day."))
    if row.starts_at <= now or (held.slot is not None and held.slot.starts_at <= now):
        raise SlotGone(_("This time has begun. Write to the programme team."), field="slot")
    return _seat(held, "book", row, by, given_by=None)


@transaction.atomic
def give_slot(*, place: CentrePlace, slot: CentreSlot, sequence: int, by: Actor) -> CentrePlace:
    """Staff give a time, whatever the day for choosing is. `sequence` is what the page showed: what the applicant chose meanwhile isn't
    overwritten."""
    require(staff, by, place)
    centre = centre_of(place)
    check_open(place, centre)
    row = _take_room(place, slot, centre)
    held = locked_place(place)
    if held.state == CentrePlaceState.BOOKED and held.slot_id == row.pk:
        return held
    if held.sequence != sequence:
        raise StaleEdit(
            _("This person’s time has changed since you opened the page. Look again."),
            theirs={"slot": held.slot.starts_at if held.slot else None},
        )
    if row.ends_at <= timezone.now():
        raise SlotGone(_("This time is over. Choose another."), field="slot")
    return _seat(held, "give", row, by, given_by=by.person)


def _seat(held: CentrePlace, step: str, slot: CentreSlot, by: Actor, *, given_by: Person | None) -> CentrePlace:
    """Both sides are told: the applicant when to come, whoever was to watch at another time that they needn't."""
    moved = held.slot_id is not None
    now = timezone.now()
    _leave_observers(held, now, by)
    seated = transition(
        held,
        step,
        by=by,
        slot=slot,
        last_slot=None,
        booked_at=now,
        given_by=given_by,
        sequence=held.sequence + 1,
    )
    emails_centre.send_time(seated, moved=moved, by=by)
    return seated


def _leave_observers(place: CentrePlace, now: datetime, by: Actor) -> None:
    """They were asked for another time; nobody has marked anything yet."""
    rows = list(Observer.objects.filter(place=place, withdrawn_at__isnull=True).order_by("pk"))
    if not rows:
        return
    Observer.objects.filter(pk__in=[o.pk for o in rows]).update(
        withdrawn_at=now, withdrawn_because=Observer.Withdrawn.MOVED, sequence=F("sequence") + 1
    )
    emails_centre.send_not_observing(observers_with_all(rows), by=by)


def release(place: CentrePlace, *, reason: str, by: Actor, tell: bool = True) -> CentrePlace:
    """For services that have asked who may: the time is free again, and who was to watch needn't. Whoever had a time is told even
    without `tell`, for their calendar."""
    held = locked_place(place)
    slot = held.slot
    released = transition(
        held,
        "release",
        by=by,
        reason=reason,
        slot=None,
        last_slot=slot,
        needs_said_at=None,
        booked_at=None,
        given_by=None,
        sequence=held.sequence + 1,
    )
    _leave_observers(released, timezone.now(), by)
    record_change(released.application, "centre_release", by=by, reason=reason)
    if tell or slot is not None:
        emails_centre.send_released(released, by=by)
    return released


def release_of(application_id: int, *, reason: str, by: Actor) -> None:
    """The application goes no further: a time it had is somebody else's to choose. Who has come already stays as they are."""
    waiting = CentrePlace.objects.filter(
        application=application_id, state__in=(CentrePlaceState.CALLED, CentrePlaceState.BOOKED)
    ).first()
    if waiting is not None:
        release(waiting, reason=reason, by=by, tell=False)


@transaction.atomic
def note_came(*, place: CentrePlace, by: Actor) -> CentrePlace:
    """Staff say that somebody came; twice is once."""
    return _note(place, "come", CentrePlaceState.CAME, by)


@transaction.atomic
def note_missed(*, place: CentrePlace, by: Actor) -> CentrePlace:
    """Staff say that somebody didn't come. Refused where an observer has begun to mark them."""
    return _note(place, "miss", CentrePlaceState.MISSED, by)


def _note(place: CentrePlace, step: str, target: CentrePlaceState, by: Actor) -> CentrePlace:
    require(staff, by, place)
    held = locked_place(place)
    if centre_of(held).state != CentreState.BOOKING:
        raise WrongState(_("The assessment centre isn’t under way."))
    if held.state == target:
        return held
    if held.slot is not None and held.slot.starts_at > timezone.now():
        raise WrongState(_("Their time is still to come."))
    if step == "miss" and Observer.objects.filter(place=held, began_at__isnull=False, withdrawn_at=None).exists():
        raise WrongState(_("An observer has marked this person, so they came."))
    return transition(held, step, by=by)


@transaction.atomic
def tell_observers(*, place: CentrePlace, text: str, version: int, by: Actor) -> CentreArrangement | None:
    """What was arranged, in words that observers read; '' takes it back. `version` 0: none yet."""
    require(staff, by, place)
    take_turns(place)
    text = " ".join(text.split())
    if len(text) > 300:
        raise Refused(_("Use at most 300 characters"), field="text")
    present = CentreArrangement.objects.filter(place=place).first()
    if present is None:
        if not text:
            return None
        if version:
            refuse_stale({"text": ""}, {"text": text})
        return CentreArrangement.objects.create(place=place, text=text)
    if not text:
        if present.version != version:
            refuse_stale({"text": present.text}, {"text": text})
        present.delete()
        return None
    save_if_unchanged(present, version=version, text=text)
    return present
