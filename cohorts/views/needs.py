"""What people need at events: their own page, and the organisers' page of one event."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.forms.needs import NeedsForm
from cohorts.models import Event, EventNeeds
from cohorts.models.event_needs import WEEKS_BEFORE
from cohorts.needs_window import are_open, opens_at
from cohorts.rules import says_needs, staff
from cohorts.selectors.needs import WHAT, needs_at, readings_for
from cohorts.services.needs import remove_needs, save_needs
from cohorts.views.base import CohortFrame
from cohorts.views.events import OneEvent
from engine.views.service_form import ServiceFormView
from tenancy.views.base import TenantPage, TenantView
from tenancy.views.recorded import Recorded


class NeedsEditView(ServiceFormView):
    permission = says_needs
    form_class = NeedsForm
    template_name = "cohorts/needs_edit.html"
    page_heading = gettext_lazy("What you need at events")

    def stored(self) -> EventNeeds | None:
        return EventNeeds.objects.filter(person_id=self.actor.person_id).first()

    def get_initial(self) -> dict[str, Any]:
        if (row := self.stored()) is None:
            return {"version": 0}
        names = ("diet", "without", "allergy", "access", "easy_seat", "version")
        return {name: getattr(row, name) for name in names}

    def current_version(self) -> int:
        row = self.stored()
        return row.version if row else 0

    def as_shown(self, theirs: dict[str, Any]) -> dict[str, Any]:
        if "without" in theirs:
            theirs = {**theirs, "without": ", ".join(EventNeeds(without=theirs["without"]).without_in_words())}
        return theirs | ({"diet": EventNeeds.Diet(theirs["diet"]).label} if "diet" in theirs else {})

    def get_success_url(self) -> str:
        return reverse("cohorts:needs-edit", kwargs={"tenant": self.request.tenant.slug})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        assert self.actor.person_id is not None
        return super().get_context_data(
            back_href=reverse("cohorts:event-mine", kwargs={"tenant": self.request.tenant.slug}),
            stored=self.stored(),
            weeks=WEEKS_BEFORE,
            readings=readings_for(self.actor.person_id)[:5],
            **kwargs,
        )

    def act(self, data: dict[str, Any]) -> None:
        save_needs(by=self.actor, **data)
        messages.success(self.request, _("Saved. You needn’t say it again for any event."))


class NeedsRemoveView(TenantView):
    permission = says_needs

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        remove_needs(by=self.actor)
        messages.success(request, _("What you said has been deleted."))
        return redirect("cohorts:needs-edit", tenant=self.request.tenant.slug)


class EventNeedsView(Recorded, OneEvent, CohortFrame, TenantPage):
    """For those who arrange the food and the room. Who looks is written down, and the people concerned read when."""

    permission = staff
    template_name = "cohorts/event_needs.html"
    recorded_what = WHAT
    recorded_role = gettext_lazy("Programme staff")

    def recorded_subject(self) -> Event | None:
        return self.object if are_open(self.object) else None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        event = self.object
        shown = are_open(event)
        return super().get_context_data(
            event=event,
            back_href=self.event_href,
            is_open=shown,
            opens_at=opens_at(event),
            needs=needs_at(event) if shown else None,
            **kwargs,
        )
