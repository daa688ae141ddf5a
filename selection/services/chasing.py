"""The bulk chase of endorsers: what would go to whom, who is left out and why, then the same list sent and recorded."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from engine.transitions import record_change
from reminders.selectors import read_obligations
from reminders.services.reminding import REMINDING, Chase, prepare_chase, queue_chase
from selection.models import Endorsement, SelectionRound
from selection.rules import require, staff
from selection.selectors.endorsements import KIND
from selection.states import EndorsementState
from tenancy.actors import Actor
from tenancy.turns import take_turns_at

# Nobody who was written to about it within so many days; the first is the usual.
QUIET_DAYS = (3, 1, 7, 14)


@dataclass
class EndorsementChase:
    """The messages, and the ticked rows about which there is nothing to write, with the reason."""

    chase: Chase
    nothing_to_ask: list[tuple[Endorsement, str]]


def prepare_endorsement_chase(
    *, round: SelectionRound, endorsements: Collection[str], quiet_days: int
) -> EndorsementChase:
    """For the preview and for sending alike: `endorsements` are public ids of the round's own rows; others count for nothing."""
    rows = {
        row.public_id: row
        for row in Endorsement.objects.filter(application__round=round, public_id__in=set(endorsements)).select_related(
            "endorser", "application__applicant"
        )
    }
    owed = [o for o in read_obligations(kind=KIND, cohort_id=round.cohort_id, with_people=True) if o.key in rows]
    asked = {o.key for o in owed}
    nothing = [(row, _why_not(row)) for key, row in rows.items() if key not in asked]
    return EndorsementChase(prepare_chase(owed, tenant=round.tenant, quiet_days=quiet_days), nothing)


def _why_not(row: Endorsement) -> str:
    return {
        EndorsementState.GIVEN: _("They’ve endorsed it already."),
        EndorsementState.DECLINED: _("They’ve said no. Ask somebody else instead."),
        EndorsementState.WAITING: _("They haven’t been asked yet: the step before comes first."),
    }.get(row.state, _("The application has moved on, so nothing is asked of them."))  # type: ignore[call-overload, no-any-return]


@transaction.atomic
def send_endorsement_chase(*, round: SelectionRound, endorsements: Collection[str], quiet_days: int, by: Actor) -> int:
    """Queue each message once, however often this is called today; returns how many were new. Each is on its row's record."""
    require(staff, by, round)
    take_turns_at(REMINDING)
    plan = prepare_endorsement_chase(round=round, endorsements=endorsements, quiet_days=quiet_days)
    queued = queue_chase(plan.chase, tenant=round.tenant, by=by)
    keys = [o.key for reminder in queued for o in reminder.items]
    for row in Endorsement.objects.filter(public_id__in=keys).order_by("pk"):
        record_change(row, "remind", by=by, source=row.state, target=row.state)
    return len(queued)
