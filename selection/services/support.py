"""What an applicant says beside the application: an adjustment they need, the projects that interest them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.models import StrategicAmbition
from engine.versions import save_if_unchanged
from selection.models import (
    AdjustmentNeed,
    AdjustmentRequest,
    Application,
    CentrePlace,
    InterestingAmbition,
    ProjectInterest,
)
from selection.rules import applicant, require, staff
from selection.services.applications import require_writable
from selection.services.centre_places import centre_of, check_open, locked_place
from selection.states import ENDED
from tenancy.actors import Actor
from tenancy.errors import Refused, StaleEdit, WrongState
from tenancy.seen import refuse_stale
from tenancy.turns import take_turns


@transaction.atomic
def save_adjustment(*, application: Application, version: int, text: str, by: Actor) -> AdjustmentNeed | None:
    """Ask, change what is asked, or take it back by leaving it empty. Changed words wait for staff anew. `version` 0: none yet."""
    require(applicant, by, application)
    take_turns(application)
    application.refresh_from_db(fields=["state"])
    if application.state in ENDED:
        raise WrongState(_("This application has ended. Write to the programme team instead."))
    text, need = text.strip(), AdjustmentNeed.objects.filter(application=application).first()
    if need is not None and text == need.text:
        return need
    if need is None:
        if not text:
            return None
        need = AdjustmentNeed.objects.create(application=application, text=text)
        AdjustmentRequest.objects.create(application=application, asked_at=timezone.now())
        return need
    if not text:
        if version != need.version:
            raise StaleEdit(_("This was changed meanwhile. Look, then try again."), theirs={"text": need.text})
        AdjustmentRequest.objects.filter(application=application).delete()
        need.delete()
        return None
    save_if_unchanged(need, version=version, text=text)
    AdjustmentRequest.objects.filter(application=application).update(
        asked_at=timezone.now(), arranged_at=None, arranged_by=None
    )
    return need


@transaction.atomic
def say_needs(*, place: CentrePlace, text: str, version: int, by: Actor) -> CentrePlace:
    """Before choosing a time the applicant is asked anew what they need; the words are those asked for with the application
    (`AdjustmentNeed`), and whatever isn't left empty waits for staff again, for this day. The place knows only that it was answered."""
    require(applicant, by, place)
    check_open(place, centre_of(place))
    need = save_adjustment(application=place.application, version=version, text=text, by=by)
    now = timezone.now()
    if need is not None:
        AdjustmentRequest.objects.filter(application=place.application_id).update(
            asked_at=now, arranged_at=None, arranged_by=None
        )
    held = locked_place(place)
    held.needs_said_at = now
    held.save(update_fields=["needs_said_at"])
    return held


@transaction.atomic
def arrange_adjustment(*, application: Application, version: int, arranged: str, by: Actor) -> AdjustmentNeed:
    """Staff say what was arranged; the applicant reads it."""
    require(staff, by, application)
    take_turns(application)
    need = AdjustmentNeed.objects.filter(application=application).first()
    if need is None:
        raise WrongState(_("The applicant took the request back."))
    if not arranged.strip():
        raise Refused(_("Say what was arranged"), field="arranged")
    save_if_unchanged(need, version=version, arranged=arranged.strip())
    AdjustmentRequest.objects.filter(application=application).update(arranged_at=timezone.now(), arranged_by=by.person)
    return need


def names_of(ambitions: Iterable[StrategicAmbition]) -> str:
    return ", ".join(sorted(a.name for a in ambitions))


@transaction.atomic
def save_project_interest(
    *, application: Application, version: int, ambitions: Sequence[StrategicAmbition], question: str, by: Actor
) -> ProjectInterest:
    """Which ambitions interest the applicant, and the question they'd bring. It may stay empty. `version` 0: none yet."""
    require_writable(application, by)
    question = question.strip()
    row, created = ProjectInterest.objects.get_or_create(application=application, defaults={"question": question})
    wanted = {a.pk for a in ambitions}
    if not created:
        if row.version != version:
            refuse_stale(
                {"question": row.question, "ambitions": names_of(a.ambition for a in row.ambitions.all())},  # type: ignore[attr-defined]
                {"question": question, "ambitions": names_of(ambitions)},
            )
        save_if_unchanged(row, version=version, question=question)
    InterestingAmbition.objects.filter(interest=row).exclude(ambition__in=wanted).delete()
    InterestingAmbition.objects.bulk_create(
        [InterestingAmbition(interest=row, ambition_id=pk) for pk in sorted(wanted)], ignore_conflicts=True
    )
    return row
