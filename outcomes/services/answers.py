"""Answering: what an invited person does, for themselves alone."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.models import Participation
from cohorts.states import ParticipationState
from outcomes.models import Indicator, ResponseAnswer, SurveyInvitation, SurveyResponse, SurveyWave
from outcomes.models.response import HIGHEST, LOWEST
from outcomes.rules import asked_in_wave
from outcomes.services.surveys import close, lock_open_wave
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused


def open_response(wave: SurveyWave, by: Actor) -> tuple[SurveyWave, SurveyResponse]:
    """The open wave, locked, and the actor's own response to it."""
    if not asked_in_wave(by, wave):
        raise NotAllowed(_("You weren’t asked to answer this survey."))
    wave = lock_open_wave(wave)
    response, _created = SurveyResponse.objects.get_or_create(
        wave=wave, person=by.person, defaults={"saved_at": timezone.now()}
    )
    return wave, response


@transaction.atomic
def save_answers(*, wave: SurveyWave, values: Mapping[str, int], by: Actor) -> SurveyResponse:
    """Keep ratings, by public id of the statement; others of the response stay as they were."""
    wave, response = open_response(wave, by)
    indicators = {i.public_id: i for i in Indicator.objects.filter(survey_id=wave.survey_id)}
    for key, value in values.items():
        if key not in indicators:
            raise Refused(_("This statement isn’t part of the survey."))
        if not LOWEST <= value <= HIGHEST:
            raise Refused(_("Choose one of the five answers."), field=key)
    # One statement for all of them; refused as a whole when one value is.
    ResponseAnswer.objects.bulk_create(
        [
            ResponseAnswer(response=response, indicator=indicators[key], person=by.person, value=value)
            for key, value in values.items()
        ],
        update_conflicts=True,
        unique_fields=["tenant", "response", "indicator"],
        update_fields=["value"],
    )
    response.saved_at = timezone.now()
    response.save(update_fields=["saved_at"])
    return response


@transaction.atomic
def save_note(*, wave: SurveyWave, note: str, by: Actor) -> SurveyResponse:
    """A note to oneself, which nobody else ever reads."""
    _wave, response = open_response(wave, by)
    response.note = note.strip()
    response.saved_at = timezone.now()
    response.save(update_fields=["note", "saved_at"])
    return response


@transaction.atomic
def send_answers(*, wave: SurveyWave, by: Actor) -> SurveyResponse:
    """The answers count from now on. With the last person's the wave closes."""
    wave, response = open_response(wave, by)
    missing = Indicator.objects.filter(survey_id=wave.survey_id).exclude(
        pk__in=ResponseAnswer.objects.filter(response=response).values("indicator_id")
    )
    if count := missing.count():
        raise Refused(_("Answer every statement first: %(n)d still to do.") % {"n": count})
    now = timezone.now()
    if response.sent_at is None:
        response.sent_at = now
        response.save(update_fields=["sent_at"])
    SurveyInvitation.objects.filter(wave=wave, person=by.person, answered_at__isnull=True).update(answered_at=now)
    if not still_owing(wave):
        close(wave, by=Actor.system("survey"), reason=_("Everyone has answered."))
    return response


def still_owing(wave: SurveyWave) -> bool:
    """Whether anyone asked, and still on the cohort, has not answered."""
    gone = Participation.objects.filter(cohort_id=wave.cohort_id, state=ParticipationState.WITHDRAWN)
    return (
        SurveyInvitation.objects.filter(wave=wave, answered_at__isnull=True)
        .exclude(person__in=gone.values("person_id"))
        .exists()
    )
