"""Messages of choosing and offers."""

from __future__ import annotations

from django.utils.translation import gettext as _

from reminders.services.messages import LinkTo, queue_message
from selection.emails_assess import path_to
from selection.models import Application, Offer
from tenancy.actors import Actor
from tenancy.models import Role
from tenancy.selectors import people_with_role


def _outcome(application: Application, text: str = "") -> LinkTo:
    return LinkTo(path=path_to("selection:offer-answer", application.tenant, application.public_id), text=text)


def send_offer(offer: Offer, *, by: Actor) -> None:
    """A place is offered; an answer is needed by the deadline."""
    application = offer.application
    queue_message(
        kind="selection.offered",
        to=application.applicant,
        about=offer.public_id,
        by=by,
        asks=True,
        context={"application": application, "cohort": application.cohort, "offer": offer},
        link=_outcome(application, _("Answer the offer")),
    )


def send_reserve(application: Application, *, by: Actor) -> None:
    queue_message(
        kind="selection.reserve",
        to=application.applicant,
        about=application.public_id,
        by=by,
        context={"application": application, "cohort": application.cohort},
        link=_outcome(application),
    )


def send_accepted(application: Application, *, by: Actor) -> None:
    """Thanks for the answer, and what comes next."""
    queue_message(
        kind="selection.accepted",
        to=application.applicant,
        about=application.public_id,
        by=by,
        context={"application": application, "cohort": application.cohort},
        link=_outcome(application),
    )


def send_lapsed(application: Application, *, by: Actor) -> None:
    queue_message(
        kind="selection.lapsed",
        to=application.applicant,
        about=application.public_id,
        by=by,
        context={"application": application, "cohort": application.cohort},
        link=_outcome(application),
    )


def send_not_selected(application: Application, *, feedback: str, by: Actor) -> None:
    queue_message(
        kind="selection.not_selected",
        to=application.applicant,
        about=application.public_id,
        by=by,
        context={"application": application, "cohort": application.cohort, "feedback": feedback},
        link=_outcome(application),
    )


def send_place_free(freed: Application, *, moved_up: Application | None, why: str, by: Actor) -> None:
    """Staff of the cohort are told of a place given up, and who moves up."""
    for person in people_with_role(Role.STAFF, cohort_id=freed.cohort_id):
        queue_message(
            kind="selection.place_free",
            to=person,
            about=freed.public_id,
            by=by,
            context={"freed": freed, "moved_up": moved_up, "why": why, "cohort": freed.cohort},
            link=LinkTo(path=path_to("selection:offer-list", freed.tenant, freed.round.public_id)),
        )
