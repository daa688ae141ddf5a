"""A round's conflicts of interest: the record for staff and auditors, and whom an applicant names."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.views.base import CohortFrame
from engine.views.downloads import Downloads, Sheet
from engine.views.service_form import ServiceFormView
from selection.forms.conflicts import ConflictRecordForm, ObjectionForm
from selection.models import Application, AssessorObjection, SelectionRound
from selection.rules import applicant, staff
from selection.selectors.applications import application_with_parts
from selection.selectors.assessment import round_assessors
from selection.selectors.conflicts import OnRecord, Record, conflicts_on_record, decided_first
from selection.selectors.rounds import rounds_with_cohort
from selection.services.conflicts import object_to_assessor, record_conflict, take_back_objection
from selection.states import RoundState
from selection.views.rounds import OfRound, address
from selection.views.sheets import conflicts_sheet
from tenancy.errors import NotAllowed, Refused
from tenancy.models import Person, Role
from tenancy.selectors import people_with_role
from tenancy.views.base import TenantPage, TenantView

SHOWN = ("open", "lifted", "automatic")


class ConflictListView(OfRound, CohortFrame, Downloads, TenantPage):
    """Every conflict of the round: how it is known, since when, who declared and lifted it and why, what it suspended."""

    permission = staff
    template_name = "selection/conflict_list.html"
    object: Any

    def get_object(self) -> SelectionRound:
        rows = rounds_with_cohort().annotate(decided_at=decided_first())
        return self.find(SelectionRound, queryset=rows)  # type: ignore[no-any-return]

    @cached_property
    def record(self) -> Record:
        return conflicts_on_record(self.object, decided=self.object.decided_at)

    @property
    def rows(self) -> list[OnRecord]:
        return self.record.rows

    @property
    def groups(self) -> dict[str, list[OnRecord]]:
        return {
            "open": [r for r in self.rows if not r.automatic and not r.lifted],
            "lifted": [r for r in self.rows if r.lifted],
            "automatic": [r for r in self.rows if r.automatic],
        }

    def sheet(self) -> Sheet:
        return conflicts_sheet(self.object, self.groups.get(self.request.GET.get("show", ""), self.rows))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows, groups = self.rows, self.groups
        show = self.request.GET.get("show", "")
        decided = self.object.state == RoundState.DECIDED
        words = {"open": _("declared and in force"), "lifted": _("lifted"), "automatic": _("found by the portal")}
        return super().get_context_data(
            round=self.object,
            page_heading=_("Conflicts of interest"),
            rows=groups.get(show, rows),
            show=show if show in SHOWN else "",
            counts=[(key, words[key], len(groups[key])) for key in SHOWN],
            total=len(rows),
            unmatched=self.record.unmatched,
            decided=decided,
            decided_at=self.object.decided_at if decided else None,
            printed_at=timezone.now(),
            **kwargs,
        )


class ConflictRecordView(OfRound, CohortFrame, ServiceFormView):
    permission = staff
    form_class = ConflictRecordForm
    page_heading = gettext_lazy("Record a conflict of interest")
    object: SelectionRound

    def get_form_kwargs(self) -> dict[str, Any]:
        staff_of = people_with_role(Role.STAFF, cohort_id=self.object.cohort_id)
        people: dict[int, Person] = {p.pk: p for p in [*round_assessors(self.object), *staff_of]}
        ordered = sorted(people.values(), key=lambda p: (p.sort_key, p.pk))
        return {**super().get_form_kwargs(), "round": self.object, "people": ordered}

    def get_success_url(self) -> str:
        return address(self, "conflict-list", self.object)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.get_success_url(), **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        record_conflict(by=self.actor, **data)
        messages.success(
            self.request,
            _("On record: %(name)s no longer has access to %(reference)s.")
            % {"name": data["person"].name, "reference": data["application"].reference},
        )


class ApplicationAssessorsView(ServiceFormView):
    """Whom the applicant doesn't want to be assessed by: a list and a form that adds to it."""

    permission = applicant
    form_class = ObjectionForm
    template_name = "selection/application_assessors.html"
    page_heading = gettext_lazy("Who shouldn’t assess you")
    object: Application

    def get_object(self) -> Application:
        return self.find(Application, queryset=application_with_parts())  # type: ignore[no-any-return]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.object.may_be_written(timezone.now()):
            return HttpResponseRedirect(address(self, "application-detail", self.object))
        return super().get(request, *args, **kwargs)

    def get_success_url(self) -> str:
        return address(self, "application-assessors", self.object)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        back = address(self, "application-detail", self.object)
        return super().get_context_data(
            caption=_("Your application"),
            application=self.object,
            named=list(self.object.objections.select_related("why")),
            back_href=back,
            **kwargs,
        )

    def act(self, data: dict[str, Any]) -> None:
        object_to_assessor(application=self.object, by=self.actor, **data)
        messages.success(self.request, _("%(name)s is on your list.") % {"name": data["name"]})


class ObjectionRemoveView(TenantView):
    permission = applicant
    http_method_names = ["post"]

    def get_object(self) -> AssessorObjection:
        rows = AssessorObjection.objects.select_related("application__applicant", "application__round")
        row: AssessorObjection = self.find(AssessorObjection, queryset=rows)
        if not applicant(self.actor, row):
            # That it exists is the applicant's and staff's to know.
            raise Http404
        return row

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        application = self.object.application
        try:
            take_back_objection(objection=self.object, by=self.actor)
            messages.success(request, _("%(name)s is off your list.") % {"name": self.object.name})
        except NotAllowed:
            raise
        except Refused as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(address(self, "application-detail", application))
        return HttpResponseRedirect(address(self, "application-assessors", application))
