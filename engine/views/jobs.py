"""Long work: one page a job with live progress, and the list of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from engine.jobs import cancel_job, result_link
from engine.models import Job
from engine.rules import may_see_job, may_stop_job
from tenancy.errors import Refused
from tenancy.rules import any_staff, staff
from tenancy.views.base import TenantPage, TenantView

PER_PAGE = 50
MOST_PER_PAGE = 500


def rows_per_page(request: HttpRequest) -> int:
    """50, or what `?per_page=` asks for up to 500."""
    asked = request.GET.get("per_page", "")
    return min(max(int(asked), 1), MOST_PER_PAGE) if asked.isdecimal() else PER_PAGE


class JobDetailView(TenantPage):
    """The page polls `…/progress/` by htmx and is replaced by it; without JavaScript it offers a link to refresh."""

    permission = may_see_job
    template_name = "engine/job_detail.html"

    def get_object(self) -> Job:
        return self.find(Job, queryset=Job.objects.select_related("requested_by"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**job_context(self.object, self), **kwargs)


class JobProgressView(TenantView):
    """The piece of the job's page that changes."""

    permission = may_see_job

    def get_object(self) -> Job:
        return self.find(Job, queryset=Job.objects.select_related("requested_by"))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return render(request, "engine/_job.html", job_context(self.object, self))


def job_context(job: Job, view: TenantView) -> dict[str, Any]:
    return {
        "job": job,
        "result": result_link(job, view.request.tenant),
        "may_stop": not job.ended and not job.cancel_requested and may_stop_job(view.actor, job),
        "sees_list": view.actor.holds("staff"),
    }


class JobStopView(TenantView):
    permission = may_stop_job
    http_method_names = ("post",)

    def get_object(self) -> Job:
        return self.find(Job)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            job = cancel_job(job=self.object, by=self.actor)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Stopped.") if job.ended else _("It stops at its next step."))
        return redirect("engine:job-detail", tenant=self.request.tenant.slug, public_id=self.object.public_id)


class JobListView(TenantPage):
    """Staff of the whole tenant see all long work; staff of a programme or cohort their own."""

    permission = any_staff
    template_name = "engine/job_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = Job.objects.select_related("requested_by").defer("params", "result")
        if not staff(self.actor):
            rows = rows.filter(requested_by=self.actor.person)
        state = self.request.GET.get("state", "")
        if state in Job.State.values:
            rows = rows.filter(state=state)
        page = Paginator(rows, rows_per_page(self.request)).get_page(self.request.GET.get("page"))
        return super().get_context_data(page_obj=page, state=state, states=Job.State.choices, **kwargs)
