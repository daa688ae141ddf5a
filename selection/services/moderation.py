"""Moderation: the agreed points where assessors differ."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from engine.transitions import record_change
from engine.versions import save_if_unchanged
from selection.models import Application, Moderation, SelectionRound
from selection.rules import staff
from selection.selectors.ranking import Ranked, rank_round
from selection.services.assessment import locked_round
from selection.states import ApplicationState, RoundState
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.seen import refuse_stale

CENT = Decimal("0.01")


@transaction.atomic
def moderate_application(
    *, application: Application, points: Decimal, reason: str, version: int, by: Actor
) -> Moderation:
    """Agree the points of one application. `version` is that of the agreement the page showed, 0 when there was none."""
    if not staff(by, application):
        raise NotAllowed(_("Only staff of the cohort can moderate."))
    round_ = SelectionRound.objects.select_for_update(of=("self",)).get(pk=application.round_id)
    application.refresh_from_db(fields=["state"])
    _check_open(round_, application)
    points, reason = _checked(round_, points, reason)
    values = {"points": points, "reason": reason, "by": by.person, "at": timezone.now()}
    present = Moderation.objects.filter(application=application).first()
    if present is not None:
        stamps = {name: values.pop(name) for name in ("by", "at")}
        moderation = save_if_unchanged(present, version=version, stamps=stamps, **values)
    else:
        moderation = _create(application, values)
    record_change(application, "moderate", by=by, reason=f"{points}: {reason}")
    return moderation  # type: ignore[return-value]


def _create(application: Application, values: dict) -> Moderation:
    try:
        with transaction.atomic():
            return Moderation.objects.create(application=application, **values)
    except IntegrityError:
        theirs = Moderation.objects.filter(application=application).values("points", "reason").first() or {}
        refuse_stale(theirs, {name: values[name] for name in theirs})


def _check_open(round_: SelectionRound, application: Application) -> None:
    if round_.state != RoundState.MODERATING:
        raise WrongState(_("This round isn’t being moderated."))
    if application.state != ApplicationState.ELIGIBLE:
        raise WrongState(
            _("This application is “%(state)s”, so its points can’t change.")
            % {"state": application.get_state_display()}
        )


def _checked(round_: SelectionRound, points: Decimal, reason: str) -> tuple[Decimal, str]:
    most = round_.criteria.aggregate(most=Max("max_points"))["most"] or 0
    if not 1 <= points <= most:
        raise Refused(_("Points must be between 1 and %(most)s") % {"most": most}, field="points")
    if not reason.strip():
        raise Refused(_("Say how the points were agreed"), field="reason")
    return points.quantize(CENT), reason.strip()


@transaction.atomic
def agree_means(*, round: SelectionRound, applications: Collection[str], reason: str, by: Actor) -> int:
    """Agree the assessors' mean for several applications (public ids) at once, with one reason. Returns how many."""
    round_ = locked_round(round, by)
    if round_.state != RoundState.MODERATING:
        raise WrongState(_("This round isn’t being moderated."))
    if not reason.strip():
        raise Refused(_("Say how the points were agreed"), field="reason")
    wanted = set(applications)
    rows = [r for r in rank_round(round_, places=round_.cohort.places) if r.public_id in wanted]
    open_rows = [r for r in rows if r.moderated is None and r.mean is not None and r.state == ApplicationState.ELIGIBLE]
    if not open_rows:
        raise Refused(_("Choose at least one application that isn’t moderated yet."))
    for row in open_rows:
        _agree_mean(row, reason.strip(), by)
    return len(open_rows)


def _agree_mean(row: Ranked, reason: str, by: Actor) -> None:
    application = Application.objects.get(pk=row.pk)
    _create(application, {"points": row.mean, "reason": reason, "by": by.person, "at": timezone.now()})
    record_change(application, "moderate", by=by, reason=f"{row.mean}: {reason}")
