"""Linked programmes: staff's pages, their contact's by link, and places at their events for our people."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.forms.events import ConfirmForm
from cohorts.forms.partners import LinkedProgrammeForm, PartnerGuestForm, PartnerOfferForm, PartnerPlacesForm
from cohorts.models import LinkedProgramme, PartnerOffer, PartnerOfferTaken, PartnerPlaces
from cohorts.rules import linked_contact, may_take_offer, staff
from cohorts.selectors.partners import events_to_share, linked_of, offers_of, places_of
from cohorts.services.events import event_times
from cohorts.services.partners import (
    end_link,
    give_offer_back,
    link_programme,
    make_offer,
    name_guest,
    offer_places,
    take_offer,
)
from cohorts.views.alumni import OfAlumnus
from cohorts.views.guests import COLOURS
from cohorts.views.programmes import OneProgramme
from engine.views.service_form import ServiceFormView
from tenancy.views.base import OpensByLink


def with_colours(rows: list[PartnerPlaces]) -> list[dict[str, Any]]:
    return [
        {"row": row, "named": [{"guest": g, "colour": COLOURS[g.state]} for g in row.named]}  # type: ignore[attr-defined, index]
        for row in rows
    ]


class LinkedListView(OneProgramme, ServiceFormView):
    """Whom the programme is linked with; one more is linked below."""

    form_class = LinkedProgrammeForm
    template_name = "cohorts/linked_list.html"
    page_heading = gettext_lazy("Linked programmes")

    def get_success_url(self) -> str:
        at = {"tenant": self.request.tenant.slug, "public_id": self.object.public_id}
        return reverse("cohorts:linked-list", kwargs=at)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        at = {"tenant": self.request.tenant.slug, "public_id": self.object.public_id}
        back = reverse("cohorts:programme-detail", kwargs=at)
        context = super().get_context_data(programme=self.object, rows=linked_of(self.object), **kwargs)
        return {**context, "back_href": back}

    def act(self, data: dict[str, Any]) -> None:
        linked = link_programme(programme=self.object, by=self.actor, **data)
        messages.success(self.request, _("%(name)s is linked.") % {"name": linked.name})


class OneLinked:
    permission = staff

    def get_object(self) -> LinkedProgramme:
        rows = LinkedProgramme.objects.select_related("programme", "contact")
        return self.find(LinkedProgramme, queryset=rows)  # type: ignore[attr-defined, no-any-return]

    def at(self, name: str, row: Any) -> str:
        at = {"tenant": self.request.tenant.slug, "public_id": row.public_id}  # type: ignore[attr-defined]
        return reverse(f"cohorts:{name}", kwargs=at)


class LinkedDetailView(OneLinked, ServiceFormView):
    """Places both ways; more are offered below."""

    form_class = PartnerPlacesForm
    template_name = "cohorts/linked_detail.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "events": events_to_share(self.object)}

    def get_success_url(self) -> str:
        return self.at("linked-detail", self.object)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            page_heading=self.object.name,
            caption=self.object.programme.name,
            back_href=self.at("linked-list", self.object.programme),
            linked=self.object,
            places=with_colours(places_of(self.object)),
            offers=offers_of(self.object),
            **kwargs,
        )

    def act(self, data: dict[str, Any]) -> None:
        until = timezone.make_aware(datetime.combine(data.pop("name_by"), time(23, 59)))
        event = data.pop("event")
        offer_places(linked=self.object, event=event, name_by=min(until, event.starts_at), by=self.actor, **data)
        messages.success(self.request, _("%(name)s is being told.") % {"name": self.object.contact.name})


class LinkedEndView(OneLinked, ServiceFormView):
    form_class = ConfirmForm
    page_heading = gettext_lazy("End this link")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "submit": _("End it"), "warning": True}

    def get_success_url(self) -> str:
        return self.at("linked-list", self.object.programme)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        back = self.at("linked-detail", self.object)
        return super().get_context_data(caption=self.object.name, back_href=back, **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        end_link(linked=self.object, by=self.actor)
        messages.success(self.request, _("Ended. Their links open nothing any more."))


class ByLinkedLink(OpensByLink):
    permission = linked_contact

    def get_linked(self) -> LinkedProgramme:
        rows = LinkedProgramme.objects.filter(ended_at__isnull=True).select_related("programme", "contact")
        return rows.get(public_id=self.link.about, contact_id=self.actor.person_id)  # type: ignore[attr-defined]

    @property
    def link_href(self) -> str:
        at = {"tenant": self.request.tenant.slug, "token": self.kwargs["token"]}  # type: ignore[attr-defined]
        return reverse("cohorts:linked-link", kwargs=at)


class LinkedLinkView(ByLinkedLink, ServiceFormView):
    """What is shared both ways, and places at an event of theirs to give."""

    form_class = PartnerOfferForm
    template_name = "cohorts/linked_link.html"

    def get_object(self) -> LinkedProgramme:
        return self.get_linked()

    def get_success_url(self) -> str:
        return self.link_href

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            page_heading=self.object.name,
            caption=self.object.programme.name,
            linked=self.object,
            places=with_colours(places_of(self.object)),
            offers=offers_of(self.object),
            token=self.kwargs["token"],
            **kwargs,
        )

    def act(self, data: dict[str, Any]) -> None:
        times = {name: data.pop(name) for name in ("day", "starts", "ends")}
        starts_at, ends_at = event_times(**times)
        make_offer(linked=self.object, starts_at=starts_at, ends_at=ends_at, by=self.actor, **data)
        messages.success(self.request, _("Thank you: our people can take your places now."))


class LinkedPlacesView(ByLinkedLink, ServiceFormView):
    """Naming people for places at one event."""

    form_class = PartnerGuestForm
    template_name = "cohorts/linked_places.html"

    def get_object(self) -> PartnerPlaces:
        linked = self.get_linked()
        found = {row.public_id: row for row in places_of(linked)}
        if (row := found.get(self.kwargs["public_id"])) is None:  # type: ignore[attr-defined]
            raise Http404
        row.linked = linked
        return row

    def get_success_url(self) -> str:
        return str(self.request.path)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.object
        return super().get_context_data(
            page_heading=row.event.title,
            caption=row.linked.name,
            back_href=self.link_href,
            places=row,
            named=with_colours([row])[0]["named"],
            **kwargs,
        )

    def act(self, data: dict[str, Any]) -> None:
        guest = name_guest(places=self.object, by=self.actor, **data)
        messages.success(self.request, _("%(name)s is being asked.") % {"name": guest.person.name})


class PartnerOfferView(OfAlumnus, ServiceFormView):
    """Places at a linked programme's event: one takes one, or gives it back."""

    permission = may_take_offer
    form_class = ConfirmForm
    template_name = "cohorts/partner_offer.html"

    def get_object(self) -> PartnerOffer:
        return self.find(PartnerOffer, queryset=PartnerOffer.objects.select_related("linked__programme"))

    @property
    def mine(self) -> PartnerOfferTaken | None:
        return PartnerOfferTaken.objects.filter(offer=self.object, person_id=self.actor.person_id).first()

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "submit": _("Take a place")}

    def get_success_url(self) -> str:
        return str(self.request.path)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        offer = self.object
        back = reverse("portal:home", kwargs={"tenant": self.request.tenant.slug})
        return super().get_context_data(
            page_heading=offer.title,
            caption=offer.linked.name,
            offer=offer,
            mine=self.mine,
            left=offer.number - PartnerOfferTaken.objects.filter(offer=offer).count(),
            back_href=back,
            **kwargs,
        )

    def act(self, data: dict[str, Any]) -> HttpResponse | None:
        if self.request.POST.get("give_back") == "yes":
            give_offer_back(offer=self.object, by=self.actor)
            messages.success(self.request, _("Your place is free for others now."))
        else:
            take_offer(offer=self.object, by=self.actor)
            messages.success(
                self.request, _("Your place is yours. %(name)s reads your name.") % {"name": self.object.linked.name}
            )
        return None
