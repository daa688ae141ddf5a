"""Attendance by list: upload, columns, check, correct, write. Each list is its uploader's alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.forms.attendance_imports import AttendanceImportCreateForm, AttendanceRowForm
from cohorts.models import Attendance, AttendanceImport, Cohort
from cohorts.rules import event_keeper
from cohorts.selectors.events import expected_people
from cohorts.services.attendance_imports.checking import Outcome
from cohorts.services.attendance_imports.kind import (
    ATTENDANCE_LISTS,
    correct_attendance_row,
    not_on_the_list,
    start_writing_attendance,
)
from cohorts.states import EventState
from cohorts.views.base import CohortFrame
from cohorts.views.events import OneEvent
from engine.views.downloads import Column, Sheet
from engine.views.imports import (
    SheetAbandonView,
    SheetColumnsView,
    SheetDetailView,
    SheetRowLeaveView,
    SheetRowView,
    SheetUploadView,
    SheetWriteView,
)


class AttendanceImportCreateView(OneEvent, CohortFrame, SheetUploadView):
    permission = event_keeper
    kind = ATTENDANCE_LISTS
    form_class = AttendanceImportCreateForm
    template_name = "cohorts/attendance_import_create.html"

    def fields(self, data: dict[str, Any]) -> dict[str, Any]:
        return {name: data[name] for name in ("late_after", "least_share")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        event = self.object
        earlier = AttendanceImport.objects.filter(event=event).select_related("file").defer("file__content", "outcome")
        return super().get_context_data(
            page_heading=_("Bring in an attendance list"),
            caption=event.title,
            back_href=self.event_href,
            event=event,
            open=event.state == EventState.PLANNED and event.has_started,
            earlier=earlier,
            **kwargs,
        )


class OfAttendanceImport(CohortFrame):
    permission = event_keeper
    kind = ATTENDANCE_LISTS

    def get_cohort(self) -> Cohort:
        cohort: Cohort = self.object.event.cohort
        return cohort

    def of_event(self, page: str) -> str:
        at = {"tenant": self.request.tenant.slug, "public_id": self.object.event.public_id}
        return reverse(f"cohorts:{page}", kwargs=at)


class AttendanceImportColumnsView(OfAttendanceImport, SheetColumnsView):
    pass


class AttendanceImportDetailView(OfAttendanceImport, SheetDetailView):
    template_name = "cohorts/attendance_import_detail.html"
    tags = {
        Outcome.GOOD: (gettext_lazy("Present"), "green"),
        Outcome.LATE: (gettext_lazy("Present, late"), "yellow"),
        Outcome.DIFFERS: (gettext_lazy("Register differs"), "orange"),
        Outcome.UNKNOWN: (gettext_lazy("Who is it?"), "red"),
        Outcome.OTHER: (gettext_lazy("Not expected"), "grey"),
        Outcome.WRONG: (gettext_lazy("Wrong"), "red"),
        Outcome.THERE: (gettext_lazy("Present already"), "grey"),
        Outcome.AGAIN: (gettext_lazy("Added up"), "grey"),
        Outcome.LEFT_OUT: (gettext_lazy("Left out"), "grey"),
        Outcome.EMPTY: (gettext_lazy("Empty"), "grey"),
    }

    def sheet(self) -> Sheet:
        return list_sheet(self.chosen(), self.words())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(
            caption=self.object.event.title,
            back_href=self.of_event("event-detail"),
            event=self.object.event,
            register_href=self.of_event("event-register"),
            **kwargs,
        )
        if context["editable"]:
            context["rest"] = not_on_the_list(self.object)
            totals = self.object.outcome.get("totals", {})
            context["unclear"] = totals.get(Outcome.UNKNOWN, 0) + totals.get(Outcome.WRONG, 0)
        return context


class AttendanceImportRowView(OfAttendanceImport, SheetRowView):
    form_class = AttendanceRowForm  # type: ignore[assignment]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"people": expected_people(self.object.event)}

    def get_initial(self) -> dict[str, Any]:
        own = {"person": self.entry["chosen"], "overwrite": self.entry["overwrite"] == self.entry["mark"] != ""}
        return super().get_initial() | own

    def correct(self, data: dict[str, Any]) -> None:
        texts = {key: value for key, value in data.items() if key not in ("person", "overwrite")}
        correct_attendance_row(
            sheet=self.object,
            number=self.entry["row"],
            texts=texts,
            person=data["person"],
            overwrite=bool(data.get("overwrite")),
            by=self.actor,
        )

    def what(self) -> str:
        return self.entry["said"] or _("nobody named")


class AttendanceImportRowLeaveView(OfAttendanceImport, SheetRowLeaveView):
    pass


class AttendanceImportWriteView(OfAttendanceImport, SheetWriteView):
    def act(self) -> str:
        rest_absent = self.request.POST.get("rest") == Attendance.State.ABSENT
        job = start_writing_attendance(sheet=self.object, rest_absent=rest_absent, by=self.actor)
        return reverse("engine:job-detail", kwargs={"tenant": self.request.tenant.slug, "public_id": job.public_id})


class AttendanceImportAbandonView(OfAttendanceImport, SheetAbandonView):
    def done(self) -> str:
        return self.of_event("event-detail")


def list_sheet(rows: Iterable[dict[str, Any]], outcomes: Mapping[Any, Any]) -> Sheet:
    columns = (
        Column(_("Row"), "row", "number"),
        Column(_("On the list"), "said"),
        Column(_("Who it is"), "name"),
        Column(_("Joined"), "joined"),
        Column(_("Minutes there"), "minutes", "number"),
        Column(_("Outcome"), lambda row: outcomes[row["outcome"]]),
        Column(_("Why"), lambda row: " ".join(reason["text"] for reason in row["reasons"])),
    )
    return Sheet(_("Rows of the attendance list"), columns, rows)
