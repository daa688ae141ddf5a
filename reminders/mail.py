"""One message as an e-mail, handed over; and what the mail server's answer means for trying again."""

from __future__ import annotations

import re
import smtplib
from contextlib import suppress
from dataclasses import dataclass
from email.utils import formataddr, parseaddr
from enum import Enum
from html import escape

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.utils.crypto import salted_hmac

from reminders.models import Message
from reminders.writing import LINK

METHOD = re.compile(r"^METHOD:([A-Z]+)\s*$", re.MULTILINE)


class Failure(Enum):
    TRANSIENT = "try again later"
    PERMANENT = "the server refuses it for good"
    UNKNOWN = "nobody can know whether it left"


@dataclass(frozen=True)
class Outcome:
    failure: Failure | None = None
    detail: str = ""


def message_id(message: Message) -> str:
    """The same for every attempt at the same message, and telling nothing of it."""
    digest = salted_hmac(
        "baton.message-id", f"{message.tenant_id}:{message.dedupe_key}", algorithm="sha256"
    ).hexdigest()
    return f"<{digest[:40]}@{settings.HOST}>"


def one_line(text: str) -> str:
    """A name with a line break in it would be refused as a header, and the message with it."""
    return " ".join(text.split())


def compose(message: Message, link: str) -> EmailMultiAlternatives:
    """The e-mail, with `link` (a path of the portal) put in its place. Nothing of it is stored."""
    address = f"{settings.BASE_URL}{link}" if link else ""
    sender = formataddr((one_line(message.tenant.name), parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))
    mail = EmailMultiAlternatives(
        subject=one_line(message.subject),
        body=message.body_text.replace(LINK, address),
        from_email=sender,
        # without the name that goes with it: on a public page anybody may have typed it
        to=[message.recipient.email],
        reply_to=[message.tenant.reply_to] if message.tenant.reply_to else None,
        headers={"Message-ID": message_id(message), "Auto-Submitted": "auto-generated"},
    )
    if message.body_html:
        mail.attach_alternative(message.body_html.replace(LINK, escape(address)), "text/html")
    if message.calendar_text:
        method = METHOD.search(message.calendar_text.replace("\r", ""))
        mail.attach_alternative(message.calendar_text, f"text/calendar; method={method[1] if method else 'PUBLISH'}")
    return mail


def deliver(mail: EmailMultiAlternatives) -> Outcome:
    """Hand the mail over on a connection of its own. What fails before the handing over surely has not left."""
    connection = get_connection()
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        return Outcome(Failure.TRANSIENT, describe(error))
    try:
        connection.send_messages([mail])
    except (OSError, smtplib.SMTPException, ValueError) as error:
        return Outcome(meaning_of(error), describe(error))
    finally:
        # It has been handed over: a server that hangs up at QUIT changes nothing.
        with suppress(OSError, smtplib.SMTPException):
            connection.close()
    return Outcome()


def meaning_of(error: Exception) -> Failure:
    """An answer of the server is an answer; silence after we began to hand over is not."""
    if isinstance(error, ValueError):
        # BadHeaderError, an address that can't be encoded: no server was asked.
        return Failure.PERMANENT
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _text in error.recipients.values()]
        return Failure.TRANSIENT if all(400 <= code < 500 for code in codes) else Failure.PERMANENT
    if isinstance(error, smtplib.SMTPResponseException) and error.smtp_code > 0:
        return Failure.TRANSIENT if 400 <= error.smtp_code < 500 else Failure.PERMANENT
    if isinstance(error, (smtplib.SMTPNotSupportedError, smtplib.SMTPAuthenticationError)):
        return Failure.PERMANENT
    return Failure.UNKNOWN


def describe(error: Exception) -> str:
    """What staff read: the kind of trouble and the server's code, without addresses (server texts often quote them)."""
    code = getattr(error, "smtp_code", None)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = next((c for c, _text in error.recipients.values()), None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__
