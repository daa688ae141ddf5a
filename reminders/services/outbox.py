"""What staff decide about messages that didn't leave, or may not have."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from engine.transitions import record_change
from reminders.models import STUCK, Message
from reminders.rules import may_mend_message
from reminders.services.messages import nudge_on_commit
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, WrongState


def _locked(message: Message, by: Actor) -> Message:
    if not may_mend_message(by, message):
        raise NotAllowed(_("You can't do this."))
    locked = Message.objects.select_for_update(of=("self",)).get(pk=message.pk)
    if locked.state not in STUCK:
        raise WrongState(_("This message is now “%(state)s”.") % {"state": locked.get_state_display()})
    return locked


@transaction.atomic
def retry_message(*, message: Message, by: Actor) -> Message:
    """Send it once more. One that may have left can arrive twice: that is the caller's decision."""
    locked = _locked(message, by)
    source = locked.state
    locked.state, locked.attempts, locked.began_at, locked.error = Message.State.PENDING, 0, None, ""
    locked.available_at = timezone.now()
    locked.save(update_fields=["state", "attempts", "began_at", "error", "available_at"])
    record_change(locked, "retry", by=by, source=source, target=locked.state)
    nudge_on_commit()
    return locked


@transaction.atomic
def settle_message(*, message: Message, arrived: bool, by: Actor) -> Message:
    """Close a message by what staff found out: it arrived, or it's no longer needed."""
    locked = _locked(message, by)
    source = locked.state
    locked.state = Message.State.SENT if arrived else Message.State.DROPPED
    if arrived:
        locked.sent_at = locked.sent_at or locked.began_at or timezone.now()
    locked.save(update_fields=["state", "sent_at"])
    record_change(locked, "arrived" if arrived else "drop", by=by, source=source, target=locked.state)
    return locked
