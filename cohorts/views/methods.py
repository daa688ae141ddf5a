"""The library of methods, and experiments: one's own to write, others' as far as one is shown them. What one isn't shown is a 404."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.forms.events import ConfirmForm
from cohorts.forms.methods import ExperimentForm, MethodEditForm, MethodForm, ResultForm
from cohorts.models import Experiment, Method
from cohorts.models.method import Outcome, ShownTo
from cohorts.rules import keeps_methods, keeps_plan, member, owns
from cohorts.selectors.methods import shown_experiments, tried_by_method
from cohorts.services.methods import (
    add_experiment,
    add_method,
    delete_experiment,
    edit_experiment,
    edit_method,
    end_experiment,
)
from cohorts.views.development import InCohort
from engine.views.pages import page_of
from engine.views.service_form import ServiceFormView
from tenancy.views.base import TenantPage

FIELDS = ("title", "expects", "look_on", "audience", "version")


class MethodListView(TenantPage):
    """One's own experiments first, then those of others, then the library."""

    permission = member
    template_name = "cohorts/method_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        me = self.actor.person_id
        tried = tried_by_method()
        keeps = keeps_methods(self.actor)
        methods = list(Method.objects.all() if keeps else Method.objects.filter(offered=True))
        return super().get_context_data(
            mine=list(shown_experiments().filter(owner_id=me)),
            page_obj=page_of(self.request, shown_experiments().exclude(owner_id=me)),
            methods=[(method, tried.get(method.pk)) for method in methods],
            today=timezone.localdate(),
            keeps=keeps,
            tries=keeps_plan(self.actor),
            **kwargs,
        )


class MethodDetailView(TenantPage):
    permission = member
    template_name = "cohorts/method_detail.html"

    def get_object(self) -> Method:
        return self.find(Method)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            method=self.object,
            tried=tried_by_method().get(self.object.pk),
            page_obj=page_of(self.request, shown_experiments().filter(method=self.object)),
            keeps=keeps_methods(self.actor),
            tries=keeps_plan(self.actor) and self.object.offered,
            **kwargs,
        )


class OfLibrary:
    """Pages that lead back to the library."""

    request: Any
    actor: Any
    object: Any

    def get_success_url(self) -> str:
        return reverse("cohorts:method-list", kwargs={"tenant": self.request.tenant.slug})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("back_href", self.get_success_url())
        return super().get_context_data(**kwargs)  # type: ignore[misc, no-any-return]


class MethodCreateView(OfLibrary, ServiceFormView):
    permission = keeps_methods
    form_class = MethodForm
    page_heading = gettext_lazy("Add a method")

    def act(self, data: dict[str, Any]) -> None:
        method = add_method(by=self.actor, **data)
        messages.success(self.request, _("%(name)s is in the library.") % {"name": method.name})


class MethodEditView(OfLibrary, ServiceFormView):
    permission = keeps_methods
    form_class = MethodEditForm
    page_heading = gettext_lazy("Change this method")

    def get_object(self) -> Method:
        return self.find(Method)

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in ("name", "use", "how", "source", "offered", "version")}

    def act(self, data: dict[str, Any]) -> None:
        edit_method(method=self.object, by=self.actor, **data)
        messages.success(self.request, _("Saved."))


class ExperimentForms(OfLibrary):
    form_class = ExperimentForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Methods that are offered, and the one it was begun with."""
        about = self.object.public_id if self.object else f"{self.actor.person.public_id}-new"
        begun = Q(pk=self.object.method_id) if self.object else Q()
        methods = Method.objects.filter(Q(offered=True) | begun)
        return {**super().get_form_kwargs(), "draft": f"experiment-{about}", "methods": methods}  # type: ignore[misc]


class ExperimentAddView(ExperimentForms, InCohort, ServiceFormView):
    permission = keeps_plan
    page_heading = gettext_lazy("Try something")

    @property
    def plan_href(self) -> str:
        return reverse("cohorts:method-list", kwargs={"tenant": self.request.tenant.slug})

    def get_initial(self) -> dict[str, Any]:
        return {"version": 0, "audience": ShownTo.NOBODY, "method": self.request.GET.get("method")}

    def act(self, data: dict[str, Any]) -> None:
        data.pop("version")
        assert self.cohort is not None
        add_experiment(cohort=self.cohort, by=self.actor, **data)
        messages.success(self.request, _("Saved. Say here what came of it when you know."))


class OneExperiment:
    permission = owns

    def get_object(self) -> Experiment:
        return self.find(  # type: ignore[attr-defined, no-any-return]
            Experiment, queryset=Experiment.objects.select_related("owner", "method", "notebook__cohort")
        )


class ExperimentEditView(OneExperiment, ExperimentForms, ServiceFormView):
    page_heading = gettext_lazy("Change this experiment")

    def get_initial(self) -> dict[str, Any]:
        method = self.object.method.public_id if self.object.method else None
        return {**{name: getattr(self.object, name) for name in FIELDS}, "method": method}

    def as_shown(self, theirs: dict[str, Any]) -> dict[str, Any]:
        return {**theirs, "audience": ShownTo(theirs["audience"]).label}

    def act(self, data: dict[str, Any]) -> None:
        edit_experiment(experiment=self.object, by=self.actor, **data)
        messages.success(self.request, _("Saved."))


class ExperimentResultView(OneExperiment, OfLibrary, ServiceFormView):
    form_class = ResultForm
    page_heading = gettext_lazy("What came of it?")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "draft": f"experiment-{self.object.public_id}-result"}

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in ("outcome", "result", "version")}

    def as_shown(self, theirs: dict[str, Any]) -> dict[str, Any]:
        return {**theirs, "outcome": Outcome(theirs["outcome"]).label}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(caption=self.object.title, **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        end_experiment(experiment=self.object, by=self.actor, **data)
        messages.success(self.request, _("Saved."))


class ExperimentDeleteView(OneExperiment, OfLibrary, ServiceFormView):
    form_class = ConfirmForm
    page_heading = gettext_lazy("Delete this experiment")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "submit": _("Delete it for good"), "warning": True}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(caption=self.object.title, **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        delete_experiment(experiment=self.object, by=self.actor)
        messages.success(self.request, _("It has been deleted. No copy is kept."))
