"""Asking chief officers to be at an event, their answers, and what came of them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.emails import send_presence_asked
from cohorts.models import Event, Presence
from cohorts.rules import chief_officer, event_keeper
from cohorts.selectors.presence import officers_of, recordable
from cohorts.services.cohorts import may_run
from cohorts.services.events import take_turn_of
from cohorts.states import EventState
from engine.transitions import record_change
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.models import Person


def check_ahead(event: Event) -> None:
    if event.state != EventState.PLANNED:
        raise WrongState(_("This event has been cancelled."))
    if event.has_started:
        raise WrongState(_("This event has already started."))


@transaction.atomic
def ask_presence(*, event: Event, people: Iterable[Person], by: Actor) -> int:
    """Ask chief officers to be there, by message. Who was asked or has answered already isn't asked again. Returns how many were."""
    may_run(by, event)
    take_turn_of(event)
    check_ahead(event)
    wanted, known = list(people), {p.pk for p in officers_of(event)}
    if not wanted:
        raise Refused(_("Choose whom to ask"), field="people")
    if any(person.pk not in known for person in wanted):
        raise Refused(_("Choose from the chief officers of this cohort."), field="people")
    there = set(Presence.objects.filter(event=event).values_list("person_id", flat=True))
    new = [person for person in wanted if person.pk not in there]
    for person in new:
        row = Presence.objects.create(event=event, person=person, asked_at=timezone.now())
        send_presence_asked(row, by=by)
    if new:
        record_change(event, "ask presence", by=by, reason=", ".join(person.name for person in new))
    return len(new)


@transaction.atomic
def answer_presence(*, event: Event, answer: str, by: Actor) -> Presence:
    """A chief officer promises to be there, or says that they can't, asked or not; another answer replaces it until it starts."""
    if by.person is None or not chief_officer(by, event):
        raise NotAllowed(_("Only chief officers of this cohort promise to be there."))
    take_turn_of(event)
    check_ahead(event)
    if answer not in {Presence.Answer.YES, Presence.Answer.NO}:
        raise Refused(_("Choose one of the two answers."))
    row, _made = Presence.objects.get_or_create(event=event, person=by.person)
    if row.answer != answer:
        row.answer, row.answered_at = answer, timezone.now()
        row.save(update_fields=["answer", "answered_at"])
    return row


@transaction.atomic
def record_presence(*, event: Event, person: Person, came: bool, by: Actor) -> Presence:
    """Whoever keeps the register says whether a chief officer was there; said anew, it is put right."""
    if by.kind != "system" and not event_keeper(by, event):
        raise NotAllowed(_("You don’t keep the register of this event."))
    take_turn_of(event)
    if event.state != EventState.PLANNED:
        raise WrongState(_("This event has been cancelled."))
    if not event.has_started:
        raise WrongState(_("The event hasn’t started yet."))
    if not recordable(event).filter(pk=person.pk).exists():
        raise Refused(_("Choose from the chief officers of this cohort."))
    row, _made = Presence.objects.get_or_create(event=event, person=person)
    if row.came != came:
        row.came = came
        row.save(update_fields=["came"])
        record_change(
            event, "presence", by=by, reason=f"{person.name}: {_('was there') if came else _('wasn’t there')}"
        )
    return row
