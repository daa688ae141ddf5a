"""How long a tenant keeps each kind of record."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engine.views.service_form import ServiceFormView
from portal.forms.retention import RetentionForm
from tenancy.retention import periods
from tenancy.rules import staff
from tenancy.services.retention import set_periods


class RetentionView(ServiceFormView):
    permission = staff
    form_class = RetentionForm
    page_heading = gettext_lazy("How long records are kept")

    def get_initial(self) -> dict[str, Any]:
        return {key.replace(".", "_"): days for key, days in periods().items()}

    def get_success_url(self) -> str:
        return reverse("tenancy:retention", kwargs={"tenant": self.request.tenant.slug})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        back = reverse("tenancy:tenant-settings", kwargs={"tenant": self.request.tenant.slug})
        return super().get_context_data(back_href=back, **kwargs)

    def form_valid(self, form: Any) -> Any:
        self.days = form.days()
        return super().form_valid(form)

    def act(self, data: dict[str, Any]) -> None:
        set_periods(days=self.days, by=self.actor)
        messages.success(self.request, _("Saved. What is over by then goes in the night."))
