"""The dispatcher: claims due messages with a lease and a token, sends each outside any transaction, marks it by token.

Runs as portal_sys over all tenants. Two dispatchers may run at once, and either may be killed at any moment: nothing is lost,
and what may or may not have left is never sent again by itself, but marked `uncertain` for staff.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import connections, transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Greatest, Now
from django.utils.translation import gettext as _

from reminders.links import link_path
from reminders.mail import Failure, Outcome, compose, deliver
from reminders.models import Message
from reminders.services.reminding import left_of
from tenancy.links import keep_link
from tenancy.scope import tenant_context

BATCH = 10
LEASE = timedelta(seconds=settings.MAIL_LEASE_SECONDS)
MAX_ATTEMPTS = 5
# Below Celery's soft limit: what is left is for the next tick.
LONGEST_RUN = 200.0
State = Message.State
log = logging.getLogger("baton.mail")


@dataclass(frozen=True)
class Claim:
    message_id: int
    token: str


def dispatch_due(*, longest: float = LONGEST_RUN) -> Counter[str]:
    """Send what is due until nothing is left or the time is up; returns how many ended in each state."""
    ended: Counter[str] = Counter({State.UNCERTAIN: set_aside_uncertain()})
    until = time.monotonic() + longest
    while time.monotonic() < until:
        claims = claim_batch()
        if not claims:
            break
        for claim in claims:
            ended[attempt(claim)] += 1
    return +ended


def set_aside_uncertain() -> int:
    """Messages whose dispatcher fell silent after it had begun to hand them over: nobody can know whether they left."""
    rows = Message.unscoped("sys").filter(state=State.SENDING, began_at__isnull=False, lease_until__lt=Now())
    count = rows.update(
        state=State.UNCERTAIN,
        token="",
        lease_until=None,
        error=_("The sending was cut off; it may or may not have left."),
    )
    if count:
        log.warning("%s messages may or may not have left", count)
    return count


def claim_batch(size: int = BATCH) -> list[Claim]:
    """Take the messages due longest, each with the batch's token; committed on return."""
    token = secrets.token_hex(16)
    with transaction.atomic(using="sys"), connections["sys"].cursor() as cursor:
        # SKIP LOCKED on the rows to update is beyond the ORM's update(). A stale claim that never began is taken up again.
        cursor.execute(
            "UPDATE reminders_message m SET state = 'sending', token = %s, lease_until = now() + %s * interval '1 second', began_at = NULL"
            " FROM (SELECT id FROM reminders_message"
            "   WHERE (state = 'pending' AND available_at <= now())"
            "      OR (state = 'sending' AND began_at IS NULL AND lease_until < now())"
            "   ORDER BY available_at, id LIMIT %s FOR UPDATE SKIP LOCKED) due"
            " WHERE m.id = due.id RETURNING m.id",
            [token, LEASE.total_seconds(), size],
        )
        return [Claim(row[0], token) for row in cursor.fetchall()]


def attempt(claim: Claim) -> str:
    """Process one message; the edge where an error of ours becomes that message's own, so that it holds up no other."""
    try:
        return process(claim)
    except Exception:
        log.exception("message %s could not be sent", claim.message_id)
        began = _held(claim).filter(began_at__isnull=False).exists()
        return _mark(claim, State.UNCERTAIN if began else State.FAILED, error=_("Something went wrong on our side."))


def process(claim: Claim) -> str:
    """One message from claim to its mark; the state it ended in, 'lost' when another dispatcher has it."""
    message = _renewed(claim)
    if message is None:
        return "lost"
    reason = _not_needed(message)
    if reason:
        return _mark(claim, State.DROPPED, error=reason)
    token = secrets.token_urlsafe(32) if message.link_purpose else ""
    path = link_path(message.link_purpose, message.tenant.slug, token) if token else message.link_path
    mail = compose(message, path)
    if not _begin(claim, message, token):
        return "lost"
    return _mark_outcome(claim, message, deliver(mail))


def _held(claim: Claim) -> QuerySet[Message]:
    """The row on the alias of portal_sys, if this dispatcher still holds it."""
    return Message.unscoped("sys").filter(pk=claim.message_id, token=claim.token, state=State.SENDING)


def _renewed(claim: Claim) -> Message | None:
    """Renew the lease; the row when this dispatcher still holds it. A batch of slow messages may have outlived its lease."""
    if not _held(claim).update(lease_until=Now() + LEASE):
        return None
    return _held(claim).select_related("recipient", "tenant").first()


def _not_needed(message: Message) -> str:
    """Why the message need not leave any more, if so. One of which a part is done is written anew, in memory only."""
    if not message.recipient.email:
        return _("The person has no e-mail address now.")
    if message.owed:
        with tenant_context(message.tenant_id, message.recipient_id):
            left = left_of(message, message.tenant)
        if left is None:
            return _("What it asked for has been done.")
        message.subject, message.body_text, message.body_html = left.subject, left.text, left.html
    return ""


def _begin(claim: Claim, message: Message, token: str) -> bool:
    """Record, committed, that handing over begins, and with it the link the mail carries; False if the claim is lost."""
    with transaction.atomic(using="sys"):
        if not _held(claim).update(began_at=Now(), lease_until=Now() + LEASE, attempts=F("attempts") + 1):
            return False
        if token:
            keep_link(
                token,
                person=message.recipient_id,
                purpose=message.link_purpose,
                about=message.link_about,
                tenant_id=message.tenant_id,
                days=message.link_days,
                using="sys",
            )
    return True


def _mark(claim: Claim, state: str, **fields: object) -> str:
    marked = _held(claim).update(state=state, token="", lease_until=None, **fields)
    return state if marked else "lost"


def _mark_outcome(claim: Claim, message: Message, outcome: Outcome) -> str:
    if outcome.failure is None:
        return _mark(claim, State.SENT, sent_at=Now(), error="")
    error = outcome.detail[:300]
    if outcome.failure is Failure.UNKNOWN:
        log.warning("message %s may or may not have left: %s", message.public_id, error)
        return _mark(claim, State.UNCERTAIN, error=error)
    attempts = message.attempts + 1
    if outcome.failure is Failure.PERMANENT or attempts >= MAX_ATTEMPTS:
        log.warning("message %s failed: %s", message.public_id, error)
        return _mark(claim, State.FAILED, error=error)
    # 1, 2, 4, 8 minutes: a greylisting server wants to be asked again, a broken one to be left alone.
    later = Greatest(Now() + timedelta(minutes=2 ** (attempts - 1)), F("available_at"))
    return _mark(claim, State.PENDING, available_at=later, began_at=Value(None), error=error)
