"""Who may see messages. A message belongs to its recipient; staff see that it was sent, never what it says."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from reminders.models import Message
from reminders.selectors import cohorts_reached
from tenancy.actors import Actor
from tenancy.models import Role, RoleAssignment
from tenancy.rules import rule


@rule
def is_recipient(actor: Actor, obj: Message | None) -> bool:
    return obj is not None and actor.kind == "person" and obj.recipient_id == actor.person_id


def messages_seen(actor: Actor) -> QuerySet[Message]:
    """The messages this member of staff may know of: all, or those to people with a role in the cohorts they reach."""
    rows = Message.objects.all()
    reached = cohorts_reached(actor)
    if reached is None:
        return rows
    people = RoleAssignment.objects.filter(Q(cohort__in=reached)).values("person")
    return rows.filter(recipient__in=people)


@rule
def reaches_message(actor: Actor, obj: Message | None) -> bool:
    """Staff whose list of messages has it: the twin of messages_seen."""
    if obj is None or actor.kind != "person" or not actor.holds(Role.STAFF):
        return False
    return messages_seen(actor).filter(pk=obj.pk).exists()


may_see_message = is_recipient | reaches_message
may_mend_message = reaches_message
