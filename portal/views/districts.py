"""The tenant's list of districts, and the files that fill it in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cohorts.services.lookups import read_lookup, take_lookup
from engine.views.downloads import Column, Downloads, Sheet
from engine.views.service_form import ServiceFormView
from portal.forms.districts import DistrictEditForm, DistrictForm, LookupForm
from tenancy.models import District
from tenancy.rules import staff
from tenancy.services.districts import save_district
from tenancy.views.base import TenantPage


class DistrictListView(Downloads, TenantPage):
    permission = staff
    template_name = "tenancy/district_list.html"

    def sheet(self) -> Sheet:
        columns = (
            Column(_("District"), "name"),
            Column(_("Code"), "code"),
            Column(_("How rural"), lambda row: row.get_rurality_display()),
            Column(_("Decile of deprivation"), "decile", "number"),
            Column(_("Source"), "source"),
        )
        return Sheet(_("Districts"), columns, District.objects.all())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(districts=District.objects.all(), **kwargs)


class DistrictCreateView(ServiceFormView):
    permission = staff
    form_class = DistrictForm
    page_heading = gettext_lazy("Add a district")

    def get_success_url(self) -> str:
        return reverse("tenancy:district-list", kwargs={"tenant": self.request.tenant.slug})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.get_success_url(), **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        saved = save_district(district=self.object, by=self.actor, **data)
        messages.success(self.request, _("%(name)s has been saved.") % {"name": saved.name})


class DistrictEditView(DistrictCreateView):
    form_class = DistrictEditForm
    page_heading = gettext_lazy("Change a district")

    def get_object(self) -> District:
        return self.find(District)

    def get_initial(self) -> dict[str, Any]:
        return DistrictEditForm.initial_of(self.object)

    def as_shown(self, theirs: dict[str, Any]) -> dict[str, Any]:
        return {
            **theirs,
            **(
                {"rurality": District(rurality=theirs["rurality"]).get_rurality_display()}
                if "rurality" in theirs
                else {}
            ),
        }


class LookupView(ServiceFormView):
    permission = staff
    form_class = LookupForm
    page_heading = gettext_lazy("Bring in figures of districts")
    template_name = "tenancy/district_lookup.html"

    def get_success_url(self) -> str:
        return reverse("tenancy:district-list", kwargs={"tenant": self.request.tenant.slug})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.get_success_url(), **kwargs)

    def act(self, data: dict[str, Any]) -> HttpResponse:
        rows = read_lookup(data["file"], data["file"].name)
        taken = take_lookup(rows=rows, source=data["source"], add=data["add"], by=self.actor)
        filled = ngettext("%(n)d district filled in", "%(n)d districts filled in", taken.filled) % {"n": taken.filled}
        added = ngettext("%(n)d added", "%(n)d added", taken.added) % {"n": taken.added}
        left = ngettext("%(n)d in the file isn’t on your list", "%(n)d in the file aren’t on your list", taken.left) % {
            "n": taken.left
        }
        messages.success(self.request, f"{filled}, {added}, {left}.")
        return redirect(self.get_success_url())
