"""Setting up a survey and asking people: what staff do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.models import Cohort
from cohorts.selectors.directory import to_ask
from engine.transitions import record_change
from engine.versions import save_if_unchanged
from outcomes.emails import send_survey_open
from outcomes.models import (
    DisclosureSetting,
    Domain,
    Indicator,
    IndicatorKind,
    Survey,
    SurveyInvitation,
    SurveyWave,
    WaveKind,
)
from outcomes.rules import staff
from outcomes.starter import STATEMENTS
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.seen import digest_of, refuse_stale
from tenancy.turns import take_turns, take_turns_at

# In one domain: more would make a page that nobody answers with care, and a picture longer than a sheet of paper.
MOST_INDICATORS = 12
LONGEST = 200


def may_run(by: Actor, obj: object) -> None:
    if by.kind != "system" and not staff(by, obj):
        raise NotAllowed(_("You can’t do this."))


@transaction.atomic
def create_survey(*, cohort: Cohort, name: str, by: Actor) -> Survey:
    """A survey with the starting statements, ready to be changed."""
    may_run(by, cohort)
    name = " ".join(name.split())
    try:
        with transaction.atomic():
            survey = Survey.objects.create(cohort=cohort, name=name)
    except IntegrityError as error:
        raise Refused(_("This cohort already has a survey of that name."), field="name") from error
    write_indicators(
        survey,
        {domain: [str(text) for _kind, text in texts] for domain, texts in STATEMENTS.items()},
        kinds={str(text): kind for texts in STATEMENTS.values() for kind, text in texts},
    )
    record_change(survey, "create", by=by)
    return survey


@transaction.atomic
def copy_survey(*, survey: Survey, cohort: Cohort, by: Actor) -> Survey:
    """The same statements for another cohort, not asked yet."""
    may_run(by, cohort)
    copied = Survey.objects.create(cohort=cohort, name=survey.name)
    rows = list(survey.indicators.all())
    write_indicators(
        copied,
        {d: [i.text for i in rows if i.domain == d] for d in Domain.values},
        kinds={i.text: i.kind for i in rows},
    )
    record_change(copied, "create", by=by, reason=str(survey.cohort.name))
    return copied


@transaction.atomic
def edit_survey(
    *, survey: Survey, version: int, name: str, indicators: Mapping[str, Sequence[str]], by: Actor
) -> Survey:
    """Replace the name and the statements, by domain in their order. Refused once a wave has opened: before and after must be
    answers to the same words."""
    may_run(by, survey)
    take_turns(survey)
    if survey.waves.exists():
        raise WrongState(_("People have been asked to answer, so the statements can’t change any more."))
    wanted = {
        domain: [" ".join(text.split()) for text in texts if text.strip()] for domain, texts in indicators.items()
    }
    check_indicators(wanted)
    try:
        with transaction.atomic():
            save_if_unchanged(survey, version=version, name=" ".join(name.split()))
    except IntegrityError as error:
        raise Refused(_("This cohort already has a survey of that name."), field="name") from error
    write_indicators(survey, wanted, kinds=dict(survey.indicators.values_list("text", "kind")))
    record_change(survey, "edit", by=by)
    return survey


def check_indicators(wanted: Mapping[str, Sequence[str]]) -> None:
    texts = [text for domain in wanted.values() for text in domain]
    if not texts:
        raise Refused(_("Write at least one statement."), field=Domain.CONFIDENCE)
    seen: set[str] = set()
    for domain, lines in wanted.items():
        if len(lines) > MOST_INDICATORS:
            raise Refused(_("Use %(most)d statements or fewer.") % {"most": MOST_INDICATORS}, field=domain)
        for text in lines:
            if len(text) > LONGEST:
                raise Refused(
                    _("Shorten “%(start)s…” to 200 characters or fewer.") % {"start": text[:40]}, field=domain
                )
            if text in seen:
                raise Refused(_("“%(start)s…” is there twice.") % {"start": text[:60]}, field=domain)
            seen.add(text)


def write_indicators(survey: Survey, wanted: Mapping[str, Sequence[str]], *, kinds: Mapping[str, str]) -> None:
    """`kinds` are those known of a statement's text; a new one has none until staff say."""
    Indicator.objects.filter(survey=survey).delete()
    ordered = [(domain, text) for domain in Domain.values for text in wanted.get(domain, ())]
    Indicator.objects.bulk_create(
        Indicator(survey=survey, domain=domain, kind=kinds.get(text, ""), text=text, position=position)
        for position, (domain, text) in enumerate(ordered, start=1)
    )


@transaction.atomic
def set_kinds(*, survey: Survey, kinds: Mapping[str, str], seen: str, by: Actor) -> Survey:
    """Say of each statement, by its public id, of what kind it is; '' for not said. At any time: it changes no words that people answer.
    `seen` is the digest of what the page showed."""
    may_run(by, survey)
    take_turns(survey)
    rows = {row.public_id: row for row in survey.indicators.all()}
    theirs = {key: row.kind for key, row in rows.items()}
    if seen != digest_of(theirs):
        refuse_stale(theirs, kinds)
    if dict(kinds) == theirs:
        return survey
    for key, kind in kinds.items():
        if key not in rows or kind not in ("", *IndicatorKind.values):
            raise Refused(_("Choose from the list."), field=key)
        rows[key].kind = kind
    Indicator.objects.bulk_update(rows.values(), ["kind"])
    record_change(survey, "kinds", by=by)
    return survey


@transaction.atomic
def open_wave(*, survey: Survey, kind: str, closes_at: datetime, by: Actor) -> SurveyWave:
    """Ask everyone who takes part in the cohort to answer until `closes_at`. The 'after' wave needs a closed 'before' wave."""
    may_run(by, survey)
    survey = Survey.objects.select_for_update(of=("self",)).select_related("cohort__programme").get(pk=survey.pk)
    now = timezone.now()
    if closes_at <= now:
        raise Refused(_("The closing date must be in the future."), field="closes_on")
    if not survey.indicators.exists():
        raise Refused(_("Write at least one statement first."))
    earlier = {wave.kind: wave for wave in survey.waves.all()}
    if kind in earlier:
        raise WrongState(_("This survey has already been opened."))
    if kind == WaveKind.AFTER and (WaveKind.BEFORE not in earlier or not earlier[WaveKind.BEFORE].is_closed):
        raise WrongState(_("Open and close the “before” survey first."))
    wave = SurveyWave.objects.create(survey=survey, kind=kind, opens_at=now, closes_at=closes_at)
    if not invite(wave, by=by):
        raise Refused(_("Nobody takes part in this cohort yet, so there’s nobody to ask."))
    record_change(wave, "open", by=by)
    return wave


@transaction.atomic
def invite_newcomers(*, wave: SurveyWave, by: Actor) -> int:
    """Ask those who have joined the cohort since the wave opened. Returns how many."""
    may_run(by, wave)
    wave = lock_open_wave(wave)
    asked = invite(wave, by=by)
    if asked:
        record_change(wave, "invite", by=by, reason=str(asked))
    return asked


def invite(wave: SurveyWave, *, by: Actor) -> int:
    """The people now on the cohort who have not been asked; alumni too, as the last survey often follows the end, unless they're away."""
    people = [p.person for p in to_ask(wave.cohort_id).exclude(person__in=wave.invitations.values("person_id"))]
    now = timezone.now()
    SurveyInvitation.objects.bulk_create(
        SurveyInvitation(wave=wave, person=person, invited_at=now) for person in people
    )
    send_survey_open(wave, people, by=by)
    return len(people)


def lock_open_wave(wave: SurveyWave) -> SurveyWave:
    """The wave, locked; WrongState once it has closed. Answers and closing take the same lock, so none comes in after it."""
    locked = SurveyWave.objects.select_for_update(of=("self",)).select_related("survey__cohort").get(pk=wave.pk)
    if locked.is_closed:
        raise WrongState(_("This survey has closed, so answers can’t change any more."))
    return locked


@transaction.atomic
def move_closing(*, wave: SurveyWave, closes_at: datetime, by: Actor) -> SurveyWave:
    """Another closing date for a wave that is still open."""
    may_run(by, wave)
    wave = lock_open_wave(wave)
    if closes_at <= timezone.now():
        raise Refused(_("The closing date must be in the future."), field="closes_on")
    if wave.closes_at == closes_at:
        return wave
    wave.closes_at = closes_at
    wave.save(update_fields=["closes_at"])
    record_change(wave, "move closing", by=by)
    return wave


@transaction.atomic
def close_wave(*, wave: SurveyWave, by: Actor) -> SurveyWave:
    """Close now, for good: results are shown from here on."""
    may_run(by, wave)
    return close(lock_open_wave(wave), by=by)


def close(wave: SurveyWave, *, by: Actor, reason: str = "") -> SurveyWave:
    wave.closes_at = timezone.now()
    wave.save(update_fields=["closes_at"])
    record_change(wave, "close", by=by, reason=reason)
    return wave


@transaction.atomic
def set_thresholds(*, min_count: int, min_mean: int, min_breakdown: int, by: Actor) -> DisclosureSetting:
    """Raise the tenant's thresholds for small numbers; only staff of the whole tenant, and never below the portal's own."""
    may_run(by, None)
    values = {"min_count": min_count, "min_mean": min_mean, "min_breakdown": min_breakdown}
    for name, value in values.items():
        least = DisclosureSetting._meta.get_field(name).default  # type: ignore[union-attr]
        if value < least:
            raise Refused(_("This can’t be less than %(least)d.") % {"least": least}, field=name)
        if value > 100:
            raise Refused(_("This can’t be more than 100."), field=name)
    take_turns_at("thresholds of small numbers")
    present = DisclosureSetting.objects.filter(**values).first()
    if present is not None:
        return present
    setting, _created = DisclosureSetting.objects.update_or_create(defaults=values)
    record_change(setting, "set", by=by, reason=f"{min_count}, {min_mean}, {min_breakdown}")
    return setting
