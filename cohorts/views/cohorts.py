"""Programmes, cohorts and the people on them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.forms.cohorts import CohortCreateForm, CohortEditForm
from cohorts.forms.events import ConfirmForm, ReasonForm
from cohorts.models import Cohort, Event, Participation, Programme
from cohorts.rules import any_staff, staff
from cohorts.selectors import cohort_figures, cohort_rows, participants_of, registers_of, staff_programmes
from cohorts.services.cohorts import create_cohort, edit_cohort, move_cohort
from cohorts.services.participation import (
    close_cohort,
    graduate_participant,
    rejoin_participant,
    withdraw_participant,
)
from cohorts.states import NEXT_STAGES, CohortStage, EventState, ParticipationState
from cohorts.views.base import CohortFrame, cohorts_with_programme, page_of
from engine.transitions import possible
from engine.views.downloads import Column, Downloads, Sheet
from engine.views.service_form import ServiceFormView
from tenancy.errors import Refused
from tenancy.models import Role, Sector
from tenancy.rules import Rule
from tenancy.views.base import TenantPage, TenantView

STAGE_COLOURS = {"planning": "grey", "selecting": "yellow", "running": "green", "finished": "blue"}

# Opens a cohort: staff of its programme or of the whole tenant. The choices of the form hold the same line.
opens_cohorts = Rule(
    "staff of a programme",
    lambda actor, obj: (
        actor.kind == "person" and any(g.role == Role.STAFF and g.cohort_id is None for g in actor.grants)
    ),
)


class CohortListView(TenantPage):
    permission = any_staff
    template_name = "cohorts/cohort_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = cohort_rows(self.actor)
        for row in rows:
            row["stage_label"], row["colour"] = CohortStage(row["stage"]).label, STAGE_COLOURS[row["stage"]]
        return super().get_context_data(
            rows=rows,
            programmes=staff_programmes(self.actor),
            may_create=opens_cohorts(self.actor),
            may_add_programme=staff(self.actor),
            **kwargs,
        )


class CohortCreateView(ServiceFormView):
    permission = opens_cohorts
    form_class = CohortCreateForm
    template_name = "cohorts/cohort_create.html"
    page_heading = gettext_lazy("Create a cohort")

    def programmes(self) -> Any:
        if self.actor.has_role(Role.STAFF):
            return Programme.objects.all()
        return Programme.objects.filter(
            pk__in=[g.programme_id for g in self.actor.grants if g.role == Role.STAFF and g.programme_id]
        )

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "sectors": Sector.objects.all(), "programmes": self.programmes()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            back_href=reverse("cohorts:cohort-list", kwargs={"tenant": self.request.tenant.slug}),
            programmes=self.programmes().exists(),
            may_add_programme=staff(self.actor),
            **kwargs,
        )

    def act(self, data: dict[str, Any]) -> HttpResponse:
        cohort = create_cohort(by=self.actor, **self.get_form().cohort_of(data))
        messages.success(self.request, _("%(name)s has been created.") % {"name": cohort.name})
        return redirect("cohorts:cohort-detail", tenant=self.request.tenant.slug, public_id=cohort.public_id)


class OneCohort:
    """Views about the cohort in the address."""

    permission = staff

    def get_object(self) -> Cohort:
        return self.find(Cohort, queryset=cohorts_with_programme())  # type: ignore[attr-defined, no-any-return]

    @property
    def cohort_href(self) -> str:
        return reverse(
            "cohorts:cohort-detail",
            kwargs={"tenant": self.request.tenant.slug, "public_id": self.object.public_id},  # type: ignore[attr-defined]
        )


class CohortDetailView(OneCohort, CohortFrame, TenantPage):
    """A cohort at a glance: each figure leads to the rows it counts."""

    template_name = "cohorts/cohort_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        cohort, now, today = self.object, timezone.now(), timezone.localdate()
        events = Event.objects.filter(cohort=cohort, state=EventState.PLANNED)
        return super().get_context_data(
            caption=cohort.programme.name,
            colour=STAGE_COLOURS[cohort.stage],
            counts=cohort_figures(cohort.pk),
            upcoming=events.filter(ends_at__gte=now).select_related("learning_set")[:5],
            targets=cohort.targets.select_related("sector"),
            next_stages=[{"value": s, "label": s.label} for s in NEXT_STAGES[CohortStage(cohort.stage)]],
            opens=CohortStage.RUNNING in NEXT_STAGES[CohortStage(cohort.stage)],
            may_copy=staff(self.actor, cohort.programme),
            may_finish=cohort.stage == CohortStage.RUNNING,
            has_started=cohort.starts_on < today,
            has_ended=cohort.ends_on < today,
            **kwargs,
        )


class CohortEditView(OneCohort, CohortFrame, ServiceFormView):
    form_class = CohortEditForm
    page_heading = gettext_lazy("Change this cohort")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "sectors": Sector.objects.all()}

    def get_initial(self) -> dict[str, Any]:
        return CohortEditForm.initial_of(self.object)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.cohort_href, **kwargs)

    def get_success_url(self) -> str:
        return self.cohort_href

    def act(self, data: dict[str, Any]) -> None:
        edit_cohort(cohort=self.object, by=self.actor, **self.get_form().cohort_of(data))
        messages.success(self.request, _("The cohort has been saved."))


class CohortMoveView(OneCohort, TenantView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            cohort = move_cohort(cohort=self.object, stage=request.POST.get("stage", ""), by=self.actor)
        except Refused as refusal:
            messages.error(request, str(refusal))
            if refusal.field == "reason":
                return redirect("cohorts:go-live", tenant=request.tenant.slug, public_id=self.object.public_id)  # type: ignore[attr-defined]
        else:
            messages.success(
                request, _("The cohort is now at the stage “%(stage)s”.") % {"stage": cohort.get_stage_display()}
            )
        return redirect(self.cohort_href)


class CohortCloseView(OneCohort, CohortFrame, ServiceFormView):
    form_class = ConfirmForm
    template_name = "cohorts/cohort_close.html"
    page_heading = gettext_lazy("Finish this cohort")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "submit": _("Finish the cohort"), "warning": True}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        active = Participation.objects.filter(cohort=self.object, state=ParticipationState.ACTIVE).count()
        return super().get_context_data(back_href=self.cohort_href, active=active, **kwargs)

    def get_success_url(self) -> str:
        return self.cohort_href

    def act(self, data: dict[str, Any]) -> None:
        n = close_cohort(cohort=self.object, by=self.actor)
        messages.success(self.request, _("The cohort has finished. %(n)d people are alumni now.") % {"n": n})


class ParticipationListView(OneCohort, CohortFrame, Downloads, TenantPage):
    """Everybody with a place, with attendance and the number of reflections; what a reflection says is nobody's but its author's."""

    template_name = "cohorts/participation_list.html"

    def navigation_path(self) -> str:
        return self.request.path

    def rows(self) -> Any:
        state = self.request.GET.get("state", ParticipationState.ACTIVE)
        rows = participants_of(self.object)
        if sector := self.request.GET.get("sector"):
            rows = rows.filter(organisation__sector__public_id=sector)
        return rows.filter(state=state) if state in ParticipationState.values else rows

    def sheet(self) -> Sheet:
        columns = (
            Column(_("Name"), "person.name"),
            Column(_("Organisation"), "organisation.name"),
            Column(_("Sector"), "organisation.sector.name"),
            Column(_("Place"), lambda row: row.get_state_display()),
            Column(_("Events"), "attended", "number"),
            Column(_("Reflections"), "written", "number"),
        )
        return Sheet(f"{_('Participants')}, {self.object.name}", columns, self.rows())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        state = self.request.GET.get("state", ParticipationState.ACTIVE)
        page = page_of(self.request, self.rows())
        return super().get_context_data(
            page_obj=page,
            state=state,
            states=ParticipationState.choices,
            sector=self.request.GET.get("sector", ""),
            sectors=Sector.objects.all(),
            registers=registers_of(self.object.pk).count(),
            **kwargs,
        )


class ParticipationChangeView(CohortFrame, ServiceFormView):
    """One step of one place: withdraw (with a reason), to alumni, back again."""

    permission = staff
    form_class = ReasonForm
    template_name = "cohorts/participation_change.html"
    steps: ClassVar[dict[str, tuple[Any, Any]]] = {
        "withdraw": (withdraw_participant, gettext_lazy("Record a withdrawal")),
        "graduate": (graduate_participant, gettext_lazy("Move to alumni")),
        "rejoin": (rejoin_participant, gettext_lazy("Take back into the cohort")),
    }

    def get_object(self) -> Participation:
        if self.kwargs["step"] not in self.steps:
            raise Http404
        rows = Participation.objects.select_related("person", "cohort__programme", "organisation")
        return self.find(Participation, queryset=rows)

    def get_form_class(self) -> type:
        return ReasonForm if self.kwargs["step"] == "withdraw" else ConfirmForm

    def get_form_kwargs(self) -> dict[str, Any]:
        step = self.kwargs["step"]
        return {**super().get_form_kwargs(), "submit": self.steps[step][1], "warning": step == "withdraw"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        names = {t.name for t in possible(self.object, self.actor)}
        return super().get_context_data(
            page_heading=self.steps[self.kwargs["step"]][1],
            back_href=self.get_success_url(),
            step=self.kwargs["step"],
            is_possible=self.kwargs["step"] in names,
            **kwargs,
        )

    def get_success_url(self) -> str:
        at = {"tenant": self.request.tenant.slug, "public_id": self.object.cohort.public_id}
        return reverse("cohorts:participation-list", kwargs=at)

    def act(self, data: dict[str, Any]) -> None:
        service, _label = self.steps[self.kwargs["step"]]
        service(participation=self.object, by=self.actor, **data)
        messages.success(self.request, _("Saved for %(name)s.") % {"name": self.object.person.name})
