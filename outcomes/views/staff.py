"""Surveys as staff see them: the statements, the asking, the results. Never an answer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cohorts.models import Participation
from cohorts.navigation import cohort_side_navigation
from cohorts.selectors import staff_cohorts
from cohorts.states import ParticipationState
from cohorts.views.base import CohortFrame, page_of
from engine.views.downloads import Column, Downloads, Sheet
from engine.views.service_form import ServiceFormView
from outcomes.forms import (
    DisclosureForm,
    KindsForm,
    SurveyCreateForm,
    SurveyEditForm,
    WaveForm,
    WaveOpenForm,
    end_of_day,
)
from outcomes.models import IndicatorKind, Survey, SurveyWave, WaveKind
from outcomes.presentation import Shown, show_figure
from outcomes.rules import any_staff, staff
from outcomes.section import paired_figures, suppression_note
from outcomes.selectors import indicators_by_domain, surveys_for_staff
from outcomes.services.aggregates import (
    ChangeLine,
    PairedResults,
    compare_versions,
    paired_results,
    thresholds_of_tenant,
    wave_counts,
    wave_results,
)
from outcomes.services.surveys import (
    close_wave,
    create_survey,
    edit_survey,
    invite_newcomers,
    move_closing,
    open_wave,
    set_kinds,
    set_thresholds,
)
from tenancy.errors import Refused
from tenancy.seen import digest_of
from tenancy.views.base import TenantPage, TenantView


class OneSurvey:
    permission = staff

    def get_object(self) -> Survey:
        rows = Survey.objects.select_related("cohort__programme").prefetch_related("waves")
        return self.find(Survey, queryset=rows)  # type: ignore[attr-defined, no-any-return]


class OneWave:
    permission = staff

    def get_object(self) -> SurveyWave:
        rows = SurveyWave.objects.select_related("survey__cohort__programme")
        return self.find(SurveyWave, queryset=rows)  # type: ignore[attr-defined, no-any-return]

    def get_cohort(self) -> Any:
        return self.object.survey.cohort  # type: ignore[attr-defined]

    @property
    def survey_path(self) -> str:
        kwargs = {"tenant": self.request.tenant.slug, "public_id": self.object.survey.public_id}  # type: ignore[attr-defined]
        return reverse("outcomes:survey-detail", kwargs=kwargs)


class SurveyListView(TenantPage):
    """The surveys of the cohorts one is staff of, or of one of them with ?cohort=."""

    permission = any_staff
    template_name = "outcomes/survey_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = surveys_for_staff(self.actor)
        wanted = self.request.GET.get("cohort", "")
        if wanted:
            rows = rows.filter(cohort__public_id=wanted)
            kwargs |= self.frame(wanted)
        page = page_of(self.request, rows)
        counts = wave_counts([w for survey in page for w in survey.waves.all()])
        surveys = [{"survey": s, "waves": [{"wave": w, "counts": counts[w.pk]} for w in s.waves.all()]} for s in page]
        return super().get_context_data(
            surveys=surveys, page_obj=page, wanted=wanted, may_set_thresholds=staff(self.actor), **kwargs
        )

    def frame(self, wanted: str) -> dict[str, Any]:
        """Caption and side navigation of the cohort the list is narrowed to."""
        cohort = staff_cohorts(self.actor).filter(public_id=wanted).first()
        if cohort is None:
            raise Http404
        side = cohort_side_navigation(cohort, self.actor, self.request.tenant, self.request.get_full_path())
        return {"caption": str(cohort), "cohort": cohort, "side_navigation": side}


class SurveyCreateView(ServiceFormView):
    permission = any_staff
    form_class = SurveyCreateForm
    page_heading = gettext_lazy("Set up a survey")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"cohorts": staff_cohorts(self.actor)}

    def get_initial(self) -> dict[str, Any]:
        wanted = self.request.GET.get("cohort", "")
        return {"cohort": staff_cohorts(self.actor).filter(public_id=wanted).first()} if wanted else {}

    def act(self, data: dict[str, Any]) -> HttpResponse:
        survey = create_survey(by=self.actor, **data)
        return redirect("outcomes:survey-detail", tenant=self.request.tenant.slug, public_id=survey.public_id)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        back = reverse("outcomes:survey-list", kwargs={"tenant": self.request.tenant.slug})
        return super().get_context_data(back_href=back, **kwargs)


class SurveyDetailView(OneSurvey, CohortFrame, TenantPage):
    template_name = "outcomes/survey_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        survey = self.object
        waves = {w.kind: w for w in survey.waves.all()}
        counts = wave_counts(waves.values())
        shown: list[dict[str, Any]] = [
            {
                "kind": kind,
                "label": kind.label,
                "wave": waves.get(kind),
                "counts": counts.get(waves[kind].pk) if kind in waves else None,
            }
            for kind in WaveKind
        ]
        before = waves.get(WaveKind.BEFORE)
        may_open = {
            WaveKind.BEFORE: before is None,
            WaveKind.AFTER: before is not None and before.is_closed and WaveKind.AFTER not in waves,
        }
        for row in shown:
            row["may_open"] = may_open[row["kind"]]
        domains = indicators_by_domain(survey.pk)
        return super().get_context_data(
            survey=survey,
            waves=shown,
            editable=not waves,
            closed=any(w.is_closed for w in waves.values()),
            domains=[{"label": own[0].get_domain_display(), "indicators": own} for own in domains.values()],
            **kwargs,
        )


class SurveyEditView(OneSurvey, ServiceFormView):
    form_class = SurveyEditForm
    page_heading = gettext_lazy("Change the statements")

    def get_initial(self) -> dict[str, Any]:
        survey = self.object
        return {"name": survey.name, "version": survey.version, **SurveyEditForm.lines(survey.indicators.all())}

    def act(self, data: dict[str, Any]) -> None:
        indicators = {domain: data[domain].splitlines() for domain in ("confidence", "skills", "relationships")}
        edit_survey(
            survey=self.object, version=data["version"], name=data["name"], indicators=indicators, by=self.actor
        )

    def get_success_url(self) -> str:
        kwargs = {"tenant": self.request.tenant.slug, "public_id": self.object.public_id}
        return reverse("outcomes:survey-detail", kwargs=kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(caption=self.object.name, back_href=self.get_success_url(), **kwargs)


class SurveyKindsView(OneSurvey, ServiceFormView):
    form_class = KindsForm
    template_name = "outcomes/survey_kinds.html"
    page_heading = gettext_lazy("Of what kind is each statement?")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"indicators": self.object.indicators.all()}

    def get_initial(self) -> dict[str, Any]:
        shown = {row.public_id: row.kind for row in self.object.indicators.all()}
        return {**shown, "seen": digest_of(shown)}

    def as_shown(self, theirs: dict[str, Any]) -> dict[str, Any]:
        return {key: IndicatorKind(kind).label if kind else "" for key, kind in theirs.items()}

    def act(self, data: dict[str, Any]) -> None:
        seen = data.pop("seen")
        set_kinds(survey=self.object, kinds=data, seen=seen, by=self.actor)
        messages.success(self.request, _("Saved. Results say it by kind from now on."))

    def get_success_url(self) -> str:
        kwargs = {"tenant": self.request.tenant.slug, "public_id": self.object.public_id}
        return reverse("outcomes:survey-detail", kwargs=kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(caption=self.object.name, back_href=self.get_success_url(), **kwargs)


class SurveyCompareView(TenantPage):
    """Cohorts beside each other, as far as they answered the same statements."""

    permission = any_staff
    template_name = "outcomes/survey_compare.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        surveys = surveys_for_staff(self.actor).prefetch_related("indicators")
        versions = compare_versions(surveys=surveys, by=self.actor)
        return super().get_context_data(
            versions=[
                {
                    "statements": len(version.statements),
                    "titles": [line.text for line in across(version.results[0][1])],
                    "rows": [
                        {
                            "survey": survey,
                            "paired": results.paired,
                            "cells": [compared(line) for line in across(results)],
                        }
                        for survey, results in version.results
                    ],
                }
                for version in versions
            ],
            note=suppression_note(thresholds_of_tenant()),
            back_href=reverse("outcomes:survey-list", kwargs={"tenant": self.request.tenant.slug}),
            **kwargs,
        )


def compared(line: ChangeLine) -> dict[str, Any]:
    change = None if line.change is None else f"{line.change:+.1f}"
    return {"title": line.text, "change": change, "before": line.before, "after": line.after}


def across(results: PairedResults) -> list[ChangeLine]:
    return [line for line in results.lines if line.is_domain]


class WaveOpenView(OneSurvey, ServiceFormView):
    """Ask everyone on the cohort. The page says how many get a message."""

    form_class = WaveOpenForm
    template_name = "outcomes/wave_open.html"

    def get_object(self) -> Survey:
        if self.kwargs["kind"] not in WaveKind.values:
            raise Http404
        return super().get_object()

    def act(self, data: dict[str, Any]) -> None:
        wave = open_wave(survey=self.object, kind=self.kwargs["kind"], closes_at=end_of_day(data), by=self.actor)
        asked = wave.invitations.count()
        messages.success(
            self.request, ngettext("%(n)d person was asked.", "%(n)d people were asked.", asked) % {"n": asked}
        )

    def get_success_url(self) -> str:
        kwargs = {"tenant": self.request.tenant.slug, "public_id": self.object.public_id}
        return reverse("outcomes:survey-detail", kwargs=kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        people = Participation.objects.filter(cohort_id=self.object.cohort_id).exclude(
            state=ParticipationState.WITHDRAWN
        )
        kind = WaveKind(self.kwargs["kind"])
        heading = _("Open the survey “before”") if kind == WaveKind.BEFORE else _("Open the survey “after”")
        return super().get_context_data(
            page_heading=heading,
            caption=self.object.name,
            people=people.count(),
            kind=kind,
            back_href=self.get_success_url(),
            **kwargs,
        )


class WaveMoveView(OneWave, ServiceFormView):
    form_class = WaveForm
    page_heading = gettext_lazy("Change the last day to answer")

    def act(self, data: dict[str, Any]) -> None:
        move_closing(wave=self.object, closes_at=end_of_day(data), by=self.actor)

    def get_success_url(self) -> str:
        return self.survey_path

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(caption=self.object.survey.name, back_href=self.survey_path, **kwargs)


class WaveCloseView(OneWave, TenantPage):
    """Asks before it closes: a survey never opens again."""

    template_name = "outcomes/wave_close.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        counts = wave_counts([self.object])[self.object.pk]
        return super().get_context_data(
            wave=self.object,
            survey=self.object.survey,
            counts=counts,
            back_href=self.survey_path,
            page_heading=_("Close this survey now"),
            caption=self.object.survey.name,
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            close_wave(wave=self.object, by=self.actor)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The survey is closed."))
        return redirect(self.survey_path)


class WaveInviteView(OneWave, TenantView):
    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            asked = invite_newcomers(wave=self.object, by=self.actor)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            text = ngettext("%(n)d more person was asked.", "%(n)d more people were asked.", asked) % {"n": asked}
            messages.success(request, text if asked else _("Everyone on the cohort had already been asked."))
        return redirect(self.survey_path)


class SurveyResultsView(OneSurvey, CohortFrame, Downloads, TenantPage):
    """What may be shown of the waves that have closed."""

    template_name = "outcomes/survey_results.html"

    def results(self) -> tuple[list[Shown], list[dict[str, Any]]]:
        """The figures and the waves as the page shows them: suppressed, rounded."""
        survey = self.object
        waves = list(survey.waves.all())
        for wave in waves:
            wave.survey = survey
        counts = wave_counts(waves)
        paired = paired_results(survey=survey, by=self.actor)
        compared = paired is not None and any(line.change is not None for line in paired.lines)
        figures = paired_figures(survey, paired) if paired else []
        return [show_figure(f) for f in figures], [
            {
                "wave": w,
                "counts": counts[w.pk],
                "lines": wave_results(wave=w, by=self.actor) if w.is_closed and not compared else None,
            }
            for w in waves
        ]

    def sheet(self) -> Sheet:
        """A row a value, as the tables of the page have them."""
        figures, waves = self.results()
        rows: list[tuple[str, str, str, Any]] = []
        for figure in figures:
            for first, *cells in figure.table.rows if figure.table else []:
                headings = figure.table.header[1:] if figure.table else []
                rows += [(figure.title, first, text, cell) for text, cell in zip(headings, cells, strict=True)]
        for shown in waves:
            title = str(shown["wave"].get_kind_display())
            for line in shown["lines"] or []:
                mean = _("not shown") if line.mean is None else line.mean
                rows.append((title, line.text, _("Average, 1 to 5"), mean))
        columns = (
            Column(_("Figure"), lambda row: row[0]),
            Column(_("Line"), lambda row: row[1]),
            Column(_("What"), lambda row: row[2]),
            Column(_("Value"), lambda row: row[3], "number"),
        )
        return Sheet(_("Results: %(name)s") % {"name": self.object.name}, columns, rows)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        figures, waves = self.results()
        return super().get_context_data(
            survey=self.object,
            figures=figures,
            waves=waves,
            note=suppression_note(thresholds_of_tenant()),
            **kwargs,
        )


class DisclosureView(ServiceFormView):
    """The tenant's thresholds for small numbers."""

    permission = staff
    form_class = DisclosureForm
    template_name = "outcomes/disclosure.html"
    page_heading = gettext_lazy("Small numbers")

    def get_initial(self) -> dict[str, Any]:
        limits = thresholds_of_tenant()
        return {"min_count": limits.count, "min_mean": limits.mean, "min_breakdown": limits.breakdown}

    def act(self, data: dict[str, Any]) -> None:
        set_thresholds(by=self.actor, **data)
        messages.success(self.request, _("Saved. Reports already made stay as they are."))

    def get_success_url(self) -> str:
        return reverse("outcomes:survey-list", kwargs={"tenant": self.request.tenant.slug})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.get_success_url(), **kwargs)
