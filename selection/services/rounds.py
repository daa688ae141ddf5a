"""Selection rounds: set up, changed while being prepared, opened and closed."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.models import Cohort
from cohorts.services.cohorts import move_cohort
from cohorts.states import CohortStage
from engine.transitions import record_change, transition
from engine.versions import save_if_unchanged
from selection.emails import send_nominated
from selection.models import Application, Nominator, SelectionFramework, SelectionRound
from selection.rules import require, staff
from selection.services.equality import ensure_equality_questions
from selection.services.equality_questions import copy_equality_questions
from selection.services.frameworks import begin_framework, freeze_framework
from selection.services.interest import tell_interested
from selection.states import ApplicationState, RoundState
from tenancy.actors import Actor
from tenancy.errors import Refused, WrongState
from tenancy.models import SeniorityBand
from tenancy.services.bands import ensure_bands
from tenancy.turns import take_turns

# What may still move, later, once a round is open.
MOVABLE = ("closes_at", "endorse_by", "score_by", "late_until")


def start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def end_of(day: date) -> datetime:
    """The last minute of a day: a deadline is said as 11:59pm, never as midnight."""
    return timezone.make_aware(datetime.combine(day, time(23, 59)))


@transaction.atomic
def set_up_round(
    *,
    cohort: Cohort,
    opens_on: date,
    closes_on: date,
    endorse_by: date,
    score_by: date,
    by: Actor,
    assessors_per_application: int = 3,
    blind: bool = True,
    offer_days: int = 10,
    reserve_length: int = 10,
    audience: str = "",
    decision_scope: str = "",
    lowest_band: SeniorityBand | None = None,
    highest_band: SeniorityBand | None = None,
    late_until: date | None = None,
    nominate_by: date | None = None,
    tolerance: int = 0,
    source: SelectionFramework | None = None,
) -> SelectionRound:
    """The cohort's one round, not yet published, with a framework of its own: a copy of `source`, a published one, or else the
    defaults."""
    require(staff, by, cohort)
    check_dates(opens_on=opens_on, closes_on=closes_on, endorse_by=endorse_by, score_by=score_by, late_until=late_until)
    check_nominations_end(nominate_by, closes_on)
    check_assessors(assessors_per_application)
    check_bands(lowest_band, highest_band)
    ensure_bands(by=by)
    if source is not None and source.frozen_at is None:
        raise Refused(_("Choose a framework that has been published."), field="source")
    try:
        with transaction.atomic():
            round_ = SelectionRound.objects.create(
                cohort=cohort,
                framework=begin_framework(programme=cohort.programme, source=source),
                opens_at=start_of(opens_on),
                closes_at=end_of(closes_on),
                endorse_by=end_of(endorse_by),
                score_by=end_of(score_by),
                assessors_per_application=assessors_per_application,
                blind=blind,
                offer_days=offer_days,
                reserve_length=reserve_length,
                audience=audience.strip(),
                decision_scope=decision_scope.strip(),
                lowest_band=lowest_band,
                highest_band=highest_band,
                late_until=late_until and end_of(late_until),
                nominate_by=nominate_by and end_of(nominate_by),
                tolerance=tolerance,
            )
    except IntegrityError as error:
        raise WrongState(_("This cohort has a selection round already.")) from error
    ensure_equality_questions()
    if source is not None:
        copy_equality_questions(source=source.round, round=round_)
    record_change(round_, "set_up", by=by, target=round_.state)
    return round_


def check_dates(
    *, opens_on: date, closes_on: date, endorse_by: date, score_by: date, late_until: date | None = None
) -> None:
    if closes_on < opens_on:
        raise Refused(_("The closing date must be on or after the opening date."), field="closes_on")
    if endorse_by < closes_on:
        raise Refused(_("Endorsers need at least until applications close."), field="endorse_by")
    if score_by < endorse_by:
        raise Refused(_("Assessors start when endorsements are in: choose a later date."), field="score_by")
    if late_until is not None and late_until <= closes_on:
        raise Refused(_("The late window ends after the closing date, or there is none."), field="late_until")
    if late_until is not None and late_until > endorse_by:
        raise Refused(_("Late applications need their endorsements too: choose an earlier date."), field="late_until")


def check_nominations_end(nominate_by: date | None, closes_on: date) -> None:
    if nominate_by is not None and nominate_by > closes_on:
        raise Refused(
            _("People who are nominated need time to apply: choose a date on or before the closing date."),
            field="nominate_by",
        )


def check_bands(lowest: SeniorityBand | None, highest: SeniorityBand | None) -> None:
    if lowest is not None and highest is not None and highest.position > lowest.position:
        raise Refused(_("The most senior band can’t be below the least senior one."), field="highest_band")


def check_assessors(number: int) -> None:
    if not 1 <= number <= 5:
        raise Refused(_("Choose between 1 and 5 assessors for each application."), field="assessors_per_application")


def check_tolerance(round_: SelectionRound, tolerance: int) -> None:
    if tolerance < round_.over:
        raise Refused(
            _("%(n)d places are being offered over the cohort’s number: take those back on the choosing board first.")
            % {"n": round_.over},
            field="tolerance",
        )


@transaction.atomic
def change_round(
    *,
    round: SelectionRound,
    version: int,
    opens_on: date,
    closes_on: date,
    endorse_by: date,
    score_by: date,
    by: Actor,
    late_until: date | None = None,
    nominate_by: date | None = None,
    tolerance: int = 0,
    **settings: Any,
) -> SelectionRound:
    """While it's prepared, everything; once it's open, only dates and the tolerance. No date may move closer: people have planned by
    them."""
    require(staff, by, round)
    take_turns(round)
    round.refresh_from_db(fields=["state", "nominate_by", *MOVABLE])
    check_dates(opens_on=opens_on, closes_on=closes_on, endorse_by=endorse_by, score_by=score_by, late_until=late_until)
    check_nominations_end(nominate_by, closes_on)
    check_bands(settings.get("lowest_band"), settings.get("highest_band"))
    check_tolerance(round, tolerance)
    check_assessors(settings.get("assessors_per_application", round.assessors_per_application))
    values = {
        "opens_at": start_of(opens_on),
        "closes_at": end_of(closes_on),
        "endorse_by": end_of(endorse_by),
        "score_by": end_of(score_by),
        "late_until": late_until and end_of(late_until),
        "nominate_by": nominate_by and end_of(nominate_by),
        "tolerance": tolerance,
        **settings,
    }
    if round.state != RoundState.DRAFT:
        for name in MOVABLE:
            known = getattr(round, name)
            if known is not None and (values[name] is None or values[name] < known):
                field = {"closes_at": "closes_on"}.get(name, name)
                raise Refused(_("The round is open, so this date can only move later."), field=field)
        if (nominate_by is not None or round.nominate_by is not None) and (
            (values["nominate_by"] or values["closes_at"]) < round.nominations_until
            and Nominator.objects.filter(round=round).exists()
        ):
            raise Refused(
                _("Senior leaders have been told a later date, so this can only move later."), field="nominate_by"
            )
        values = {name: values[name] for name in (*MOVABLE, "nominate_by", "tolerance")}
    save_if_unchanged(round, version=version, **values)
    record_change(round, "change", by=by)
    return round


@transaction.atomic
def open_round(*, round: SelectionRound, by: Actor) -> SelectionRound:
    """Publish the round and freeze its framework: refused when that isn't ready. Nominees of before and those who asked to hear
    of it are told now."""
    require(staff, by, round)
    take_turns(round)
    round.refresh_from_db(fields=["closes_at"])
    freeze_framework(framework=round.framework, by=by)
    if round.closes_at <= timezone.now():
        raise Refused(_("The closing date has passed. Choose a later one first."))
    transition(round, "open", by=by)
    if round.cohort.stage == CohortStage.PLANNING:
        move_cohort(cohort=round.cohort, stage=CohortStage.SELECTING, by=by)
    invited = Application.objects.filter(round=round, state=ApplicationState.INVITED)
    send_nominated(
        invited.select_related("applicant", "organisation", "round__cohort__programme", "round__tenant"), by=by
    )
    tell_interested(round=round, by=by)
    return round


@transaction.atomic
def close_round(*, round: SelectionRound, by: Actor) -> SelectionRound:
    return transition(round, "close", by=by)
