"""Guests: staff's list of an event, and the guest's own page, by link without an account or signed in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.forms.guests import GuestAddForm, GuestAnswerForm
from cohorts.forms.needs import NeedsForm
from cohorts.models import Event, EventGuest, EventNeeds
from cohorts.rules import by_guest_link, own_guest, staff
from cohorts.selectors.guests import guests_of, place_in_line, places_at
from cohorts.selectors.seating import seats_for
from cohorts.services.guests import accept_place, decline_place, invite_guest, remove_guest
from cohorts.services.invitations import has_sign_in
from cohorts.services.needs import save_needs
from cohorts.states import GuestState
from cohorts.views.base import CohortFrame
from cohorts.views.events import OneEvent
from engine.views.downloads import Column, Downloads, Sheet
from engine.views.service_form import ServiceFormView
from tenancy.errors import Refused, WrongState
from tenancy.views.base import OpensByLink, TenantView

COLOURS = {
    GuestState.WAITING: "grey",
    GuestState.ASKED: "yellow",
    GuestState.COMING: "green",
    GuestState.DECLINED: "orange",
    GuestState.LAPSED: "orange",
    GuestState.REMOVED: "grey",
}


class EventGuestsView(OneEvent, CohortFrame, Downloads, ServiceFormView):
    """Places, guests and who waits, in their order; one more is asked below."""

    permission = staff
    form_class = GuestAddForm
    template_name = "cohorts/event_guests.html"
    page_heading = gettext_lazy("Guests and places")

    def sheet(self) -> Sheet:
        columns = (
            Column(_("Name"), "person.name"),
            Column(_("Works at"), lambda row: row.employer or row.person.organisation),
            Column(_("State"), lambda row: row.get_state_display()),
            Column(_("Asked until"), "answer_by", "moment"),
        )
        return Sheet(f"{_('Guests')}, {self.object.title}", columns, guests_of(self.object))

    def get_success_url(self) -> str:
        return self.event_url("guests")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        event: Event = self.object
        rows = [{"guest": row, "colour": COLOURS[GuestState(row.state)]} for row in guests_of(event)]
        return super().get_context_data(
            event=event,
            back_href=self.event_href,
            caption=event.title,
            rows=rows,
            places=places_at(event),
            may_ask=event.state == "planned" and not event.has_started,
            **kwargs,
        )

    def act(self, data: dict[str, Any]) -> None:
        row = invite_guest(event=self.object, by=self.actor, **data)
        words = {
            GuestState.ASKED: _("%(name)s is being asked."),
            GuestState.WAITING: _("There is no room: %(name)s is on the waiting list."),
        }.get(GuestState(row.state), _("%(name)s is on the list already."))
        messages.success(self.request, words % {"name": row.person.name})


class GuestRemoveView(TenantView):
    permission = staff

    def get_object(self) -> EventGuest:
        rows = EventGuest.objects.select_related("event__cohort__programme", "person")
        return self.find(EventGuest, queryset=rows)  # type: ignore[no-any-return]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            remove_guest(guest=self.object, by=self.actor)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("%(name)s has been taken off the list.") % {"name": self.object.person.name})
        return redirect("cohorts:event-guests", tenant=self.request.tenant.slug, public_id=self.object.event.public_id)


class GuestPage(ServiceFormView):
    """What a guest reads, answers and may change until the event starts."""

    form_class = GuestAnswerForm
    template_name = "cohorts/guest_answer.html"
    needs_href = ""

    def get_initial(self) -> dict[str, Any]:
        return {"employer": self.object.employer}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        guest: EventGuest = self.object
        return super().get_context_data(
            page_heading=guest.event.title,
            guest=guest,
            event=guest.event,
            is_open=guest.event.state == "planned" and not guest.event.has_started,
            line=place_in_line(guest) if guest.state == GuestState.WAITING else None,
            says_needs=bool(guest.event.where) and guest.state in (GuestState.ASKED, GuestState.COMING),
            needs_href=self.needs_href,
            my_seats=seats_for([guest.person_id], [guest.event_id]).get((guest.event_id, guest.person_id), []),
            has_said=EventNeeds.objects.filter(person_id=self.actor.person_id).exists(),
            **kwargs,
        )

    def get_success_url(self) -> str:
        return str(self.request.path)

    def act(self, data: dict[str, Any]) -> None:
        if data["answer"] == "yes":
            accept_place(guest=self.object, employer=data["employer"], by=self.actor)
            messages.success(
                self.request, _("Thank you: your place is yours. An entry for your calendar is on its way.")
            )
        else:
            decline_place(guest=self.object, by=self.actor)
            messages.success(self.request, _("Thank you for saying so. Your place goes to the next one."))


class ByGuestLink(OpensByLink):
    permission = by_guest_link

    def get_object(self) -> EventGuest:
        rows = EventGuest.objects.select_related("event__cohort__programme", "event__venue", "person")
        return rows.get(public_id=self.link.about)  # type: ignore[attr-defined, no-any-return]

    def at(self, name: str) -> str:
        at = {"tenant": self.request.tenant.slug, "token": self.kwargs["token"]}  # type: ignore[attr-defined]
        return reverse(f"cohorts:{name}", kwargs=at)


class GuestLinkView(ByGuestLink, GuestPage):
    @property
    def needs_href(self) -> str:  # type: ignore[override]
        if has_sign_in(self.object.person):
            return reverse("cohorts:needs-edit", kwargs={"tenant": self.request.tenant.slug})
        return self.at("guest-needs")


class GuestAnswerView(GuestPage):
    """The same for somebody who is signed in."""

    permission = own_guest

    def get_object(self) -> EventGuest:
        rows = EventGuest.objects.select_related("event__cohort__programme", "event__venue", "person")
        return self.find(EventGuest, queryset=rows)  # type: ignore[no-any-return]

    @property
    def needs_href(self) -> str:  # type: ignore[override]
        return reverse("cohorts:needs-edit", kwargs={"tenant": self.request.tenant.slug})


class GuestNeedsView(ByGuestLink, ServiceFormView):
    """Food and access, said by link: the same row behind the same wall as everybody's. Not for whoever has a sign-in: what they said
    behind it isn't shown to everyone whom a mail was passed on to."""

    form_class = NeedsForm
    template_name = "cohorts/guest_needs.html"
    page_heading = gettext_lazy("What you need at events")

    def get_object(self) -> EventGuest:
        guest = super().get_object()
        if has_sign_in(guest.person):
            raise Http404
        return guest

    def stored(self) -> EventNeeds | None:
        return EventNeeds.objects.filter(person_id=self.actor.person_id).first()

    def get_initial(self) -> dict[str, Any]:
        if (row := self.stored()) is None:
            return {"version": 0}
        return {name: getattr(row, name) for name in ("diet", "without", "allergy", "access", "easy_seat", "version")}

    def current_version(self) -> int:
        row = self.stored()
        return row.version if row else 0

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.at("guest-link"), event=self.object.event, **kwargs)

    def get_success_url(self) -> str:
        return self.at("guest-link")

    def act(self, data: dict[str, Any]) -> None:
        if not self.object.is_open:
            raise WrongState(_("You aren’t on the list of this event, so there is nothing to arrange."))
        save_needs(by=self.actor, **data)
        messages.success(self.request, _("Saved. The organisers read it in the weeks before the event."))
