"""Venues: staff keep the list, everybody reads how to get there and what a place offers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.forms.venues import VenueEditForm, VenueForm
from cohorts.models import Venue
from cohorts.rules import any_staff, member, venue_keeper
from cohorts.selectors import staff_cohorts
from cohorts.selectors.venues import events_ahead
from cohorts.services.venues import add_venue, edit_venue
from cohorts.states import EventState
from engine.views.downloads import Column, Downloads, Sheet
from engine.views.pages import page_of
from engine.views.service_form import ServiceFormView
from tenancy.models import District, Rurality
from tenancy.views.base import TenantPage


class VenueListView(Downloads, TenantPage):
    permission = any_staff
    template_name = "cohorts/venue_list.html"

    def rows(self) -> Any:
        """Each with how many events of one's own cohorts are still to come there, which its page lists."""
        mine = staff_cohorts(self.actor).values("pk")
        ahead = Q(events__state=EventState.PLANNED, events__ends_at__gt=timezone.now(), events__cohort__in=mine)
        return (
            Venue.objects.select_related("district")
            .annotate(ahead=Count("events", filter=ahead))
            .order_by("name", "pk")
        )

    def sheet(self) -> Sheet:
        columns = (
            Column(_("Venue"), "name"),
            Column(_("Address"), "address"),
            Column(_("District"), "district.name"),
            Column(_("Events ahead"), "ahead", "number"),
            Column(_("Step-free throughout"), lambda v: v.get_step_free_display()),
            Column(_("Accessible toilet"), lambda v: v.get_accessible_toilet_display()),
            Column(_("Accessible parking"), lambda v: v.get_accessible_parking_display()),
            Column(_("Hearing loop"), lambda v: v.get_hearing_loop_display()),
            Column(_("Quiet room"), lambda v: v.get_quiet_room_display()),
        )
        return Sheet(_("Venues"), columns, self.rows())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(page_obj=page_of(self.request, self.rows()), **kwargs)


class VenueCreateView(ServiceFormView):
    permission = any_staff
    form_class = VenueForm
    page_heading = gettext_lazy("Add a venue")

    def get_success_url(self) -> str:
        return reverse("cohorts:venue-list", kwargs={"tenant": self.request.tenant.slug})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.get_success_url(), **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        venue = add_venue(by=self.actor, **data)
        messages.success(self.request, _("%(name)s is on the list.") % {"name": venue.name})


class VenueDetailView(TenantPage):
    """What a place is says nothing about anybody, so every member may read it."""

    permission = member
    template_name = "cohorts/venue_detail.html"

    def get_object(self) -> Venue:
        return self.find(Venue, queryset=Venue.objects.select_related("district"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        ahead = events_ahead(self.object).filter(cohort__in=staff_cohorts(self.actor)).select_related("cohort")
        return super().get_context_data(
            venue=self.object,
            ahead=ahead.order_by("starts_at", "pk"),
            may_keep=venue_keeper(self.actor, self.object),
            lists=any_staff(self.actor),
            **kwargs,
        )


class VenueEditView(ServiceFormView):
    permission = venue_keeper
    form_class = VenueEditForm
    page_heading = gettext_lazy("Change a venue")

    def get_object(self) -> Venue:
        return self.find(Venue)

    def get_initial(self) -> dict[str, Any]:
        return VenueEditForm.initial_of(self.object)

    def as_shown(self, theirs: dict[str, Any]) -> dict[str, Any]:
        if "district" in theirs:
            theirs = {**theirs, "district": District.objects.filter(pk=theirs["district"]).first()}
        if theirs.get("rurality"):
            theirs = {**theirs, "rurality": Rurality(theirs["rurality"]).label}
        return theirs

    def get_success_url(self) -> str:
        at = {"tenant": self.request.tenant.slug, "public_id": self.object.public_id}
        return reverse("cohorts:venue-detail", kwargs=at)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.get_success_url(), **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        edit_venue(venue=self.object, by=self.actor, **data)
        messages.success(self.request, _("The venue has been saved."))
