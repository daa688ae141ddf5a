"""Messages of choosing and offers."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.models import Cohort
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
        # the same place may be offered to the same person again
        occurrence=offer.offered_at.isoformat(),
        by=by,
        asks=True,
        context={"application": application, "cohort": application.cohort, "offer": offer},
        link=_outcome(application, _("Answer the offer")),
        owed=[("selection.offer", application.public_id)],
    )


def send_extended(offer: Offer, *, by: Actor) -> None:
    """More time to answer: the new date."""
    application = offer.application
    queue_message(
        kind="selection.extended",
        to=application.applicant,
        about=offer.public_id,
        occurrence=offer.deadline.isoformat(),
        by=by,
        asks=True,
        context={"application": application, "cohort": application.cohort, "offer": offer},
        link=_outcome(application, _("Answer the offer")),
        owed=[("selection.offer", application.public_id)],
    )


def send_rescinded(offer: Offer, *, reason: str, by: Actor) -> None:
    """Staff took the offer back, and why."""
    application = offer.application
    queue_message(
        kind="selection.rescinded",
        to=application.applicant,
        about=offer.public_id,
        occurrence=offer.offered_at.isoformat(),
        by=by,
        context={"application": application, "cohort": application.cohort, "reason": reason},
        link=_outcome(application),
    )


def send_reserve(application: Application, *, of: int, by: Actor) -> None:
    """Where they stand on the reserve list, of how many, and until when."""
    queue_message(
        kind="selection.reserve",
        to=application.applicant,
        about=application.public_id,
        by=by,
        context={
            "application": application,
            "cohort": application.cohort,
            "position": application.reserve_position,
            "of": of,
        },
        link=_outcome(application),
    )


def send_accepted(offer: Offer, *, by: Actor) -> None:
    """Thanks for the answer, and what comes next."""
    application = offer.application
    queue_message(
        kind="selection.accepted",
        to=application.applicant,
        about=application.public_id,
        occurrence=offer.offered_at.isoformat(),
        by=by,
        context={"application": application, "cohort": application.cohort},
        link=_outcome(application),
    )


def send_lapsed(offer: Offer, *, by: Actor) -> None:
    application = offer.application
    queue_message(
        kind="selection.lapsed",
        to=application.applicant,
        about=application.public_id,
        occurrence=offer.offered_at.isoformat(),
        by=by,
        context={"application": application, "cohort": application.cohort},
        link=_outcome(application),
    )


def send_gave_up(application: Application, *, by: Actor) -> None:
    """That we know, and that the place goes on."""
    queue_message(
        kind="selection.gave_up",
        to=application.applicant,
        about=application.public_id,
        occurrence=timezone.now().isoformat(),
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


def send_feedback(application: Application, *, feedback: str, cohort: Cohort, by: Actor) -> None:
    """To somebody who knows the outcome already."""
    queue_message(
        kind="selection.feedback",
        to=application.applicant,
        about=application.public_id,
        by=by,
        context={"application": application, "cohort": cohort, "feedback": feedback},
        link=_outcome(application),
    )


def send_place_free(freed: Application, *, moved_up: Application | None, why: str, by: Actor) -> None:
    """Staff of the cohort are told of a place given up, and who moves up."""
    for person in people_with_role(Role.STAFF, cohort_id=freed.cohort_id):
        queue_message(
            kind="selection.place_free",
            to=person,
            about=freed.public_id,
            occurrence=timezone.now().isoformat(),
            by=by,
            context={"freed": freed, "moved_up": moved_up, "why": why, "cohort": freed.cohort},
            link=LinkTo(path=path_to("selection:offer-list", freed.tenant, freed.round.public_id)),
        )
