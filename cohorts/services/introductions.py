"""Introductions: two people are asked, each for themselves; addresses are shared when both have said yes, and not before."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.emails import send_introduction_made, send_introduction_question, send_introduction_wish
from cohorts.models import Cohort, Introduction, IntroductionQuestion, IntroductionWords
from cohorts.rules import asked_whether, staff
from cohorts.selectors.directory import people_found
from cohorts.selectors.introductions import OPEN, people_staff_reach
from cohorts.services.asks import said
from cohorts.services.directory import own_cohort
from cohorts.states import IntroductionState
from engine.transitions import record_change, transition
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.models import Person
from tenancy.turns import just_now, take_turns, take_turns_at

ANSWER_DAYS = 28
LONGEST = 1000


def begin(
    *, cohort: Cohort, first: Person, second: Person | None, why: str, to_staff: bool = False, by: Actor
) -> Introduction:
    assert by.person is not None
    take_turns(by.person)
    lately = Introduction.objects.filter(begun_at__gt=just_now(), words__by_person=by.person, words__why=why)
    if (same := lately.filter(words__first=first, words__second=second).first()) is not None:
        return same
    now = timezone.now()
    row = Introduction.objects.create(
        cohort=cohort,
        state=IntroductionState.WISHED if second is None else IntroductionState.ASKED,
        begun_at=now,
        until=now + timedelta(days=ANSWER_DAYS),
    )
    IntroductionWords.objects.create(
        introduction=row, by_person=by.person, first=first, second=second, why=why, to_staff=to_staff
    )
    record_change(row, "begin", by=by, target=row.state)
    if second is not None:
        ask(row, first, second, by=by)
        ask(row, second, first, by=by)
    return row


def ask(row: Introduction, person: Person, other: Person, *, by: Actor) -> None:
    IntroductionQuestion.objects.create(introduction=row, person=person, asked_at=timezone.now())
    send_introduction_question(row, to=person, other=other, by=by)


@transaction.atomic
def introduce(*, first: Person, second: Person, why: str, by: Actor) -> Introduction:
    """Somebody introduces two people whom they find in the directory. Both are asked."""
    _owner, cohort = own_cohort(by)
    why = said(why, "why", LONGEST)
    assert by.person_id is not None
    if len({first.pk, second.pk, by.person_id}) < 3:
        raise Refused(_("Choose somebody else"), field="other")
    if people_found(by.person_id).filter(pk__in=[first.pk, second.pk]).count() != 2:
        raise NotAllowed(_("You introduce people whom you find in the directory."))
    return begin(cohort=cohort, first=first, second=second, why=why, by=by)


@transaction.atomic
def introduce_as_staff(*, cohort: Cohort, first: Person, second: Person, why: str, by: Actor) -> Introduction:
    """Staff introduce two people of the cohorts of the programme that they run. Both are asked."""
    if by.kind != "person" or not staff(by, cohort):
        raise NotAllowed(_("Only staff of the cohort introduce people here."))
    why = said(why, "why", LONGEST)
    if first.pk == second.pk:
        raise Refused(_("Choose two different people"), field="second")
    if people_staff_reach(by, cohort).filter(pk__in=[first.pk, second.pk]).count() != 2:
        raise Refused(_("Choose from the list"), field="second")
    return begin(cohort=cohort, first=first, second=second, why=why, by=by)


@transaction.atomic
def wish_introduction(*, why: str, by: Actor) -> Introduction:
    """Tells staff of one's cohort to whom one would like to be introduced, by name or by what they do. That is the wisher's yes."""
    owner, cohort = own_cohort(by)
    row = begin(cohort=cohort, first=owner, second=None, why=said(why, "why", LONGEST), to_staff=True, by=by)
    send_introduction_wish(row, by=by)
    return row


@transaction.atomic
def arrange_introduction(*, introduction: Introduction, second: Person, reply: str = "", by: Actor) -> Introduction:
    """Staff found somebody: that person is asked. A word of theirs is read by both."""
    words = introduction.words
    if second.pk == words.first_id or not people_staff_reach(by, introduction.cohort).filter(pk=second.pk).exists():
        raise Refused(_("Choose from the list"), field="second")
    transition(introduction, "arrange", by=by, until=timezone.now() + timedelta(days=ANSWER_DAYS))
    words.second, words.reply = second, reply.strip()[:LONGEST]
    words.save(update_fields=["second", "reply"])
    ask(introduction, second, words.first, by=by)
    return introduction


@transaction.atomic
def turn_down_introduction(*, introduction: Introduction, reply: str, by: Actor) -> Introduction:
    """Staff can't help: whoever wished for it reads why on its page."""
    reply = said(reply, "reply", LONGEST)
    transition(introduction, "turn_down", by=by, settled_at=timezone.now())
    introduction.words.reply = reply
    introduction.words.save(update_fields=["reply"])
    return introduction


@transaction.atomic
def answer_introduction(*, introduction: Introduction, yes: bool, by: Actor) -> Introduction:
    """One of the two says whether they'd like it. The second yes makes it, and both are told where the other's address is; after a no
    nobody is told who said it."""
    take_turns_at(f"introduction {introduction.public_id}")
    introduction.refresh_from_db(fields=["state", "until"])
    if introduction.state in OPEN and introduction.until <= timezone.now():
        raise WrongState(_("The time for this introduction is over."))
    if introduction.state not in OPEN:
        raise WrongState(_("This introduction has been settled meanwhile."))
    if not asked_whether(by, introduction):
        raise NotAllowed(_("You’ve answered already, or you weren’t asked."))
    now = timezone.now()
    step = "decline" if not yes else "meet" if introduction.state == IntroductionState.HALF else "agree"
    settled_at = None if step == "agree" else now
    transition(introduction, step, by=by, settled_at=settled_at)
    IntroductionQuestion.objects.filter(introduction=introduction, person_id=by.person_id).update(answered_at=now)
    if step == "meet":
        words = introduction.words
        assert words.second is not None
        send_introduction_made(introduction, to=words.first, other=words.second, by=by)
        send_introduction_made(introduction, to=words.second, other=words.first, by=by)
    return introduction
