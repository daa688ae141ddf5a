"""An assessment centre: the applicant chooses a time, an observer marks in the room."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engine.views.service_form import ServiceFormView
from selection.forms.centre import CentreBookForm, CentreNeedsForm, ObserveForm
from selection.models import (
    AdjustmentNeed,
    Application,
    AssessmentCentre,
    CentreArrangement,
    CentrePlace,
    CentreSlot,
    ObservedMark,
    Observer,
)
from selection.rules import applicant, observing
from selection.selectors.assessment import suspended
from selection.selectors.centre import slots_with_room
from selection.services.centre_places import book_slot
from selection.services.observing import save_marks
from selection.services.support import say_needs
from selection.states import ApplicationState, CentrePlaceState, CentreState
from selection.views.rounds import address
from tenancy.models import Role
from tenancy.views.recorded import Recorded


class OwnPlace(ServiceFormView):
    """The applicant's pages; nobody who wasn't called has any."""

    permission = applicant
    caption = gettext_lazy("Your application")

    def get_object(self) -> Application:
        rows = Application.objects.select_related(
            "round__cohort__programme", "round__tenant", "round__centre", "cohort__programme", "centre_place__slot"
        )
        application: Application = self.find(Application, queryset=rows)
        place: CentrePlace | None = getattr(application, "centre_place", None)
        if place is None:
            raise Http404
        self.place = place
        self.centre: AssessmentCentre = application.round.centre  # type: ignore[attr-defined]
        return application

    @property
    def can_choose(self) -> bool:
        now = timezone.now()
        begun = self.place.slot is not None and self.place.slot.starts_at <= now
        return (
            self.centre.state == CentreState.BOOKING
            and self.object.state == ApplicationState.ELIGIBLE
            and self.place.state in (CentrePlaceState.CALLED, CentrePlaceState.BOOKED)
            and now < self.centre.book_by
            and not begun
        )


class CentreNeedsView(OwnPlace):
    """Asked before a time is chosen: what they need on the day. The words are those they may have sent with the application."""

    form_class = CentreNeedsForm
    template_name = "selection/centre_needs.html"

    @cached_property
    def need(self) -> AdjustmentNeed | None:
        return AdjustmentNeed.objects.filter(application=self.object).first()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return (
            super().get(request, *args, **kwargs) if self.can_choose else HttpResponseRedirect(self.get_success_url())
        )

    def get_initial(self) -> dict[str, Any]:
        return {"text": self.need.text, "version": self.need.version} if self.need else {"text": "", "version": 0}

    def current_version(self) -> int:
        return AdjustmentNeed.objects.values_list("version", flat=True).filter(application=self.object).first() or 0

    def get_success_url(self) -> str:
        return address(self, "centre-book", self.object)

    def act(self, data: dict[str, Any]) -> None:
        say_needs(place=self.place, by=self.actor, **data)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        back = address(self, "application-detail", self.object)
        return super().get_context_data(need=self.need, centre=self.centre, back_href=back, **kwargs)


class CentreBookView(OwnPlace):
    """What happens there, the times that are left, or the one they have."""

    form_class = CentreBookForm
    template_name = "selection/centre_book.html"
    page_heading = gettext_lazy("Your time at the assessment centre")

    @cached_property
    def slots(self) -> list[CentreSlot]:
        """Those with room, and the one they have."""
        rows = slots_with_room(self.centre).filter(starts_at__gt=timezone.now()).order_by("starts_at", "where")
        return [slot for slot in rows if slot.left > 0 or slot.pk == self.place.slot_id]  # type: ignore[attr-defined]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"slots": self.slots}

    def get_initial(self) -> dict[str, Any]:
        return {"slot": self.place.slot.public_id} if self.place.slot else {}

    def get_success_url(self) -> str:
        return address(self, "application-detail", self.object)

    def act(self, data: dict[str, Any]) -> None:
        book_slot(place=self.place, slot=data["slot"], by=self.actor)
        messages.success(self.request, _("Your time is booked."))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            application=self.object,
            place=self.place,
            centre=self.centre,
            exercises=self.centre.exercises.all(),  # type: ignore[attr-defined]
            can_choose=self.can_choose,
            asked=self.place.needs_said_at is not None,
            none_left=not self.slots,
            arranged=CentreArrangement.objects.filter(place=self.place).first(),
            back_href=self.get_success_url(),
            **kwargs,
        )


class ObserveView(Recorded, ServiceFormView):
    """Marks on a tablet in the room: the name, what was arranged, points and a note for each criterion. Never the paper scores."""

    permission = observing
    form_class = ObserveForm
    template_name = "selection/observe.html"
    object: Observer
    recorded_what = gettext_lazy("Part of an assessment centre")
    recorded_role = Role.ASSESSOR.label

    def get_object(self) -> Observer:
        rows = Observer.objects.select_related(
            "exercise", "slot", "place__application__applicant", "place__application__round__cohort__programme"
        ).annotate(suspended=suspended("person", "place__application__applicant"))
        found: Observer = self.find(Observer, queryset=rows)
        return found

    def check(self, rule: Any, obj: Any = None) -> None:
        super().check(rule, obj)
        if obj is not None and obj.suspended:
            raise PermissionDenied

    def recorded_subject(self) -> Application:
        return self.object.place.application

    @property
    def can_mark(self) -> bool:
        row = self.object
        centre = AssessmentCentre.objects.get(round=row.place.application.round_id)
        return (
            row.finished_at is None
            and centre.state == CentreState.BOOKING
            and row.place.application.state == ApplicationState.ELIGIBLE
            and row.place.state in (CentrePlaceState.BOOKED, CentrePlaceState.CAME)
            and row.starts_at <= timezone.now()
        )

    def get_form_kwargs(self) -> dict[str, Any]:
        rows = self.object.exercise.criteria.select_related("criterion").prefetch_related("criterion__descriptors")
        given = {m.criterion_id: m for m in ObservedMark.objects.filter(observer=self.object)}
        return super().get_form_kwargs() | {
            "observer": self.object,
            "criteria": [row.criterion for row in rows],
            "given": given,
        }

    def here(self) -> str:
        return reverse(
            "selection:observe", kwargs={"tenant": self.request.tenant.slug, "public_id": self.object.public_id}
        )

    def form_valid(self, form: Any) -> HttpResponse:
        self.marks = form.marks()
        return super().form_valid(form)

    def act(self, data: dict[str, Any]) -> HttpResponse:
        finish = "save" not in self.request.POST
        save_marks(observer=self.object, marks=self.marks, by=self.actor, finish=finish)
        name = self.object.place.application.applicant.name
        said = _("Your marks for %(name)s are finished.") if finish else _("Your draft for %(name)s is kept.")
        messages.success(self.request, said % {"name": name})
        return HttpResponseRedirect(self.here())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.object
        context = super().get_context_data(**kwargs)
        return context | {
            "observer": row,
            "application": row.place.application,
            "sections": context["form"].sections(),
            "can_mark": self.can_mark,
            "ahead": row.starts_at > timezone.now(),
            "missed": row.place.state == CentrePlaceState.MISSED,
            "arranged": CentreArrangement.objects.filter(place=row.place_id).first(),
            "caption": str(row.place.application.round.cohort),
        }
