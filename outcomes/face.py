"""What the app tells the lower floors when asked."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Value
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.models import Cohort
from cohorts.navigation import cohort_navigation_sources
from engine.home import Line, Lines, NavigationItem, Panel, lines_of, navigation_sources, panel_sources
from engine.jobs import handlers
from engine.reports import ReportSection, report_sections
from engine.suppression import threshold_sources
from outcomes import application, face_cohorts, face_network  # noqa: F401 -- they register on import
from outcomes.models import CohortReport, ReflectionIndicator, ResponseAnswer, SurveyInvitation, SurveyResponse
from outcomes.section import report_figures
from outcomes.selectors import MAKE_REPORT, open_invitations, owed_answers, report_cohorts
from outcomes.services.aggregates import thresholds_of_tenant
from outcomes.services.reports import run_make_report
from reminders.kinds import name_kinds
from reminders.obligations import ObligationSource, obligation_sources
from tenancy.actors import Actor
from tenancy.models import Person, Role, Tenant
from tenancy.privacy import Holding, holdings
from tenancy.rules import staff


def export_invitations(person: Person) -> list[dict[str, Any]]:
    rows = SurveyInvitation.objects.filter(person=person).select_related("wave__survey")
    return [
        {"survey": i.wave.survey.name, "wave": i.wave.kind, "asked": i.invited_at, "answered": i.answered_at}
        for i in rows
    ] + [
        {"report made": r.created_at, "cohort": r.cohort.name, "version": r.version}
        for r in CohortReport.objects.filter(created_by=person).select_related("cohort").defer("snapshot")
    ]


def export_answers(person: Person) -> list[dict[str, Any]]:
    """Empty unless read as the person themselves: the database shows these rows to nobody else."""
    responses = SurveyResponse.objects.filter(person=person).select_related("wave__survey")
    answers = ResponseAnswer.objects.filter(person=person).select_related("indicator")
    by_response: dict[int, dict[str, int]] = {}
    for answer in answers:
        by_response.setdefault(answer.response_id, {})[answer.indicator.text] = answer.value
    return [
        {
            "survey": r.wave.survey.name,
            "wave": r.wave.kind,
            "sent": r.sent_at,
            "note": r.note,
            "answers": by_response.get(r.pk, {}),
        }
        for r in responses
    ]


def export_statements(person: Person) -> list[dict[str, Any]]:
    rows = ReflectionIndicator.objects.filter(author=person).select_related("reflection", "indicator")
    return [{"reflection": r.reflection.title, "statement": r.indicator.text} for r in rows]


def survey_path(slug: str, key: str) -> str:
    return reverse("outcomes:answer-start", kwargs={"tenant": slug, "public_id": key})


def panels(actor: Actor, tenant: Tenant) -> list[Panel | Lines]:
    found: list[Panel | Lines] = []
    if actor.holds(Role.PARTICIPANT) or actor.holds(Role.ALUMNUS):
        rows = open_invitations().filter(person_id=actor.person_id).order_by("wave__closes_at", "pk")
        open_now = lines_of(rows, key="wave__public_id", title="wave__survey__name", at="wave__closes_at")
        found.append(Lines(open_now, survey_panel))
    if actor.holds(Role.STAFF):
        latest = report_cohorts(actor).filter(latest__isnull=False).order_by("-latest_at")
        named = Concat("programme__name", Value(": "), "name")
        lines = lines_of(latest, key="public_id", title=named, at="latest_at", note=F("latest"))
        found.append(Lines(lines, report_panel, 3))
    return found


def report_panel(lines: list[Line]) -> Panel | None:
    return Panel("outcomes/panels/reports.html", {"lines": lines}, 55) if lines else None


def survey_panel(lines: list[Line]) -> Panel | None:
    return Panel("outcomes/panels/my_surveys.html", {"lines": lines}, 16) if lines else None


def navigation(actor: Actor, tenant: Tenant) -> list[NavigationItem]:
    at = {"tenant": tenant.slug}
    items = []
    if actor.holds(Role.STAFF):
        items.append(NavigationItem(_("Reports"), reverse("outcomes:report-overview", kwargs=at), 54))
    elif actor.holds(Role.PARTICIPANT) or actor.holds(Role.ALUMNUS):
        items.append(NavigationItem(_("Surveys"), reverse("outcomes:answer-list", kwargs=at), 52))
    return items


def cohort_navigation(cohort: Cohort, actor: Actor, tenant: Tenant) -> list[NavigationItem]:
    if not staff(actor, cohort):
        return []
    surveys = reverse("outcomes:survey-list", kwargs={"tenant": tenant.slug})
    report = reverse("outcomes:report-list", kwargs={"tenant": tenant.slug, "public_id": cohort.public_id})
    return [
        NavigationItem(_("Surveys"), f"{surveys}?cohort={cohort.public_id}", 50),
        NavigationItem(_("Report"), report, 55),
    ]


handlers.register(MAKE_REPORT, run_make_report)
obligation_sources.register(
    "outcomes.survey",
    ObligationSource(
        kind="outcomes.survey",
        label=gettext_lazy("Answer “{about}”"),
        board_label=gettext_lazy("Surveys to answer"),
        rows=owed_answers,
        path=survey_path,
        ends=gettext_lazy("The person sends their answers, or the survey closes."),
    ),
)
holdings.register(
    "outcomes",
    Holding(
        label=gettext_lazy("Surveys asked and answered, reports made"),
        models=("outcomes.SurveyInvitation", "outcomes.CohortReport"),
        export=export_invitations,
    ),
)
holdings.register(
    "outcomes.answers",
    Holding(
        label=gettext_lazy("Answers to surveys"),
        models=("outcomes.SurveyResponse", "outcomes.ResponseAnswer"),
        export=export_answers,
        private_to_author=True,
    ),
)
holdings.register(
    "outcomes.statements",
    Holding(
        label=gettext_lazy("Statements that your reflections are about"),
        models=("outcomes.ReflectionIndicator",),
        export=export_statements,
        kind="cohorts.notebook",
        private_to_author=True,
    ),
)
report_sections.register(
    "outcomes", ReportSection(title=gettext_lazy("Before and after"), position=60, figures=report_figures)
)
panel_sources.register("outcomes", panels)
navigation_sources.register("outcomes", navigation)
cohort_navigation_sources.register("outcomes", cohort_navigation)

name_kinds(
    "outcomes",
    {
        "survey_open": gettext_lazy("Survey to answer"),
    },
)

threshold_sources.register("outcomes", thresholds_of_tenant)
