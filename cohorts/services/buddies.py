"""Alumni buddies: offered, asked for or suggested, agreed to by both, ended by either. Nothing of it is in the history of changes, so that
nobody learns who said no."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.emails import send_buddy_asked, send_buddy_begun, send_buddy_suggested
from cohorts.models import BuddyOffer, BuddyPair, BuddyPlace, BuddyWords, Cohort
from cohorts.models.buddy import MOST_AT_A_TIME
from cohorts.rules import an_alumnus, answers_buddy, in_pair, owns_pair, staff
from cohorts.selectors.buddies import (
    Buddy,
    buddies_for,
    choosable,
    last_moment,
    open_pair_of,
    open_pairs_of,
    pairs_of,
    people_to_suggest,
)
from cohorts.services.development import check_plans
from engine.versions import save_if_unchanged
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.models import Person
from tenancy.turns import just_now, take_turns, take_turns_at

ANSWER_DAYS = timedelta(days=21)
LASTS = timedelta(days=183)
LONGEST = 2000


@transaction.atomic
def offer_to_be_buddy(*, version: int, capacity: int, about: str, by: Actor) -> BuddyOffer:
    """For so many people at a time; 0 takes it back, and those they are paired with stay."""
    if not an_alumnus(by) or by.person is None:
        raise NotAllowed(_("Only alumni offer this."))
    if not 0 <= capacity <= MOST_AT_A_TIME:
        raise Refused(_("Enter a number from 0 to %(n)d") % {"n": MOST_AT_A_TIME}, field="capacity")
    take_turns(by.person)
    said = {"capacity": capacity, "about": about.strip()}
    row = BuddyOffer.objects.filter(person=by.person).first()
    if row is None:
        return BuddyOffer.objects.create(person=by.person, offered_at=timezone.now(), **said)
    turn_at(row)
    save_if_unchanged(row, version=version, stamps={"offered_at": timezone.now()}, **said)
    return row


def turn_at(offer: BuddyOffer) -> None:
    """Until the transaction ends nobody else takes a place with this alumnus. Not by a lock of the row, which only its owner may change."""
    take_turns_at(f"buddy {offer.public_id}")


def found(person: Person, cohort: Cohort, buddy: Person, *, field: str) -> Buddy:
    """The offer as it stands now, once it's this transaction's turn."""
    offer = BuddyOffer.objects.filter(person=buddy, capacity__gt=0).first()
    if offer is None:
        raise Refused(_("They aren’t on offer any more. Choose somebody else."), field=field)
    turn_at(offer)
    row = next((row for row in buddies_for(person, cohort) if row.offer.pk == offer.pk), None)
    if row is None:
        raise Refused(_("Choose from the list"), field=field)
    if not row.left:
        raise Refused(_("Their last place has just been taken. Choose somebody else."), field=field)
    return row


def begin(*, cohort: Cohort, person: Person, row: Buddy, suggested_by: Person | None) -> BuddyPair:
    now = timezone.now()
    pair = BuddyPair.objects.create(
        cohort=cohort,
        person=person,
        buddy=row.offer.person,
        suggested_by=suggested_by,
        asked_at=now,
        until=now + ANSWER_DAYS,
        person_yes_at=None if suggested_by else now,
    )
    BuddyPlace.objects.create(offer=row.offer, pair=pair, held_until=pair.until)
    return pair


@transaction.atomic
def ask_buddy(*, cohort: Cohort, buddy: Person, body: str, by: Actor) -> BuddyPair:
    """Somebody chooses an alumnus and says what for: that is their yes. The place is held until the answer. One at a time."""
    person = check_plans(by, cohort)
    body = body.strip()
    if not body:
        raise Refused(_("Write a few words to them"), field="body")
    take_turns_at(f"buddy for {person.public_id}")
    if (there := open_pair_of(person)) is not None:
        if there.buddy_id == buddy.pk and there.asked_at > just_now() and there.suggested_by_id is None:
            return there
        raise WrongState(_("You have a buddy, or one is being asked."))
    row = found(person, cohort, buddy, field="buddy")
    if row not in choosable([row]):
        raise Refused(_("Choose from the list"), field="buddy")
    pair = begin(cohort=cohort, person=person, row=row, suggested_by=None)
    BuddyWords.objects.create(pair=pair, author=person, body=body[:LONGEST])
    send_buddy_asked(pair, by=by)
    return pair


@transaction.atomic
def suggest_buddy(*, cohort: Cohort, person: Person, buddy: Person, by: Actor) -> BuddyPair:
    """Staff suggest one to somebody of the cohort, who is asked first; the alumnus after them."""
    if by.kind != "person" or by.person is None or not staff(by, cohort):
        raise NotAllowed(_("Only staff of the cohort suggest a buddy."))
    if not people_to_suggest(cohort).filter(pk=person.pk).exists():
        there = open_pair_of(person)
        if there is not None and there.buddy_id == buddy.pk and there.asked_at > just_now():
            return there
        raise Refused(_("They have a buddy, or one is being asked."), field="person")
    take_turns_at(f"buddy for {person.public_id}")
    if (there := open_pair_of(person)) is not None:
        if there.buddy_id == buddy.pk:
            return there
        raise Refused(_("They have a buddy, or one is being asked."), field="person")
    row = found(person, cohort, buddy, field="buddy")
    if row.bars:
        raise Refused(_("These two can’t be buddies: %(why)s") % {"why": " ".join(row.bars)}, field="buddy")
    pair = begin(cohort=cohort, person=person, row=row, suggested_by=by.person)
    send_buddy_suggested(pair, by=by)
    return pair


@transaction.atomic
def answer_buddy(*, pair: BuddyPair, yes: bool, by: Actor) -> BuddyPair:
    """Whoever is asked next says yes or no; whoever returns says yes to one at a time. The second yes begins it, for half a year; after a
    no nobody is told who said it."""
    if not in_pair(by, pair):
        raise NotAllowed(_("Only the two of them say yes or no."))
    take_turns(pair)
    row = pairs_of(by.person_id).get(pk=pair.pk)
    if yes and row.ended_at is None and row.person_yes_at and (row.is_on or by.person_id == row.person_id):
        return row
    if not row.is_asked:
        raise WrongState(_("This has been settled, or the time to answer is over."))
    if not answers_buddy(by, row):
        raise NotAllowed(_("You’ve answered already, or somebody else is asked first."))
    now = timezone.now()
    if not yes:
        return close(row)
    if row.person_yes_at is None:
        check_only_one(row)
        row.person_yes_at, row.until = now, now + ANSWER_DAYS
        row.save(update_fields=["person_yes_at", "until"])
        BuddyPlace.objects.filter(pair=row).update(held_until=row.until)
        send_buddy_asked(row, by=by)
        return row
    row.begun_at, row.ends_on = now, timezone.localdate() + LASTS
    row.save(update_fields=["begun_at", "ends_on"])
    BuddyPlace.objects.filter(pair=row).update(held_until=last_moment(row.ends_on))
    send_buddy_begun(row, to=row.person, other=row.buddy, by=by)
    send_buddy_begun(row, to=row.buddy, other=row.person, by=by)
    return row


def check_only_one(row: BuddyPair) -> None:
    """Staff of one cohort don't see a pair of another and may suggest a second: whoever returns sees both, and it's theirs to choose."""
    if (there := open_pairs_of(row.person).exclude(pk=row.pk).first()) is not None:
        text = (
            _("You and %(name)s are buddies, and you have one buddy at a time. End that first, or say no to this.")
            if there.is_on
            else _(
                "%(name)s is being asked or suggested as well, and you have one buddy at a time. Settle that first, or say no to this."
            )
        )
        raise Refused(text % {"name": there.buddy.name})


def close(row: BuddyPair) -> BuddyPair:
    """Over from now on; the place is free for others."""
    row.ended_at, row.shows_plan = timezone.now(), False
    row.save(update_fields=["ended_at", "shows_plan"])
    BuddyPlace.objects.filter(pair=row).delete()
    return row


@transaction.atomic
def end_buddies(*, pair: BuddyPair, by: Actor) -> BuddyPair:
    """Either of the two ends it before its day, or whoever asked takes that back. The second of two clicks finds it ended."""
    if not in_pair(by, pair):
        raise NotAllowed(_("Only the two of them end this."))
    take_turns(pair)
    row = pairs_of(by.person_id).get(pk=pair.pk)
    return close(row) if row.ended_at is None else row


@transaction.atomic
def show_plan(*, pair: BuddyPair, shown: bool, by: Actor) -> BuddyPair:
    """They let their buddy read their return plan and what has changed, or no longer, from this moment on."""
    if not owns_pair(by, pair):
        raise NotAllowed(_("Only whose plan it is may do this."))
    take_turns(pair)
    row = pairs_of(by.person_id).get(pk=pair.pk)
    if not row.is_on:
        raise WrongState(_("You aren’t buddies any more."))
    if row.shows_plan != shown:
        row.shows_plan = shown
        row.save(update_fields=["shows_plan"])
    return row
