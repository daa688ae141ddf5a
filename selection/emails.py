"""What selection writes to people up to endorsement: one function a message."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from reminders.services.messages import LinkTo, Outgoing, queue_message, queue_messages
from selection.models import Application, Endorsement, SelectionRound
from selection.rules import ENDORSE
from selection.selectors.nominating import nominators_by_application
from tenancy.actors import Actor


def about(application: Application) -> dict[str, Any]:
    """What every message says of an application: which programme and cohort, the dates."""
    round_: SelectionRound = application.round
    return {
        "application": application,
        "applicant": application.applicant,
        "who": who(application),
        "round": round_,
        "cohort": round_.cohort,
        "programme": round_.cohort.programme,
    }


def who(application: Application) -> str:
    """'Aimee Gregory (Head of Housing Options)', or the name alone."""
    name = application.applicant.name
    return f"{name} ({application.job_title})" if application.job_title else name


def application_path(application: Application) -> str:
    return reverse(
        "selection:application-detail",
        kwargs={"tenant": application.round.tenant.slug, "public_id": application.public_id},
    )


def send_nominated(applications: Iterable[Application], *, by: Actor) -> int:
    """To all of them in one statement: a round may have hundreds. Who nominated them on a page of their own is named."""
    applications = list(applications)
    named = nominators_by_application(applications)
    return queue_messages(
        (
            Outgoing(
                kind="selection.nominated",
                to=application.applicant,
                about=application.public_id,
                asks=True,
                context=about(application) | {"nominated_by": _(" and ").join(named.get(application.pk, ()))},
                link=LinkTo(path=application_path(application)),
                owed=[("selection.application", application.public_id)],
            )
            for application in applications
        ),
        by=by,
    )


def send_submitted(application: Application, *, by: Actor, occurrence: str) -> bool:
    return queue_message(
        kind="selection.submitted",
        to=application.applicant,
        about=application.public_id,
        by=by,
        occurrence=occurrence,
        context=about(application),
        link=LinkTo(path=application_path(application)),
    )


def send_endorsement_request(endorsement: Endorsement, *, by: Actor, occurrence: str) -> bool:
    return queue_message(
        kind="selection.endorse",
        to=endorsement.endorser,
        about=endorsement.public_id,
        by=by,
        asks=True,
        occurrence=occurrence,
        context=about(endorsement.application) | {"endorsement": endorsement},
        link=LinkTo(purpose=ENDORSE, about=endorsement.public_id),
        owed=[("selection.endorsement", endorsement.public_id)],
    )


def send_endorsed(application: Application, *, by: Actor, occurrence: str) -> bool:
    return queue_message(
        kind="selection.endorsed",
        to=application.applicant,
        about=application.public_id,
        by=by,
        occurrence=occurrence,
        context=about(application),
        link=LinkTo(path=application_path(application)),
    )


def send_not_endorsed(endorsement: Endorsement, *, by: Actor, occurrence: str) -> bool:
    application = endorsement.application
    return queue_message(
        kind="selection.not_endorsed",
        to=application.applicant,
        about=endorsement.public_id,
        by=by,
        occurrence=occurrence,
        context=about(application) | {"endorsement": endorsement},
        link=LinkTo(path=application_path(application)),
    )


def send_passed_on(endorsement: Endorsement, *, by: Actor, occurrence: str) -> bool:
    """The applicant learns whom an endorser named in their place, under the name that they wrote."""
    application = endorsement.application
    return queue_message(
        kind="selection.passed_on",
        to=application.applicant,
        about=endorsement.public_id,
        by=by,
        occurrence=occurrence,
        context=about(application) | {"endorsement": endorsement},
        link=LinkTo(path=application_path(application)),
    )


def send_withdrawn(application: Application, *, by: Actor) -> bool:
    return queue_message(
        kind="selection.withdrawn",
        to=application.applicant,
        about=application.public_id,
        by=by,
        context=about(application),
        link=LinkTo(path=application_path(application)),
    )
