"""Deferral: an applicant asks to take the place on a later cohort; agreed, it is kept and offered first in the next round."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from engine.transitions import record_change, transition
from reminders.hours import add_working_days, local_time
from selection import emails_deferrals
from selection.models import Application, Deferral, Offer, SelectionRound
from selection.rules import applicant, require, staff
from selection.selectors.deferrals import kept_for
from selection.selectors.offers import free_places, still_selecting
from selection.services.assessment import locked_round
from selection.services.centre_places import release_of
from selection.services.choosing import deadline_for, last_minute_of, offer_to
from selection.services.offers import close_offer, locked_application, offer_of, own_offer, pass_on
from selection.services.references import next_references
from selection.states import DeferralState
from tenancy.actors import Actor
from tenancy.errors import Refused, WrongState
from tenancy.models import Role
from tenancy.services.people import give_role

# Left to answer the offer itself when staff don't agree, however late they say so.
DAYS_TO_ANSWER = 3


@transaction.atomic
def ask_to_defer(*, application: Application, wish: str, by: Actor) -> Deferral:
    """The applicant asks while the offer is open; until staff answer, it doesn't lapse."""
    _round, held, offer = own_offer(application, by)
    if not wish.strip():
        raise Refused(_("Say why you’d like to defer"), field="wish")
    now = timezone.now()
    deferral = Deferral.objects.select_for_update(of=("self",)).filter(application=held).first()
    if deferral is None:
        deferral = Deferral.objects.create(application=held, wish=wish.strip(), asked_at=now)
        record_change(deferral, "ask", by=by, target=DeferralState.ASKED)
    elif deferral.state == DeferralState.REFUSED:
        raise WrongState(_("We’ve answered your request already: this place can’t be deferred."))
    else:
        transition(deferral, "ask", by=by, wish=wish.strip(), asked_at=now)
    emails_deferrals.send_asked(deferral, offer, by=by)
    return deferral


def _locked(deferral: Deferral, by: Actor) -> tuple[SelectionRound, Application, Deferral]:
    """Round, application, deferral: in the order that answers to offers lock them."""
    round_ = locked_round(deferral.application.round, by)
    held = locked_application(deferral.application)
    found = Deferral.objects.select_for_update(of=("self",)).get(pk=deferral.pk)
    found.application = held
    return round_, held, found


@transaction.atomic
def agree_deferral(*, deferral: Deferral, keep_until: date | None, reason: str, by: Actor) -> Application | None:
    """Keep a place until that day. The one offered now is free; returns the reserve who moves up."""
    round_, held, found = _locked(deferral, by)
    if found.state == DeferralState.ASKED and (keep_until is None or keep_until <= round_.cohort.starts_on):
        raise Refused(_("Choose a day after this cohort has started"), field="keep_until")
    transition(found, "agree", by=by, reason=reason, keep_until=keep_until, **_decided(reason, by))
    transition(held, "defer", by=by, reason=reason)
    close_offer(offer_of(held), by)
    emails_deferrals.send_agreed(found, by=by)
    return pass_on(round_, held, by=by)


@transaction.atomic
def refuse_deferral(*, deferral: Deferral, reason: str, by: Actor) -> Offer:
    """The offer stands as it was, with a few working days at least to answer it."""
    round_, held, found = _locked(deferral, by)
    transition(found, "refuse", by=by, reason=reason, **_decided(reason, by))
    offer = offer_of(held)
    tenant = round_.tenant
    day = add_working_days(local_time(tenant, timezone.now()).date(), DAYS_TO_ANSWER, tenant.nation)
    deadline = max(offer.deadline, last_minute_of(tenant, day))
    if deadline != offer.deadline:
        offer.deadline = deadline
        offer.version += 1
        offer.save(update_fields=["deadline", "version"])
    emails_deferrals.send_refused(found, offer, by=by)
    return offer


def _decided(reason: str, by: Actor) -> dict:
    return {"decision": reason.strip(), "decided_by": by.person, "decided_at": timezone.now()}


@transaction.atomic
def end_deferral(*, deferral: Deferral, by: Actor, reason: str = "") -> Deferral:
    """A place that was kept isn't wanted any more: said by the applicant, or by staff with a reason."""
    require(applicant | staff, by, deferral)
    if not applicant(by, deferral) and not reason.strip():
        raise Refused(_("Give a reason."), field="reason")
    transition(deferral, "give_up", by=by, reason=reason)
    emails_deferrals.send_ended(deferral, by=by)
    return deferral


@transaction.atomic
def expire_deferral(*, deferral: Deferral, by: Actor, today: date) -> bool:
    """End a place that was kept until a day that has passed; False when it was used or given up meanwhile."""
    found = Deferral.objects.select_for_update(of=("self",)).get(pk=deferral.pk)
    if found.state != DeferralState.AGREED or found.keep_until is None or found.keep_until >= today:
        return False
    found.application = deferral.application
    transition(found, "expire", by=by)
    emails_deferrals.send_ended(found, by=by)
    return True


@transaction.atomic
def offer_kept_places(*, round: SelectionRound, deferrals: Collection[str], by: Actor) -> int:
    """Offer people (public ids of their deferrals) the places kept for them, before anybody of this round is chosen. Each gets an
    application here that begins from the earlier one; whoever has applied already keeps that application."""
    round_ = locked_round(round, by)
    if not round_.published or not still_selecting(round_.cohort):
        raise WrongState(
            _("Places that were kept are offered once the round is open, and until the cohort has started.")
        )
    wanted = set(deferrals)
    rows = [d for d in kept_for(round_) if d.public_id in wanted]
    if not rows or len(rows) != len(wanted):
        raise Refused(_("Choose at least one person whose place is still kept."))
    free = free_places(round_.cohort)
    if len(rows) > free:
        raise Refused(
            ngettext("Only %(n)d place is free.", "Only %(n)d places are free.", free) % {"n": free},
        )
    for deferral in rows:
        _offer_kept(round_, deferral, by)
    return len(rows)


def _offer_kept(round_: SelectionRound, deferral: Deferral, by: Actor) -> None:
    earlier, now = deferral.application, timezone.now()
    application = Application.objects.filter(round=round_, applicant=earlier.applicant).first()
    if application is None:
        application = Application.objects.create(
            round=round_,
            cohort=round_.cohort,
            applicant=earlier.applicant,
            organisation=earlier.applicant.organisation or earlier.organisation,
            job_title=earlier.applicant.job_title or earlier.job_title,
            grade=earlier.applicant.grade or earlier.grade,
            route=earlier.route,
            line_manager=earlier.line_manager,
            sponsor=earlier.sponsor,
            decision_scope=earlier.decision_scope,
            reference=next_references(round_.cohort, 1)[0],
            received_on=timezone.localdate(),
        )
    give_role(person=earlier.applicant, role=Role.APPLICANT, cohort_id=round_.cohort_id, by=by)
    held = locked_application(application)
    transition(deferral, "use", by=by, used_for=held)
    why = _("Deferred from %(cohort)s (%(reference)s)") % {
        "cohort": earlier.cohort.name,
        "reference": earlier.reference,
    }
    release_of(held.pk, reason=_("A place that was kept has been offered."), by=Actor.system("assessment centre"))
    offer_to(held, deadline=deadline_for(round_, now), now=now, by=by, reason=why, step="offer_kept")


__all__ = [
    "agree_deferral",
    "ask_to_defer",
    "end_deferral",
    "expire_deferral",
    "offer_kept_places",
    "refuse_deferral",
]
