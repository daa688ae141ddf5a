"""What becomes of an offer: accepted, declined, lapsed, extended, withdrawn; and who moves up."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.models import Participation
from cohorts.services.participation import join_cohort, withdraw_participant
from cohorts.states import ParticipationState
from engine.dates import uk_deadline
from engine.transitions import record_change, transition
from engine.versions import save_if_unchanged
from selection import emails_offers
from selection.models import Application, Deferral, Offer, SelectionRound
from selection.rules import applicant, require
from selection.selectors.moderation import is_closed
from selection.selectors.offers import free_places, next_reserve, reserves_of, still_selecting
from selection.services.assessment import locked_round
from selection.services.choosing import deadline_for, last_minute_of, offer_to
from selection.states import ApplicationState, DeferralState, RoundState
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState

RESERVE_LIST = Actor.system("reserve list")


def locked_application(application: Application) -> Application:
    """With what messages say of it. The caller holds the round's lock."""
    return (
        Application.objects.select_for_update(of=("self",))
        .select_related("applicant", "organisation", "cohort__programme", "round__tenant")
        .get(pk=application.pk)
    )


def offer_of(application: Application) -> Offer:
    """Of a locked application, with what messages say of it."""
    offer = Offer.objects.get(application=application)
    offer.application = application
    return offer


def own_offer(application: Application, by: Actor) -> tuple[SelectionRound, Application, Offer]:
    """Round, then application: the same order everywhere, so that answers, lapsing and new offers never deadlock."""
    round_ = (
        SelectionRound.objects.select_for_update(of=("self",))
        .select_related("cohort", "tenant")
        .get(pk=application.round_id)
    )
    held = locked_application(application)
    if not applicant(by, held):
        raise NotAllowed(_("Only the applicant can answer this offer."))
    if held.state != ApplicationState.OFFERED:
        raise WrongState(
            _("There’s no offer to answer: your application is “%(state)s”.") % {"state": held.get_state_display()}
        )
    offer = offer_of(held)
    if offer.deadline < timezone.now() and not asks_to_defer(held):
        raise WrongState(
            _("The deadline for this offer has passed. Contact the programme team if you still want the place.")
        )
    return round_, held, offer


def asks_to_defer(application: Application) -> bool:
    """Whether staff have still to say if the place may be taken later. Until then the offer doesn't lapse."""
    return Deferral.objects.filter(application=application, state=DeferralState.ASKED).exists()


def close_offer(offer: Offer, by: Actor) -> None:
    """The offer has ended, whichever way; a wish to defer it that nobody decided ends with it."""
    offer.answered_at = timezone.now()
    offer.save(update_fields=["answered_at"])
    for wish in Deferral.objects.filter(application_id=offer.application_id, state=DeferralState.ASKED):
        transition(wish, "drop", by=Actor.system(by.label))


@transaction.atomic
def accept_offer(*, application: Application, by: Actor) -> Application:
    """The applicant takes the place and is a participant from now on."""
    _round, held, offer = own_offer(application, by)
    transition(held, "accept", by=by)
    close_offer(offer, by)
    join_cohort(cohort=held.cohort, person=held.applicant, organisation=held.organisation, by=by)
    emails_offers.send_accepted(offer, by=by)
    return held


@transaction.atomic
def decline_offer(*, application: Application, by: Actor, reason: str = "") -> Application | None:
    """The applicant gives the place up; returns the reserve who moves up, if anyone does."""
    round_, held, offer = own_offer(application, by)
    transition(held, "decline", by=by, reason=reason)
    close_offer(offer, by)
    return pass_on(round_, held, by=by)


@transaction.atomic
def lapse_offer(*, offer: Offer, by: Actor, now: datetime) -> bool:
    """End an offer whose deadline has passed unanswered; False when it was answered meanwhile, or staff have still to say whether
    it may be deferred. Safe to run twice."""
    round_ = locked_round(offer.application.round, by)
    held = locked_application(offer.application)
    offer = offer_of(held)
    if held.state != ApplicationState.OFFERED or offer.answered_at is not None or offer.deadline >= now:
        return False
    if asks_to_defer(held):
        return False
    transition(held, "lapse", by=by)
    close_offer(offer, by)
    emails_offers.send_lapsed(offer, by=by)
    pass_on(round_, held, by=by)
    return True


def pass_on(round_: SelectionRound, freed: Application, *, by: Actor) -> Application | None:
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
    """Staff offer one more place after the round is decided: to a reserve, anyone assessed, or again to somebody whose offer ended.
    Never more than there are places and the round's tolerance beyond them."""
    round_ = locked_round(application.round, by)
    if round_.state != RoundState.DECIDED:
        raise WrongState(_("Single places are offered once the first offers are made."))
    if not reason.strip():
        raise Refused(_("Give a reason."), field="reason")
    if not free_places(round_.cohort, over=round_.tolerance):
        raise Refused(_("There’s no free place: every place is taken or on offer."))
    held = locked_application(application)
    if is_closed(held, by):
        raise NotAllowed(_("You have a conflict of interest with this application: somebody else offers the place."))
    now = timezone.now()
    return offer_to(held, deadline=deadline_for(round_, now), now=now, by=by, reason=reason)


@transaction.atomic
def extend_offer(*, application: Application, until: date, reason: str, version: int, by: Actor) -> Offer:
    """More time for one person, to 11:59pm of that day. `version` is that of the offer the page showed."""
    round_ = locked_round(application.round, by)
    held = locked_application(application)
    if held.state != ApplicationState.OFFERED:
        raise WrongState(
            _("There’s no offer to extend: the application is “%(state)s”.") % {"state": held.get_state_display()}
        )
    offer = offer_of(held)
    deadline = last_minute_of(round_.tenant, until)
    if offer.version == version:
        _check_later(round_, offer, deadline, until)
    if not reason.strip():
        raise Refused(_("Give a reason."), field="reason")
    save_if_unchanged(offer, version=version, deadline=deadline)
    record_change(held, "extend", by=by, reason=f"{uk_deadline(deadline)}: {reason.strip()}")
    emails_offers.send_extended(offer, by=by)
    return offer


def _check_later(round_: SelectionRound, offer: Offer, deadline: datetime, until: date) -> None:
    if deadline <= max(offer.deadline, timezone.now()):
        raise Refused(
            _("Choose a day after the present deadline, %(deadline)s") % {"deadline": uk_deadline(offer.deadline)},
            field="until",
        )
    if until >= round_.cohort.starts_on:
        raise Refused(_("Choose a day before the cohort starts"), field="until")


@transaction.atomic
def withdraw_offer(*, application: Application, by: Actor, reason: str) -> Application | None:
    """Staff take an offer back that nobody has accepted yet; the applicant is told why. Returns the reserve who moves up."""
    round_ = locked_round(application.round, by)
    held = locked_application(application)
    transition(held, "rescind", by=by, reason=reason)
    offer = offer_of(held)
    close_offer(offer, by)
    emails_offers.send_rescinded(offer, reason=reason.strip(), by=by)
    return pass_on(round_, held, by=by)


@transaction.atomic
def give_up_place(*, application: Application, by: Actor, reason: str = "") -> Application | None:
    """Whoever has accepted can't come after all, before the cohort has started: the place goes on. Returns who moves up."""
    require(applicant, by, application)
    round_ = SelectionRound.objects.select_for_update(of=("self",)).select_related("cohort", "tenant")
    locked = round_.get(pk=application.round_id)
    held = locked_application(application)
    if not still_selecting(locked.cohort):
        raise WrongState(_("The cohort has started. Tell the programme team: they’ll record that you leave."))
    transition(held, "give_up", by=by, reason=reason)
    place = Participation.objects.filter(
        cohort=held.cohort, person=held.applicant, state=ParticipationState.ACTIVE
    ).select_related("person", "cohort")
    for participation in place:
        why = reason.strip() or _("Gave up the place before the cohort started")
        withdraw_participant(participation=participation, by=Actor.system(by.label), reason=why)
    emails_offers.send_gave_up(held, by=by)
    return pass_on(locked, held, by=by)
