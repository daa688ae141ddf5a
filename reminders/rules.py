"""Who may see messages. A message belongs to its recipient; staff see that it was sent, never what it says. Of a private one they see
that it didn't leave, if so, and neither to whom it goes nor about what."""

from __future__ import annotations

import json

from django.db.models import BooleanField, F, Func, Q, QuerySet, Value

from reminders.kinds import private_kinds
from reminders.models import STUCK, Message
from reminders.obligations import obligation_sources
from reminders.selectors import cohorts_reached
from tenancy.actors import Actor
from tenancy.models import Role, RoleAssignment
from tenancy.rules import rule


@rule
def is_recipient(actor: Actor, obj: Message | None) -> bool:
    return obj is not None and actor.kind == "person" and obj.recipient_id == actor.person_id


def is_private() -> Q:
    """A message of a kind that is marked so, or that asks for nothing but what is owed in private. A reminder of several things of
    which some aren't private names none of them in its subject."""
    names = json.dumps({"private": sorted(s.kind for s in obligation_sources if s.private)})
    asks_more = Func(
        F("owed"),
        Value("strict $[*] ? (!(@[0] == $private[*]))"),
        Value(names),
        template="%(function)s(%(expressions)s::jsonb)",
        function="jsonb_path_exists",
        output_field=BooleanField(),
    )
    return Q(kind__in=private_kinds) | (~Q(owed=[]) & ~Q(asks_more))


def messages_reached(actor: Actor) -> QuerySet[Message]:
    """The messages this member of staff has to do with: all, or those to people with a role in the cohorts they reach."""
    rows = Message.objects.all()
    reached = cohorts_reached(actor)
    if reached is None:
        return rows
    people = RoleAssignment.objects.filter(Q(cohort__in=reached)).values("person")
    return rows.filter(recipient__in=people)


def messages_seen(actor: Actor) -> QuerySet[Message]:
    """Those of them that this member of staff may know of: private ones while they're stuck, so that somebody can do something about it.
    Even without a name, that one went out at a time, or that none did, would tell."""
    return messages_reached(actor).filter(~is_private() | Q(state__in=STUCK))


def is_staff(actor: Actor) -> bool:
    return actor.kind == "person" and actor.holds(Role.STAFF)


@rule
def sees_message(actor: Actor, obj: Message | None) -> bool:
    """Staff whose list of messages has it: the twin of messages_seen."""
    return obj is not None and is_staff(actor) and messages_seen(actor).filter(pk=obj.pk).exists()


@rule
def reaches_message(actor: Actor, obj: Message | None) -> bool:
    """Staff who may do something about it while it's stuck; the second of two clicks finds that it isn't any more."""
    return obj is not None and is_staff(actor) and messages_reached(actor).filter(pk=obj.pk).exists()


may_see_message = is_recipient | sees_message
may_mend_message = reaches_message
