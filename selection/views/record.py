"""For staff: what happened to an application or a round, and who read or downloaded it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.views.base import CohortFrame, page_of
from engine.views.downloads import Column, Downloads, Sheet
from selection.models import Application, SelectionRound
from selection.rules import staff
from selection.selectors.record import (
    accesses_of_application,
    accesses_of_round,
    application_history,
    round_history,
)
from selection.selectors.rounds import rounds_with_cohort
from tenancy.models import Access
from tenancy.views.base import TenantPage
from tenancy.views.recorded import Recorded


class RecordPage(CohortFrame, Downloads, Recorded, TenantPage):
    """A list about one application or round, which is itself on record."""

    permission = staff
    recorded_role = gettext_lazy("Programme staff")

    def get_cohort(self) -> Any:
        """The one that knows its round already."""
        return self.round().cohort

    def round(self) -> SelectionRound:
        return self.object if isinstance(self.object, SelectionRound) else self.object.round

    def navigation_path(self) -> str:
        name = "round-detail" if isinstance(self.object, SelectionRound) else "application-list"
        at = {"tenant": self.request.tenant.slug, "public_id": self.round().public_id}
        return reverse(f"selection:{name}", kwargs=at)

    def back_href(self) -> str:
        name = "round-detail" if isinstance(self.object, SelectionRound) else "application-detail"
        return reverse(
            f"selection:{name}", kwargs={"tenant": self.request.tenant.slug, "public_id": self.object.public_id}
        )

    def about(self) -> str:
        if isinstance(self.object, SelectionRound):
            return str(self.object.cohort)
        return f"{self.object.applicant.name}, {self.object.reference}"


class OfApplication:
    def get_object(self) -> Application:
        rows = Application.objects.select_related(
            "round__cohort__programme",
            "cohort__programme",
            "applicant",
            "offer__in_place_of",
            "feedback__by",
        )
        return self.find(Application, queryset=rows)  # type: ignore[attr-defined, no-any-return]


class OfRound:
    def get_object(self) -> SelectionRound:
        return self.find(SelectionRound, queryset=rounds_with_cohort())  # type: ignore[attr-defined, no-any-return]


class HistoryPage(RecordPage):
    """Everything in order, the oldest first, whole: it is made for paper too."""

    template_name = "selection/history.html"
    recorded_what = gettext_lazy("History")

    def steps(self) -> list[Any]:
        raise NotImplementedError

    def sheet(self) -> Sheet:
        columns = (
            Column(_("When"), "at", "moment"),
            Column(_("What"), "text"),
            Column(_("Who"), "by"),
            Column(_("Why"), "detail"),
        )
        return Sheet(_("History of %(about)s") % {"about": self.about()}, columns, self.steps())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            steps=self.steps(),
            page_heading=_("History of %(about)s") % {"about": self.about()},
            back_href=self.back_href(),
            **kwargs,
        )


class ApplicationHistoryView(OfApplication, HistoryPage):
    def steps(self) -> list[Any]:
        return application_history(self.object, actor=self.actor)


class RoundHistoryView(OfRound, HistoryPage):
    def steps(self) -> list[Any]:
        return round_history(self.object)


class ReadersList(Downloads, Recorded, TenantPage):
    """Who opened or downloaded, the latest first. Filters in the address: act, and a name."""

    template_name = "selection/readers.html"
    recorded_what = gettext_lazy("Record of readers")
    recorded_role = gettext_lazy("Programme staff")

    def about(self) -> str:
        raise NotImplementedError

    def heading(self) -> str:
        return _("Who has read or downloaded this")

    def back_href(self) -> str:
        raise NotImplementedError

    def accesses(self) -> QuerySet[Access]:
        raise NotImplementedError

    def rows(self) -> QuerySet[Access]:
        rows, get = self.accesses(), self.request.GET
        if get.get("act") in Access.Act.values:
            rows = rows.filter(act=get["act"])
        if name := get.get("name", "").strip():
            rows = rows.filter(by_label__icontains=name)
        return rows

    def sheet(self) -> Sheet:
        columns = (
            Column(_("When"), "at", "moment"),
            Column(_("Who"), "by_label"),
            Column(_("As"), "by_role"),
            Column(_("Did"), lambda row: row.get_act_display()),
            Column(_("What"), "what"),
            Column(_("Application"), lambda row: self.references([row]).get(row.subject_id)),
            Column(_("Narrowed to"), "filters"),
            Column(_("Rows"), "rows", "number"),
            Column(_("Form"), "form"),
        )
        rows = list(self.rows())
        self._references = self.references(rows)
        return Sheet(_("Readers of %(about)s") % {"about": self.about()}, columns, rows)

    def references(self, rows: list[Access]) -> dict[str, str]:
        """The references of the applications that rows are about: one statement a page."""
        if not hasattr(self, "_references"):
            ids = {row.subject_id for row in rows if row.subject_kind == Application._meta.label}
            found = Application.objects.filter(public_id__in=ids).values_list("public_id", "reference")
            self._references = dict(found)
        return self._references

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = page_of(self.request, self.rows())
        references = self.references(list(page.object_list))
        return super().get_context_data(
            page_obj=page,
            rows=[{"row": row, "reference": references.get(row.subject_id, "")} for row in page.object_list],
            acts=Access.Act.choices,
            act=self.request.GET.get("act", ""),
            name=self.request.GET.get("name", ""),
            page_heading=self.heading(),
            about=self.about(),
            back_href=self.back_href(),
            **kwargs,
        )


class ReadersPage(RecordPage, ReadersList):
    """Of an application or a round, within its cohort."""

    template_name = ReadersList.template_name
    recorded_what = ReadersList.recorded_what


class ApplicationReadersView(OfApplication, ReadersPage):
    def accesses(self) -> QuerySet[Access]:
        return accesses_of_application(self.object)


class RoundReadersView(OfRound, ReadersPage):
    def accesses(self) -> QuerySet[Access]:
        return accesses_of_round(self.object)
