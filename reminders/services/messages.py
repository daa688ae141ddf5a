"""Queueing a message: a row in the same transaction as what it tells of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from engine.publishing import publish
from reminders.models import Message
from reminders.writing import LINK, render_message
from tenancy.actors import Actor
from tenancy.models import Person, Tenant
from tenancy.models.base import new_public_id
from tenancy.scope import current_scope

__all__ = ["LINK", "LinkTo", "Outgoing", "queue_message", "queue_messages"]


@dataclass(frozen=True)
class LinkTo:
    """What the message's one button opens: a page of the portal (`path`), or a link minted at sending (`purpose`, `about`).

    `text` are the button's words ('Endorse this application').
    """

    path: str = ""
    purpose: str = ""
    about: str = ""
    days: int = 28
    text: str = ""


@transaction.atomic
def queue_message(
    *,
    kind: str,
    to: Person,
    about: str,
    by: Actor,
    context: dict[str, Any] | None = None,
    link: LinkTo | None = None,
    occurrence: str = "",
    asks: bool = False,
    calendar_text: str = "",
    available_at: datetime | None = None,
    owed: Sequence[tuple[str, str]] = (),
) -> bool:
    """Queue one message; returns False when this kind, about, occurrence and recipient was queued before, or has no address.

    `kind` is 'app.name': templates `app/email/name.subject.txt` and `.txt`, plain text without escaping, rendered with `context`
    plus `recipient`, `tenant`, `asks` and `link` (a placeholder on a line of its own: links are minted when the message leaves);
    the HTML is made from the text. `about` is the public id of what it tells of; `asks` marks a message that needs an answer,
    whose subject says so. `owed` names obligations as (kind, key): once all of them are done the message doesn't leave.
    """
    message = Outgoing(
        kind, to, about, context or {}, link or LinkTo(), occurrence, asks, calendar_text, available_at, owed
    )
    return queue_messages([message], by=by) == 1


@dataclass(frozen=True)
class Outgoing:
    """One message of many; the fields are those of queue_message."""

    kind: str
    to: Person
    about: str
    context: dict[str, Any] = field(default_factory=dict)
    link: LinkTo = field(default_factory=LinkTo)
    occurrence: str = ""
    asks: bool = False
    calendar_text: str = ""
    available_at: datetime | None = None
    owed: Sequence[tuple[str, str]] = ()


@transaction.atomic
def queue_messages(wanted: Iterable[Outgoing], *, by: Actor) -> int:
    """Queue them in one statement, however many; returns how many are new. Otherwise as queue_message."""
    tenant, now = Tenant.objects.get(pk=current_scope().tenant_id), timezone.now()
    rows = [message_of(message, tenant=tenant, now=now, by=by) for message in wanted if message.to.email]
    # ON CONFLICT DO NOTHING: bulk_create can't tell which rows were added, so ask by the rows' own random ids.
    Message.objects.bulk_create(rows, ignore_conflicts=True)
    added = Message.objects.filter(public_id__in=[row.public_id for row in rows]).count() if rows else 0
    if added:
        nudge_on_commit()
    return added


def message_of(message: Outgoing, *, tenant: Tenant, now: datetime, by: Actor) -> Message:
    to, link = message.to, message.link
    values = {**message.context, "recipient": to, "tenant": tenant, "asks": message.asks}
    rendered = render_message(message.kind, values, button=link.text)
    return Message(
        public_id=new_public_id(),
        dedupe_key=f"{message.kind}:{message.about}:{message.occurrence}:{to.public_id}:email",
        kind=message.kind,
        recipient=to,
        asks=message.asks,
        subject=rendered.subject,
        body_text=rendered.text,
        body_html=rendered.html,
        link_purpose=link.purpose,
        link_about=link.about,
        link_path=link.path,
        link_days=link.days,
        calendar_text=message.calendar_text,
        available_at=message.available_at or now,
        queued_at=now,
        queued_by=by.label[:200],
        owed=[list(pair) for pair in message.owed],
    )


def nudge_on_commit() -> None:
    """One nudge a transaction, however many messages it queues. A rolled-back savepoint takes its nudge with it."""
    if not any(call is nudge for _savepoints, call, *_rest in connection.run_on_commit):
        transaction.on_commit(nudge)


def nudge() -> None:
    from reminders.tasks import dispatch_due_messages

    publish(dispatch_due_messages)
