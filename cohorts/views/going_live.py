"""Before a cohort opens, and open cohorts beside each other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.comparing import compare
from cohorts.forms.copying import OpenCohortForm
from cohorts.models import Cohort
from cohorts.readiness import go_live_list
from cohorts.rules import any_staff, staff
from cohorts.services.cohorts import move_cohort
from cohorts.states import NEXT_STAGES, CohortStage
from cohorts.views.base import CohortFrame, cohorts_with_programme
from cohorts.views.cohorts import STAGE_COLOURS, OneCohort
from engine.views.service_form import ServiceFormView
from tenancy.errors import AlreadySaved
from tenancy.models import Role
from tenancy.views.base import TenantPage


class CohortCompareView(TenantPage):
    permission = any_staff
    template_name = "cohorts/cohort_compare.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        titles, rows = compare(self.actor, self.request.tenant)
        return super().get_context_data(
            titles=titles,
            rows=[
                {
                    "cohort": cohort,
                    "colour": STAGE_COLOURS[cohort.stage],
                    "cells": list(zip(titles, cells, strict=True)),
                }
                for cohort, cells in rows
            ],
            back_href=reverse("cohorts:cohort-list", kwargs={"tenant": self.request.tenant.slug}),
            **kwargs,
        )


class GoLiveView(OneCohort, CohortFrame, ServiceFormView):
    permission = staff
    form_class = OpenCohortForm
    template_name = "cohorts/go_live.html"
    page_heading = gettext_lazy("Before it opens")

    def get_object(self) -> Cohort:
        return self.find(Cohort, queryset=cohorts_with_programme().select_related("programme__tenant"))  # type: ignore[no-any-return]

    def get_form_kwargs(self) -> dict[str, Any]:
        whole = self.actor.has_role(Role.STAFF)
        lines = go_live_list(self.object, self.request.tenant)
        self.lines = [replace(line, href="") if line.of_tenant and not whole else line for line in lines]
        return {**super().get_form_kwargs(), "lacking": any(not line.is_true for line in self.lines)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(back_href=self.cohort_href, **kwargs)
        return {
            **context,
            "lines": self.lines,
            "standing": sum(line.is_true for line in self.lines),
            "may_open": CohortStage.RUNNING in NEXT_STAGES[CohortStage(self.object.stage)],
        }

    def get_success_url(self) -> str:
        return self.cohort_href

    def act(self, data: dict[str, Any]) -> None:
        if self.object.stage == CohortStage.RUNNING:
            raise AlreadySaved(_("The cohort is open already."))
        cohort = move_cohort(
            cohort=self.object, stage=CohortStage.RUNNING, reason=data.get("reason", ""), by=self.actor
        )
        messages.success(
            self.request, _("The cohort is now at the stage “%(stage)s”.") % {"stage": cohort.get_stage_display()}
        )
