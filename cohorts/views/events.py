"""Events: for staff a cohort's calendar and registers, for participants when, where and how to join."""

from __future__ import annotations

from collections import Counter
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.calendar import event_calendar
from cohorts.check_in import current_code, is_open, opens_at
from cohorts.forms.events import ApologiesForm, CheckInForm, EventCreateForm, EventEditForm, ReasonForm, RegisterForm
from cohorts.models import Attendance, Cohort, Event, EventGuest, EventOpening, Venue
from cohorts.models.event_guest import OPEN
from cohorts.rules import (
    event_keeper,
    event_reader,
    expected_at_event,
    in_room,
    member,
    programme_reader,
    says_needs,
    staff,
)
from cohorts.selectors import expected_people, live_sets, my_events
from cohorts.selectors.absences import missed_by
from cohorts.selectors.event_tasks import tasks_of
from cohorts.selectors.events import expected_ids
from cohorts.selectors.seating import seats_for
from cohorts.selectors.sequence import neighbours_of
from cohorts.selectors.sets import keep_standing, with_standing
from cohorts.services.events import (
    cancel_event,
    check_in,
    create_event,
    edit_event,
    event_times,
    save_register,
    send_apologies,
    take_back_apologies,
)
from cohorts.states import EventState, ParticipationState
from cohorts.views.base import CohortFrame, page_of
from cohorts.views.cohorts import OneCohort
from engine.qr import qr_drawing
from engine.views.downloads import Column, Downloads, Sheet
from engine.views.service_form import ServiceFormView
from tenancy.errors import Refused, StaleEdit
from tenancy.models import Person, Role
from tenancy.selectors import people_with_role
from tenancy.views.base import TenantPage, TenantView


class EventListView(OneCohort, CohortFrame, Downloads, TenantPage):
    """A cohort's events for staff: what lies ahead first, then what took place."""

    template_name = "cohorts/event_list.html"

    def rows(self) -> Any:
        return (
            Event.objects.filter(cohort=self.object)
            .select_related("learning_set", "owner")
            .annotate(
                present=Count("attendances", filter=Q(attendances__state=Attendance.State.PRESENT)),
                marked=Count("attendances", filter=~Q(attendances__state=Attendance.State.APOLOGIES)),
                apologies=Count("attendances", filter=Q(attendances__state=Attendance.State.APOLOGIES)),
            )
        )

    def sheet(self) -> Sheet:
        columns = (
            Column(_("Event"), "title"),
            Column(_("Starts"), "starts_at", "moment"),
            Column(_("Ends"), "ends_at", "moment"),
            Column(_("Kind"), lambda event: event.get_kind_display()),
            Column(_("For"), lambda event: event.learning_set.name if event.learning_set else _("Everyone")),
            Column(_("State"), lambda event: event.get_state_display()),
            Column(_("Apologies"), "apologies", "number"),
            Column(_("Present"), lambda event: event.present if event.registered_at else None, "number"),
        )
        return Sheet(f"{_('Events')}, {self.object.name}", columns, self.rows().order_by("starts_at", "pk"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        rows = self.rows()
        # A query that counts forgets the order of its model.
        ahead = list(rows.filter(ends_at__gte=now).order_by("starts_at", "pk"))
        page = page_of(self.request, rows.filter(ends_at__lt=now).order_by("-starts_at", "pk"))
        return super().get_context_data(ahead=ahead, page_obj=page, **kwargs)


class EventForms:
    """The choices of the event form: the cohort's published sets, and who may keep a register."""

    def form_choices(self) -> dict[str, Any]:
        cohort = self.get_cohort()  # type: ignore[attr-defined]
        keepers = {p.pk for role in (Role.STAFF, Role.FACILITATOR) for p in people_with_role(role, cohort_id=cohort.pk)}
        return {
            "sets": live_sets(cohort.pk),
            "keepers": Person.objects.filter(pk__in=keepers),
            "venues": Venue.objects.all(),
        }

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), **self.form_choices()}  # type: ignore[misc]


def event_fields(data: dict[str, Any]) -> dict[str, Any]:
    """What a service takes, from what the form holds: date and clock times become moments."""
    data = dict(data)
    starts_at, ends_at = event_times(
        day=data.pop("day"), starts=data.pop("starts"), ends=data.pop("ends"), last_day=data.pop("last_day")
    )
    return {**data, "starts_at": starts_at, "ends_at": ends_at}


class EventCreateView(OneCohort, EventForms, CohortFrame, ServiceFormView):
    form_class = EventCreateForm
    page_heading = gettext_lazy("Create an event")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        at = {"tenant": self.request.tenant.slug, "public_id": self.object.public_id}
        return super().get_context_data(back_href=reverse("cohorts:event-list", kwargs=at), **kwargs)

    def act(self, data: dict[str, Any]) -> HttpResponse:
        event = create_event(cohort=self.object, by=self.actor, **event_fields(data))
        messages.success(self.request, _("%(title)s has been created.") % {"title": event.title})
        return redirect("cohorts:event-detail", tenant=self.request.tenant.slug, public_id=event.public_id)


class OneEvent:
    """Views about the event in the address."""

    def events(self) -> QuerySet[Event]:
        return Event.objects.select_related(
            "cohort__programme", "learning_set__plan", "learning_set__facilitator", "owner", "venue"
        )

    def get_object(self) -> Event:
        return self.find(Event, queryset=self.events())  # type: ignore[attr-defined, no-any-return]

    @property
    def event_href(self) -> str:
        return self.event_url("detail")

    def event_url(self, name: str) -> str:
        at = {"tenant": self.request.tenant.slug, "public_id": self.object.public_id}  # type: ignore[attr-defined]
        return reverse(f"cohorts:event-{name}", kwargs=at)


class EventDetailView(OneEvent, CohortFrame, TenantPage):
    permission = event_reader
    template_name = "cohorts/event_detail.html"

    def events(self) -> QuerySet[Event]:
        opening = EventOpening.objects.filter(event=OuterRef("pk")).values("alumni_only")[:1]
        rows = super().events().annotate(opened_to_alumni_only=Subquery(opening))
        return with_standing(rows, self.actor.person_id, "learning_set")

    def get_object(self) -> Event:
        event = super().get_object()
        keep_standing(event, event.learning_set, self.actor.person_id)
        return event

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        event, me = self.object, self.actor.person_id
        keeps = event_keeper(self.actor, event)
        my_seats = seats_for([me], [event.pk]).get((event.pk, me), []) if me else []
        rows = Attendance.objects.filter(event=event).select_related("person").order_by("person__sort_key", "pk")
        # Whoever keeps the register reads every row, apologies' notes included; everyone else their own.
        known = list(rows if keeps else rows.filter(person_id=me))
        counts = Counter(row.state for row in known)
        return super().get_context_data(
            event=event,
            keeps=keeps,
            counts=counts,
            mine=next((row for row in known if row.person_id == me), None),
            # Whoever doesn't keep the register reads this page because they're expected.
            expected=not keeps or expected_at_event(self.actor, event),
            place=EventGuest.objects.filter(event=event, person_id=me, state__in=OPEN).first() if me else None,
            apologies=[row for row in known if row.state == Attendance.State.APOLOGIES] if keeps else [],
            may_edit=staff(self.actor, event),
            is_open=event.state == EventState.PLANNED and not event.has_started,
            check_in_open=is_open(event),
            tasks=tasks_of(event, me),
            my_seats=my_seats,
            in_room=event.learning_set is not None and in_room(self.actor, event.learning_set),
            line=neighbours_of(event, self.actor),
            # None: never opened to alumni.
            opened=event.opened_to_alumni_only is not None,
            alumni_only=event.opened_to_alumni_only,
            sees_programme=programme_reader(self.actor, event),
            **kwargs,
        )


class EventEditView(OneEvent, EventForms, CohortFrame, ServiceFormView):
    permission = staff
    form_class = EventEditForm
    page_heading = gettext_lazy("Change this event")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "confirmed": self.object.place_confirmed}

    def get_initial(self) -> dict[str, Any]:
        return EventEditForm.initial_of(self.object)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.event_href, **kwargs)

    def get_success_url(self) -> str:
        return self.event_href

    def act(self, data: dict[str, Any]) -> None:
        fields = event_fields(data)
        fields["owner"] = fields["owner"] or self.object.owner
        edit_event(event=self.object, by=self.actor, **fields)
        messages.success(self.request, _("The event has been saved."))


class EventCancelView(OneEvent, CohortFrame, ServiceFormView):
    permission = staff
    form_class = ReasonForm
    page_heading = gettext_lazy("Cancel this event")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {
            **super().get_form_kwargs(),
            "submit": _("Cancel the event"),
            "warning": True,
            "label": _("Why is it cancelled?"),
            "hint": _("Everyone expected gets this in the message that takes it out of their calendar."),
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.event_href, caption=self.object.title, **kwargs)

    def get_success_url(self) -> str:
        return self.event_href

    def act(self, data: dict[str, Any]) -> None:
        cancel_event(event=self.object, by=self.actor, **data)
        messages.success(self.request, _("The event has been cancelled and everyone expected is being told."))


class EventCalendarView(OneEvent, TenantView):
    """The event as a file for a calendar that doesn't take the feed."""

    permission = event_reader

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        assert self.actor.person is not None
        cancelled = self.object.state == EventState.CANCELLED
        return HttpResponse(
            event_calendar(
                self.object, cancelled=cancelled, to=self.actor.person, tenant=self.request.tenant, publish=True
            ),
            content_type="text/calendar; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="event-{self.object.public_id}.ics"'},
        )


class EventApologiesView(OneEvent, CohortFrame, ServiceFormView):
    permission = expected_at_event
    form_class = ApologiesForm
    page_heading = gettext_lazy("Send apologies")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.event_href, caption=self.object.title, **kwargs)

    def get_success_url(self) -> str:
        return self.event_href

    def act(self, data: dict[str, Any]) -> None:
        send_apologies(event=self.object, by=self.actor, **data)
        messages.success(self.request, _("The organisers know that you can’t come."))


class EventApologiesTakeBackView(OneEvent, TenantView):
    permission = expected_at_event

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            take_back_apologies(event=self.object, by=self.actor)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            waits = EventGuest.objects.filter(event=self.object, person_id=self.actor.person_id, state__in=OPEN)
            if waits.exists():
                messages.success(request, _("Your place has been given away meanwhile, so you’re on the waiting list."))
            else:
                messages.success(request, _("Good: you’re expected again."))
        return redirect(self.event_href)


class EventHereView(OneEvent, CohortFrame, ServiceFormView):
    """Where the code on the screen leads to: one button, or the code to type."""

    permission = expected_at_event
    form_class = CheckInForm
    template_name = "cohorts/event_here.html"
    page_heading = gettext_lazy("I’m here")

    def get_initial(self) -> dict[str, Any]:
        return {"code": self.request.GET.get("code", "")[:20]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mine = Attendance.objects.filter(event=self.object, person_id=self.actor.person_id).first()
        return super().get_context_data(
            back_href=self.event_href,
            caption=self.object.title,
            event=self.object,
            is_open=is_open(self.object),
            opens_at=opens_at(self.object),
            # Whom the register marks absent after all may check in anew.
            here=mine if mine and mine.checked_in_at and mine.state == Attendance.State.PRESENT else None,
            **kwargs,
        )

    def get_success_url(self) -> str:
        return self.event_href

    def act(self, data: dict[str, Any]) -> None:
        check_in(event=self.object, by=self.actor, **data)
        messages.success(self.request, _("You’re checked in to %(title)s.") % {"title": self.object.title})


class EventScreenView(OneEvent, CohortFrame, TenantPage):
    """For the projector: the code of this minute, to scan or to type, and how many have said that they are there."""

    permission = event_keeper
    template_name = "cohorts/event_screen.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        event, code = self.object, current_code(self.object)
        here = f"{settings.BASE_URL}{self.event_url('here')}"
        return super().get_context_data(
            event=event,
            back_href=self.event_href,
            is_open=is_open(event),
            opens_at=opens_at(event),
            code=code,
            address=here.removeprefix("https://").removeprefix("http://"),
            drawing=qr_drawing(f"{here}?{urlencode({'code': code})}", css_class="baton-check-in__qr"),
            checked_in=Attendance.objects.filter(event=event, checked_in_at__isnull=False).count(),
            expected=expected_ids(event).count(),
            **kwargs,
        )


class EventRegisterView(OneEvent, CohortFrame, Downloads, ServiceFormView):
    """Everyone expected on one page: present unless they sent apologies; change the exceptions, save once."""

    permission = event_keeper
    form_class = RegisterForm
    template_name = "cohorts/event_register.html"
    page_heading = gettext_lazy("Attendance register")
    shows_both = False

    def sheet(self) -> Sheet:
        known = self.known()
        columns = (
            Column(_("Name"), "name"),
            Column(_("Organisation"), "organisation.name"),
            Column(_("Attendance"), lambda p: known[p.pk].get_state_display() if p.pk in known else None),
            Column(_("Checked in"), lambda p: known[p.pk].checked_in_at if p.pk in known else None, "moment"),
        )
        return Sheet(f"{_('Attendance register')}, {self.object.title}", columns, self.people())

    def people(self) -> list[Person]:
        if not hasattr(self, "_people"):
            self._people = expected_people(self.object)
        return self._people

    def known(self) -> dict[int, Attendance]:
        return {a.person_id: a for a in Attendance.objects.filter(event=self.object)}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "people": self.people()}

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.object.version}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(caption=self.object.title, back_href=self.event_href, **kwargs)
        form, known = context["form"], self.known()
        checks_in = any(row.checked_in_at for row in known.values())
        by_list = any(row.state == Attendance.State.PRESENT and not row.checked_in_at for row in known.values())
        # a list that left somebody unmarked: until the register is saved, it says who was there
        self.rest_absent = checks_in or (by_list and self.object.registered_at is None)
        context["rows"] = [self.row(form, person, known.get(person.pk)) for person in self.people()]
        context["event"] = self.object
        context["rest_absent"] = self.rest_absent
        fresh = self.shows_both or not form.is_bound
        context["seen_at"] = timezone.now().isoformat() if fresh else form["seen_at"].value()
        context["states"] = [
            (Attendance.State.PRESENT, _("Present")),
            (Attendance.State.APOLOGIES, _("Apologies")),
            (Attendance.State.ABSENT, _("Absent")),
        ]
        return context

    def row(self, form: RegisterForm, person: Person, row: Attendance | None) -> dict[str, Any]:
        name = f"p_{person.public_id}"
        # Before the event the list is for paper: empty boxes, but for apologies already sent. Where people check in, or a list says
        # who came, everybody else is taken for absent.
        usual = (
            (Attendance.State.ABSENT if self.rest_absent else Attendance.State.PRESENT)
            if self.object.has_started
            else ""
        )
        mark = form.data.get(name) if form.is_bound else (row.state if row else usual)
        theirs = row.get_state_display() if self.shows_both and row and row.state != mark else ""
        return {
            "theirs": theirs,
            "person": person,
            "name": name,
            "mark": mark,
            "note": row.note if row else "",
            "checked_in_at": row.checked_in_at if row else None,
            "errors": form.errors.get(name),
        }

    def act(self, data: dict[str, Any]) -> HttpResponse:
        marks = {key.removeprefix("p_"): value for key, value in data.items() if key.startswith("p_")}
        present = save_register(
            event=self.object, version=data["version"], marks=marks, by=self.actor, seen_at=data["seen_at"]
        )
        messages.success(
            self.request, _("The register is saved: %(n)d of %(all)d were there.") % {"n": present, "all": len(marks)}
        )
        return redirect(self.event_href)

    def show_both(self, form: BaseForm, stale: StaleEdit) -> HttpResponse:
        """Someone saved this register, or changed the event, meanwhile: the marks stay, and where theirs differ the row says so."""
        self.shows_both = True
        return super().show_both(form, stale)


class EventMineView(TenantPage):
    """A person's own events, the next one first; nothing that isn't theirs."""

    permission = member
    template_name = "cohorts/event_mine.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        assert self.actor.person_id is not None
        now = timezone.now()
        rows = my_events(self.actor.person_id)
        apologies = Attendance.objects.filter(person_id=self.actor.person_id, state=Attendance.State.APOLOGIES)
        return super().get_context_data(
            ahead=rows.filter(ends_at__gte=now),
            page_obj=page_of(self.request, rows.filter(ends_at__lt=now).order_by("-starts_at", "pk")),
            declined=set(apologies.values_list("event_id", flat=True)),
            missed=missed_by(self.actor.person_id),
            says_needs=says_needs(self.actor),
            cohorts=Cohort.objects.filter(
                participations__person_id=self.actor.person_id, participations__state=ParticipationState.ACTIVE
            ),
            **kwargs,
        )
