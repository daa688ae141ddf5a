"""A new cohort from an earlier one: its first day, then every date that follows, and only then the cohort."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.forms.copying import ClosedDaysForm, CohortCopyDatesForm, CohortCopyForm
from cohorts.forms.events import ConfirmForm
from cohorts.models import ClosedDays, Cohort, Programme
from cohorts.selectors.copying import CopyPlan, copyable, plan_copy
from cohorts.services.copying import add_closed_days, choose_pattern, copy_cohort, remove_closed_days
from cohorts.views.base import CohortFrame, cohorts_with_programme
from cohorts.views.cohorts import OneCohort, opens_cohorts
from cohorts.views.programmes import OneProgramme
from engine.views.service_form import ServiceFormView
from tenancy.actors import Actor
from tenancy.errors import StaleEdit
from tenancy.models import Role
from tenancy.rules import Rule
from tenancy.views.base import TenantPage, TenantView


def of_programme(actor: Actor, cohort: Any) -> bool:
    return (
        actor.kind == "person" and cohort is not None and actor.has_role(Role.STAFF, programme_id=cohort.programme_id)
    )


# Another cohort is the programme's business: staff of one cohort alone don't make one.
opens_next = Rule("staff of the cohort's programme", of_programme)


class CohortCopyListView(TenantPage):
    permission = opens_cohorts
    template_name = "cohorts/cohort_copy_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        back = reverse("cohorts:cohort-create", kwargs={"tenant": self.request.tenant.slug})
        return super().get_context_data(rows=copyable(self.actor), back_href=back, **kwargs)


class CohortCopyView(OneCohort, CohortFrame, ServiceFormView):
    permission = opens_next
    form_class = CohortCopyForm
    page_heading = gettext_lazy("Copy this cohort")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.cohort_href, **kwargs)

    def act(self, data: dict[str, Any]) -> HttpResponse:
        at = {"tenant": self.request.tenant.slug, "public_id": self.object.public_id}
        return redirect("cohorts:cohort-copy-dates", **at, first_day=data["first_day"].isoformat())


class CohortCopyDatesView(OneCohort, CohortFrame, ServiceFormView):
    """Every date with the old one beside it and why it is that; nothing is written until the button below them."""

    permission = opens_next
    form_class = CohortCopyDatesForm
    template_name = "cohorts/cohort_copy_dates.html"
    page_heading = gettext_lazy("Check every date")

    def get_object(self) -> Cohort:
        try:
            self.first_day = date.fromisoformat(self.kwargs["first_day"])
        except ValueError:
            raise Http404 from None
        if not 2000 <= self.first_day.year <= 2100:
            raise Http404
        rows = cohorts_with_programme().select_related("programme__tenant", "engagement_limits")
        return self.find(Cohort, queryset=rows)  # type: ignore[no-any-return]

    def plan(self) -> CopyPlan:
        if not hasattr(self, "_plan"):
            self._plan = plan_copy(self.object, self.first_day)
        return self._plan

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "plan": self.plan()}

    def get_initial(self) -> dict[str, Any]:
        return {"places": self.object.places, "ends_on": self.plan().ends_on, "seen": self.plan().seen}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        back = reverse(
            "cohorts:cohort-copy", kwargs={"tenant": self.request.tenant.slug, "public_id": self.object.public_id}
        )
        context = super().get_context_data(back_href=back, plan=self.plan(), first_day=self.first_day, **kwargs)
        form = context["form"]
        context["rows"] = [
            {
                "line": line,
                "copy": form[f"copy_{line.event.public_id}"],
                "day": form[f"day_{line.event.public_id}"],
            }
            for line in self.plan().lines
        ]
        return context

    def show_both(self, form: BaseForm, stale: StaleEdit) -> HttpResponse:
        """The cohort that is copied has changed: its rows anew, with what was typed."""
        fresh = self.get_form_class()(**{**self.get_form_kwargs()})
        data = self.request.POST.copy()
        data["seen"] = self.plan().seen
        fresh.data = data
        fresh.is_valid()
        fresh.add_error(None, str(stale))
        return self.render_to_response(self.get_context_data(form=fresh), status=409)

    def act(self, data: dict[str, Any]) -> HttpResponse:
        form = self.get_form()
        form.is_valid()
        cohort = copy_cohort(
            source=self.object,
            name=data["name"],
            places=data["places"],
            starts_on=self.first_day,
            ends_on=data["ends_on"],
            days=form.days(),
            seen=data["seen"],
            closed_days_meant=data["closed_days_meant"],
            by=self.actor,
        )
        messages.success(
            self.request, _("%(name)s has been created. Its venues are proposals: book them.") % {"name": cohort.name}
        )
        return redirect("cohorts:go-live", tenant=self.request.tenant.slug, public_id=cohort.public_id)


class CohortPatternView(OneCohort, TenantView):
    """Which cohort of a programme new ones are copied from first."""

    permission = opens_next

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        cohort = choose_pattern(cohort=self.object, chosen=request.POST.get("chosen") != "no", by=self.actor)
        words = (
            _("%(name)s is the pattern now: new cohorts are copied from it first.")
            if cohort.is_pattern
            else _("%(name)s is no pattern any more.")
        )
        messages.success(request, words % {"name": cohort.name})
        return redirect("cohorts:programme-detail", tenant=request.tenant.slug, public_id=cohort.programme.public_id)  # type: ignore[attr-defined]

    def get_object(self) -> Cohort:
        return self.find(Cohort, queryset=cohorts_with_programme())  # type: ignore[no-any-return]


class ClosedDaysAddView(OneProgramme, ServiceFormView):
    form_class = ClosedDaysForm
    page_heading = gettext_lazy("Add closed days")

    def act(self, data: dict[str, Any]) -> None:
        row = add_closed_days(programme=self.object, by=self.actor, **data)
        messages.success(self.request, _("%(name)s has been added.") % {"name": row.name})


class ClosedDaysRemoveView(OneProgramme, ServiceFormView):
    form_class = ConfirmForm
    page_heading = gettext_lazy("Take off closed days")

    def get_object(self) -> ClosedDays:  # type: ignore[override]
        return self.find(ClosedDays, queryset=ClosedDays.objects.select_related("programme"))

    def get_programme(self) -> Programme:
        return self.object.programme  # type: ignore[no-any-return]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "submit": _("Take off “%(name)s”") % {"name": self.object.name}}

    def act(self, data: dict[str, Any]) -> None:
        remove_closed_days(row=self.object, by=self.actor)
        messages.success(self.request, _("The closed days have been taken off."))
