"""Moderation: the agreed points where assessors differ, who chairs it, what is done about severity, and the lock."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from engine.transitions import record_change
from engine.versions import save_if_unchanged
from selection import emails_assess
from selection.models import Application, AssessorAllocation, Correction, Moderation, SelectionRound
from selection.rules import moderator, require, staff
from selection.selectors.moderation import chair_candidates, conflicts_of_moderator
from selection.selectors.ranking import Ranked, rank_round, read_sheet
from selection.selectors.severity_words import refused_in_words
from selection.states import ApplicationState, RoundState
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.models import Person
from tenancy.seen import refuse_stale

CENT = Decimal("0.01")


def locked_for_moderation(round_: SelectionRound, by: Actor) -> SelectionRound:
    """The round, locked: whatever moderation does happens one at a time. Staff and the round's chair."""
    locked = SelectionRound.objects.select_for_update(of=("self",)).select_related("cohort").get(pk=round_.pk)
    require(moderator, by, locked)
    return locked


def check_open(round_: SelectionRound) -> None:
    if round_.state != RoundState.MODERATING:
        raise WrongState(_("This round isn’t being moderated."))
    if round_.moderation_locked_at is not None:
        raise WrongState(_("Moderation is locked. Unlock it first, and say why."))


@transaction.atomic
def moderate_application(
    *, application: Application, points: Decimal, reason: str, version: int, by: Actor
) -> Moderation:
    """Agree the points of one application. `version` is that of the agreement the page showed, 0 when there was none."""
    round_ = locked_for_moderation(application.round, by)
    if conflicts_of_moderator(round_, by, [application]):
        raise NotAllowed(_("You have a conflict of interest with this application: somebody else moderates it."))
    application.refresh_from_db(fields=["state"])
    check_open(round_)
    _check_eligible(application)
    points, reason = _checked(round_, points, reason)
    values = {"points": points, "reason": reason, "by": by.person, "at": timezone.now()}
    present = Moderation.objects.filter(application=application).first()
    if present is not None:
        stamps = {name: values.pop(name) for name in ("by", "at")}
        moderation = save_if_unchanged(present, version=version, stamps=stamps, **values)
    else:
        moderation = _create(application, values)
    record_change(application, "moderate", by=by, reason=_said(application, points, reason, by))
    return moderation  # type: ignore[return-value]


def _said(application: Application, points: Decimal, reason: str, by: Actor) -> str:
    """For the record, which also says when somebody agreed points for what they had marked themselves."""
    text = f"{points}: {reason}"
    own = AssessorAllocation.objects.filter(
        application=application, assessor_id=by.person_id, finished_at__isnull=False, withdrawn_at__isnull=True
    )
    return _("%(text)s (also marked it)") % {"text": text} if by.person_id and own.exists() else text


def _create(application: Application, values: dict) -> Moderation:
    try:
        with transaction.atomic():
            return Moderation.objects.create(application=application, **values)
    except IntegrityError:
        theirs = Moderation.objects.filter(application=application).values("points", "reason").first() or {}
        refuse_stale(theirs, {name: values[name] for name in theirs})


def _check_eligible(application: Application) -> None:
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
    """Agree what the assessors' marks come to for several applications (public ids) at once, with one reason. Returns how many."""
    round_ = locked_for_moderation(round, by)
    check_open(round_)
    if not reason.strip():
        raise Refused(_("Say how the points were agreed"), field="reason")
    wanted = set(applications)
    rows = [r for r in rank_round(round_, places=round_.cohort.places) if r.public_id in wanted]
    barred = conflicts_of_moderator(round_, by)
    open_rows = [
        r
        for r in rows
        if r.moderated is None and r.mean is not None and r.state == ApplicationState.ELIGIBLE and r.pk not in barred
    ]
    if not open_rows:
        raise Refused(_("Choose at least one application that isn’t moderated yet."))
    for row in open_rows:
        _agree_mean(row, reason.strip(), by)
    return len(open_rows)


def _agree_mean(row: Ranked, reason: str, by: Actor) -> None:
    application = Application.objects.get(pk=row.pk)
    assert row.standing is not None
    # a corrected score may lie a little outside of the scale
    points = max(row.standing, Decimal(1))
    _create(application, {"points": points, "reason": reason, "by": by.person, "at": timezone.now()})
    record_change(application, "moderate", by=by, reason=_said(application, points, reason, by))


@transaction.atomic
def name_chair(*, round: SelectionRound, person: Person | None, by: Actor) -> SelectionRound:
    """Say who moderates beside staff; None for staff alone. Staff only, and nobody who applied in this round."""
    round_ = SelectionRound.objects.select_for_update(of=("self",)).select_related("cohort__programme").get(pk=round.pk)
    require(staff, by, round_)
    if round_.state == RoundState.DECIDED:
        raise WrongState(_("This round has been decided."))
    if person is not None and not chair_candidates(round_).filter(pk=person.pk).exists():
        raise Refused(
            _("%(name)s can’t chair this round: they have applied in it, or can’t sign in here.")
            % {"name": person.name},
            field="person",
        )
    if round_.chair_id == (person.pk if person else None):
        return round_
    round_.chair = person
    round_.save(update_fields=["chair"])
    record_change(round_, "name_chair", by=by, reason=person.name if person else _("Staff alone"))
    if person is not None:
        emails_assess.send_chair(round_, person, by=by)
    return round_


@transaction.atomic
def choose_correction(*, round: SelectionRound, correction: str, reason: str, by: Actor) -> SelectionRound:
    """Rank and choose by means, or by scores corrected for assessors' severity. Refused where the marks don't allow it."""
    round_ = locked_for_moderation(round, by)
    check_open(round_)
    chosen = Correction(correction)
    if not reason.strip():
        raise Refused(_("Say why this correction, or none, is right for this round"), field="reason")
    if chosen == round_.correction:
        raise Refused(_("This is how the round is ranked already."), field="correction")
    if chosen != Correction.NONE and (refused := read_sheet(round_).estimate(chosen).refused):
        raise Refused(refused_in_words(refused), field="correction")
    round_.correction = chosen
    round_.save(update_fields=["correction"])
    record_change(round_, "correction", by=by, reason=f"{chosen.label}: {reason.strip()}")
    return round_


@transaction.atomic
def lock_moderation(*, round: SelectionRound, by: Actor) -> SelectionRound:
    """From here on no agreed points and no correction change, until somebody unlocks with a reason."""
    round_ = locked_for_moderation(round, by)
    check_open(round_)
    ranked = rank_round(round_, places=round_.cohort.places)
    if waiting := sum(r.needs_moderation for r in ranked if r.state == ApplicationState.ELIGIBLE):
        raise Refused(
            ngettext("%(n)d application needs moderation first.", "%(n)d applications need moderation first.", waiting)
            % {"n": waiting}
        )
    round_.moderation_locked_at = timezone.now()
    round_.save(update_fields=["moderation_locked_at"])
    record_change(round_, "lock_moderation", by=by)
    return round_


@transaction.atomic
def unlock_moderation(*, round: SelectionRound, reason: str, by: Actor) -> SelectionRound:
    round_ = locked_for_moderation(round, by)
    if round_.state != RoundState.MODERATING:
        raise WrongState(_("This round has been decided."))
    if round_.moderation_locked_at is None:
        raise WrongState(_("Moderation isn’t locked."))
    if not reason.strip():
        raise Refused(_("Say why moderation has to be opened again"), field="reason")
    round_.moderation_locked_at = None
    round_.save(update_fields=["moderation_locked_at"])
    record_change(round_, "unlock_moderation", by=by, reason=reason)
    return round_
