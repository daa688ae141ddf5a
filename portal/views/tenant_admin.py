"""A tenant's settings, organisations, sectors and seniority bands: for staff of the whole tenant."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engine.colour import brand_css
from engine.dates import uk_time
from engine.views.downloads import Column, Downloads, Sheet
from engine.views.service_form import ServiceFormView
from portal.forms.tenant import (
    NATIONS,
    WAYS,
    BandEditForm,
    BandForm,
    OrganisationEditForm,
    OrganisationForm,
    SectorForm,
    TenantSettingsForm,
)
from tenancy.errors import NotAllowed, Refused
from tenancy.models import District, Organisation, Rurality, Sector, SeniorityBand, Tenant
from tenancy.rules import anyone, staff
from tenancy.seen import digest_of, stored_values
from tenancy.services.bands import BAND, move_band_up, remove_band, save_band
from tenancy.services.settings import add_sector, save_organisation, update_tenant
from tenancy.views.base import TenantPage, TenantView


class BrandCssView(TenantView):
    """The tenant's colour as a stylesheet of its own, since the policy allows no inline style. Its address names the colour."""

    permission = anyone

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponse(
            brand_css(self.request.tenant.colour),
            content_type="text/css; charset=utf-8",
            headers={"Cache-Control": "public, max-age=31536000, immutable"},
        )


class TenantSettingsView(ServiceFormView):
    permission = staff
    form_class = TenantSettingsForm
    template_name = "tenancy/tenant_settings.html"
    page_heading = gettext_lazy("Settings")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "provider": self.request.tenant.openid_provider}

    def get_initial(self) -> dict[str, Any]:
        return TenantSettingsForm.initial_of(self.request.tenant)

    def as_shown(self, theirs: dict[str, Any]) -> dict[str, Any]:
        """What differs from what was typed, in the words of the form: twelve settings side by side would tell nobody anything."""
        form = self.get_form()
        stored = TenantSettingsForm.initial_of(Tenant(**theirs))
        labels = dict(WAYS)
        stored["ways"] = ", ".join(str(labels[way]) for way in stored["ways"])
        stored["nation"] = dict(NATIONS).get(stored["nation"], stored["nation"])
        for name in ("work_starts", "work_ends"):
            stored[name] = uk_time(stored[name])
        stored["require_mfa_for_staff"] = _("Yes") if stored["require_mfa_for_staff"] else _("No")
        form.is_valid()
        changed = {name for name in form.fields if name in form.changed_data} - {"seen"}
        return {name: value for name, value in stored.items() if name in changed}

    def act(self, data: dict[str, Any]) -> HttpResponse:
        update_tenant(tenant=self.request.tenant, by=self.actor, **TenantSettingsForm.settings_of(data))
        messages.success(self.request, _("Your settings have been saved."))
        return redirect(self.request.path)


class OrganisationListView(Downloads, TenantPage):
    permission = staff
    template_name = "tenancy/organisation_list.html"

    def rows(self) -> Any:
        rows = Organisation.objects.select_related("sector", "district").annotate(people_count=Count("people"))
        return rows.order_by("sector__position", "name")

    def sheet(self) -> Sheet:
        columns = (
            Column(_("Organisation"), "name"),
            Column(_("Sector"), "sector.name"),
            Column(_("District"), "district.name"),
            Column(_("How rural"), lambda row: Rurality(row.rurality_there).label if row.rurality_there else None),
            Column(_("Decile of deprivation"), "decile_there", "number"),
            Column(_("Other spellings"), lambda row: ", ".join(row.aliases)),
            Column(_("People"), "people_count", "number"),
        )
        return Sheet(_("Organisations"), columns, self.rows())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(organisations=self.rows(), sectors=Sector.objects.count(), **kwargs)


class OrganisationCreateView(ServiceFormView):
    permission = staff
    form_class = OrganisationForm
    page_heading = gettext_lazy("Add an organisation")

    def get_success_url(self) -> str:
        return reverse("tenancy:organisation-list", kwargs={"tenant": self.request.tenant.slug})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.get_success_url(), **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        saved = save_organisation(organisation=self.object, by=self.actor, **data)
        messages.success(self.request, _("%(name)s has been saved.") % {"name": saved.name})


class OrganisationEditView(OrganisationCreateView):
    form_class = OrganisationEditForm
    page_heading = gettext_lazy("Change an organisation")

    def get_object(self) -> Organisation:
        return self.find(Organisation, queryset=Organisation.objects.select_related("sector"))

    def get_initial(self) -> dict[str, Any]:
        return OrganisationForm.initial_of(self.object)

    def as_shown(self, theirs: dict[str, Any]) -> dict[str, Any]:
        sector = Sector.objects.get(pk=theirs["sector_id"])
        district = District.objects.filter(pk=theirs["district_id"]).first()
        return {
            **theirs,
            "sector": sector.name,
            "aliases": ", ".join(theirs["aliases"]),
            "district": district.name if district else "",
            "rurality": Rurality(theirs["rurality"]).label if theirs["rurality"] else "",
        }


class SectorCreateView(ServiceFormView):
    permission = staff
    form_class = SectorForm
    page_heading = gettext_lazy("Add a sector")

    def get_success_url(self) -> str:
        return reverse("tenancy:organisation-list", kwargs={"tenant": self.request.tenant.slug})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.get_success_url(), sectors=Sector.objects.all(), **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        sector = add_sector(by=self.actor, **data)
        messages.success(self.request, _("%(name)s has been added.") % {"name": sector.name})


class BandListView(Downloads, TenantPage):
    """The tenant's seniority bands, the most senior first."""

    permission = staff
    template_name = "tenancy/band_list.html"

    def sheet(self) -> Sheet:
        columns = (
            Column(_("Position"), lambda row: row[0], "number"),
            Column(_("Band"), lambda row: row[1].name),
            Column(_("How it reads"), lambda row: row[1].reads_as),
        )
        return Sheet(_("Seniority bands"), columns, enumerate(SeniorityBand.objects.all(), start=1))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(bands=SeniorityBand.objects.all(), **kwargs)


class BandCreateView(ServiceFormView):
    permission = staff
    form_class = BandForm
    page_heading = gettext_lazy("Add a seniority band")

    def get_success_url(self) -> str:
        return reverse("tenancy:band-list", kwargs={"tenant": self.request.tenant.slug})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.get_success_url(), **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        saved = save_band(band=self.object, by=self.actor, **data)
        messages.success(self.request, _("%(name)s has been saved.") % {"name": saved.name})


class BandEditView(BandCreateView):
    form_class = BandEditForm
    page_heading = gettext_lazy("Change a seniority band")

    def get_object(self) -> SeniorityBand:
        return self.find(SeniorityBand)

    def get_initial(self) -> dict[str, Any]:
        band: SeniorityBand = self.object
        return {"name": band.name, "reads_as": band.reads_as, "seen": digest_of(stored_values(band, BAND))}


class BandStepView(TenantView):
    """A button of the list: POST does it and returns there, with the reason if it can't be done."""

    permission = staff
    http_method_names = ["post"]

    def get_object(self) -> SeniorityBand:
        return self.find(SeniorityBand)

    def step(self, band: SeniorityBand) -> str:
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            messages.success(request, self.step(self.object))
        except NotAllowed:
            raise
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect("tenancy:band-list", tenant=self.request.tenant.slug)


class BandUpView(BandStepView):
    def step(self, band: SeniorityBand) -> str:
        move_band_up(band=band, by=self.actor)
        return _("%(name)s has moved up.") % {"name": band.name}


class BandRemoveView(BandStepView):
    def step(self, band: SeniorityBand) -> str:
        remove_band(band=band, by=self.actor)
        return _("%(name)s is off the list.") % {"name": band.name}
