"""Messages of assessment."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from reminders.services.messages import LinkTo, queue_message
from selection.models import SelectionRound, Suspension
from selection.states import RoundState
from tenancy.actors import Actor
from tenancy.models import Person, Role, Tenant
from tenancy.selectors import people_with_role


def path_to(name: str, tenant: Tenant, public_id: str) -> str:
    return reverse(name, kwargs={"tenant": tenant.slug, "public_id": public_id})


def send_pile(round_: SelectionRound, person: Person, *, count: int, by: Actor) -> None:
    """Applications were given to an assessor: how many, by when."""
    queue_message(
        kind="selection.pile",
        to=person,
        about=round_.public_id,
        by=by,
        asks=True,
        occurrence=timezone.now().isoformat(),
        context={"round": round_, "cohort": round_.cohort, "count": count},
        link=LinkTo(path=path_to("selection:assess-pile", round_.tenant, round_.public_id), text=_("Open your pile")),
    )


def send_conflict(suspension: Suspension, *, replaced: bool, by: Actor) -> None:
    """A conflict took an application from its assessor: staff of the cohort are told, and whether somebody else has taken over. Not
    the assessor, who may be staff too and may have been named in confidence."""
    held = suspension.allocation
    application = held.application
    for person in people_with_role(Role.STAFF, cohort_id=application.cohort_id):
        if person.pk == held.assessor_id:
            continue
        queue_message(
            kind="selection.conflict",
            to=person,
            about=suspension.public_id,
            by=by,
            context={
                "application": application,
                "assessor": held.assessor,
                "cohort": application.cohort,
                "replaced": replaced,
                "assessing": application.round.state == RoundState.ASSESSING,
                "how": suspension.how,
                "declared": suspension.declaration is not None,
            },
            link=LinkTo(path=path_to("selection:conflict-list", held.tenant, application.round.public_id)),
        )


def send_chair(round_: SelectionRound, person: Person, *, by: Actor) -> None:
    """Somebody was named to chair moderation: where it happens, and when it begins."""
    queue_message(
        kind="selection.chair",
        to=person,
        about=round_.public_id,
        by=by,
        occurrence=timezone.now().isoformat(),
        context={"round": round_, "cohort": round_.cohort},
        link=LinkTo(
            path=path_to("selection:moderation-list", round_.tenant, round_.public_id), text=_("Open moderation")
        ),
    )
