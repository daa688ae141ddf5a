"""Reads used twice. A list selector is filtered by the same rule as the check on one object."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Greatest, Now

from cohorts.models import Cohort, Participation
from cohorts.selectors import staff_cohorts
from cohorts.selectors.directory import gone
from cohorts.states import ParticipationState
from engine.models import Job
from outcomes.models import (
    CohortReport,
    Domain,
    Indicator,
    NetworkChange,
    NetworkMetric,
    NetworkPlace,
    NetworkStanding,
    NetworkWave,
    NetworkWaveKind,
    Relation,
    ReportDraft,
    ResponseAnswer,
    Survey,
    SurveyInvitation,
    SurveyResponse,
    SurveyWave,
    Tie,
    WaveKind,
)
from tenancy.actors import Actor
from tenancy.models import Change

MAKE_REPORT = "outcomes.report"


def surveys_for_staff(actor: Actor) -> QuerySet[Survey]:
    """The surveys of the cohorts this actor is staff of: the twin of the rule `staff` on a survey."""
    return (
        Survey.objects.filter(cohort__in=staff_cohorts(actor))
        .select_related("cohort__programme")
        .prefetch_related("waves")
    )


def open_invitations() -> QuerySet[SurveyInvitation]:
    """Invitations still owed an answer: open waves, people who are still on the cohort, or among its alumni."""
    return SurveyInvitation.objects.filter(
        still_there("wave__survey__cohort", "person"),
        answered_at__isnull=True,
        wave__opens_at__lte=Now(),
        wave__closes_at__gt=Now(),
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


def on_list(wave: NetworkWave) -> QuerySet[NetworkPlace]:
    """Who is on the list of a wave and has left neither the cohort nor its alumni. Each with `seen_from`: since when others could name them
    without a break, which is later than `asked_at` for whoever withdrew and came back."""
    place = Participation.objects.filter(cohort=OuterRef("wave__cohort"), person=OuterRef("person")).values("public_id")
    back = Change.objects.filter(
        subject_kind=Participation._meta.label, name="rejoin", subject_id=OuterRef("participation")
    )
    return (
        NetworkPlace.objects.filter(still_there("wave__cohort", "person"), wave=wave)
        .annotate(participation=Subquery(place[:1]))
        .annotate(seen_from=Greatest("asked_at", Subquery(back.order_by("-at").values("at")[:1])))
    )


def still_there(cohort: str, person: str) -> Q:
    """Of rows with these fields: people who haven't withdrawn from the cohort, or left its alumni."""
    withdrawn = Participation.objects.filter(
        cohort=OuterRef(cohort), person=OuterRef(person), state=ParticipationState.WITHDRAWN
    )
    return ~Exists(withdrawn) & ~Exists(gone(person))


def owed_networks() -> QuerySet:
    """The rows of the obligation 'outcomes.network': open waves, people who haven't answered and are still on the cohort."""
    rows = NetworkPlace.objects.filter(
        still_there("wave__cohort", "person"),
        answered_at__isnull=True,
        wave__opens_at__lte=Now(),
        wave__closes_at__gt=Now(),
    )
    return rows.annotate(
        owed_by=F("person_id"),
        owed_about=F("wave__cohort__name"),
        owed_key=F("wave__public_id"),
        owed_due=F("wave__closes_at"),
        owed_since=F("asked_at"),
        owed_cohort=F("wave__cohort_id"),
    )


def my_networks(person_id: int | None) -> list[NetworkPlace]:
    """The waves this person is on the list of, the newest first."""
    rows = NetworkPlace.objects.filter(person_id=person_id).select_related("wave__cohort__programme")
    return list(rows.order_by("-wave__opens_at", "-pk"))


def network_waves(cohort: Cohort) -> list[NetworkWave]:
    """A cohort's waves in their order, each with how many are on its list still and how many of them have answered."""
    there = Q(places__isnull=False) & still_there("cohort", "places__person")
    rows = NetworkWave.objects.filter(cohort=cohort).annotate(
        invited=Count("places", filter=there),
        answered=Count("places", filter=there & Q(places__answered_at__isnull=False)),
    )
    return list(rows.order_by("opens_at", "pk"))


def network_metrics(cohort_id: int) -> list[NetworkMetric]:
    return list(NetworkMetric.objects.filter(wave__cohort_id=cohort_id).select_related("wave"))


def network_changes(cohort_id: int) -> list[NetworkChange]:
    return list(NetworkChange.objects.filter(wave__cohort_id=cohort_id).select_related("wave", "earlier"))


def others_on_list(wave: NetworkWave, person_id: int | None, *, words: str = "") -> QuerySet[NetworkPlace]:
    """Whom somebody may name, by organisation and name; with `words`, those who have all of them in name, role or organisation."""
    rows = on_list(wave).exclude(person_id=person_id).select_related("person", "organisation")
    for word in words.split()[:8]:
        rows = rows.filter(
            Q(person__name__icontains=word)
            | Q(person__job_title__icontains=word)
            | Q(organisation__name__icontains=word)
        )
    return rows.order_by("organisation__name", "person__sort_key", "pk")


def my_ties(wave: NetworkWave, person_id: int | None) -> dict[int, set[str]]:
    """Whom somebody named, with the relations; row-level security shows nobody else's."""
    found: dict[int, set[str]] = {}
    for other, relation in Tie.objects.filter(wave=wave, person_id=person_id).values_list("other_id", "relation"):
        found.setdefault(other, set()).add(relation)
    return found


def my_network(cohort: Cohort, person_id: int | None) -> list[dict[str, Any]]:
    """What somebody sent, wave by wave: whom they named, how many of each relation are at other organisations and in other sectors,
    who is new since the wave before, and where they stand between others."""
    places = [
        p
        for p in NetworkPlace.objects.filter(wave__cohort=cohort, person_id=person_id)
        .select_related("wave", "organisation")
        .order_by("wave__opens_at")
        if p.answered_at
    ]
    ties: dict[int, dict[str, list[NetworkPlace]]] = {p.wave_id: {r: [] for r in Relation.values} for p in places}
    said = Tie.objects.filter(wave__in=list(ties), person_id=person_id).values_list("wave_id", "other_id", "relation")
    named_places = NetworkPlace.objects.filter(wave__in=list(ties), person__in={other for _wave, other, _r in said})
    theirs = {(p.wave_id, p.person_id): p for p in named_places.select_related("person", "organisation")}
    for wave, other, relation in said:
        ties[wave][relation].append(theirs[wave, other])
    shares = {
        (wave, relation): share
        for wave, relation, share in NetworkStanding.objects.filter(
            wave__in=list(ties), person_id=person_id
        ).values_list("wave_id", "relation", "share")
    }
    found: list[dict[str, Any]] = []
    known: dict[str, set[int]] = {}
    for place in places:
        rows = []
        for relation, label in Relation.choices:
            named = sorted(ties[place.wave_id][relation], key=lambda p: p.person.sort_key)
            earlier = known.get(relation)
            rows.append(
                {
                    "label": label,
                    "wave": NetworkWaveKind(place.wave.kind).label,
                    "named": named,
                    "elsewhere": sum(p.organisation_id != place.organisation_id for p in named),
                    "sectors": sum(sector_of(p) != sector_of(place) for p in named),
                    "new": None if earlier is None else [p.person for p in named if p.person_id not in earlier],
                    "share": shares.get((place.wave_id, relation)),
                }
            )
            known[relation] = {p.person_id for p in named}
        found.append({"wave": place.wave, "label": NetworkWaveKind(place.wave.kind).label, "rows": rows})
    return found


def sector_of(place: NetworkPlace) -> int | None:
    return place.organisation.sector_id if place.organisation else None
