"""A brief for a manager: made of what its owner picked, sent by a link, answered behind it, taken back at any time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.emails import send_return_answered, send_return_brief, send_return_meeting
from cohorts.models import Cohort, ReturnBrief, ReturnBriefText
from cohorts.rules import RETURN_BRIEF, reads_brief
from cohorts.selectors.return_briefs import brief_pickables, briefs_of, need_labels
from cohorts.selectors.returning import plan_of
from cohorts.services.development import check_owns, check_plans, content_of
from cohorts.services.notebooks import notebook_of
from engine.versions import save_if_unchanged
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.links import revoke_links
from tenancy.services.people import ensure_person
from tenancy.turns import just_now, take_turns

LONGEST_DAYS = 180
LONGEST = 3000


@transaction.atomic
def make_brief(*, cohort: Cohort, introduction: str, picked: Collection[str], by: Actor) -> ReturnBrief:
    """Of what its maker picked, in the words it has now; nobody reads it until it is sent. Only their own can be picked."""
    person = check_plans(by, cohort)
    take_turns(person)
    words = plan_of(person.pk, cohort)
    if words is None:
        raise WrongState(_("Make your return plan first: the brief is made from it."))
    offered = {item.key: item for item in brief_pickables(person.pk, cohort, words)}
    if strange := [key for key in picked if key not in offered]:
        raise Refused(
            _("Choose from the list: %(n)d of these isn’t there any more.") % {"n": len(strange)}, field="picked"
        )
    if not picked:
        raise Refused(_("Pick at least one thing"), field="picked")
    chosen, labels = [item for key, item in offered.items() if key in set(picked)], need_labels()
    said: dict[str, Any] = {
        "introduction": introduction.strip(),
        "content": content_of([item for item in chosen if item.key not in labels]),
        "needs": [{"key": item.key, "label": item.heading, "text": item.text} for item in chosen if item.key in labels],
    }
    lately = briefs_of(person.pk, cohort).filter(made_at__gt=just_now(), sent_at__isnull=True)
    if (same := lately.filter(**{f"words__{name}": value for name, value in said.items()}).first()) is not None:
        return same
    row = ReturnBrief.objects.create(plan=words.plan, cohort=cohort, owner=person, made_at=timezone.now())
    ReturnBriefText.objects.create(brief=row, owner=person, **said)
    notebook_of(owner=person, cohort=cohort)
    return row


@transaction.atomic
def send_brief(
    *, brief: ReturnBrief, name: str, email: str, meet_at: datetime | None, until: date, by: Actor
) -> ReturnBrief:
    """By a link in a message, which opens this one brief until the end of that day. It goes to one person, once."""
    check_owns(by, brief)
    today = timezone.localdate()
    if not today < until <= today + timedelta(days=LONGEST_DAYS):
        raise Refused(_("Enter a day within the next %(n)d days.") % {"n": LONGEST_DAYS}, field="until")
    check_meeting(meet_at, until)
    take_turns(brief)
    row = briefs_of(brief.owner_id, brief.cohort).get(pk=brief.pk)
    reader, _created = ensure_person(name=name, email=email, by=by)
    if reader.pk == row.owner_id:
        raise Refused(_("Enter somebody else’s address: you can read it already."), field="email")
    if row.sent_at is not None:
        if row.reader_id == reader.pk and row.sent_at > just_now():
            return row
        raise WrongState(_("This brief has been sent. Make another one for somebody else."))
    for earlier in briefs_of(row.owner_id, row.cohort).filter(reader=reader, taken_back_at__isnull=True):
        take_back_brief(brief=earlier, by=by)
    row.reader, row.sent_at, row.until, row.meet_at = reader, timezone.now(), until, meet_at
    row.save(update_fields=["reader", "sent_at", "until", "meet_at"])
    send_return_brief(row, days=(until - today).days + 1, by=by)
    return row


def check_meeting(meet_at: datetime | None, until: date) -> None:
    if meet_at is not None and not timezone.now() < meet_at <= timezone.now() + timedelta(days=LONGEST_DAYS):
        raise Refused(_("Enter a day and a time still to come."), field="meet_day")
    if meet_at is not None and timezone.localdate(meet_at) > until:
        raise Refused(
            _("They can only read it until %(day)s. Meet before, or give them longer.") % {"day": until},
            field="meet_day",
        )


@transaction.atomic
def move_meeting(*, brief: ReturnBrief, meet_at: datetime, by: Actor) -> ReturnBrief:
    """Another day for the conversation; its reader is told. The same day again is none."""
    check_owns(by, brief)
    take_turns(brief)
    row = briefs_of(brief.owner_id, brief.cohort).get(pk=brief.pk)
    if not row.is_with_reader or row.talked_at is not None:
        raise WrongState(_("There is no conversation to come any more."))
    assert row.until is not None
    if row.meet_at == meet_at:
        return row
    check_meeting(meet_at, row.until)
    row.meet_at = meet_at
    row.save(update_fields=["meet_at"])
    send_return_meeting(row, days=(row.until - timezone.localdate()).days + 1, by=by)
    return row


@transaction.atomic
def take_back_brief(*, brief: ReturnBrief, by: Actor) -> None:
    """Its link opens nothing any more, from this moment; what was answered stays with its owner."""
    check_owns(by, brief)
    take_turns(brief)
    rows = ReturnBrief.objects.filter(pk=brief.pk, sent_at__isnull=False, taken_back_at__isnull=True)
    rows.update(taken_back_at=timezone.now())
    revoke_links(purpose=RETURN_BRIEF, about=brief.public_id)


@transaction.atomic
def delete_brief(*, brief: ReturnBrief, by: Actor) -> None:
    """Gone for good, with its answer and its link."""
    check_owns(by, brief)
    revoke_links(purpose=RETURN_BRIEF, about=brief.public_id)
    brief.delete()


@transaction.atomic
def answer_brief(
    *, brief: ReturnBrief, version: int, talked: bool, agreed: Collection[str], answer: str, by: Actor
) -> ReturnBrief:
    """Its reader says that they've talked, what they agree to, or anything in their own words: as often as they like while they may read
    it. That they have talked isn't taken back."""
    if not reads_brief(by, brief):
        raise NotAllowed(_("Only whoever it was written for answers."))
    take_turns(brief)
    row = ReturnBrief.objects.select_related("owner", "cohort", "reader").get(pk=brief.pk)
    if not row.is_with_reader:
        raise WrongState(_("This brief has been taken back, or its time is over."))
    words = ReturnBriefText.objects.get(brief=row)
    keys = [need["key"] for need in words.needs]
    if set(agreed) - set(keys):
        raise Refused(_("Choose from the list"), field="agreed")
    said: dict[str, Any] = {"agreed": [key for key in keys if key in set(agreed)], "answer": answer.strip()[:LONGEST]}
    if not talked and row.talked_at is None and not said["agreed"] and not said["answer"]:
        raise Refused(_("Say that you’ve talked, what you agree to, or write an answer"), field="talked")
    if talked and row.talked_at is None:
        row.talked_at = timezone.now()
        row.save(update_fields=["talked_at"])
        if version == words.version and all(getattr(words, name) == value for name, value in said.items()):
            # nothing else is new
            send_return_answered(row, version=version, by=by)
            return row
    save_if_unchanged(words, version=version, **said)
    send_return_answered(row, version=words.version, by=by)
    return row
