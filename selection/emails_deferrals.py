"""Messages of deferral: one function a message."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from reminders.services.messages import LinkTo, queue_message
from selection.emails_assess import path_to
from selection.models import Deferral, Offer
from tenancy.actors import Actor
from tenancy.models import Role
from tenancy.selectors import people_with_role


def _about(deferral: Deferral) -> dict[str, Any]:
    application = deferral.application
    return {"deferral": deferral, "application": application, "cohort": application.cohort}


def _outcome(deferral: Deferral, text: str = "") -> LinkTo:
    path = path_to("selection:offer-answer", deferral.tenant, deferral.application.public_id)
    return LinkTo(path=path, text=text)


def send_asked(deferral: Deferral, offer: Offer, *, by: Actor) -> None:
    """Staff of the cohort are asked to decide."""
    for person in people_with_role(Role.STAFF, cohort_id=deferral.cohort_id):
        queue_message(
            kind="selection.deferral_asked",
            to=person,
            about=deferral.public_id,
            occurrence=deferral.asked_at.isoformat(),
            by=by,
            asks=True,
            context=_about(deferral) | {"offer": offer},
            link=LinkTo(
                path=path_to("selection:deferral-decide", deferral.tenant, deferral.public_id), text=_("Decide")
            ),
        )


def send_agreed(deferral: Deferral, *, by: Actor) -> None:
    """A place is kept, until when, and what staff said."""
    queue_message(
        kind="selection.deferral_agreed",
        to=deferral.application.applicant,
        about=deferral.public_id,
        by=by,
        context=_about(deferral),
        link=_outcome(deferral),
    )


def send_refused(deferral: Deferral, offer: Offer, *, by: Actor) -> None:
    """Not agreed, why, and by when the offer itself needs an answer."""
    queue_message(
        kind="selection.deferral_refused",
        to=deferral.application.applicant,
        about=deferral.public_id,
        by=by,
        asks=True,
        context=_about(deferral) | {"offer": offer},
        link=_outcome(deferral, _("Answer the offer")),
        owed=[("selection.offer", deferral.application.public_id)],
    )


def send_ended(deferral: Deferral, *, by: Actor) -> None:
    """The place isn't kept any longer: given up, or its day has passed."""
    queue_message(
        kind="selection.deferral_ended",
        to=deferral.application.applicant,
        about=deferral.public_id,
        by=by,
        context=_about(deferral),
        link=_outcome(deferral),
    )
