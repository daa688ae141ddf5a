"""The import of scores given elsewhere: upload, columns, check, correct, write. Each import is its uploader's alone."""

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
from selection.forms.score_imports import ScoreColumnsForm, ScoreImportCreateForm, ScoreRowForm
from selection.models import ScoreImport
from selection.rules import staff
from selection.selectors.assessment import open_allocations
from selection.services.score_imports import columns
from selection.services.score_imports.checking import Outcome
from selection.services.score_imports.uploads import (
    abandon_scores,
    correct_score_row,
    is_being_written,
    leave_score_row_out,
    match_score_columns,
    row_of,
    rows_to_write,
    table_of,
    upload_scores,
)
from selection.services.score_imports.writing import start_writing_scores
from selection.states import RoundState
from selection.views.round_base import RoundMixin
from selection.views.rounds import address
from selection.views.sheets import score_import_sheet, scores_to_fill_in
from tenancy.errors import NotAllowed, Refused
from tenancy.views.base import TenantPage, TenantView

State = ScoreImport.State
TAGS = {
    Outcome.GOOD: (gettext_lazy("Good"), "green"),
    Outcome.WRONG: (gettext_lazy("Wrong"), "red"),
    Outcome.THERE: (gettext_lazy("Already there"), "grey"),
    Outcome.LEFT_OUT: (gettext_lazy("Left out"), "grey"),
    Outcome.EMPTY: (gettext_lazy("Empty"), "grey"),
}


class ScoreImportCreateView(RoundMixin, Downloads, ServiceFormView):
    """Upload a sheet; the download is the very sheet to fill in."""

    form_class = ScoreImportCreateForm
    template_name = "selection/score_import_create.html"
    step = "assess-round"

    def sheet(self) -> Sheet:
        rows = open_allocations().filter(application__round=self.round)
        rows = rows.select_related("application__applicant", "assessor").order_by("assessor__sort_key", "public_id")
        return scores_to_fill_in(self.round, list(rows), list(self.round.criteria.all()))

    def act(self, data: dict[str, Any]) -> HttpResponse:
        file = data["file"]
        try:
            sheet = upload_scores(round=self.round, name=file.name, content=file.read(), by=self.actor)
        except NotAllowed:
            raise
        except Refused as refusal:
            refusal.field = refusal.field or "file"
            raise
        name = "score-import-columns" if sheet.state == State.MAPPING else "score-import-detail"
        return HttpResponseRedirect(address(self, name, sheet))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        assessing = self.round.state == RoundState.ASSESSING
        return super().get_context_data(
            page_heading=_("Bring in scores"),
            assessing=assessing,
            downloads=assessing,
            open=open_allocations().filter(application__round=self.round).count(),
            earlier=ScoreImport.objects.filter(round=self.round)
            .select_related("file")
            .defer("file__content", "outcome"),
            back_href=self.url("assess-round"),
            **kwargs,
        )


class OfScoreImport(CohortFrame):
    """The import named in the address."""

    permission = staff

    def get_object(self) -> ScoreImport:
        rows = ScoreImport.objects.select_related("round__cohort__programme", "round__tenant", "file", "job")
        return self.find(ScoreImport, queryset=rows.defer("file__content"))  # type: ignore[attr-defined, no-any-return]

    def get_cohort(self) -> Any:
        return self.object.round.cohort

    def labels(self) -> dict[str, str]:
        return columns.labels(list(self.object.round.criteria.all()))


class ScoreImportColumnsView(OfScoreImport, ServiceFormView):
    form_class = ScoreColumnsForm
    template_name = "selection/import_columns.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        own = {"table": table_of(self.object), "mapping": self.object.mapping, "labels": self.labels()}
        return super().get_form_kwargs() | own

    def act(self, data: dict[str, Any]) -> HttpResponse:
        chosen = {key: int(value) for key, value in data.items() if value}
        match_score_columns(sheet=self.object, chosen=chosen, by=self.actor)
        return HttpResponseRedirect(address(self, "score-import-detail", self.object))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        labels = self.labels()
        absent = columns.missing(self.object.mapping, list(self.object.round.criteria.all()))
        return super().get_context_data(
            page_heading=_("Match the columns"),
            missing=[labels[key] for key in absent],
            nominations=self.object,
            **kwargs,
        )


class ScoreImportDetailView(OfScoreImport, Downloads, TenantPage):
    """The dry run, row by row; after writing, what was written."""

    template_name = "selection/score_import_detail.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.object.state == State.MAPPING:
            return HttpResponseRedirect(address(self, "score-import-columns", self.object))
        return super().get(request, *args, **kwargs)

    def wanted(self) -> str:
        said = self.request.GET.get("outcome", "")
        return said if said in Outcome.values else ""

    def chosen(self) -> list[dict[str, Any]]:
        wanted = self.wanted()
        return [row for row in self.object.outcome.get("rows", ()) if not wanted or row["outcome"] == wanted]

    def sheet(self) -> Sheet:
        return score_import_sheet(self.chosen(), {outcome: words for outcome, (words, _colour) in TAGS.items()})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sheet: ScoreImport = self.object
        page = page_of(self.request, self.chosen())
        labels = self.labels()
        at = {"tenant": self.request.tenant.slug, "public_id": sheet.public_id}
        for row in page.object_list:
            words, colour = TAGS[row["outcome"]]
            row["tag"] = {"text": words, "colour": colour}
            row["href"] = reverse("selection:score-import-row", kwargs=at | {"number": row["row"]})
            row["marks"] = [
                (label.partition(":")[0], row["texts"][key])
                for key, label in labels.items()
                if key.startswith("points_") and key in row["texts"]
            ]
        totals = sheet.outcome.get("totals", {})
        return super().get_context_data(
            sheet_of_scores=sheet,
            page_heading=self.heading(),
            page_obj=page,
            counts=[
                {"value": o.value, "label": o.label, "count": totals[o.value]} for o in Outcome if totals.get(o.value)
            ],
            wanted=self.wanted(),
            total=len(sheet.outcome.get("rows", ())),
            to_write=rows_to_write(sheet),
            written=sheet.outcome.get("written"),
            notices=sheet.outcome.get("notices", []),
            is_being_written=is_being_written(sheet),
            editable=sheet.state in (State.CHECKED, State.WRITING) and not is_being_written(sheet),
            failed=sheet.job.error if sheet.state == State.WRITING and sheet.job else "",
            back_href=address(self, "score-import-create", sheet.round),
            **kwargs,
        )

    def heading(self) -> str:
        if self.object.state == State.DONE:
            return _("Import of %(file)s") % {"file": self.object.file.name}
        return _("Check %(file)s before anything is written") % {"file": self.object.file.name}


class OfScoreRow(OfScoreImport):
    """One row of the import; 404 for a number that isn't in it."""

    def get_object(self) -> ScoreImport:
        sheet = super().get_object()
        try:
            self.entry = row_of(sheet, self.kwargs["number"])  # type: ignore[attr-defined]
        except Refused as refusal:
            raise Http404 from refusal
        return sheet

    def back(self) -> str:
        return f"{address(self, 'score-import-detail', self.object)}#row-{self.entry['row']}"


class ScoreImportRowView(OfScoreRow, ServiceFormView):
    form_class = ScoreRowForm
    template_name = "selection/score_import_row.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"texts": self.entry["texts"], "labels": self.labels()}

    def get_initial(self) -> dict[str, Any]:
        return dict(self.entry["texts"])

    def act(self, data: dict[str, Any]) -> HttpResponse:
        correct_score_row(sheet=self.object, number=self.entry["row"], texts=data, by=self.actor)
        messages.success(self.request, _("Row %(row)d is saved and checked again.") % {"row": self.entry["row"]})
        return HttpResponseRedirect(self.back())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        entry = self.entry
        words = {"row": entry["row"], "what": f"{entry['reference']}, {entry['assessor']}".strip(", ")}
        return super().get_context_data(
            page_heading=_("Row %(row)d: %(what)s") % words,
            entry=entry,
            sheet_of_scores=self.object,
            back_href=self.back(),
            left_out=entry["outcome"] == Outcome.LEFT_OUT,
            **kwargs,
        )


class ScorePost(OfScoreImport, TenantView):
    """A button of an import: what it refuses is told on the page it came from."""

    http_method_names = ["post"]

    def act(self) -> str:
        """Do it; the address of the next page."""
        raise NotImplementedError

    def back(self) -> str:
        return address(self, "score-import-detail", self.object)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return HttpResponseRedirect(self.act())
        except NotAllowed:
            raise
        except Refused as refusal:
            messages.error(request, str(refusal))
        return HttpResponseRedirect(self.back())


class ScoreImportLeaveView(OfScoreRow, ScorePost):
    """Leave a row out, or take it back in."""

    def act(self) -> str:
        leave = self.request.POST.get("leave_out") != "no"
        leave_score_row_out(sheet=self.object, number=self.entry["row"], leave_out=leave, by=self.actor)
        return self.back()


class ScoreImportWriteView(ScorePost):
    """Start the job that writes; a second press finds the same job."""

    def act(self) -> str:
        job = start_writing_scores(sheet=self.object, by=self.actor)
        return reverse("engine:job-detail", kwargs={"tenant": self.request.tenant.slug, "public_id": job.public_id})


class ScoreImportAbandonView(ScorePost):
    def act(self) -> str:
        abandon_scores(sheet=self.object, by=self.actor)
        messages.success(self.request, _("The import is abandoned. Nothing of it was written."))
        return address(self, "score-import-create", self.object.round)
