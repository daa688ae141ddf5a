"""The import of a nominations log: upload, columns, check, correct, write."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.views.base import CohortFrame, page_of
from engine.views.downloads import Downloads, Sheet
from engine.views.service_form import ServiceFormView
from selection.forms.nominations import ImportColumnsForm, ImportCreateForm, ImportOrganisationForm, ImportRowForm
from selection.models import NominationImport
from selection.rules import staff
from selection.services.nominations import columns
from selection.services.nominations.checking import Outcome
from selection.services.nominations.drafts import EDITABLE
from selection.services.nominations.uploads import (
    abandon_import,
    add_organisation_for_row,
    correct_row,
    is_being_written,
    leave_row_out,
    match_columns_by_hand,
    row_of,
    rows_to_write,
    table_of,
    upload_nominations,
)
from selection.services.nominations.writing import start_writing
from selection.views.rounds import OfRound, address
from selection.views.sheets import import_sheet
from tenancy.errors import NotAllowed, Refused
from tenancy.views.base import TenantPage, TenantView

State = NominationImport.State
COLOURS = {
    Outcome.GOOD: "green",
    Outcome.GUESSED: "yellow",
    Outcome.WRONG: "red",
    Outcome.THERE: "grey",
    Outcome.LEFT_OUT: "grey",
    Outcome.EMPTY: "grey",
}
SHORT = {
    Outcome.GOOD: gettext_lazy("Good"),
    Outcome.GUESSED: gettext_lazy("Guessed"),
    Outcome.WRONG: gettext_lazy("Wrong"),
    Outcome.THERE: gettext_lazy("Already there"),
    Outcome.LEFT_OUT: gettext_lazy("Left out"),
    Outcome.EMPTY: gettext_lazy("Empty"),
}


class ImportCreateView(OfRound, CohortFrame, ServiceFormView):
    permission = staff
    form_class = ImportCreateForm
    template_name = "selection/import_create.html"

    def act(self, data: dict[str, Any]) -> HttpResponse:
        file = data["file"]
        try:
            nominations = upload_nominations(round=self.object, name=file.name, content=file.read(), by=self.actor)
        except NotAllowed:
            raise
        except Refused as refusal:
            refusal.field = refusal.field or "file"
            raise
        name = "import-columns" if nominations.state == State.MAPPING else "import-detail"
        return HttpResponseRedirect(address(self, name, nominations))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        back = address(self, "round-detail", self.object)
        return super().get_context_data(page_heading=_("Import nominations"), back_href=back, **kwargs)


class OfImport(CohortFrame):
    """The import named in the address."""

    permission = staff

    def get_object(self) -> NominationImport:
        rows = NominationImport.objects.select_related(
            "round__cohort__programme", "round__tenant", "file", "job"
        ).defer("file__content")
        return self.find(NominationImport, queryset=rows)  # type: ignore[attr-defined, no-any-return]

    def get_cohort(self) -> Any:
        return self.object.round.cohort


class ImportColumnsView(OfImport, ServiceFormView):
    form_class = ImportColumnsForm
    template_name = "selection/import_columns.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"table": table_of(self.object), "mapping": self.object.mapping}

    def act(self, data: dict[str, Any]) -> HttpResponse:
        chosen = {key: int(value) for key, value in data.items() if value}
        match_columns_by_hand(nominations=self.object, chosen=chosen, by=self.actor)
        return HttpResponseRedirect(address(self, "import-detail", self.object))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        missing = [columns.LABELS[key] for key in columns.missing(self.object.mapping)]
        return super().get_context_data(
            page_heading=_("Match the columns"), missing=missing, nominations=self.object, **kwargs
        )


class ImportDetailView(OfImport, Downloads, TenantPage):
    """The dry run, row by row; after writing, what was written."""

    template_name = "selection/import_detail.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.object.state == State.MAPPING:
            return HttpResponseRedirect(address(self, "import-columns", self.object))
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        nominations: NominationImport = self.object
        rows = nominations.outcome["rows"]
        wanted = self.request.GET.get("outcome", "")
        if wanted not in Outcome.values:
            wanted = ""
        page = page_of(self.request, [row for row in rows if not wanted or row["outcome"] == wanted])
        at = {"tenant": self.request.tenant.slug, "public_id": nominations.public_id}
        for row in page.object_list:
            row["tag"] = {"text": SHORT[row["outcome"]], "colour": COLOURS[row["outcome"]]}
            row["href"] = reverse("selection:import-row", kwargs=at | {"number": row["row"]}) if row["texts"] else ""
        totals = nominations.outcome["totals"]
        counts = [
            {"value": outcome.value, "label": outcome.label, "count": totals[outcome.value]}
            for outcome in Outcome
            if totals[outcome.value]
        ]
        return super().get_context_data(
            nominations=nominations,
            page_heading=self.heading(),
            page_obj=page,
            counts=counts,
            wanted=wanted,
            total=len(rows),
            to_write=rows_to_write(nominations),
            written=nominations.outcome.get("written"),
            notices=nominations.outcome.get("notices", []),
            is_being_written=is_being_written(nominations),
            editable=nominations.state in (State.CHECKED, State.WRITING) and not is_being_written(nominations),
            failed=nominations.job.error if nominations.state == State.WRITING and nominations.job else "",
            **kwargs,
        )

    def sheet(self) -> Sheet:
        wanted = self.request.GET.get("outcome", "")
        rows = [r for r in self.object.outcome["rows"] if wanted not in Outcome.values or r["outcome"] == wanted]
        return import_sheet(rows, SHORT)

    def heading(self) -> str:
        if self.object.state == State.DONE:
            return _("Import of %(file)s") % {"file": self.object.file.name}
        return _("Check %(file)s before anything is written") % {"file": self.object.file.name}


class OfRow(OfImport):
    """One row of the import; 404 for a number that isn't in it."""

    def get_object(self) -> NominationImport:
        nominations = super().get_object()
        try:
            self.entry = row_of(nominations, self.kwargs["number"])  # type: ignore[attr-defined]
        except Refused as refusal:
            raise Http404 from refusal
        return nominations

    def back(self) -> str:
        return f"{address(self, 'import-detail', self.object)}#row-{self.entry['row']}"


class ImportRowView(OfRow, ServiceFormView):
    form_class = ImportRowForm
    template_name = "selection/import_row.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"entry": self.entry}

    def get_initial(self) -> dict[str, Any]:
        initial = {key: self.entry["texts"].get(key, "") for key in EDITABLE}
        found = {"manager_email": "endorser_address_found", "sponsor_email": "endorser_address_found"}
        for reason in self.entry["reasons"]:
            if found.get(reason["field"]) == reason["code"]:
                initial[reason["field"]] = self.entry["values"][reason["field"]]
        return initial | {"organisation": self.entry["organisation_id"]}

    def act(self, data: dict[str, Any]) -> HttpResponse:
        texts = {key: data[key] for key in EDITABLE if key in data and key != "organisation"}
        correct_row(
            nominations=self.object,
            number=self.entry["row"],
            texts=texts,
            organisation=data["organisation"],
            everywhere=bool(data.get("everywhere")),
            by=self.actor,
        )
        messages.success(self.request, _("Row %(row)d is saved and checked again.") % {"row": self.entry["row"]})
        return HttpResponseRedirect(self.back())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        heading = _("Row %(row)d: %(name)s") % {"row": self.entry["row"], "name": self.entry["name"] or _("no name")}
        return super().get_context_data(
            page_heading=heading,
            entry=self.entry,
            nominations=self.object,
            back_href=self.back(),
            left_out=self.entry["outcome"] == Outcome.LEFT_OUT,
            **kwargs,
        )


class ImportRowLeaveView(OfRow, TenantView):
    """Leave a row out, or take it back in."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            leave_row_out(
                nominations=self.object,
                number=self.entry["row"],
                leave_out=request.POST.get("leave_out") != "no",
                by=self.actor,
            )
        except NotAllowed:
            raise
        except Refused as refusal:
            messages.error(request, str(refusal))
        return HttpResponseRedirect(self.back())


class ImportOrganisationView(OfRow, ServiceFormView):
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
        back = address(self, "import-row", self.object, number=self.entry["row"])
        return super().get_context_data(page_heading=_("Add an organisation"), back_href=back, **kwargs)


class ImportWriteView(OfImport, TenantView):
    """Start the job that writes; a second press finds the same job."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            job = start_writing(nominations=self.object, by=self.actor)
        except NotAllowed:
            raise
        except Refused as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(address(self, "import-detail", self.object))
        tenant = request.tenant.slug  # type: ignore[attr-defined]
        return HttpResponseRedirect(reverse("engine:job-detail", kwargs={"tenant": tenant, "public_id": job.public_id}))


class ImportAbandonView(OfImport, TenantView):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            abandon_import(nominations=self.object, by=self.actor)
            messages.success(request, _("The import is abandoned. Nothing of it was written."))
        except NotAllowed:
            raise
        except Refused as refusal:
            messages.error(request, str(refusal))
        return HttpResponseRedirect(address(self, "round-detail", self.object.round))
