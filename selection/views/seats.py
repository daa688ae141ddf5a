"""Staff: seats that were promised for a cohort, and what came of each promise."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.models import Cohort
from cohorts.views.base import CohortFrame, cohorts_with_programme
from engine.views.downloads import Downloads, Sheet
from engine.views.service_form import ServiceFormView
from selection.forms.assessment import ReasonForm
from selection.forms.seats import SeatCreateForm, SeatEditForm
from selection.models import SeatCommitment, SelectionRound
from selection.rules import staff
from selection.selectors.ranking import rank_round
from selection.selectors.rounds import rounds_with_cohort
from selection.selectors.seats import SeatLine, seat_lines
from selection.services.balance import remove_commitment, save_commitment
from selection.services.choosing import composition_of
from selection.states import RoundState
from selection.views.sheets import seats_sheet
from tenancy.views.base import TenantPage


class SeatListView(CohortFrame, Downloads, TenantPage):
    permission = staff
    template_name = "selection/seat_list.html"

    @cached_property
    def round(self) -> SelectionRound | None:
        return rounds_with_cohort().filter(cohort=self.object).first()

    @cached_property
    def lines(self) -> list[SeatLine]:
        round_, chosen = self.round, None
        if round_ is not None and round_.state == RoundState.MODERATING:
            ranked = rank_round(round_, places=round_.cohort.places)
            chosen = {row.pk for row in composition_of(round_, ranked).chosen}
        return seat_lines(self.object, round_, chosen=chosen)

    def sheet(self) -> Sheet:
        return seats_sheet(self.object, self.lines)

    def get_object(self) -> Cohort:
        found: Cohort = self.find(Cohort, queryset=cohorts_with_programme())
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lines = self.lines
        names = ("promised", "applied", "eligible", "selected", "attending")
        return super().get_context_data(
            lines=lines,
            totals={name: sum(getattr(line, name) for line in lines) for name in names},
            round=self.round,
            page_heading=_("Seats promised"),
            **kwargs,
        )


class SeatForm(CohortFrame, ServiceFormView):
    permission = staff

    def get_success_url(self) -> str:
        kwargs = {"tenant": self.request.tenant.slug, "public_id": self.get_cohort().public_id}
        return reverse("selection:seat-list", kwargs=kwargs)

    def navigation_path(self) -> str:
        return self.get_success_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.get_success_url(), **kwargs)


class SeatCreateView(SeatForm):
    form_class = SeatCreateForm
    page_heading = gettext_lazy("Add seats that were promised")

    def get_object(self) -> Cohort:
        found: Cohort = self.find(Cohort, queryset=cohorts_with_programme())
        return found

    def act(self, data: dict[str, Any]) -> None:
        made = save_commitment(cohort=self.object, commitment=None, by=self.actor, **data)
        messages.success(self.request, _("The seats of %(who)s are on the list.") % {"who": made})


class OfSeats(SeatForm):
    object: SeatCommitment

    def get_object(self) -> SeatCommitment:
        rows = SeatCommitment.objects.select_related("cohort__programme", "sector", "organisation")
        found: SeatCommitment = self.find(SeatCommitment, queryset=rows)
        return found


class SeatEditView(OfSeats):
    form_class = SeatEditForm

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in ("seats", "promised_by", "promised_on", "version")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        heading = _("Seats promised by %(who)s") % {"who": self.object}
        return super().get_context_data(page_heading=heading, **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        save_commitment(cohort=self.object.cohort, commitment=self.object, by=self.actor, **data)
        messages.success(self.request, _("The promise has been changed."))


class SeatRemoveView(OfSeats):
    form_class = ReasonForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "submit": _("Take it off the list"), "warning": True}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        heading = _("Take the seats of %(who)s off the list") % {"who": self.object}
        return super().get_context_data(page_heading=heading, **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        remove_commitment(commitment=self.object, reason=data["reason"], by=self.actor)
        messages.success(self.request, _("The promise is off the list."))
