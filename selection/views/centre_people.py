"""Staff: one person's way through an assessment centre, and the observers' rota."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from engine.forms import BatonForm
from engine.views.downloads import Downloads, Sheet
from engine.views.service_form import ServiceFormView
from selection.forms.assessment import ReasonForm
from selection.forms.centre import CentreBookForm
from selection.forms.centre_staff import CentreGiveForm, CentreTellForm, ObserverNameForm
from selection.models import (
    AdjustmentRequest,
    Application,
    AssessorAllocation,
    CentreArrangement,
    CentrePlace,
    Exercise,
    Observer,
    SelectionRound,
)
from selection.selectors.assessment import bars, round_assessors
from selection.selectors.centre import OBSERVERS, slots_with_room
from selection.selectors.moderation import conflicts_of_moderator
from selection.selectors.rota import Part, Rota, plan_rota, rota_of
from selection.services.centre import call_application, release_place
from selection.services.centre_places import give_slot, note_came, note_missed, tell_observers
from selection.services.observing import fill_rota, name_for_group, name_observer, withdraw_observer
from selection.states import CentrePlaceState, CentreState
from selection.views.centre_round import CentrePage, CentreStep
from selection.views.sheets import rota_sheet
from tenancy.models import Person
from tenancy.views.base import TenantPage, TenantView
from tenancy.views.recorded import Recorded


class CentreCallView(CentrePage, ServiceFormView):
    """One more person, or one who had been released, while people book."""

    form_class = ReasonForm
    template_name = "selection/centre_form.html"
    object: Any

    def get_object(self) -> Any:
        rows = Application.objects.select_related("round__cohort__programme", "round__tenant", "applicant", "cohort")
        return self.find(Application, queryset=rows)

    @property
    def round(self) -> SelectionRound:
        return self.object.round  # type: ignore[no-any-return]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "submit": _("Call them")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        heading = _("Call %(name)s to the assessment centre") % {"name": self.object.applicant.name}
        return super().get_context_data(page_heading=heading, **kwargs)

    def act(self, data: dict[str, Any]) -> HttpResponse:
        call_application(application=self.object, reason=data["reason"], by=self.actor)
        messages.success(
            self.request, _("%(name)s is called and has been written to.") % {"name": self.object.applicant.name}
        )
        return HttpResponseRedirect(self.url("centre-detail"))


class OfPlace(CentrePage):
    """`object` is one person's place."""

    object: Any

    def get_object(self) -> Any:
        rows = CentrePlace.objects.select_related(
            "application__applicant",
            "application__organisation",
            "application__round__cohort__programme",
            "application__round__tenant",
            "application__round__centre",
            "application__cohort",
            "slot",
            "given_by",
        )
        return self.find(CentrePlace, queryset=rows)

    @property
    def round(self) -> SelectionRound:
        return self.object.application.round  # type: ignore[no-any-return]

    @property
    def name(self) -> str:
        return str(self.object.application.applicant.name)

    def get_success_url(self) -> str:
        return self.url("centre-place", public_id=self.object.public_id)


class CentrePlaceView(OfPlace, Recorded, TenantPage):
    """When they come, what their observers know, who watches what, and what can be done."""

    template_name = "selection/centre_place.html"
    recorded_what = gettext_lazy("Place at an assessment centre")
    recorded_role = gettext_lazy("Programme staff")

    def recorded_subject(self) -> Application:
        return self.object.application  # type: ignore[no-any-return]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        place, now = self.object, timezone.now()
        running = self.centre.state == CentreState.BOOKING
        parts = [p for each in rota_of(self.centre) for p in each.parts if p.place.pk == place.pk]
        closed = conflicts_of_moderator(self.round, self.actor, [place.application])
        return super().get_context_data(
            page_heading=self.name,
            back_href=self.url("centre-detail"),
            place=place,
            application=place.application,
            centre=self.centre,
            parts=parts,
            need=AdjustmentRequest.objects.filter(application=place.application).first(),
            arranged=CentreArrangement.objects.filter(place=place).first(),
            begun=place.slot is not None and place.slot.starts_at <= now,
            running=running,
            marked=any(o.began_at for part in parts for o in part.observers),
            may_release=running and not closed and place.state in (CentrePlaceState.CALLED, CentrePlaceState.BOOKED),
            may_give=running and place.state in (CentrePlaceState.CALLED, CentrePlaceState.BOOKED),
            may_call=running and not closed and place.state == CentrePlaceState.RELEASED,
            **kwargs,
        )


class CentreGiveView(OfPlace, ServiceFormView):
    form_class = CentreGiveForm
    template_name = "selection/centre_form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        rows = slots_with_room(self.centre).filter(ends_at__gt=timezone.now()).order_by("starts_at", "where")
        slots = [s for s in rows if s.left > 0 or s.pk == self.object.slot_id]  # type: ignore[attr-defined]
        return super().get_form_kwargs() | {"slots": slots}

    def get_initial(self) -> dict[str, Any]:
        place = self.object
        return {"slot": place.slot.public_id if place.slot else None, "version": place.sequence}

    def show_both(self, form: Any, stale: Any) -> HttpResponse:
        form.add_error(None, str(stale))
        place = CentrePlace.objects.select_related("slot").get(pk=self.object.pk)
        form.data = form.data.copy()
        form.data["version"] = str(place.sequence)
        now = CentreBookForm.words(place.slot) if place.slot else _("None")
        theirs = [{"key": _("Their time"), "value": now}]
        return self.render_to_response(self.get_context_data(form=form, theirs=theirs), status=409)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(
            page_heading=_("A time for %(name)s") % {"name": self.name},
            back_href=self.get_success_url(),
            **kwargs,
        )
        return context | {"none_left": not context["form"].slots}

    def act(self, data: dict[str, Any]) -> None:
        give_slot(place=self.object, slot=data["slot"], sequence=data["version"], by=self.actor)
        messages.success(self.request, _("%(name)s has this time now, and has been written to.") % {"name": self.name})


class CentreReleaseView(OfPlace, ServiceFormView):
    form_class = ReasonForm
    template_name = "selection/centre_release.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "submit": _("Release"), "warning": True}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            page_heading=_("Release %(name)s") % {"name": self.name}, back_href=self.get_success_url(), **kwargs
        )

    def act(self, data: dict[str, Any]) -> None:
        release_place(place=self.object, reason=data["reason"], by=self.actor)
        messages.success(self.request, _("%(name)s needn’t come, and has been written to.") % {"name": self.name})


class CentreTellView(OfPlace, ServiceFormView):
    form_class = CentreTellForm
    template_name = "selection/centre_form.html"

    def arranged(self) -> CentreArrangement | None:
        return CentreArrangement.objects.filter(place=self.object).first()

    def get_initial(self) -> dict[str, Any]:
        present = self.arranged()
        return {"text": present.text, "version": present.version} if present else {"text": "", "version": 0}

    def current_version(self) -> int:
        present = self.arranged()
        return present.version if present else 0

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        heading = _("What %(name)s’s observers are told") % {"name": self.name}
        return super().get_context_data(page_heading=heading, back_href=self.get_success_url(), **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        tell_observers(place=self.object, by=self.actor, **data)
        messages.success(self.request, _("Saved. Their observers read it, and so do they."))


class CentreCameView(OfPlace, CentreStep, TenantView):
    def act(self) -> str:
        note_came(place=self.object, by=self.actor)
        return _("%(name)s came.") % {"name": self.name}


class CentreMissedView(OfPlace, CentreStep, TenantView):
    def act(self) -> str:
        note_missed(place=self.object, by=self.actor)
        return _("%(name)s didn’t come.") % {"name": self.name}


# --- observers ---


class CentreObserversView(CentrePage, Downloads, TenantPage):
    """The rota: by time, who watches what, and what lacks somebody."""

    template_name = "selection/centre_observers.html"
    page_heading = gettext_lazy("Observers")

    @cached_property
    def slots(self) -> list[Any]:
        return rota_of(self.centre)

    def parts(self) -> list[Part]:
        return [part for each in self.slots for part in each.parts]

    def sheet(self) -> Sheet:
        return rota_sheet(self.round, self.parts())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        parts = self.parts()
        return super().get_context_data(
            page_heading=self.page_heading,
            centre=self.centre,
            slots=self.slots,
            now=timezone.now(),
            wanted=len(parts) * OBSERVERS,
            named=sum(len(p.observers) for p in parts),
            missing=sum(p.missing for p in parts),
            running=self.centre.state == CentreState.BOOKING,
            **kwargs,
        )


class ObserversFillView(CentrePage, ServiceFormView):
    """Whom the portal would name wherever somebody is missing; the button writes exactly this."""

    template_name = "selection/observers_fill.html"
    page_heading = gettext_lazy("Name observers where they’re missing")

    class form_class(BatonForm):
        submit_label = gettext_lazy("Name them and tell them")
        seal = forms.CharField(widget=forms.HiddenInput, max_length=64)

    @cached_property
    def running(self) -> bool:
        return self.centre.state == CentreState.BOOKING

    def get_success_url(self) -> str:
        return self.url("centre-observers")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        plan = plan_rota(self.centre) if self.running else Rota([], [])
        form = kwargs.get("form")
        if form is None:
            kwargs["form"] = self.form_class(initial={"seal": plan.seal})
        else:
            # shown again after something changed: with the plan as it is now
            form.data = {"seal": plan.seal}
        return super().get_context_data(plan=plan, running=self.running, **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        rows = fill_rota(round=self.round, seal=data["seal"], by=self.actor)
        text = ngettext("%(n)d part is given to an observer.", "%(n)d parts are given to observers.", len(rows))
        messages.success(self.request, text % {"n": len(rows)})


class ObserverNameView(OfPlace, ServiceFormView):
    """One exercise of one person, or of everybody who does it together with them."""

    form_class = ObserverNameForm
    template_name = "selection/observer_name.html"

    @cached_property
    def exercise(self) -> Exercise:
        found: Exercise = self.find(Exercise, name="exercise", queryset=Exercise.objects.filter(centre=self.centre))
        return found

    def get_success_url(self) -> str:
        return self.url("centre-observers")

    def choices(self) -> list[tuple[Person, str]]:
        """The round's assessors whom nothing bars, those who scored it on paper last."""
        people = round_assessors(self.round)
        barred = bars([self.object.application], people) if people else {}
        scored = set(
            AssessorAllocation.objects.filter(
                application=self.object.application, withdrawn_at__isnull=True
            ).values_list("assessor", flat=True)
        )
        watching = set(
            Observer.objects.filter(place=self.object, exercise=self.exercise, withdrawn_at__isnull=True).values_list(
                "person", flat=True
            )
        )
        rows = [
            (p, _("Scored this application on paper") if p.pk in scored else "")
            for p in people
            if (self.object.application_id, p.pk) not in barred and p.pk not in watching
        ]
        return sorted(rows, key=lambda row: bool(row[1]))

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"choices": self.choices()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(
            page_heading=self.exercise.name,
            place=self.object,
            exercise=self.exercise,
            application=self.object.application,
            **kwargs,
        )
        return context | {"nobody": not context["form"].people}

    def act(self, data: dict[str, Any]) -> None:
        if self.exercise.together:
            rows = name_for_group(place=self.object, exercise=self.exercise, by=self.actor, **data)
            words = ngettext("%(name)s observes %(n)d person.", "%(name)s observes %(n)d people.", len(rows))
            messages.success(self.request, words % {"name": data["person"].name, "n": len(rows)})
        else:
            name_observer(place=self.object, exercise=self.exercise, by=self.actor, **data)
            messages.success(
                self.request,
                _("%(name)s observes %(who)s and has been written to.")
                % {"name": data["person"].name, "who": self.name},
            )


class ObserverWithdrawView(CentrePage, ServiceFormView):
    form_class = ReasonForm
    template_name = "selection/centre_form.html"
    object: Any

    def get_object(self) -> Any:
        rows = Observer.objects.select_related(
            "person",
            "exercise",
            "place__application__applicant",
            "place__application__round__cohort__programme",
            "place__application__round__tenant",
        )
        return self.find(Observer, queryset=rows)

    @property
    def round(self) -> SelectionRound:
        return self.object.place.application.round  # type: ignore[no-any-return]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "submit": _("Take back"), "warning": True}

    def get_success_url(self) -> str:
        return self.url("centre-observers")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.object
        heading = _("%(observer)s no longer observes %(name)s (%(exercise)s)") % {
            "observer": row.person.name,
            "name": row.place.application.applicant.name,
            "exercise": row.exercise.name,
        }
        return super().get_context_data(page_heading=heading, **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        withdraw_observer(observer=self.object, reason=data["reason"], by=self.actor)
        messages.success(self.request, _("%(name)s has been told.") % {"name": self.object.person.name})
