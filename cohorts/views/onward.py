"""What somebody means to learn next. Every other person's address of any of it is a 404."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.forms.alumni_events import OnwardStepForm
from cohorts.forms.events import ConfirmForm
from cohorts.models import DevelopmentGoal, OnwardStep
from cohorts.rules import keeps_plan
from cohorts.selectors.alumni_events import opened_ahead
from cohorts.services.onward import add_onward_step, delete_onward_step, edit_onward_step
from cohorts.views.development import InCohort, OneRow
from engine.forms import BatonForm
from engine.views.service_form import ServiceFormView
from tenancy.views.base import TenantPage


class OnwardPlanView(TenantPage):
    permission = keeps_plan
    template_name = "cohorts/onward_plan.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        me = self.actor.person_id
        assert me is not None
        steps = list(OnwardStep.objects.filter(owner_id=me).select_related("goal"))
        return super().get_context_data(
            ahead=[step for step in steps if not step.done],
            done=[step for step in steps if step.done],
            events=opened_ahead(me)[:3],
            **kwargs,
        )


class OnwardForms(InCohort):
    form_class: type[BatonForm] = OnwardStepForm

    @property
    def plan_href(self) -> str:
        return reverse("cohorts:onward-plan", kwargs={"tenant": self.request.tenant.slug})

    def get_form_kwargs(self) -> dict[str, Any]:
        step = self.object
        return {
            **super().get_form_kwargs(),  # type: ignore[misc]
            "goals": DevelopmentGoal.objects.filter(owner_id=self.actor.person_id),
            "draft": f"onward-{step.public_id if step else 'new'}",
            "there": step is not None,
        }


class OnwardStepAddView(OnwardForms, ServiceFormView):
    permission = keeps_plan
    page_heading = gettext_lazy("Add a step")

    def get_initial(self) -> dict[str, Any]:
        return {"version": 0}

    def act(self, data: dict[str, Any]) -> None:
        data.pop("version")
        assert self.cohort is not None
        add_onward_step(cohort=self.cohort, by=self.actor, **data)
        messages.success(self.request, _("Saved. Only you can read it."))


class OnwardStepEditView(OneRow, OnwardForms, ServiceFormView):
    model = OnwardStep
    page_heading = gettext_lazy("Change this step")

    def get_initial(self) -> dict[str, Any]:
        names = ("what", "way", "due_on", "done", "learned", "version")
        kept = {name: getattr(self.object, name) for name in names}
        return {**kept, "goal": self.object.goal and self.object.goal.public_id}

    def as_shown(self, theirs: dict[str, Any]) -> dict[str, Any]:
        goal = DevelopmentGoal.objects.filter(pk=theirs.get("goal")).first()
        return {**theirs, "goal": goal.better_at if goal else ""}

    def act(self, data: dict[str, Any]) -> None:
        edit_onward_step(step=self.object, by=self.actor, **data)
        messages.success(self.request, _("Saved. Only you can read it."))


class OnwardStepDeleteView(OneRow, OnwardForms, ServiceFormView):
    model = OnwardStep
    form_class = ConfirmForm
    page_heading = gettext_lazy("Delete this step")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"submit": _("Delete it for good"), "warning": True, **ServiceFormView.get_form_kwargs(self)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(caption=self.object.what, **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        delete_onward_step(step=self.object, by=self.actor)
        messages.success(self.request, _("It has been deleted. No copy is kept."))
