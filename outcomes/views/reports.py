"""Cohort reports: the versions made so far, the introduction, one button, and each version on page and paper."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.models import Cohort
from cohorts.views.base import CohortFrame, cohorts_with_programme, page_of
from engine.pdf import pdf_ready
from engine.views.service_form import ServiceFormView
from outcomes.forms import NarrativeForm
from outcomes.models import CohortReport
from outcomes.presentation import report_context
from outcomes.rules import any_staff, staff
from outcomes.selectors import draft_of, report_cohorts, reports_of, running_report
from outcomes.services.reports import make_report, save_narrative
from tenancy.views.base import TenantPage, TenantView


class OneCohort:
    permission = staff

    def get_object(self) -> Cohort:
        return self.find(Cohort, queryset=cohorts_with_programme())  # type: ignore[attr-defined, no-any-return]


class OneReport:
    """A version of the cohort in the address."""

    permission = staff
    kwargs: dict[str, Any]

    def get_object(self) -> CohortReport:
        rows = CohortReport.objects.select_related("cohort__programme", "created_by").filter(
            cohort__public_id=self.kwargs["public_id"],
            version=self.kwargs["version"],
        )
        return rows.get()


class ReportOverviewView(TenantPage):
    """The cohorts one may report on, with the latest version of each."""

    permission = any_staff
    template_name = "outcomes/report_overview.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(page_obj=page_of(self.request, report_cohorts(self.actor)), **kwargs)


class ReportListView(OneCohort, CohortFrame, TenantPage):
    template_name = "outcomes/report_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            page_obj=page_of(self.request, reports_of(self.object)),
            draft=draft_of(self.object),
            running=running_report(self.object),
            pdf_problem=pdf_ready(),
            **kwargs,
        )


class ReportMakeView(OneCohort, TenantView):
    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        job = make_report(cohort=self.object, by=self.actor)
        return redirect("engine:job-detail", tenant=self.request.tenant.slug, public_id=job.public_id)


class ReportIntroductionView(OneCohort, ServiceFormView):
    form_class = NarrativeForm
    page_heading = gettext_lazy("Introduction to the report")

    def get_initial(self) -> dict[str, Any]:
        draft = draft_of(self.object)
        return {"narrative": draft.narrative, "version": draft.version}

    def act(self, data: dict[str, Any]) -> None:
        save_narrative(cohort=self.object, by=self.actor, **data)

    def show_both(self, form: Any, stale: Any) -> HttpResponse:
        """The version is the draft's, not the cohort's."""
        current = draft_of(self.object)
        form.add_error(None, str(stale))
        form.data = form.data.copy()
        form.data[form.add_prefix("version")] = str(current.version)
        theirs = [{"key": form.fields["narrative"].label, "value": current.narrative or _("Nothing yet")}]
        return self.render_to_response(self.get_context_data(form=form, theirs=theirs), status=409)

    def get_success_url(self) -> str:
        kwargs = {"tenant": self.request.tenant.slug, "public_id": self.object.public_id}
        return reverse("outcomes:report-list", kwargs=kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(caption=str(self.object), back_href=self.get_success_url(), **kwargs)


class ReportDetailView(OneReport, CohortFrame, TenantPage):
    """The frozen version as a page; the PDF shows the same."""

    template_name = "outcomes/report_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = report_context(self.object.snapshot, paper=False)
        return super().get_context_data(version=self.object, **context, **kwargs)


class ReportPdfView(OneReport, TenantView):
    """The stored PDF, as an attachment."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        file = self.object.pdf
        if file is None:
            raise Http404
        response = HttpResponse(bytes(file.content), content_type="application/pdf")
        response["Content-Disposition"] = content_disposition_header(True, file.name)
        return response
