"""The demo's mail server: what would have been sent is kept as a row for the demo inbox page."""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import parseaddr

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models.functions import Now

from reminders.models import DemoMail


class InboxBackend(BaseEmailBackend):
    """Keeps messages and account mails alike. Writes as portal_sys: the mails belong to no tenant."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        mails = [self.kept(message, to) for message in email_messages for to in message.recipients()]
        DemoMail.objects.using("sys").bulk_create(mails)
        return len(email_messages)

    def kept(self, message: EmailMessage, to: str) -> DemoMail:
        html = [part.content for part in getattr(message, "alternatives", []) if part.mimetype == "text/html"]
        return DemoMail(
            to=parseaddr(to)[1].lower(),
            sender=str(message.from_email)[:200],
            subject=str(message.subject)[:300],
            body_text=str(message.body),
            body_html=html[0] if html else "",
            message_id=message_id_of(message)[:200],
            received_at=Now(),
        )


def message_id_of(message: EmailMessage) -> str:
    """Its own if it has one; making the whole message is what gives it another."""
    return str(message.extra_headers.get("Message-ID") or message.message().get("Message-ID", ""))
