"""Asks and offers, their answers, and thanks: words for those they are meant for, numbers for everybody else."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.emails import send_ask_answered, send_thanked
from cohorts.models import Ask, AskAnswer, AskKind, AskText, Thanks, ThanksCount
from cohorts.models.ask import MEANT_FOR
from cohorts.rules import owns
from cohorts.selectors.asks import readable_asks
from cohorts.selectors.directory import cohorts_of, people_found, places_of
from cohorts.services.directory import own_cohort
from cohorts.services.notebooks import notebook_of
from cohorts.states import AskState
from engine.transitions import transition
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.models import Person
from tenancy.turns import just_now, take_turns, take_turns_at

WEEKS = (2, 4, 12)
LONGEST = 2000


def said(text: str, field: str, longest: int = LONGEST) -> str:
    text = text.strip()
    if not text:
        raise Refused(_("Write a few words"), field=field)
    if len(text) > longest:
        raise Refused(_("Use %(n)d characters or fewer") % {"n": longest}, field=field)
    return text


@transaction.atomic
def post_ask(*, kind: str, title: str, body: str, audience: str, weeks: int, by: Actor) -> Ask:
    """Asks for help, or offers it, in the latest of one's cohorts, until so many weeks from now. The same again within a minute is one."""
    owner, cohort = own_cohort(by)
    title = said(" ".join(title.split()), "title", 120)
    if kind not in AskKind.values or audience not in [a.value for a in MEANT_FOR] or weeks not in WEEKS:
        raise Refused(_("Choose from the list"), field="audience")
    take_turns(owner)
    now = timezone.now()
    same = Ask.objects.filter(owner=owner, kind=kind, state=AskState.OPEN, asked_at__gt=just_now(), words__title=title)
    if (posted := same.first()) is not None:
        return posted
    row = Ask.objects.create(
        notebook=notebook_of(owner=owner, cohort=cohort),
        owner=owner,
        cohort=cohort,
        kind=kind,
        audience=audience,
        asked_at=now,
        ends_at=now + timedelta(weeks=weeks),
    )
    AskText.objects.create(ask=row, owner=owner, title=title, body=body.strip()[:LONGEST])
    return row


@transaction.atomic
def answer_ask(*, ask: Ask, body: str, contact: str, by: Actor) -> AskAnswer:
    """Whoever reads it answers, with how to be reached; its owner is told by whom. Answered again, it says the new words."""
    if by.kind != "person" or by.person is None or by.person_id == ask.owner_id:
        raise NotAllowed(_("You answer what others ask or offer."))
    take_turns_at(f"ask {ask.public_id}")
    found = readable_asks().filter(pk=ask.pk, state=AskState.OPEN, ends_at__gt=timezone.now()).first()
    if found is None:
        raise WrongState(_("It has been closed, or its time is over."))
    words = {"body": said(body, "body"), "contact": said(" ".join(contact.split()), "contact", 200)}
    row = AskAnswer.objects.filter(ask=ask, by_person=by.person).first()
    if row is not None:
        AskAnswer.objects.filter(pk=row.pk).update(**words)
        row.refresh_from_db()
        return row
    row = AskAnswer.objects.create(
        ask=ask,
        owner_id=ask.owner_id,
        by_person=by.person,
        about=found.words.title,
        answered_at=timezone.now(),
        **words,
    )
    send_ask_answered(row, to=ask.owner, by=by)
    return row


@transaction.atomic
def close_ask(*, ask: Ask, helper: Person | None = None, body: str = "", counts: bool = False, by: Actor) -> Ask:
    """Nobody else reads it from this moment. With whoever helped, if somebody of those who answered did."""
    transition(ask, "close", by=by, closed_at=timezone.now())
    if helper is not None:
        if not AskAnswer.objects.filter(ask=ask, by_person=helper).exists():
            raise Refused(_("Choose from those who answered"), field="helper")
        if ask.kind == AskKind.ASK:
            say_thanks(helper=helper, body=body, counts=counts, ask=ask, by=by)
    return ask


@transaction.atomic
def say_thanks(*, helper: Person, body: str, counts: bool, ask: Ask | None = None, by: Actor) -> Thanks:
    """‘This contact helped me with…’. The helper is told by whom, and reads the words on their page. The same again is one."""
    owner, cohort = own_cohort(by)
    answered = ask is not None and AskAnswer.objects.filter(ask=ask, owner=owner, by_person=helper).exists()
    if not answered and not people_found(owner.pk).filter(pk=helper.pk).exists():
        raise NotAllowed(_("You thank somebody whom you find in the directory."))
    body = said(body, "body", 600)
    take_turns(owner)
    same = Thanks.objects.filter(owner=owner, helper=helper, body=body, thanked_at__gt=just_now())
    if (thanked := same.first()) is not None:
        return thanked
    now = timezone.now()
    row = Thanks.objects.create(
        notebook=notebook_of(owner=owner, cohort=cohort), owner=owner, helper=helper, ask=ask, body=body, thanked_at=now
    )
    set_count(row, counts=counts)
    send_thanked(row, to=helper, by=by)
    return row


def set_count(row: Thanks, *, counts: bool) -> None:
    """Stands beside it, or doesn't."""
    if not counts:
        ThanksCount.objects.filter(thanks=row).delete()
        return
    mine = places_of(row.owner_id).values("cohort")
    ThanksCount.objects.get_or_create(
        thanks=row,
        defaults={
            "cohort": row.notebook.cohort,
            "said_at": row.thanked_at,
            "other_organisation": row.helper.organisation_id != row.owner.organisation_id,
            "other_cohort": not cohorts_of(row.helper_id).filter(pk__in=mine).exists(),
        },
    )


def own_thanks(by: Actor, row: Thanks) -> None:
    if not owns(by, row):
        raise NotAllowed(_("Only whoever said thanks may change it."))
    take_turns_at(f"thanks {row.public_id}")


@transaction.atomic
def let_thanks_count(*, thanks: Thanks, counts: bool, by: Actor) -> Thanks:
    own_thanks(by, thanks)
    set_count(thanks, counts=counts)
    return thanks


@transaction.atomic
def delete_thanks(*, thanks: Thanks, by: Actor) -> None:
    """Gone, with what it counted."""
    own_thanks(by, thanks)
    Thanks.objects.filter(pk=thanks.pk).delete()
