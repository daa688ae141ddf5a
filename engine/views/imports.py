"""The pages of an import, whatever is brought in: upload, columns, check, correct, leave out, write, abandon.

An app's own views name their `kind` and `permission`, and put its frame around them (docs/imports.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from engine.forms.imports import SheetColumnsForm, SheetRowForm
from engine.imports import Entry, ImportKind
from engine.imports.steps import (
    abandon_sheet,
    about_of,
    correct_sheet_row,
    is_being_written,
    leave_sheet_row_out,
    match_sheet_columns,
    row_of,
    rows_to_write,
    start_writing_sheet,
    table_of,
    upload_sheet,
)
from engine.models import SheetImport
from engine.views.downloads import Downloads
from engine.views.pages import page_of
from engine.views.service_form import ServiceFormView
from tenancy.errors import NotAllowed, Refused
from tenancy.views.base import TenantPage, TenantView
from tenancy.words import Words

State = SheetImport.State
# Outcome → its word in a tag, and the tag's colour.
Tags = Mapping[Any, tuple[Words, str]]


class SheetUploadView(ServiceFormView):
    """`object` is what the import is of; the form has a `file`."""

    kind: ClassVar[ImportKind[Any]]

    def fields(self, data: dict[str, Any]) -> dict[str, Any]:
        """What the model is told of the form, besides the file."""
        return {}

    def act(self, data: dict[str, Any]) -> HttpResponse:
        file, more = data["file"], self.fields(data)
        try:
            sheet = upload_sheet(
                kind=self.kind, about=self.object, name=file.name, content=file.read(), by=self.actor, fields=more
            )
        except NotAllowed:
            raise
        except Refused as refusal:
            refusal.field = refusal.field or "file"
            raise
        page = "columns" if sheet.state == State.MAPPING else "detail"
        at = {"tenant": self.request.tenant.slug, "public_id": sheet.public_id}
        return HttpResponseRedirect(reverse(f"{self.kind.urls}-{page}", kwargs=at))


class SheetMixin:
    """The import named in the address."""

    kind: ClassVar[ImportKind[Any]]
    object: Any
    request: Any

    def get_object(self) -> Any:
        rows = self.kind.model.objects.select_related(self.kind.about, *self.kind.with_about, "file", "job")
        return self.find(self.kind.model, queryset=rows.defer("file__content"))  # type: ignore[attr-defined]

    def at(self, page: str, **more: Any) -> str:
        names = {"tenant": self.request.tenant.slug, "public_id": self.object.public_id, **more}
        return reverse(f"{self.kind.urls}-{page}", kwargs=names)

    def labels(self) -> Mapping[str, Any]:
        return self.kind.labels(about_of(self.object))


class SheetColumnsView(SheetMixin, ServiceFormView):
    form_class = SheetColumnsForm
    template_name = "engine/import_columns.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        chosen = self.kind.columns(self.object.mapping)
        own = {"table": table_of(self.object), "chosen": chosen, "labels": self.labels()}
        return super().get_form_kwargs() | own

    def act(self, data: dict[str, Any]) -> HttpResponse:
        chosen = {key: int(value) for key, value in data.items() if value}
        match_sheet_columns(sheet=self.object, chosen=chosen, by=self.actor)
        return HttpResponseRedirect(self.at("detail"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        labels = self.labels()
        missing = [labels[key] for key in self.kind.missing(about_of(self.object), self.object.mapping)]
        return super().get_context_data(
            page_heading=_("Match the columns"), missing=missing, sheet=self.object, **kwargs
        )


class SheetDetailView(SheetMixin, Downloads, TenantPage):
    """The dry run, row by row; after writing, what was written. The template is the app's, on `engine/import_detail.html`."""

    tags: ClassVar[Tags]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.object.state == State.MAPPING:
            return HttpResponseRedirect(self.at("columns"))
        return super().get(request, *args, **kwargs)

    def wanted(self) -> str:
        said = self.request.GET.get("outcome", "")
        return said if said in self.kind.outcomes.values else ""

    def chosen(self) -> list[Entry]:
        wanted = self.wanted()
        return [row for row in self.object.outcome.get("rows", ()) if not wanted or row["outcome"] == wanted]

    def words(self) -> dict[Any, Words]:
        """Outcome → its word, for the download."""
        return {outcome: words for outcome, (words, _colour) in self.tags.items()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sheet: SheetImport = self.object
        page = page_of(self.request, self.chosen())
        for row in page.object_list:
            words, colour = self.tags[row["outcome"]]
            row["tag"] = {"text": words, "colour": colour}
            row["href"] = self.at("row", number=row["row"]) if row["texts"] else ""
        totals = sheet.outcome.get("totals", {})
        outcomes = [o for o in self.kind.outcomes if totals.get(o.value)]
        return super().get_context_data(
            sheet=sheet,
            page_heading=self.heading(),
            page_obj=page,
            counts=[{"value": o.value, "label": o.label, "count": totals[o.value]} for o in outcomes],
            wanted=self.wanted(),
            total=len(sheet.outcome.get("rows", ())),
            to_write=rows_to_write(sheet),
            written=sheet.outcome.get("written"),
            notices=sheet.outcome.get("notices", []),
            is_being_written=is_being_written(sheet),
            editable=sheet.state in (State.CHECKED, State.WRITING) and not is_being_written(sheet),
            failed=sheet.job.error if sheet.state == State.WRITING and sheet.job else "",
            hrefs={page: self.at(page) for page in ("write", "abandon", "columns")},
            **kwargs,
        )

    def heading(self) -> str:
        if self.object.state == State.DONE:
            return _("Import of %(file)s") % {"file": self.object.file.name}
        return _("Check %(file)s before anything is written") % {"file": self.object.file.name}


class RowMixin(SheetMixin):
    """One row of the import; 404 for a number that isn't in it."""

    def get_object(self) -> Any:
        sheet = super().get_object()
        try:
            self.entry = row_of(sheet, self.kwargs["number"])  # type: ignore[attr-defined]
        except Refused as refusal:
            raise Http404 from refusal
        return sheet

    def back(self) -> str:
        return f"{self.at('detail')}#row-{self.entry['row']}"


class SheetRowView(RowMixin, ServiceFormView):
    form_class = SheetRowForm
    template_name = "engine/import_row.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"entry": self.entry, "labels": self.labels()}

    def get_initial(self) -> dict[str, Any]:
        return dict(self.entry["texts"])

    def act(self, data: dict[str, Any]) -> HttpResponse:
        self.correct(data)
        messages.success(self.request, _("Row %(row)d is saved and checked again.") % {"row": self.entry["row"]})
        return HttpResponseRedirect(self.back())

    def correct(self, data: dict[str, Any]) -> None:
        correct_sheet_row(sheet=self.object, number=self.entry["row"], texts=data, by=self.actor)

    def what(self) -> str:
        """The row in a few words."""
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            page_heading=_("Row %(row)d: %(what)s") % {"row": self.entry["row"], "what": self.what()},
            entry=self.entry,
            sheet=self.object,
            back_href=self.back(),
            leave_href=self.at("row-leave", number=self.entry["row"]),
            left_out=self.entry["outcome"] == "left out",
            **kwargs,
        )


class SheetPost(SheetMixin, TenantView):
    """A button of an import: what it refuses is told on the page it came from."""

    http_method_names = ["post"]

    def act(self) -> str:
        """Do it; the address of the next page."""
        raise NotImplementedError

    def back(self) -> str:
        return self.at("detail")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return HttpResponseRedirect(self.act())
        except NotAllowed:
            raise
        except Refused as refusal:
            messages.error(request, str(refusal))
        return HttpResponseRedirect(self.back())


class SheetRowLeaveView(RowMixin, SheetPost):
    """Leave a row out, or take it back in."""

    def act(self) -> str:
        leave = self.request.POST.get("leave_out") != "no"
        leave_sheet_row_out(sheet=self.object, number=self.entry["row"], leave_out=leave, by=self.actor)
        return self.back()


class SheetWriteView(SheetPost):
    """Start the job that writes; a second press finds the same job."""

    def act(self) -> str:
        job = start_writing_sheet(sheet=self.object, by=self.actor)
        return reverse("engine:job-detail", kwargs={"tenant": self.request.tenant.slug, "public_id": job.public_id})


class SheetAbandonView(SheetPost):
    def act(self) -> str:
        abandon_sheet(sheet=self.object, by=self.actor)
        messages.success(self.request, _("The import is abandoned. Nothing of it was written."))
        return self.done()

    def done(self) -> str:
        """Where one is sent when nothing is left of the import."""
        raise NotImplementedError
