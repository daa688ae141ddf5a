"""What staff settle before an application goes to assessors: whether its applicant is eligible, and whether it counts though it's late."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from engine.transitions import record_change
from selection.models import Application
from selection.rules import require, staff
from selection.services.applications import locked
from selection.states import ApplicationState, Eligibility, Lateness
from tenancy.actors import Actor
from tenancy.errors import Refused, WrongState

# Sent, and not yet with the assessors.
OPEN = (ApplicationState.SUBMITTED, ApplicationState.ENDORSED)


@transaction.atomic
def find_eligibility(*, application: Application, eligible: bool, reason: str, by: Actor) -> Application:
    """Staff find an application eligible or not, with the reason; until it's with the assessors they may find otherwise."""
    held = _settling(application, by, reason)
    found = (Eligibility.YES if eligible else Eligibility.NO, reason.strip())
    if (held.eligibility, held.eligibility_reason) == found:
        return held
    held.eligibility, held.eligibility_reason = found
    held.save(update_fields=["eligibility", "eligibility_reason"])
    record_change(held, "eligible" if eligible else "not_eligible", by=by, reason=reason)
    return held


@transaction.atomic
def settle_lateness(*, application: Application, accepted: bool, reason: str, by: Actor) -> Application:
    """Staff let an application that was sent late count, or don't, with the reason."""
    held = _settling(application, by, reason)
    if not held.lateness:
        raise WrongState(_("This application was sent in time."))
    found = (Lateness.ACCEPTED if accepted else Lateness.REFUSED, reason.strip())
    if (held.lateness, held.lateness_reason) == found:
        return held
    held.lateness, held.lateness_reason = found
    held.save(update_fields=["lateness", "lateness_reason"])
    record_change(held, "late_accepted" if accepted else "late_refused", by=by, reason=reason)
    return held


def _settling(application: Application, by: Actor, reason: str) -> Application:
    held = locked(application)
    require(staff, by, held)
    if held.state not in OPEN:
        raise WrongState(_("This is settled between sending and assessment; the application is elsewhere by now."))
    if not reason.strip():
        raise Refused(_("Give a reason."), field="reason")
    return held
