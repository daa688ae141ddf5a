"""Open events: what somebody of the movement reads and takes, by link or signed in; and how staff open one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.forms.events import ConfirmForm
from cohorts.forms.movement import MovementEventForm
from cohorts.models import Event, EventGuest
from cohorts.models.event_guest import OPEN
from cohorts.rules import by_movement_link, expected_at_event, in_movement, staff
from cohorts.selectors.guests import place_in_line
from cohorts.selectors.movement_events import open_event, opening_of
from cohorts.services.movement_events import close_to_movement, open_to_movement, take_open_place
from cohorts.states import GuestState, MemberState
from cohorts.views.base import CohortFrame
from cohorts.views.events import OneEvent
from cohorts.views.movement import own_rows
from engine.views.service_form import ServiceFormView
from tenancy.errors import Refused
from tenancy.views.base import OpensByLink


class EventPage(ServiceFormView):
    """What it is, whether there is a place, and one's own."""

    form_class = ConfirmForm
    template_name = "cohorts/movement_event.html"
    event: Event
    back: str

    def get_form_kwargs(self) -> dict[str, Any]:
        submit = _("Take a place") if self.event.left else _("Join the waiting list")  # type: ignore[attr-defined]
        return {**super().get_form_kwargs(), "submit": submit}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        event = self.event
        rows = EventGuest.objects.filter(event=event, person_id=self.actor.person_id, state__in=OPEN)
        mine = rows.select_related("person", "event").first()
        return super().get_context_data(
            page_heading=event.title,
            caption=event.cohort.programme.name,
            back_href=self.back,
            event=event,
            mine=mine,
            line=place_in_line(mine) if mine and mine.state == GuestState.WAITING else None,
            left=event.left,  # type: ignore[attr-defined]
            signed_in=self.actor.kind == "person",
            expected=mine is None and expected_at_event(self.actor, event),
            is_open=event.state == "planned" and not event.has_started,
            **kwargs,
        )

    def get_success_url(self) -> str:
        return str(self.request.path)

    def act(self, data: dict[str, Any]) -> HttpResponse | None:
        try:
            row = take_open_place(event=self.event, by=self.actor)
        except Refused as refusal:
            messages.error(self.request, str(refusal))
            return HttpResponseRedirect(self.request.path)
        said = {
            GuestState.COMING: _("Your place is yours. A message with an entry for your calendar is on its way."),
            GuestState.WAITING: _(
                "All places are taken. You’re on the waiting list, and we’ll write when there is one."
            ),
        }
        messages.success(
            self.request, said.get(GuestState(row.state), _("A place is kept for you: answer by our message."))
        )
        return None


class MovementEventView(EventPage):
    permission = in_movement

    def get_object(self) -> Any:
        """What the rule asks about is the programme."""
        if (event := open_event(self.kwargs["public_id"])) is None:
            raise Http404
        self.event = event
        return event.cohort.programme

    @property
    def back(self) -> str:  # type: ignore[override]
        at = {"tenant": self.request.tenant.slug, "public_id": self.object.public_id}
        return reverse("cohorts:movement-home", kwargs=at)


class MovementLinkEventView(OpensByLink, EventPage):
    permission = by_movement_link

    def get_object(self) -> Any:
        member = own_rows().get(public_id=self.link.about, person_id=self.actor.person_id)
        event = open_event(self.kwargs["public_id"], movement=member.movement)
        if event is None or member.state != MemberState.MEMBER:
            raise Http404
        self.event = event
        return member

    @property
    def back(self) -> str:  # type: ignore[override]
        at = {"tenant": self.request.tenant.slug, "token": self.kwargs["token"]}
        return reverse("cohorts:movement-link", kwargs=at)


class EventOpenMovementView(OneEvent, CohortFrame, ServiceFormView):
    """How many places of an event of the cohort are the movement's."""

    permission = staff
    form_class = MovementEventForm
    template_name = "cohorts/event_open_movement.html"
    page_heading = gettext_lazy("Open this event to the movement")

    def get_initial(self) -> dict[str, Any]:
        opening = opening_of(self.object)
        return {"places": opening.places} if opening else {}

    def get_success_url(self) -> str:
        return self.event_href

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            event=self.object,
            back_href=self.event_href,
            opening=opening_of(self.object),
            caption=self.object.title,
            **kwargs,
        )

    def act(self, data: dict[str, Any]) -> None:
        open_to_movement(event=self.object, by=self.actor, **data)
        messages.success(self.request, _("Saved. Members of the movement are being told, each once."))


class EventCloseMovementView(OneEvent, CohortFrame, ServiceFormView):
    permission = staff
    form_class = ConfirmForm
    page_heading = gettext_lazy("Take this event back from the movement?")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "submit": _("Take it back"), "warning": True}

    def get_success_url(self) -> str:
        return self.event_href

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.event_href, caption=self.object.title, **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        close_to_movement(event=self.object, by=self.actor)
        messages.success(self.request, _("Nobody new takes a place. Whoever has one keeps it."))
