"""Pages of what an applicant says beside the application, and staff's answer to it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engine.views.service_form import ServiceFormView
from selection.forms.support import AdjustmentArrangeForm, ApplicationAdjustmentForm, ApplicationInterestForm
from selection.models import AdjustmentNeed, Application, ProjectInterest
from selection.rules import applicant, staff
from selection.services.support import arrange_adjustment, save_adjustment, save_project_interest
from selection.views.applications import ApplicationPage, OfApplication
from selection.views.rounds import address
from tenancy.views.recorded import Recorded


class OfNeed(OfApplication, ServiceFormView):
    """The adjustment asked for with the application, if one is."""

    def get_object(self) -> Application:
        application = super().get_object()
        self.need = AdjustmentNeed.objects.filter(application=application).first()
        return application

    def get_success_url(self) -> str:
        return address(self, "application-detail", self.object)

    def current_version(self) -> int:
        return AdjustmentNeed.objects.values_list("version", flat=True).filter(application=self.object).first() or 0

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            application=self.object, need=self.need, back_href=self.get_success_url(), **kwargs
        )


class ApplicationAdjustmentView(OfNeed):
    permission = applicant
    form_class = ApplicationAdjustmentForm
    template_name = "selection/application_adjustment.html"
    caption = gettext_lazy("Your application")

    def get_initial(self) -> dict[str, Any]:
        return {"text": self.need.text, "version": self.need.version} if self.need else {"text": "", "version": 0}

    def act(self, data: dict[str, Any]) -> None:
        save_adjustment(application=self.object, by=self.actor, **data)


class AdjustmentArrangeView(Recorded, OfNeed):
    permission = staff
    recorded_what = gettext_lazy("Adjustment asked for")
    recorded_role = gettext_lazy("Programme staff")
    form_class = AdjustmentArrangeForm
    template_name = "selection/adjustment_arrange.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Taken back meanwhile: the application, where nothing waits any more."""
        return super().get(request, *args, **kwargs) if self.need else HttpResponseRedirect(self.get_success_url())

    def get_initial(self) -> dict[str, Any]:
        return {"arranged": self.need.arranged, "version": self.need.version} if self.need else {"version": 0}

    def act(self, data: dict[str, Any]) -> None:
        arrange_adjustment(application=self.object, by=self.actor, **data)
        messages.success(self.request, _("What was arranged is saved. The applicant can read it."))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        heading = _("What %(name)s needs to take part") % {"name": self.object.applicant.name}
        return super().get_context_data(page_heading=heading, caption=str(self.object.round.cohort), **kwargs)


class ApplicationInterestView(ApplicationPage):
    form_class = ApplicationInterestForm
    template_name = "selection/application_interest.html"
    page_heading = gettext_lazy("Projects that interest you")

    def get_object(self) -> Application:
        application = super().get_object()
        self.interest = ProjectInterest.objects.filter(application=application).first()
        return application

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"application": self.object}

    def get_initial(self) -> dict[str, Any]:
        if self.interest is None:
            return {"version": 0}
        chosen = self.interest.ambitions.values_list("ambition__public_id", flat=True)  # type: ignore[attr-defined]
        return {"question": self.interest.question, "version": self.interest.version, "ambitions": list(chosen)}

    def current_version(self) -> int:
        return int(ProjectInterest.objects.values_list("version", flat=True).get(application=self.object))

    def act(self, data: dict[str, Any]) -> None:
        save_project_interest(
            application=self.object,
            version=data["version"],
            ambitions=list(data.get("ambitions", ())),
            question=data["question"],
            by=self.actor,
        )
