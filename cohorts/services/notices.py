"""The noticeboard of a cohort: put up by those who have to do with it, down by their author or, with a reason, by staff."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.emails import send_notice_down
from cohorts.models import Cohort, Notice
from cohorts.rules import author, on_board
from cohorts.services.asks import LONGEST, WEEKS, said
from cohorts.states import NoticeState
from engine.transitions import record_change, transition
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused
from tenancy.turns import just_now, take_turns


@transaction.atomic
def post_notice(*, cohort: Cohort, title: str, body: str, weeks: int, by: Actor) -> Notice:
    """For all of the cohort, until so many weeks from now. The same again within a minute is one."""
    if by.person is None or not on_board(by, cohort):
        raise NotAllowed(_("This board is for the people of the cohort, those who facilitate in it, and staff."))
    words = {"title": said(" ".join(title.split()), "title", 120), "body": said(body, "body", LONGEST)}
    if weeks not in WEEKS:
        raise Refused(_("Choose from the list"), field="weeks")
    take_turns(by.person)
    same = Notice.objects.filter(
        cohort=cohort, author=by.person, state=NoticeState.UP, posted_at__gt=just_now(), **words
    )
    if (posted := same.first()) is not None:
        return posted
    now = timezone.now()
    row = Notice.objects.create(
        cohort=cohort, author=by.person, posted_at=now, ends_at=now + timedelta(weeks=weeks), **words
    )
    record_change(row, "post", by=by, target=row.state)
    return row


@transaction.atomic
def remove_notice(*, notice: Notice, reason: str = "", by: Actor) -> Notice:
    """Taken back by its author; taken down by staff, who say why and whose reason the author is told."""
    if author(by, notice):
        return transition(notice, "withdraw", by=by)
    transition(notice, "take_down", by=by, reason=reason)
    send_notice_down(notice, reason=reason.strip(), by=by)
    return notice
