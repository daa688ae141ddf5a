"""Events for alumni: what an alumnus reads and books; what staff plan, open and add afterwards."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.forms.alumni_events import AlumniEventForm, EventOpenForm, RecordingForm
from cohorts.forms.events import ConfirmForm
from cohorts.models import AlumniGroup, Event, EventGuest, EventOpening, Venue
from cohorts.models.event_guest import OPEN
from cohorts.rules import open_to_alumnus, staff
from cohorts.selectors.alumni import finished_cohorts
from cohorts.selectors.alumni_events import invitees, opening_of, sees_recording
from cohorts.selectors.guests import place_in_line, places_at
from cohorts.services.alumni_events import book_place, open_event, plan_alumni_event, save_recording
from cohorts.services.events import event_times
from cohorts.states import EventState, GuestState
from cohorts.views.alumni import OfAlumnus
from cohorts.views.base import CohortFrame
from cohorts.views.events import OneEvent
from cohorts.views.programmes import OneProgramme
from engine.views.service_form import ServiceFormView


class AlumniEventView(OfAlumnus, ServiceFormView):
    """What it is, whether there is a place, and one's own; afterwards the recording for those who may."""

    permission = open_to_alumnus
    form_class = ConfirmForm
    template_name = "cohorts/alumni_event.html"

    def get_object(self) -> Event:
        return self.find(Event, queryset=Event.objects.select_related("cohort__programme", "venue"))

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "submit": _("Book my place")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        event, me = self.object, self.actor.person_id
        opening = opening_of(event)
        assert opening is not None
        opening.event = event
        rows = EventGuest.objects.filter(event=event, person_id=me, state__in=OPEN)
        mine = rows.select_related("person", "event").first()
        return super().get_context_data(
            page_heading=event.title,
            event=event,
            mine=mine,
            line=place_in_line(mine) if mine and mine.state == GuestState.WAITING else None,
            places=places_at(event),
            recording_url=opening.recording_url if sees_recording(opening, me) else "",
            is_open=event.state == EventState.PLANNED and not event.has_started,
            **kwargs,
        )

    def get_success_url(self) -> str:
        return reverse(
            "cohorts:alumni-event", kwargs={"tenant": self.request.tenant.slug, "public_id": self.object.public_id}
        )

    def act(self, data: dict[str, Any]) -> None:
        row = book_place(event=self.object, by=self.actor)
        said = {
            GuestState.COMING: _("Your place is booked. An entry for your calendar is on its way."),
            GuestState.WAITING: _(
                "All places are taken. You’re on the waiting list, and we’ll write when there is one."
            ),
        }
        messages.success(self.request, said[GuestState(row.state)])


class AlumniEventPlanView(OneProgramme, ServiceFormView):
    form_class = AlumniEventForm
    page_heading = gettext_lazy("Plan an event for alumni")

    def get_form_kwargs(self) -> dict[str, Any]:
        cohorts = finished_cohorts(self.object)
        groups = AlumniGroup.objects.filter(cohort__programme=self.object, closed_at__isnull=True)
        venues = Venue.objects.order_by("name", "pk")
        return {**super().get_form_kwargs(), "cohorts": cohorts, "venues": venues, "groups": groups}

    def get_success_url(self) -> str:
        at = {"tenant": self.request.tenant.slug, "public_id": self.object.public_id}
        return reverse("cohorts:alumni-list", kwargs=at)

    def act(self, data: dict[str, Any]) -> None:
        times = {name: data.pop(name) for name in ("day", "starts", "ends")}
        starts_at, ends_at = event_times(**times)
        plan_alumni_event(programme=self.object, starts_at=starts_at, ends_at=ends_at, by=self.actor, **data)
        messages.success(self.request, _("It’s planned, and those who are active among the alumni are being told."))


class EventOpenView(OneEvent, CohortFrame, ServiceFormView):
    """An event of the cohort that alumni may come to as well."""

    permission = staff
    form_class = EventOpenForm
    template_name = "cohorts/event_open.html"
    page_heading = gettext_lazy("Open this event to alumni")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "cohorts": finished_cohorts(self.object.cohort.programme)}

    def get_initial(self) -> dict[str, Any]:
        opening = opening_of(self.object)
        return {"of_cohort": opening.of_cohort.public_id} if opening and opening.of_cohort else {}

    def get_success_url(self) -> str:
        return self.event_href

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        opening = opening_of(self.object)
        unopened = EventOpening(event=self.object)
        return super().get_context_data(
            event=self.object,
            back_href=self.event_href,
            opening=opening,
            number=invitees(opening or unopened).count(),
            caption=self.object.title,
            **kwargs,
        )

    def act(self, data: dict[str, Any]) -> None:
        open_event(event=self.object, by=self.actor, **data)
        messages.success(self.request, _("It’s open to alumni, and those who are active are being told."))


class EventRecordingView(OneEvent, CohortFrame, ServiceFormView):
    permission = staff
    form_class = RecordingForm
    page_heading = gettext_lazy("Recording")

    @property
    def opening(self) -> EventOpening:
        if (opening := opening_of(self.object)) is None:
            raise Http404
        opening.event = self.object
        return opening

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.opening, name) for name in ("recording_url", "recording_for", "version")}

    def current_version(self) -> int:
        return self.opening.version

    def get_success_url(self) -> str:
        return self.event_href

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.event_href, caption=self.object.title, **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        save_recording(opening=self.opening, by=self.actor, **data)
        messages.success(self.request, _("Saved."))
