"""Staff: who assesses what, starting it, and somebody dropping out."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from engine.views.downloads import Downloads, Sheet
from engine.views.service_form import ServiceFormView
from selection.forms.assessment import AssessStartForm, ReasonForm
from selection.models import Application, AssessmentCentre, SelectionRound
from selection.rules import staff
from selection.selectors.allocation import RoundPlan, plan_round
from selection.selectors.applications import UNASSESSED
from selection.selectors.assessment import assessor_loads, shortfalls
from selection.selectors.hindsight import GROUPS, LEAST, Hindsight, hindsight_of
from selection.selectors.minutes import Report, minutes_report, observing_report
from selection.services.assessment import (
    Allocated,
    include_late,
    start_assessment,
    withdraw_assessor,
)
from selection.states import ApplicationState, CentreState, RoundState
from selection.views.lists import per_page
from selection.views.round_base import RoundMixin
from selection.views.sheets import assessors_sheet, hindsight_sheet, minutes_sheet
from tenancy.models import Person
from tenancy.views.base import TenantPage


def say_allocated(request: HttpRequest, done: Allocated) -> None:
    """What an allocation did, as a message on the next page."""
    text = ngettext("%(n)d assessment was given out.", "%(n)d assessments were given out.", done.added)
    messages.success(request, text % {"n": done.added})
    if done.moved:
        moved = ngettext(
            "%(n)d that nobody had opened went to somebody else.",
            "%(n)d that nobody had opened went to somebody else.",
            done.moved,
        )
        messages.success(request, moved % {"n": done.moved})
    if done.missing:
        short = ngettext(
            "%(n)d application still lacks an assessor: see below why.",
            "%(n)d applications still lack an assessor: see below why.",
            done.applications_short,
        )
        messages.warning(request, short % {"n": done.applications_short})


def plan_context(plan: RoundPlan | None) -> dict[str, Any]:
    if plan is None:
        return {}
    return {
        "loads": plan.loads(),
        "added": len(plan.plan.added),
        "removed": len(plan.plan.removed),
        "lacking": plan.lacking(),
        "unmet": plan.without_expertise(),
        "connected": plan.connected(),
        "room": plan.plan.room,
    }


# A correlation this small comes about by chance in a cohort of fifty.
CHANCE = 0.25


class AssessRoundView(RoundMixin, Downloads, TenantPage):
    template_name = "selection/assess_round.html"
    step = "assess-round"

    def sheet(self) -> Sheet:
        return assessors_sheet(self.round, assessor_loads(self.round))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        loads = assessor_loads(self.round)
        centre = AssessmentCentre.objects.filter(round=self.round).first()
        running = self.round.state == RoundState.ASSESSING
        waiting = Application.objects.filter(
            round=self.round, state__in=(ApplicationState.SUBMITTED, ApplicationState.ENDORSED)
        )
        return super().get_context_data(
            loads=loads,
            allocated=sum(load.allocated for load in loads),
            finished=sum(load.finished for load in loads),
            short=shortfalls(self.round) if running else [],
            centre=centre,
            centre_under_way=centre is not None and centre.state in (CentreState.PREPARED, CentreState.BOOKING),
            not_sent=waiting.select_related("applicant", "organisation") if running else [],
            **kwargs,
        )


class AssessMinutesView(RoundMixin, Downloads, TenantPage):
    """What assessing costs the assessors, on paper and at an assessment centre where the round has one."""

    template_name = "selection/assess_minutes.html"
    page_heading = gettext_lazy("Minutes spent on assessing")
    step = "assess-round"

    @cached_property
    def report(self) -> Report:
        return minutes_report(self.round)

    def sheet(self) -> Sheet:
        return minutes_sheet(self.round, self.report.applications)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        whole = self.report.whole
        centre = AssessmentCentre.objects.filter(round=self.round).first()
        observing = observing_report(self.round) if centre else []
        page = Paginator(self.report.applications, per_page(self.request)).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            page_heading=self.page_heading,
            back_href=self.url("assess-round"),
            people=self.report.people,
            observing=observing,
            observed=sum(s.minutes for s in observing),
            centre=centre,
            page_obj=page,
            finished=whole.finished,
            counted=len(whole.known),
            total=whole.minutes,
            usual=whole.usual,
            **kwargs,
        )


class AssessHindsightView(RoundMixin, Downloads, TenantPage):
    """Whether scores told anything of how people took part later."""

    template_name = "selection/assess_hindsight.html"
    page_heading = gettext_lazy("Scores and what came later")
    step = "assess-round"

    @cached_property
    def found(self) -> Hindsight:
        return hindsight_of(self.round)

    def sheet(self) -> Sheet:
        return hindsight_sheet(self.round, self.found.groups)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            page_heading=self.page_heading,
            back_href=self.url("assess-round"),
            found=self.found,
            said=how_together(self.found.together),
            least=GROUPS * LEAST,
            paper_said=how_together(self.found.paper),
            centre_said=how_together(self.found.centre),
            **kwargs,
        )


def how_together(correlation: float | None) -> str:
    """In words, with the figure beside them: words alone promise too much."""
    if correlation is None:
        return _("All of them were at equally many events, so nothing can be compared.")
    words = {"figure": f"{correlation:+.2f}".replace("-", "−")}
    if abs(correlation) < CHANCE:
        return _("Points and attendance don’t go together (correlation %(figure)s).") % words
    if correlation > 0:
        return _("Those with more points were at more events (correlation %(figure)s).") % words
    return _("Those with more points were at fewer events (correlation %(figure)s).") % words


class AssessStartView(RoundMixin, ServiceFormView):
    template_name = "selection/assess_start.html"
    form_class = AssessStartForm
    page_heading = gettext_lazy("Start assessment")
    step = "assess-round"

    def get_form_kwargs(self) -> dict[str, Any]:
        submitted = [a for a in self.waiting if a.counts and a.state == ApplicationState.SUBMITTED]
        return {**super().get_form_kwargs(), "submitted": submitted}

    @cached_property
    def waiting(self) -> list[Application]:
        """What isn't with assessors yet."""
        rows = Application.objects.filter(round=self.round, state__in=UNASSESSED)
        return list(rows.select_related("applicant", "organisation"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        going = [a for a in self.waiting if a.counts and a.state == ApplicationState.ENDORSED]
        planned = plan_context(plan_round(self.round, rows=going))
        return super().get_context_data(
            endorsed=len(going),
            to_settle=sum(1 for a in self.waiting if a.to_settle),
            back_href=self.url("assess-round"),
            **planned,
            **kwargs,
        )

    def form_valid(self, form: Any) -> HttpResponse:
        self.also = form.chosen
        return super().form_valid(form)

    def act(self, data: dict[str, Any]) -> HttpResponse:
        done = start_assessment(round=self.round, by=self.actor, also=self.also, reason=data.get("reason", ""))
        say_allocated(self.request, done)
        return HttpResponseRedirect(self.url("assess-round"))


class AssessWithdrawView(RoundMixin, ServiceFormView):
    template_name = "selection/assess_withdraw.html"
    form_class = ReasonForm
    step = "assess-round"

    def get_object(self) -> SelectionRound:
        self.person = self.find(Person, name="person")
        return super().get_object()

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "submit": _("Withdraw from assessment"), "warning": True}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        heading = _("Withdraw %(name)s from assessment") % {"name": self.person.name}
        return super().get_context_data(
            person=self.person, page_heading=heading, back_href=self.url("assess-round"), **kwargs
        )

    def act(self, data: dict[str, Any]) -> HttpResponse:
        done = withdraw_assessor(round=self.round, assessor=self.person, by=self.actor, reason=data["reason"])
        say_allocated(self.request, done)
        return HttpResponseRedirect(self.url("assess-round"))


class AssessIncludeView(RoundMixin, ServiceFormView):
    """One more application, sent to assessors after assessment began."""

    template_name = "selection/assess_include.html"
    form_class = ReasonForm
    permission = staff
    step = "assess-round"

    def get_object(self) -> Any:
        rows = Application.objects.select_related("round__cohort__programme", "round__tenant", "applicant")
        return self.find(Application, queryset=rows)

    @property
    def round(self) -> SelectionRound:
        return self.object.round  # type: ignore[attr-defined]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "submit": _("Send to assessors")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        heading = _("Send %(reference)s to assessors") % {"reference": self.object.reference}  # type: ignore[attr-defined]
        return super().get_context_data(
            application=self.object, page_heading=heading, back_href=self.url("assess-round"), **kwargs
        )

    def act(self, data: dict[str, Any]) -> HttpResponse:
        application: Any = self.object
        say_allocated(self.request, include_late(application=application, by=self.actor, reason=data["reason"]))
        return HttpResponseRedirect(self.url("assess-round"))
