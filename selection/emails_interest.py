"""What selection writes to people who only said that they're interested."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from reminders.services.messages import LinkTo, Outgoing, queue_message, queue_messages
from selection.models import ExpressionOfInterest, SelectionRound
from selection.rules import INTEREST
from tenancy.actors import Actor

# Until the round that they wait for has come and gone.
TOLD_DAYS = 365


def send_confirm_interest(interest: ExpressionOfInterest, *, by: Actor, occurrence: str) -> bool:
    """To whoever reads the address that was typed, maybe by somebody else: it quotes nothing of what they typed."""
    return queue_message(
        kind="selection.interest",
        to=interest.person,
        about=interest.public_id,
        by=by,
        occurrence=occurrence,
        context={"programme": interest.programme, "confirmed": interest.confirmed_at is not None},
        link=LinkTo(purpose=INTEREST, about=interest.public_id, text=_("Open your registration")),
    )


def send_interest_open(interests: Iterable[ExpressionOfInterest], *, round: SelectionRound, by: Actor) -> int:
    """To all of them in one statement; nobody gets it twice for one round."""
    about = reverse("selection:round-about", kwargs={"tenant": round.tenant.slug, "public_id": round.public_id})
    context = {
        "round": round,
        "cohort": round.cohort,
        "programme": round.cohort.programme,
        "address": f"{settings.BASE_URL}{about}",
        "later": round.opens_at > timezone.now(),
    }
    return queue_messages(
        (
            Outgoing(
                kind="selection.interest_open",
                to=interest.person,
                about=round.public_id,
                context=context,
                link=LinkTo(
                    purpose=INTEREST,
                    about=interest.public_id,
                    days=TOLD_DAYS,
                    text=_("Open your registration"),
                ),
            )
            for interest in interests
        ),
        by=by,
    )
