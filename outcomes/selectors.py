"""Reads used twice. A list selector is filtered by the same rule as the check on one object."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Now

from cohorts.models import Cohort, Participation
from cohorts.selectors import staff_cohorts
from cohorts.states import ParticipationState
from engine.models import Job
from outcomes.models import (
    CohortReport,
    Domain,
    Indicator,
    ReportDraft,
    ResponseAnswer,
    Survey,
    SurveyInvitation,
    SurveyResponse,
    SurveyWave,
    WaveKind,
)
from tenancy.actors import Actor

MAKE_REPORT = "outcomes.report"


def surveys_for_staff(actor: Actor) -> QuerySet[Survey]:
    """The surveys of the cohorts this actor is staff of: the twin of the rule `staff` on a survey."""
    return (
        Survey.objects.filter(cohort__in=staff_cohorts(actor))
        .select_related("cohort__programme")
        .prefetch_related("waves")
    )


def open_invitations() -> QuerySet[SurveyInvitation]:
    """Invitations still owed an answer: open waves, people who are still on the cohort."""
    gone = Participation.objects.filter(
        cohort_id=OuterRef("wave__survey__cohort_id"),
        person_id=OuterRef("person_id"),
        state=ParticipationState.WITHDRAWN,
    )
    return SurveyInvitation.objects.filter(
        ~Exists(gone), answered_at__isnull=True, wave__opens_at__lte=Now(), wave__closes_at__gt=Now()
    )


def my_invitations(person_id: int | None) -> list[SurveyInvitation]:
    """Everything this person was asked, the newest first."""
    return list(
        SurveyInvitation.objects.filter(person_id=person_id)
        .select_related("wave__survey__cohort__programme")
        .order_by("-wave__opens_at", "-pk")
    )


def my_response(wave: SurveyWave, person_id: int | None) -> SurveyResponse | None:
    """The person's own response; row-level security shows nobody else's."""
    return SurveyResponse.objects.filter(wave=wave, person_id=person_id).first()


def my_ratings(wave: SurveyWave, person_id: int | None) -> dict[int, int]:
    """The person's own ratings by indicator id."""
    rows = ResponseAnswer.objects.filter(response__wave=wave, person_id=person_id)
    return dict(rows.values_list("indicator_id", "value"))


def indicators_by_domain(survey_id: int) -> dict[str, list[Indicator]]:
    """Domains in their order, without the empty ones."""
    found: dict[str, list[Indicator]] = {}
    rows = list(Indicator.objects.filter(survey_id=survey_id))
    for domain in Domain.values:
        if own := [i for i in rows if i.domain == domain]:
            found[domain] = own
    return found


def my_change(survey: Survey, person_id: int | None) -> list[dict[str, Any]]:
    """The person's own ratings before and after, by domain; only what they sent."""
    rows = ResponseAnswer.objects.filter(
        response__wave__survey=survey, person_id=person_id, response__sent_at__isnull=False
    ).values_list("indicator_id", "response__wave__kind", "value")
    ratings = {(indicator, kind): value for indicator, kind, value in rows}
    return [
        {
            "domain": Domain(domain).label,
            "rows": [
                {
                    "text": i.text,
                    "before": ratings.get((i.pk, WaveKind.BEFORE)),
                    "after": ratings.get((i.pk, WaveKind.AFTER)),
                }
                for i in own
            ],
        }
        for domain, own in indicators_by_domain(survey.pk).items()
    ]


def report_cohorts(actor: Actor) -> QuerySet[Cohort]:
    """The cohorts this actor may report on, each with its latest version and how many there are."""
    latest = CohortReport.objects.filter(cohort=OuterRef("pk")).order_by("-version")
    rows = staff_cohorts(actor).annotate(
        versions=Count("reports", distinct=True),
        latest=Subquery(latest.values("version")[:1]),
        latest_at=Subquery(latest.values("created_at")[:1]),
    )
    return rows.order_by("-starts_on", "pk")


def reports_of(cohort: Cohort) -> QuerySet[CohortReport]:
    """Every version, the newest first, without the figures themselves."""
    return CohortReport.objects.filter(cohort=cohort).select_related("created_by").defer("snapshot", "narrative")


def draft_of(cohort: Cohort) -> ReportDraft:
    """What is written so far; an unsaved row where nothing is."""
    return ReportDraft.objects.filter(cohort=cohort).first() or ReportDraft(cohort=cohort, version=0)


def running_report(cohort: Cohort) -> Job | None:
    return Job.objects.filter(
        kind=MAKE_REPORT, state__in=(Job.State.QUEUED, Job.State.RUNNING), params__cohort=cohort.public_id
    ).first()


def owed_answers() -> QuerySet:
    """The rows of the obligation 'outcomes.survey'; see reminders.obligations."""
    return open_invitations().annotate(
        owed_by=F("person_id"),
        owed_about=F("wave__survey__name"),
        owed_key=F("wave__public_id"),
        owed_due=F("wave__closes_at"),
        owed_since=F("invited_at"),
        owed_cohort=F("wave__survey__cohort_id"),
    )
