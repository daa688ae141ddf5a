"""One's development plan, and the summary of it for an appraisal. Every other person's address of any of it is a 404."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.forms.development import GoalForm, ObjectiveForm, ReviewForm, SummaryForm, SummaryShareForm
from cohorts.forms.events import ConfirmForm
from cohorts.models import AppraisalShare, AppraisalSummary, Cohort, DevelopmentGoal, WorkObjective
from cohorts.rules import appraisal_by_link, keeps_plan, owns
from cohorts.selectors.development import cohort_to_plan_in, goals_of, objectives_of, pickables, plan_lines
from cohorts.services.development import (
    add_goal,
    add_objective,
    delete_planned,
    edit_goal,
    edit_objective,
    make_summary,
    review_goal,
    share_summary,
    take_back_summary,
)
from engine.paper import FONTS, document_css
from engine.pdf import PdfError, PdfUnavailable, pdf_ready, render_pdf
from engine.views.service_form import ServiceFormView
from tenancy.views.base import TenantPage, TenantView

SECONDS = 30
SHARED_DAYS = 28


class OfPlan:
    """What the pages of a plan have in common: they lead back to it."""

    request: Any
    actor: Any
    object: Any

    @property
    def plan_href(self) -> str:
        return reverse("cohorts:development-plan", kwargs={"tenant": self.request.tenant.slug})

    def get_success_url(self) -> str:
        return self.plan_href

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("back_href", self.get_success_url())
        return super().get_context_data(**kwargs)  # type: ignore[misc, no-any-return]


class InCohort(OfPlan):
    """A new row of the plan: in the latest cohort; who never was in one is told so."""

    @cached_property
    def cohort(self) -> Cohort | None:
        return cohort_to_plan_in(self.actor.person_id)

    def nowhere(self) -> HttpResponse:
        messages.info(self.request, _("You keep a development plan in a cohort, and you aren’t in one here."))
        return redirect(self.plan_href)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs) if self.cohort else self.nowhere()  # type: ignore[misc]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().post(request, *args, **kwargs) if self.cohort else self.nowhere()  # type: ignore[misc]


class DevelopmentPlanView(TenantPage):
    permission = keeps_plan
    template_name = "cohorts/development_plan.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        me = self.actor.person_id
        assert me is not None
        return super().get_context_data(
            goals=goals_of(me),
            objectives=objectives_of(me),
            lines=[item for lines in plan_lines for item in lines(me)],
            summaries=AppraisalSummary.objects.filter(owner_id=me).prefetch_related("shares__reader"),
            today=timezone.localdate(),
            **kwargs,
        )


class ObjectiveForms(OfPlan):
    form_class = ObjectiveForm

    def get_form_kwargs(self) -> dict[str, Any]:
        about = self.object.public_id if self.object else f"{self.actor.person.public_id}-new"
        return {**super().get_form_kwargs(), "draft": f"objective-{about}"}  # type: ignore[misc]


class ObjectiveAddView(ObjectiveForms, InCohort, ServiceFormView):
    permission = keeps_plan
    page_heading = gettext_lazy("Add a work objective")

    def get_initial(self) -> dict[str, Any]:
        return {"version": 0}

    def act(self, data: dict[str, Any]) -> None:
        data.pop("version")
        assert self.cohort is not None
        add_objective(cohort=self.cohort, by=self.actor, **data)
        messages.success(self.request, _("Saved. Only you can read it."))


class OneRow:
    permission = owns
    model: ClassVar[Any]

    def get_object(self) -> Any:
        rows = self.model.objects.select_related("owner", "notebook__cohort")
        return self.find(self.model, queryset=rows)  # type: ignore[attr-defined]


class ObjectiveEditView(OneRow, ObjectiveForms, ServiceFormView):
    model = WorkObjective
    page_heading = gettext_lazy("Change this work objective")

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in ("title", "why", "due_on", "done", "version")}

    def act(self, data: dict[str, Any]) -> None:
        edit_objective(objective=self.object, by=self.actor, **data)
        messages.success(self.request, _("Saved."))


class GoalForms(OfPlan):
    form_class = GoalForm

    def get_form_kwargs(self) -> dict[str, Any]:
        about = self.object.public_id if self.object else f"{self.actor.person.public_id}-new"
        objectives = WorkObjective.objects.filter(owner_id=self.actor.person_id)
        return {**super().get_form_kwargs(), "draft": f"goal-{about}", "objectives": objectives}  # type: ignore[misc]


class GoalAddView(GoalForms, InCohort, ServiceFormView):
    permission = keeps_plan
    page_heading = gettext_lazy("Add a goal")

    def get_initial(self) -> dict[str, Any]:
        return {"version": 0}

    def act(self, data: dict[str, Any]) -> None:
        data.pop("version")
        assert self.cohort is not None
        add_goal(cohort=self.cohort, by=self.actor, **data)
        messages.success(self.request, _("Saved. Only you can read it."))


class GoalEditView(OneRow, GoalForms, ServiceFormView):
    model = DevelopmentGoal
    page_heading = gettext_lazy("Change this goal")

    def get_initial(self) -> dict[str, Any]:
        kept = {name: getattr(self.object, name) for name in ("better_at", "measure", "due_on", "version")}
        return {**kept, "objective": self.object.objective and self.object.objective.public_id}

    def as_shown(self, theirs: dict[str, Any]) -> dict[str, Any]:
        objective = WorkObjective.objects.filter(pk=theirs.get("objective")).first()
        return {**theirs, "objective": objective.title if objective else ""}

    def act(self, data: dict[str, Any]) -> None:
        edit_goal(goal=self.object, by=self.actor, **data)
        messages.success(self.request, _("Saved."))


class GoalReviewView(OneRow, OfPlan, ServiceFormView):
    model = DevelopmentGoal
    form_class = ReviewForm
    page_heading = gettext_lazy("Look at this goal again")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "draft": f"review-{self.object.public_id}"}

    def get_initial(self) -> dict[str, Any]:
        return {"standing": self.object.standing}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(caption=self.object.better_at, **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        review_goal(goal=self.object, by=self.actor, **data)
        messages.success(self.request, _("Saved. Only you can read it."))


class DeleteView(OneRow, OfPlan, ServiceFormView):
    form_class = ConfirmForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "submit": _("Delete it for good"), "warning": True}

    def act(self, data: dict[str, Any]) -> None:
        delete_planned(row=self.object, by=self.actor)
        messages.success(self.request, _("It has been deleted. No copy is kept."))


class ObjectiveDeleteView(DeleteView):
    model = WorkObjective
    page_heading = gettext_lazy("Delete this work objective")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(caption=self.object.title, **kwargs)


class GoalDeleteView(DeleteView):
    model = DevelopmentGoal
    page_heading = gettext_lazy("Delete this goal and what you said of it")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(caption=self.object.better_at, **kwargs)


class SummaryDeleteView(DeleteView):
    model = AppraisalSummary
    page_heading = gettext_lazy("Delete this summary")


class SummaryMakeView(InCohort, ServiceFormView):
    """Nothing is picked beforehand, and nothing goes in that isn't."""

    permission = keeps_plan
    form_class = SummaryForm
    template_name = "cohorts/appraisal_make.html"
    page_heading = gettext_lazy("Make a summary for your appraisal")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "offered": pickables(self.actor.person_id)}

    def act(self, data: dict[str, Any]) -> HttpResponse:
        assert self.cohort is not None
        summary = make_summary(cohort=self.cohort, by=self.actor, **data)
        return redirect("cohorts:appraisal-detail", tenant=self.request.tenant.slug, public_id=summary.public_id)


class OneSummary(OneRow):
    model = AppraisalSummary

    @property
    def summary_href(self) -> str:
        at = {"tenant": self.request.tenant.slug, "public_id": self.object.public_id}  # type: ignore[attr-defined]
        return reverse("cohorts:appraisal-detail", kwargs=at)


class SummaryDetailView(OneSummary, OfPlan, TenantPage):
    """What it says, word for word, and who may read it."""

    template_name = "cohorts/appraisal_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shares = AppraisalShare.objects.filter(summary=self.object).select_related("reader")
        return super().get_context_data(summary=self.object, shares=shares, today=timezone.localdate(), **kwargs)


class SummaryPdfView(OneSummary, TenantView):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        tenant, title = self.request.tenant, _("Summary for appraisal: %(name)s") % {"name": self.object.owner.name}
        context = {"summary": self.object, "tenant_name": tenant.name, "document_title": title, "version_text": ""}
        try:
            if problem := pdf_ready():
                raise PdfUnavailable(problem)
            html = render_to_string("cohorts/appraisal_pdf.html", context)
            content = render_pdf(html, title=title, css=document_css(tenant.colour), font=FONTS, timeout=SECONDS)
        except PdfError as error:
            messages.error(request, str(error))
            return redirect(self.summary_href)
        disposition = {"Content-Disposition": 'attachment; filename="my-summary.pdf"'}
        return HttpResponse(content, content_type="application/pdf", headers=disposition)


class SummaryShareView(OneSummary, OfPlan, ServiceFormView):
    form_class = SummaryShareForm
    template_name = "cohorts/appraisal_share.html"
    page_heading = gettext_lazy("Share this summary by a link")

    def get_success_url(self) -> str:
        return self.summary_href

    def get_initial(self) -> dict[str, Any]:
        manager = self.object.owner.line_manager
        known = {"name": manager.name, "email": manager.email} if manager else {}
        return {**known, "until": timezone.localdate() + timedelta(days=SHARED_DAYS)}

    def act(self, data: dict[str, Any]) -> None:
        share = share_summary(summary=self.object, by=self.actor, **data)
        messages.success(
            self.request, _("%(name)s gets a link. You can take it back at any time.") % {"name": share.reader.name}
        )


class SummaryTakeBackView(TenantView):
    permission = owns

    def get_object(self) -> AppraisalShare:
        rows = AppraisalShare.objects.select_related("summary", "reader")
        return self.find(AppraisalShare, queryset=rows)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        take_back_summary(share=self.object, by=self.actor)
        messages.success(request, _("%(name)s can’t read it any more.") % {"name": self.object.reader.name})
        at = {"tenant": self.request.tenant.slug, "public_id": self.object.summary.public_id}
        return redirect("cohorts:appraisal-detail", **at)


class SummaryReadView(TenantPage):
    """By the link of the message: no account, no sign-in, this one summary."""

    permission = appraisal_by_link
    template_name = "cohorts/appraisal_read.html"

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)
        except Http404:
            if getattr(request, "tenant", None) is None:
                raise
            # Run out, taken back or never made: one page for all, which says nothing about anything.
            return render(request, "tenancy/link_gone.html", status=404)

    def get_object(self) -> AppraisalSummary:
        share = AppraisalShare.objects.get(public_id=self.link.about, reader_id=self.actor.person_id)
        self.until = share.until
        # what isn't shared any more isn't there: its wall says so
        return AppraisalSummary.objects.select_related("owner").get(pk=share.summary_id)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(summary=self.object, until=self.until, **kwargs)
