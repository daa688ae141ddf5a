"""Pledges: one thing somebody will do by a day, shown to whom they pick; “me too”; and what came of it."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.emails import send_pledge_hidden
from cohorts.models import Movement, MovementMember, Pledge, PledgeWords
from cohorts.models.pledge import Outcome, PledgeAudience, SignedAs
from cohorts.rules import in_movement, keeps_pledge, staff
from cohorts.selectors.movement import membership_of
from cohorts.selectors.pledges import audiences_for
from cohorts.services.movement import one_line
from engine.transitions import record_change
from engine.versions import save_if_unchanged
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.models import Person
from tenancy.turns import just_now, take_turns

# No history has an owner's name: a pledge may be for nobody but them.
PLEDGES = Actor.system("pledges")


def end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(23, 59)))


def check_in_movement(movement: Movement, by: Actor) -> Person:
    if by.person is None or not in_movement(by, movement.programme):
        raise NotAllowed(_("Only people of the movement make pledges."))
    return by.person


def check_own(words: PledgeWords, by: Actor) -> None:
    if not keeps_pledge(by, words):
        raise NotAllowed(_("This pledge is somebody else’s."))


def said(movement: Movement, person: Person, *, what: str, by_on: date, audience: str, signs: str) -> dict[str, Any]:
    """What the words' row keeps of them, or Refused."""
    if not one_line(what):
        raise Refused(_("Say what you’ll do"), field="what")
    if audience not in dict(audiences_for(movement, person)):
        raise Refused(_("Choose who may see it"), field="audience")
    return {"what": one_line(what), "audience": audience, "signs": signs, "signed": signature(movement, person, signs)}


def signature(movement: Movement, person: Person, signs: str) -> str:
    """What stands under a pledge where others read it. Who shows only where they work has to have said where that is."""
    member = membership_of(movement.programme, person.pk)
    works_at = (member.works_at if member else "") or (person.organisation.name if person.organisation else "")
    if signs == SignedAs.ORGANISATION:
        if not works_at:
            raise Refused(_("We don’t know where you work, so only your name can stand under it."), field="signs")
        return works_at
    return f"{person.name}, {works_at}" if works_at else person.name


def seen(movement: Movement, person: Person) -> None:
    """A member who does something hasn't lapsed."""
    MovementMember.objects.filter(movement=movement, person=person).update(seen_at=timezone.now())


@transaction.atomic
def make_pledge(
    *, movement: Movement, what: str, by_on: date, audience: str, signs: str = SignedAs.NAME, by: Actor
) -> PledgeWords:
    """One thing they'll do. The same in the same words, as by a double click, is one."""
    person = check_in_movement(movement, by)
    values = said(movement, person, what=what, by_on=by_on, audience=audience, signs=signs)
    if by_on < timezone.localdate():
        raise Refused(_("Choose today, or a day still to come"), field="by_on")
    take_turns(person)
    due_at = end_of(by_on)
    same = PledgeWords.objects.filter(
        owner=person, what=values["what"], pledge__movement=movement, pledge__made_at__gt=just_now()
    )
    if (there := same.select_related("pledge__movement__programme").first()) is not None:
        return there
    return add_pledge(movement, person, due_at=due_at, joined=None, **values)


def add_pledge(
    movement: Movement, person: Person, *, due_at: datetime, joined: Pledge | None, **values: Any
) -> PledgeWords:
    pledge = Pledge.objects.create(
        movement=movement, owner=person, joined=joined, made_at=timezone.now(), due_at=due_at
    )
    words = PledgeWords.objects.create(pledge=pledge, owner=person, **values)
    record_change(pledge, "make", by=PLEDGES)
    seen(movement, person)
    return words


@transaction.atomic
def edit_pledge(
    *, words: PledgeWords, version: int, what: str, by_on: date, audience: str, signs: str, by: Actor
) -> PledgeWords:
    """Its owner changes it, and who sees it. What staff have hidden stays hidden, whatever it says now."""
    check_own(words, by)
    movement, person = words.pledge.movement, words.owner
    values = said(movement, person, what=what, by_on=by_on, audience=audience, signs=signs)
    due_at = end_of(by_on)
    if due_at != words.pledge.due_at and by_on < timezone.localdate():
        raise Refused(_("Choose today, or a day still to come"), field="by_on")
    take_turns(words.pledge)
    save_if_unchanged(words, version=version, **values)
    Pledge.objects.filter(pk=words.pledge_id).update(due_at=due_at)
    record_change(words.pledge, "change", by=PLEDGES)
    seen(movement, person)
    return words


@transaction.atomic
def say_outcome(*, words: PledgeWords, version: int, outcome: str, came_of_it: str, by: Actor) -> PledgeWords:
    """What came of it: said once or anew. Whoever reads the pledge reads it."""
    check_own(words, by)
    if outcome not in Outcome.values or outcome == Outcome.OPEN:
        raise Refused(_("Choose what came of it"), field="outcome")
    take_turns(words.pledge)
    save_if_unchanged(words, version=version, came_of_it=came_of_it.strip())
    Pledge.objects.filter(pk=words.pledge_id).update(outcome=outcome, said_at=timezone.now())
    record_change(words.pledge, "say", by=PLEDGES, target=outcome)
    seen(words.pledge.movement, words.owner)
    return words


@transaction.atomic
def delete_pledge(*, words: PledgeWords, by: Actor) -> None:
    """Gone at once, for everybody; whoever said “me too” keeps their own."""
    check_own(words, by)
    Pledge.objects.filter(pk=words.pledge_id).delete()


@transaction.atomic
def join_pledge(*, words: PledgeWords, by: Actor) -> PledgeWords:
    """Me too: a pledge of their own in the same words by the same day, for nobody else to read until they choose. Said twice it is once."""
    movement = words.pledge.movement
    person = check_in_movement(movement, by)
    if words.owner_id == person.pk:
        raise Refused(_("This pledge is yours already."))
    take_turns(person)
    first = words.pledge.joined or words.pledge
    mine = PledgeWords.objects.filter(owner=person, pledge__joined=first)
    if (there := mine.select_related("pledge__movement__programme").first()) is not None:
        return there
    if first.owner_id == person.pk:
        raise Refused(_("This pledge is yours already."))
    if words.pledge.outcome != Outcome.OPEN or words.pledge.due_at < timezone.now():
        raise WrongState(_("The time for this pledge is over. Make one of your own."))
    return add_pledge(
        movement,
        person,
        due_at=words.pledge.due_at,
        joined=first,
        what=words.what,
        audience=PledgeAudience.ME,
        signs=SignedAs.NAME,
        signed=signature(movement, person, SignedAs.NAME),
    )


@transaction.atomic
def hide_pledge(*, words: PledgeWords, reason: str, by: Actor) -> PledgeWords:
    """Staff take a public pledge off every page but its owner's, who is told why. Hidden twice it is once."""
    if by.kind != "system" and not staff(by, words):
        raise NotAllowed(_("Only staff of the programme hide public pledges."))
    take_turns(words.pledge)
    words.refresh_from_db(fields=["audience", "hidden_at"])
    if words.audience != PledgeAudience.PUBLIC:
        raise WrongState(_("This pledge isn’t public any more."))
    if words.hidden_at is not None:
        return words
    if not reason.strip():
        raise Refused(_("Give a reason."), field="reason")
    words.hidden_at, words.hidden_because = timezone.now(), reason.strip()
    words.save(update_fields=["hidden_at", "hidden_because"])
    record_change(words.pledge, "hide", by=by, reason=reason)
    send_pledge_hidden(words, by=by)
    return words


@transaction.atomic
def show_pledge(*, words: PledgeWords, by: Actor) -> PledgeWords:
    """Staff put it back. Said twice it is once."""
    if by.kind != "system" and not staff(by, words):
        raise NotAllowed(_("Only staff of the programme show a hidden pledge again."))
    take_turns(words.pledge)
    words.refresh_from_db(fields=["hidden_at"])
    if words.hidden_at is not None:
        words.hidden_at, words.hidden_because = None, ""
        words.save(update_fields=["hidden_at", "hidden_because"])
        record_change(words.pledge, "show", by=by)
    return words
