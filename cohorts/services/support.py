"""Asking one person for support, answering, and saying that nothing more is needed. Nothing of it is in the history of changes."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.emails import send_support_answered, send_support_asked
from cohorts.models import Cohort, SupportRequest, SupportText
from cohorts.rules import asked_for_support, asked_support, participant
from cohorts.selectors.support import people_to_ask
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.models import Person
from tenancy.turns import just_now, take_turns

LONGEST = 3000


def words_of(body: str) -> str:
    body = body.strip()
    if not body:
        raise Refused(_("Write what you want to say"), field="body")
    if len(body) > LONGEST:
        raise Refused(_("Use %(n)d characters or fewer") % {"n": LONGEST}, field="body")
    return body


@transaction.atomic
def ask_support(*, cohort: Cohort, to: Person, body: str, by: Actor) -> SupportRequest:
    """In the writer's own words, to somebody who facilitates their set or is staff. The message that goes out holds none of it."""
    if by.person is None or not participant(by, cohort):
        raise NotAllowed(_("Only those who take part ask for support."))
    body = words_of(body)
    if to.pk not in {person.pk for person in people_to_ask(by.person.pk, cohort.pk)}:
        raise Refused(_("Choose from the list"), field="to")
    take_turns(by.person)
    lately = SupportRequest.objects.filter(author=by.person, cohort=cohort, to_person=to, asked_at__gt=just_now())
    if (same := lately.filter(words__body=body).first()) is not None:
        return same
    row = SupportRequest.objects.create(cohort=cohort, author=by.person, to_person=to, asked_at=timezone.now())
    SupportText.objects.create(request=row, author=by.person, body=body)
    send_support_asked(row, by=by)
    return row


@transaction.atomic
def answer_support(*, request: SupportRequest, body: str, by: Actor) -> SupportRequest:
    """Once: what is said after that they say to each other. The same words again, as by a double click, are one answer."""
    if not asked_for_support(by, request):
        raise NotAllowed(_("Only whoever was asked answers."))
    body = words_of(body)
    take_turns(request)
    row = SupportRequest.objects.select_related("words", "author").get(pk=request.pk)
    if row.answered_at is not None:
        if row.words.answer == body:
            return row
        raise WrongState(_("You have answered this already."))
    if row.closed_at is not None:
        raise WrongState(_("They need nothing more: the request was closed."))
    SupportText.objects.filter(request=row).update(answer=body)
    row.answered_at = timezone.now()
    row.save(update_fields=["answered_at"])
    send_support_answered(row, by=by)
    return row


@transaction.atomic
def close_support(*, request: SupportRequest, by: Actor) -> SupportRequest:
    """Its author needs nothing more: nobody is reminded from then on."""
    if not asked_support(by, request):
        raise NotAllowed(_("Only whoever asked says that it’s settled."))
    take_turns(request)
    row = SupportRequest.objects.get(pk=request.pk)
    if row.closed_at is None:
        row.closed_at = timezone.now()
        row.save(update_fields=["closed_at"])
    return row
