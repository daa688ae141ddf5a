"""Keeping an application or a whole round beyond its period, with a reason."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.views.base import CohortFrame, page_of
from engine.forms import BatonForm
from engine.views.downloads import Downloads, Sheet
from engine.views.service_form import ServiceFormView
from selection.forms.holds import HoldForm
from selection.models import Application, SelectionRound
from selection.rules import staff
from selection.selectors.deletions import what_goes
from selection.selectors.rounds import rounds_with_cohort
from selection.services.deletions import note_deletion
from selection.views.rounds import address
from selection.views.sheets import deletion_sheet
from tenancy.models import Hold
from tenancy.services.retention import hold, lift_hold


class HoldPage(CohortFrame, ServiceFormView):
    """One form: a reason to hold it; once it is held, the same button lifts it and needs a reason too, for the record."""

    permission = staff
    form_class = HoldForm
    back: str

    def get_cohort(self) -> Any:
        return self.object.cohort

    @property
    def held(self) -> Hold | None:
        rows: QuerySet[Hold] = Hold.objects.filter(
            subject_kind=self.object._meta.label, subject_id=self.object.public_id
        )
        return rows.filter(lifted_at__isnull=True).first()

    def get_form_kwargs(self) -> dict[str, Any]:
        submit = _("Let its period run again") if self.held else _("Keep it until this is lifted")
        return {**super().get_form_kwargs(), "submit": submit}

    def get_initial(self) -> dict[str, Any]:
        return {"lift": bool(self.held)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        held = self.held
        heading = _("Kept: %(why)s") % {"why": held.reason} if held else _("Keep this beyond its period")
        return super().get_context_data(page_heading=heading, back_href=address(self, self.back, self.object), **kwargs)

    def act(self, data: dict[str, Any]) -> HttpResponse:
        if data["lift"]:
            lift_hold(subject=self.object, reason=data["reason"], by=self.actor)
            messages.success(self.request, _("Its period runs again."))
        else:
            hold(subject=self.object, reason=data["reason"], by=self.actor)
            messages.success(self.request, _("It’s kept until you lift this."))
        return HttpResponseRedirect(address(self, self.back, self.object))


class ApplicationHoldView(HoldPage):
    back = "application-detail"

    def get_object(self) -> Application:
        return self.find(Application, queryset=Application.objects.select_related("cohort__programme"))  # type: ignore[no-any-return]


class RoundHoldView(HoldPage):
    back = "round-detail"

    def get_object(self) -> SelectionRound:
        return self.find(SelectionRound, queryset=rounds_with_cohort())  # type: ignore[no-any-return]


class RoundDeletionView(CohortFrame, Downloads, ServiceFormView):
    """What goes of a round before long, by kind and name; staff hold what must stay, or say that they have looked."""

    permission = staff
    template_name = "selection/round_deletion.html"
    page_heading = gettext_lazy("What will be deleted")
    object: SelectionRound

    class form_class(BatonForm):
        submit_label = gettext_lazy("I’ve looked: let it go then")

    def get_object(self) -> SelectionRound:
        return self.find(SelectionRound, queryset=rounds_with_cohort())  # type: ignore[no-any-return]

    def get_cohort(self) -> Any:
        return self.object.cohort

    def sheet(self) -> Sheet:
        return deletion_sheet(self.object, what_goes(self.object)["rows"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        going = what_goes(self.object)
        near, page = going.pop("asked"), page_of(self.request, going["rows"])
        return super().get_context_data(
            **going,
            round=self.object,
            page_obj=page,
            applications=page.paginator.count,
            near=near,
            now=timezone.now(),
            back_href=address(self, "round-detail", self.object),
            **kwargs,
        )

    def act(self, data: dict[str, Any]) -> HttpResponse:
        note_deletion(round=self.object, by=self.actor)
        messages.success(self.request, _("Noted. What isn’t held goes when its period is over."))
        return HttpResponseRedirect(address(self, "round-detail", self.object))
