"""The import of a nominations log: upload, columns, check, correct, leave out, add, write."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.views.base import CohortFrame
from engine.views.downloads import Sheet
from engine.views.imports import (
    RowMixin,
    SheetAbandonView,
    SheetColumnsView,
    SheetDetailView,
    SheetRowLeaveView,
    SheetRowView,
    SheetUploadView,
    SheetWriteView,
)
from engine.views.service_form import ServiceFormView
from selection.forms.nominations import ImportColumnsForm, ImportCreateForm, ImportOrganisationForm, ImportRowForm
from selection.rules import staff
from selection.services.nominations.checking import Outcome
from selection.services.nominations.drafts import EDITABLE
from selection.services.nominations.kind import NOMINATIONS
from selection.services.nominations.uploads import add_organisation_for_row, correct_row
from selection.views.rounds import OfRound, address
from selection.views.sheets import import_sheet


class ImportCreateView(OfRound, CohortFrame, SheetUploadView):
    permission = staff
    kind = NOMINATIONS
    form_class = ImportCreateForm
    template_name = "selection/import_create.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        back = address(self, "round-detail", self.object)
        return super().get_context_data(page_heading=_("Import nominations"), back_href=back, **kwargs)


class OfImport(CohortFrame):
    permission = staff
    kind = NOMINATIONS

    def get_cohort(self) -> Any:
        return self.object.round.cohort


class ImportColumnsView(OfImport, SheetColumnsView):
    form_class = ImportColumnsForm


class ImportDetailView(OfImport, SheetDetailView):
    template_name = "selection/import_detail.html"
    tags = {
        Outcome.GOOD: (gettext_lazy("Good"), "green"),
        Outcome.GUESSED: (gettext_lazy("Guessed"), "yellow"),
        Outcome.WRONG: (gettext_lazy("Wrong"), "red"),
        Outcome.THERE: (gettext_lazy("Already there"), "grey"),
        Outcome.LEFT_OUT: (gettext_lazy("Left out"), "grey"),
        Outcome.EMPTY: (gettext_lazy("Empty"), "grey"),
    }

    def sheet(self) -> Sheet:
        return import_sheet(self.chosen(), self.words())


class ImportRowView(OfImport, SheetRowView):
    form_class = ImportRowForm  # type: ignore[assignment]
    template_name = "selection/import_row.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        del kwargs["labels"]
        return kwargs

    def get_initial(self) -> dict[str, Any]:
        initial = {key: self.entry["texts"].get(key, "") for key in EDITABLE}
        found = {"manager_email": "endorser_address_found", "sponsor_email": "endorser_address_found"}
        for reason in self.entry["reasons"]:
            if found.get(reason["field"]) == reason["code"]:
                initial[reason["field"]] = self.entry["values"][reason["field"]]
        return initial | {"organisation": self.entry["organisation_id"]}

    def correct(self, data: dict[str, Any]) -> None:
        texts = {key: data[key] for key in EDITABLE if key in data and key != "organisation"}
        correct_row(
            nominations=self.object,
            number=self.entry["row"],
            texts=texts,
            organisation=data["organisation"],
            everywhere=bool(data.get("everywhere")),
            by=self.actor,
        )

    def what(self) -> str:
        return self.entry["name"] or _("no name")


class ImportRowLeaveView(OfImport, SheetRowLeaveView):
    pass


class ImportOrganisationView(OfImport, RowMixin, ServiceFormView):
    form_class = ImportOrganisationForm

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.entry["written_as"]}

    def act(self, data: dict[str, Any]) -> HttpResponse:
        add_organisation_for_row(
            nominations=self.object, number=self.entry["row"], name=data["name"], sector=data["sector"], by=self.actor
        )
        messages.success(self.request, _("%(name)s is added.") % {"name": data["name"]})
        return HttpResponseRedirect(self.back())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        back = self.at("row", number=self.entry["row"])
        return super().get_context_data(page_heading=_("Add an organisation"), back_href=back, **kwargs)


class ImportWriteView(OfImport, SheetWriteView):
    pass


class ImportAbandonView(OfImport, SheetAbandonView):
    def done(self) -> str:
        return address(self, "round-detail", self.object.round)
