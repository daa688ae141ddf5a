"""The tenant's list of kinds of issue, and which came up at a meeting of a set."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from cohorts.models import IssueTag, IssueTally, MeetingTag, SetMeeting
from cohorts.rules import staff
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused
from tenancy.seen import digest_of, refuse_stale
from tenancy.turns import take_turns, take_turns_at

MOST = 20


def shown_tags() -> dict[str, str]:
    """What the page of the list shows."""
    return {"tags": "\n".join(tag.name for tag in IssueTag.objects.filter(retired=False))}


@transaction.atomic
def save_issue_tags(*, names: Sequence[str], seen: str, by: Actor) -> None:
    """The list as it shall be. What is on it no more is offered no more, and counted as before; what comes back is the same as it was."""
    if not staff(by, None):
        raise NotAllowed(_("Only staff of everything keep this list."))
    take_turns_at("issue tags")
    wanted = list(dict.fromkeys(" ".join(name.split()) for name in names if name.strip()))
    theirs = shown_tags()
    if seen != digest_of(theirs):
        refuse_stale(theirs, {"tags": "\n".join(wanted)})
    if len(wanted) > MOST:
        raise Refused(_("Use %(n)d or fewer.") % {"n": MOST}, field="tags")
    if long := next((name for name in wanted if len(name) > 60), None):
        raise Refused(_("Shorten “%(start)s…” to 60 characters or fewer.") % {"start": long[:40]}, field="tags")
    IssueTag.objects.exclude(name__in=wanted).update(retired=True)
    for position, name in enumerate(wanted):
        IssueTag.objects.update_or_create(name=name, defaults={"position": position, "retired": False})


def tag_meeting(*, meeting: SetMeeting, tags: Collection[str]) -> None:
    """Keep which kinds came up, by public id, and count them for the cohort. The caller has asked whether this actor runs the meeting,
    and holds its turn."""
    known = {tag.public_id: tag for tag in IssueTag.objects.all()}
    if set(tags) - set(known):
        raise Refused(_("Choose from the list"), field="tags")
    cohort = meeting.learning_set.cohort
    take_turns(cohort)
    before = {row.tag_id: row for row in MeetingTag.objects.filter(meeting=meeting)}
    wanted = {known[key].pk for key in tags}
    for tag_id, row in before.items():
        if tag_id not in wanted:
            row.delete()
            IssueTally.objects.filter(cohort=cohort, tag=tag_id, meetings__gt=0).update(meetings=F("meetings") - 1)
    for tag_id in wanted - before.keys():
        MeetingTag.objects.create(meeting=meeting, tag_id=tag_id)
        IssueTally.objects.get_or_create(cohort=cohort, tag_id=tag_id)
        IssueTally.objects.filter(cohort=cohort, tag=tag_id).update(meetings=F("meetings") + 1)
