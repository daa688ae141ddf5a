"""What selection writes to senior leaders who nominate, and to whom they nominated."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from reminders.services.messages import LinkTo, queue_message
from selection.emails import about, application_path
from selection.models import Application, Nomination, Nominator
from selection.rules import NOMINATE
from tenancy.actors import Actor

# Until any round is decided: when nominations have closed the page takes none, and shows what was sent.
LINK_DAYS = 183


def of_round(nominator: Nominator) -> dict[str, Any]:
    round_ = nominator.round
    return {"round": round_, "cohort": round_.cohort, "programme": round_.cohort.programme, "nominator": nominator}


def link_of(nominator: Nominator, text: str) -> LinkTo:
    return LinkTo(purpose=NOMINATE, about=nominator.public_id, days=LINK_DAYS, text=text)


def send_nominate(nominator: Nominator, *, by: Actor, occurrence: str) -> bool:
    return queue_message(
        kind="selection.nominate",
        to=nominator.person,
        about=nominator.public_id,
        by=by,
        asks=True,
        occurrence=occurrence,
        context=of_round(nominator),
        link=link_of(nominator, _("Nominate people")),
    )


def send_nominations_received(nominator: Nominator, rows: Iterable[Nomination], *, by: Actor, occurrence: str) -> bool:
    return queue_message(
        kind="selection.nominations_received",
        to=nominator.person,
        about=nominator.public_id,
        by=by,
        occurrence=occurrence,
        context=of_round(nominator) | {"names": [row.name for row in rows]},
        link=link_of(nominator, _("See whom you’ve nominated")),
    )


def send_nominated_too(application: Application, nomination: Nomination, *, by: Actor) -> bool:
    """To somebody who is invited or has applied already."""
    return queue_message(
        kind="selection.nominated_too",
        to=application.applicant,
        about=nomination.public_id,
        by=by,
        context=about(application) | {"named": nomination.nominator.named},
        link=LinkTo(path=application_path(application)),
    )
