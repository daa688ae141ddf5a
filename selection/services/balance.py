"""What a cohort is balanced by: limits kept with its round, and seats that were promised."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.models import Cohort
from engine.transitions import record_change
from engine.versions import save_if_unchanged
from selection.models import BalanceRule, SeatCommitment, SelectionRound
from selection.rules import require, staff
from selection.selectors.attributes import ORGANISATION, SECTOR, SENIORITY
from selection.selectors.limits import Limits, kept_limits
from selection.services.assessment import locked_round
from tenancy.actors import Actor
from tenancy.errors import Refused
from tenancy.models import Organisation, Sector, SeniorityBand
from tenancy.seen import refuse_stale


@transaction.atomic
def keep_limits(*, round: SelectionRound, limits: Limits, version: int, by: Actor) -> SelectionRound:
    """Keep these limits with the round, in place of all it had. `version` is that of the limits the page showed."""
    round_ = locked_round(round, by)
    if round_.limits_version != version:
        same = kept_limits(round_).limits.as_text() == limits.as_text()
        refuse_stale({"limits": same}, {"limits": True} if same else {})
    write_limits(round_, limits, by)
    return round_


def write_limits(round_: SelectionRound, limits: Limits, by: Actor) -> None:
    """The caller holds the round's lock."""
    if limits.total_floor > round_.cohort.places:
        raise Refused(
            _("The least numbers add up to more than the cohort’s %(n)d places.") % {"n": round_.cohort.places}
        )
    rows = [_rule(round_, attribute, key, floor, ceiling) for (attribute, key), floor, ceiling in limits.rows()]
    if limits.each_organisation is not None:
        rows.append(BalanceRule(round=round_, attribute=ORGANISATION, ceiling=limits.each_organisation))
    _check_known(rows)
    BalanceRule.objects.filter(round=round_).delete()
    BalanceRule.objects.bulk_create(rows)
    SelectionRound.objects.filter(pk=round_.pk).update(limits_version=F("limits_version") + 1)
    round_.refresh_from_db(fields=["limits_version"])
    record_change(round_, "keep_limits", by=by, reason=kept_limits(round_).in_words())


def _rule(round_: SelectionRound, attribute: str, key: str, floor: int, ceiling: int | None) -> BalanceRule:
    row = BalanceRule(round=round_, attribute=attribute, floor=floor, ceiling=ceiling)
    if attribute == SECTOR:
        row.sector_id = int(key)
    elif attribute == ORGANISATION:
        row.organisation_id = int(key)
    elif attribute == SENIORITY:
        row.band_id = int(key)
    else:
        row.words = key
    return row


def _check_known(rows: list[BalanceRule]) -> None:
    """What a rule is about is a row of this tenant, or was until a moment ago."""
    for model, name in ((Sector, "sector_id"), (Organisation, "organisation_id"), (SeniorityBand, "band_id")):
        wanted = {pk for row in rows if (pk := getattr(row, name)) is not None}
        if model.objects.filter(pk__in=wanted).count() != len(wanted):
            raise Refused(_("Something you set a limit for is no longer there. Load the page again."))


@transaction.atomic
def save_commitment(
    *,
    cohort: Cohort,
    commitment: SeatCommitment | None,
    seats: int,
    promised_by: str,
    promised_on: date,
    by: Actor,
    sector: Sector | None = None,
    organisation: Organisation | None = None,
    version: int = 0,
) -> SeatCommitment:
    """Write down that a sector, or an organisation, has promised seats on a cohort; or change what was promised and by whom."""
    require(staff, by, cohort)
    promised_by = " ".join(promised_by.split())
    if seats < 1:
        raise Refused(_("Enter how many seats were promised, 1 or more"), field="seats")
    if seats > cohort.places:
        raise Refused(_("The cohort has only %(n)d places.") % {"n": cohort.places}, field="seats")
    if not promised_by:
        raise Refused(_("Say who promised them"), field="promised_by")
    if promised_on > timezone.localdate():
        raise Refused(_("A promise can’t be of a day to come."), field="promised_on")
    values: dict[str, Any] = {"seats": seats, "promised_by": promised_by, "promised_on": promised_on}
    if commitment is not None:
        save_if_unchanged(commitment, version=version, **values)
        record_change(commitment, "change", by=by)
        return commitment
    if (sector is None) == (organisation is None):
        raise Refused(_("Choose a sector or an organisation, not both."), field="organisation")
    try:
        with transaction.atomic():
            made = SeatCommitment.objects.create(cohort=cohort, sector=sector, organisation=organisation, **values)
    except IntegrityError as error:
        raise Refused(
            _("%(who)s has promised seats already: change that line.") % {"who": sector or organisation},
            field="sector" if sector else "organisation",
        ) from error
    record_change(made, "promise", by=by)
    return made


@transaction.atomic
def remove_commitment(*, commitment: SeatCommitment, by: Actor, reason: str) -> None:
    """A promise is taken back, with the reason; the cohort's history keeps that there was one."""
    require(staff, by, commitment)
    if not reason.strip():
        raise Refused(_("Give a reason."), field="reason")
    told = _("%(who)s, %(n)d seats: %(why)s") % {"who": commitment, "n": commitment.seats, "why": reason.strip()}
    record_change(commitment.cohort, "seats_taken_back", by=by, reason=told)
    commitment.delete()
