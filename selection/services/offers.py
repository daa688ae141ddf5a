"""What becomes of an offer: accepted, declined, lapsed; and who moves up."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.services.participation import join_cohort
from engine.transitions import transition
from selection import emails_offers
from selection.models import Application, Offer, SelectionRound
from selection.rules import applicant
from selection.selectors.offers import free_places, next_reserve, reserves_of, still_selecting
from selection.services.assessment import locked_round
from selection.services.choosing import deadline_for, offer_to
from selection.states import ApplicationState, RoundState
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState

RESERVE_LIST = Actor.system("reserve list")


def _locked_offer(application: Application, by: Actor) -> tuple[SelectionRound, Application, Offer]:
    """Round, then application: the same order everywhere, so that answers, lapsing and new offers never deadlock."""
    round_ = (
        SelectionRound.objects.select_for_update(of=("self",)).select_related("cohort").get(pk=application.round_id)
    )
    held = (
        Application.objects.select_for_update(of=("self",))
        .select_related("applicant", "organisation", "cohort__programme")
        .get(pk=application.pk)
    )
    if not applicant(by, held):
        raise NotAllowed(_("Only the applicant can answer this offer."))
    if held.state != ApplicationState.OFFERED:
        raise WrongState(
            _("There’s no offer to answer: your application is “%(state)s”.") % {"state": held.get_state_display()}
        )
    offer = Offer.objects.get(application=held)
    if offer.deadline < timezone.now():
        raise WrongState(
            _("The deadline for this offer has passed. Contact the programme team if you still want the place.")
        )
    return round_, held, offer


def _answer(offer: Offer) -> None:
    offer.answered_at = timezone.now()
    offer.save(update_fields=["answered_at"])


@transaction.atomic
def accept_offer(*, application: Application, by: Actor) -> Application:
    """The applicant takes the place and is a participant from now on."""
    _round, held, offer = _locked_offer(application, by)
    transition(held, "accept", by=by)
    _answer(offer)
    join_cohort(cohort=held.cohort, person=held.applicant, organisation=held.organisation, by=by)
    emails_offers.send_accepted(held, by=by)
    return held


@transaction.atomic
def decline_offer(*, application: Application, by: Actor, reason: str = "") -> Application | None:
    """The applicant gives the place up; returns the reserve who moves up, if anyone does."""
    round_, held, offer = _locked_offer(application, by)
    transition(held, "decline", by=by, reason=reason)
    _answer(offer)
    return _pass_on(round_, held, by=by)


@transaction.atomic
def lapse_offer(*, offer: Offer, by: Actor, now: datetime) -> bool:
    """End an offer whose deadline has passed unanswered; False when it was answered meanwhile. Safe to run twice."""
    round_ = locked_round(offer.application.round, by)
    held = (
        Application.objects.select_for_update(of=("self",))
        .select_related("applicant", "cohort__programme")
        .get(pk=offer.application_id)
    )
    offer.refresh_from_db()
    if held.state != ApplicationState.OFFERED or offer.answered_at is not None or offer.deadline >= now:
        return False
    transition(held, "lapse", by=by)
    _answer(offer)
    emails_offers.send_lapsed(held, by=by)
    _pass_on(round_, held, by=by)
    return True


def _pass_on(round_: SelectionRound, freed: Application, *, by: Actor) -> Application | None:
    """Offer the freed place to the next reserve and tell staff either way. Holds the round's lock."""
    moved_up, why = None, ""
    if round_.state == RoundState.DECIDED and still_selecting(round_.cohort) and free_places(round_.cohort):
        # locked, so that a reserve who withdraws at this moment is passed over rather than stops the answer
        reserves = list(reserves_of(round_).select_for_update(of=("self",)))
        found = next_reserve(round_, reserves)
        if found is not None:
            moved_up, reason = found
            why = _("In place of %(reference)s. %(reason)s") % {"reference": freed.reference, "reason": reason}
            now = timezone.now()
            offer_to(
                moved_up, deadline=deadline_for(round_, now), now=now, by=RESERVE_LIST, in_place_of=freed, reason=why
            )
    emails_offers.send_place_free(freed, moved_up=moved_up, why=why, by=by)
    return moved_up


@transaction.atomic
def offer_place(*, application: Application, by: Actor, reason: str) -> Offer:
    """Staff offer one more place after the round is decided, to a reserve or anyone assessed. Never more than there are places and
    the round's tolerance beyond them."""
    round_ = locked_round(application.round, by)
    if round_.state != RoundState.DECIDED:
        raise WrongState(_("Single places are offered once the first offers are made."))
    if not reason.strip():
        raise Refused(_("Give a reason."), field="reason")
    if not free_places(round_.cohort, over=round_.tolerance):
        raise Refused(_("There’s no free place: every place is taken or on offer."))
    held = Application.objects.select_related("applicant", "organisation", "cohort__programme").get(pk=application.pk)
    now = timezone.now()
    return offer_to(held, deadline=deadline_for(round_, now), now=now, by=by, reason=reason)
