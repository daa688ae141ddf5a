"""Choosing: departures from rank, the offers that follow, and the letters to those who aren't selected."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from engine.transitions import record_change, transition, transition_all, transition_named
from reminders.hours import add_working_days, local_time
from selection import emails_offers
from selection.models import Application, Departure, Feedback, Offer, SelectionRound
from selection.selectors.assessment import Placed
from selection.selectors.composition import Composition, compose
from selection.selectors.deferrals import kept_for
from selection.selectors.limits import Limits
from selection.selectors.moderation import conflicts_of_moderator
from selection.selectors.offers import free_places
from selection.selectors.ranking import Ranked, rank_round
from selection.services.assessment import locked_round
from selection.services.balance import write_limits
from selection.services.reasons import record_reasons
from selection.states import ApplicationState, RoundState
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.models import Tenant

LAST_MINUTE = time(23, 59)
OFFERED_BEFORE = frozenset(transition_named(Application, "offer_again").source)


def composition_of(round_: SelectionRound, ranked: list[Ranked]) -> Composition:
    """The choice as it stands: for the places that are free, and those offered over the cohort's number."""
    return compose(ranked, places=places_to_fill(round_), reserve_length=round_.reserve_length)


def places_to_fill(round_: SelectionRound) -> int:
    return free_places(round_.cohort, over=round_.over)


@transaction.atomic
def depart_from_rank(
    *,
    round: SelectionRound,
    applications: Collection[str],
    direction: str,
    reason: str,
    by: Actor,
    told: Mapping[str, str] | None = None,
) -> int:
    """Bring in or take out applications (public ids) against the ranking; every one is recorded with the reason, and with what the
    limits say of them in `told`."""
    round_ = _choosing(locked_round(round, by))
    if not reason.strip():
        raise Refused(_("Say why you’re departing from the ranking"), field="reason")
    ranked = rank_round(round_, places=round_.cohort.places)
    wanted = [r for r in ranked if r.public_id in set(applications) and r.rank is not None]
    _check_no_conflict(round_, wanted, by)
    if not wanted or len(wanted) != len(set(applications)):
        raise Refused(_("Choose at least one application."))
    brought_in = sum(1 for r in ranked if r.departure == Departure.Direction.IN and r not in wanted)
    places = places_to_fill(round_)
    if direction == Departure.Direction.IN and brought_in + len(wanted) > places:
        raise Refused(
            ngettext(
                "There is only %(n)d place: take somebody out first.",
                "There are only %(n)d places: take somebody out first.",
                places,
            )
            % {"n": places}
        )
    for row in wanted:
        _depart(row, Departure.Direction(direction), reason.strip(), by, (told or {}).get(row.public_id, ""))
    return len(wanted)


def _check_no_conflict(round_: SelectionRound, rows: Iterable[Placed], by: Actor) -> None:
    """Nobody decides about somebody they have a conflict with."""
    if conflicts_of_moderator(round_, by, rows):
        raise NotAllowed(
            _("You have a conflict of interest with somebody this would decide about: somebody else does it.")
        )


def _choosing(round_: SelectionRound) -> SelectionRound:
    if round_.state != RoundState.MODERATING:
        raise WrongState(_("Offers for this round have been made, or its scores aren’t all in."))
    return round_


def _depart(row: Ranked, direction: Departure.Direction, reason: str, by: Actor, sentence: str) -> None:
    application = Application.objects.get(pk=row.pk)
    if Departure.objects.filter(application=application, direction=direction, reason=reason).exists():
        return
    Departure.objects.update_or_create(
        application=application,
        defaults={
            "direction": direction,
            "reason": reason,
            "sentence": sentence,
            "by": by.person,
            "at": timezone.now(),
        },
    )
    record_change(application, "departure", by=by, reason=f"{direction.label}: {reason} {sentence}")


@transaction.atomic
def return_to_rank(*, round: SelectionRound, applications: Collection[str], by: Actor) -> int:
    """Take departures back; the record keeps both steps."""
    round_ = _choosing(locked_round(round, by))
    rows = list(
        Departure.objects.filter(application__round=round_, application__public_id__in=applications).select_related(
            "application"
        )
    )
    if not rows:
        raise Refused(_("Choose at least one application that was brought in or taken out."))
    _check_no_conflict(round_, [row.application for row in rows], by)
    for row in rows:
        record_change(row.application, "departure_undone", by=by)
        row.delete()
    return len(rows)


@transaction.atomic
def take_over(
    *,
    round: SelectionRound,
    chosen: Collection[str],
    seal: str,
    reason: str,
    by: Actor,
    told: Mapping[str, str] | None = None,
    keep: Limits | None = None,
) -> tuple[int, int]:
    """Make a choice that was tried out (public ids) the one that stands: whoever differs from it is brought in or taken out with the
    reason. Returns how many came in and went out. `seal` is that of the choice the trial began from (WrongState if it's another by now).
    `told` is what the limits say of each; `keep` are limits to keep with the round from now on.
    """
    round_ = _choosing(locked_round(round, by))
    present = composition_of(round_, rank_round(round_, places=round_.cohort.places))
    if present.seal != seal:
        raise WrongState(_("The ranking or a decision has changed since you tried this out. Try it out again."))
    standing = {r.public_id for r in present.chosen}
    into, out = sorted(set(chosen) - standing), sorted(standing - set(chosen))
    if not into and not out:
        raise Refused(_("This is the choice that stands already."))
    for direction, people in ((Departure.Direction.OUT, out), (Departure.Direction.IN, into)):
        if people:
            depart_from_rank(round=round_, applications=people, direction=direction, reason=reason, by=by, told=told)
    if keep is not None:
        write_limits(round_, keep, by)
    return len(into), len(out)


@transaction.atomic
def offer_over(*, round: SelectionRound, over: int, reason: str, by: Actor) -> SelectionRound:
    """How many places more than the cohort has are offered at first, within the round's tolerance: some will decline."""
    round_ = _choosing(locked_round(round, by))
    if not 0 <= over <= round_.tolerance:
        raise Refused(
            _("Choose a number from 0 to %(n)d, which is the round’s tolerance.") % {"n": round_.tolerance},
            field="over",
        )
    if over != round_.over:
        if not reason.strip():
            raise Refused(_("Give a reason."), field="reason")
        if (brought := _brought_in(round_)) > free_places(round_.cohort, over=over):
            raise Refused(
                _("%(n)d people are brought in by decision, more than that: take somebody out first.") % {"n": brought},
                field="over",
            )
        record_change(round_, "offer_over", by=by, reason=_("%(n)d: %(why)s") % {"n": over, "why": reason.strip()})
        round_.over = over
        round_.save(update_fields=["over"])
    return round_


def _brought_in(round_: SelectionRound) -> int:
    return Departure.objects.filter(
        application__round=round_,
        application__state=ApplicationState.ELIGIBLE,
        direction=Departure.Direction.IN,
    ).count()


def last_minute_of(tenant: Tenant, day: date) -> datetime:
    """11:59pm of that day where the tenant is."""
    return datetime.combine(day, LAST_MINUTE, tzinfo=ZoneInfo(tenant.time_zone))


def deadline_for(round_: SelectionRound, now: datetime) -> datetime:
    """11:59pm of the last working day in which an offer can be answered."""
    tenant = round_.tenant
    day = add_working_days(local_time(tenant, now).date(), round_.offer_days, tenant.nation)
    return last_minute_of(tenant, day)


@transaction.atomic
def make_offers(*, round: SelectionRound, seal: str, by: Actor) -> Composition:
    """Offer places to the chosen, put the next on the reserve list, and decide the round.

    `seal` is that of the choice on the page that was confirmed: if it's another by now, nothing is offered (WrongState).
    """
    round_ = _choosing(locked_round(round, by))
    ranked = rank_round(round_, places=round_.cohort.places)
    if waiting := sum(r.needs_moderation for r in ranked if r.state == ApplicationState.ELIGIBLE):
        raise Refused(
            ngettext("%(n)d application needs moderation first.", "%(n)d applications need moderation first.", waiting)
            % {"n": waiting}
        )
    choice = composition_of(round_, ranked)
    if choice.seal != seal:
        raise WrongState(_("The choice has changed since you opened the page. Check it again before you make offers."))
    if not choice.chosen:
        raise Refused(_("There’s nobody to offer a place to."))
    if kept := kept_for(round_).count():
        raise Refused(
            ngettext(
                "%(n)d person has a place kept from an earlier cohort: offer it, or end it, first.",
                "%(n)d people have a place kept from an earlier cohort: offer them, or end them, first.",
                kept,
            )
            % {"n": kept}
        )
    record_reasons(round=round_, ranked=ranked, choice=choice, by=by)
    now = timezone.now()
    for application in _applications(choice.chosen):
        offer_to(application, deadline=deadline_for(round_, now), now=now, by=by)
    for position, application in enumerate(_applications(choice.reserves), start=1):
        transition(application, "reserve", by=by, reserve_position=position)
        emails_offers.send_reserve(application, of=len(choice.reserves), by=by)
    transition(round_, "decide", by=by)
    return choice


def _applications(rows: list[Ranked]) -> list[Application]:
    found = Application.objects.select_related("applicant", "cohort__programme", "organisation").in_bulk(
        [r.pk for r in rows]
    )
    return [found[r.pk] for r in rows]


def offer_to(
    application: Application,
    *,
    deadline: datetime,
    now: datetime,
    by: Actor,
    in_place_of: Application | None = None,
    reason: str = "",
    step: str = "",
) -> Offer:
    """One offer with its message; of somebody whose offer ended, the same offer again. The caller holds the round's lock and has
    counted the places. `step` names the transition where it isn't the usual one."""
    usual = "offer_again" if application.state in OFFERED_BEFORE else "offer"
    transition(application, step or usual, by=by, reason=reason, reserve_position=None)
    fields = {
        "offered_at": now,
        "deadline": deadline,
        "in_place_of": in_place_of,
        "answered_at": None,
        "reason": reason,
    }
    offer, made = Offer.objects.get_or_create(application=application, defaults=fields)
    if not made:
        for name, value in fields.items():
            setattr(offer, name, value)
        offer.version += 1
        offer.save(update_fields=[*fields, "version"])
    offer.application = application
    emails_offers.send_offer(offer, by=by)
    return offer


@transaction.atomic
def send_not_selected(
    *, round: SelectionRound, applications: Collection[str], reason: str, feedback: str, by: Actor
) -> int:
    """Tell applicants (public ids) that they have no place this time, each with the feedback drafted for them; `feedback` is for those
    who have no draft. `reason` stays with staff."""
    round_ = locked_round(round, by)
    if round_.state != RoundState.DECIDED:
        raise WrongState(_("Make offers first: until then nobody is told that they aren’t selected."))
    rows = list(
        Application.objects.filter(round=round_, public_id__in=applications)
        .select_related("applicant", "cohort__programme")
        .order_by("pk")
    )
    if not rows or len(rows) != len(set(applications)):
        raise Refused(_("Choose at least one application."))
    drafts = {f.application_id: f for f in Feedback.objects.filter(application__in=rows)}
    if len(drafts) < len(rows) and not feedback.strip():
        raise Refused(_("Write the feedback that applicants will read"), field="feedback")
    transition_all(rows, "not_select", by=by, reason=reason)
    Application.objects.filter(pk__in=[a.pk for a in rows]).update(reserve_position=None)
    now = timezone.now()
    for application in rows:
        told = drafts.get(application.pk) or Feedback(
            application=application, text=feedback.strip(), edited_by=by.person, written_at=now
        )
        # a reserve may have had theirs already
        if told.sent_at is None:
            told.by, told.sent_at = by.person, now
            told.save()
        emails_offers.send_not_selected(application, feedback=told.text, by=by)
    return len(rows)
