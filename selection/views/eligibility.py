"""Staff: whether an application counts. Settled between sending and assessment."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.views.base import CohortFrame
from engine.views.service_form import ServiceFormView
from selection.forms.eligibility import YES, EligibilityForm, LatenessForm
from selection.models import Application
from selection.rules import staff
from selection.selectors.applications import application_with_parts
from selection.services.eligibility import find_eligibility, settle_lateness
from selection.views.rounds import address


class SettlePage(CohortFrame, ServiceFormView):
    permission = staff
    object: Application
    template_name = "selection/application_settle.html"

    def get_object(self) -> Application:
        rows = application_with_parts().select_related("round__lowest_band", "round__highest_band")
        found: Application = self.find(Application, queryset=rows)
        return found

    def get_cohort(self) -> Any:
        return self.object.round.cohort

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        back = address(self, "application-detail", self.object)
        return super().get_context_data(application=self.object, round=self.object.round, back_href=back, **kwargs)

    def done(self, words: str) -> HttpResponse:
        messages.success(self.request, words)
        return HttpResponseRedirect(address(self, "application-detail", self.object))


class ApplicationEligibilityView(SettlePage):
    form_class = EligibilityForm
    page_heading = gettext_lazy("Eligibility")

    def act(self, data: dict[str, Any]) -> HttpResponse:
        eligible = data["answer"] == YES
        find_eligibility(application=self.object, eligible=eligible, reason=data["reason"], by=self.actor)
        return self.done(_("Found eligible.") if eligible else _("Found not eligible."))


class ApplicationLatenessView(SettlePage):
    form_class = LatenessForm
    page_heading = gettext_lazy("A late application")

    def get_object(self) -> Application:
        found = super().get_object()
        if not found.lateness:
            raise Http404
        return found

    def act(self, data: dict[str, Any]) -> HttpResponse:
        accepted = data["answer"] == YES
        settle_lateness(application=self.object, accepted=accepted, reason=data["reason"], by=self.actor)
        return self.done(_("It counts like the others.") if accepted else _("It doesn’t count."))
