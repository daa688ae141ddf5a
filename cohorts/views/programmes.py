"""Programmes: what each is for, its cohorts, and which organisation plays which part in it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.forms.cohorts import PartnerForm, ProgrammeCreateForm, ProgrammeEditForm
from cohorts.forms.events import ConfirmForm
from cohorts.models import Programme, ProgrammePartner
from cohorts.rules import staff
from cohorts.selectors import programme_cohorts
from cohorts.services.cohorts import create_programme
from cohorts.services.programmes import PROGRAMME, add_partner, edit_programme, remove_partner
from engine.views.service_form import ServiceFormView
from tenancy.models import Organisation
from tenancy.seen import digest_of, stored_values
from tenancy.views.base import TenantPage


class ProgrammeCreateView(ServiceFormView):
    permission = staff
    form_class = ProgrammeCreateForm
    page_heading = gettext_lazy("Add a programme")

    def get_success_url(self) -> str:
        return reverse("cohorts:cohort-create", kwargs={"tenant": self.request.tenant.slug})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        back = reverse("cohorts:cohort-list", kwargs={"tenant": self.request.tenant.slug})
        return super().get_context_data(back_href=back, **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        programme = create_programme(by=self.actor, **data)
        messages.success(self.request, _("%(name)s has been added.") % {"name": programme.name})


class OneProgramme:
    """Views about the programme in the address."""

    permission = staff

    def get_object(self) -> Programme:
        return self.find(Programme)  # type: ignore[attr-defined, no-any-return]

    def get_programme(self) -> Programme:
        return self.object  # type: ignore[attr-defined, no-any-return]

    def get_success_url(self) -> str:
        at = {"tenant": self.request.tenant.slug, "public_id": self.get_programme().public_id}  # type: ignore[attr-defined]
        return reverse("cohorts:programme-detail", kwargs=at)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("caption", self.get_programme().name)
        return super().get_context_data(back_href=self.get_success_url(), **kwargs)  # type: ignore[misc, no-any-return]


class ProgrammeDetailView(OneProgramme, TenantPage):
    template_name = "cohorts/programme_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        partners = self.object.partners.select_related("organisation__sector")
        order = list(ProgrammePartner.Part)
        return super().get_context_data(
            caption=_("Programme"),
            programme=self.object,
            partners=sorted(partners, key=lambda row: (order.index(row.part), row.organisation.name)),
            cohorts=programme_cohorts(self.object),
            closed_days=self.object.closed_days.all(),
            **kwargs,
        )


class ProgrammeEditView(OneProgramme, ServiceFormView):
    form_class = ProgrammeEditForm
    page_heading = gettext_lazy("Change this programme")

    def get_initial(self) -> dict[str, Any]:
        values = stored_values(self.object, PROGRAMME)
        return {**values, "seen": digest_of(values)}

    def act(self, data: dict[str, Any]) -> None:
        edit_programme(programme=self.object, by=self.actor, **data)
        messages.success(self.request, _("The programme has been saved."))


class PartnerAddView(OneProgramme, ServiceFormView):
    form_class = PartnerForm
    page_heading = gettext_lazy("Add a partner organisation")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "organisations": Organisation.objects.order_by("name")}

    def act(self, data: dict[str, Any]) -> None:
        partner = add_partner(programme=self.object, by=self.actor, **data)
        messages.success(self.request, _("%(name)s has been added.") % {"name": partner.organisation.name})


class PartnerRemoveView(OneProgramme, ServiceFormView):
    form_class = ConfirmForm
    page_heading = gettext_lazy("Take off this part")
    template_name = "cohorts/partner_remove.html"

    def get_object(self) -> ProgrammePartner:  # type: ignore[override]
        return self.find(
            ProgrammePartner, queryset=ProgrammePartner.objects.select_related("organisation", "programme")
        )

    def get_programme(self) -> Programme:
        return self.object.programme  # type: ignore[no-any-return]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "submit": _("Take off this part"), "warning": True}

    def act(self, data: dict[str, Any]) -> None:
        remove_partner(partner=self.object, by=self.actor)
        messages.success(self.request, _("The part has been taken off."))
