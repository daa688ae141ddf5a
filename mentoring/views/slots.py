from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from engine.views.service_form import ServiceFormView
from mentoring.forms import SlotForm
from mentoring.models import AvailabilitySlot
from mentoring.rules import mentor, mentor_of
from mentoring.selectors import taken
from mentoring.services.matches import ensure_profiles
from mentoring.services.slots import offer_slots, withdraw_slot
from mentoring.views.base import MentoringMixin
from tenancy.errors import NotAllowed, Refused


class SlotListView(MentoringMixin, ServiceFormView):
    """A mentor's times: what is offered and what is booked, and a form for more."""

    permission = mentor
    form_class = SlotForm
    template_name = "mentoring/slot_list.html"
    page_heading = gettext_lazy("Times you offer")

    def act(self, data: dict[str, Any]) -> None:
        ensure_profiles()
        made = offer_slots(by=self.actor, **data)
        text = ngettext("%(n)d time is on offer now.", "%(n)d times are on offer now.", len(made)) % {"n": len(made)}
        messages.success(self.request, text)

    def get_success_url(self) -> str:
        return self.url("slot-list")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        slots = AvailabilitySlot.objects.filter(
            mentor_id=self.actor.person_id, withdrawn_at__isnull=True, ends_at__gt=timezone.now()
        ).annotate(is_taken=taken())
        return super().get_context_data(slots=list(slots), back_href=self.url("mentoring-home"), **kwargs)


class SlotWithdrawView(MentoringMixin):
    permission = mentor_of
    http_method_names = ["post", "options"]
    object: AvailabilitySlot

    def get_object(self) -> AvailabilitySlot:
        return self.find(AvailabilitySlot)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            withdraw_slot(slot=self.object, by=self.actor)
            messages.success(request, _("That time is no longer on offer."))
        except NotAllowed:
            raise
        except Refused as refusal:
            messages.error(request, str(refusal))
        return HttpResponseRedirect(self.url("slot-list"))
