"""Alumni: their own page, how much they hear, their careers; and staff's list of a programme."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.forms.alumni import AlumniAddForm, CareerStepForm, StandingForm
from cohorts.forms.events import ConfirmForm
from cohorts.models import AlumniMembership, CareerPurpose, CareerStep, Cohort, OnwardStep
from cohorts.rules import about_oneself, an_alumnus, staff
from cohorts.selectors.alumni import agreed_to, alumni_of, finished_cohorts, latest_steps, memberships_of
from cohorts.selectors.alumni_events import alumni_events_of, opened_ahead, recordings_for
from cohorts.selectors.alumni_groups import my_groups
from cohorts.selectors.co_design import asked_of
from cohorts.selectors.partners import offers_ahead
from cohorts.services.alumni import (
    add_career_step,
    add_past_alumnus,
    agree_to_use,
    change_standing,
    delete_career_step,
    edit_career_step,
)
from cohorts.states import AlumniState
from cohorts.views.base import CohortFrame, cohorts_with_programme, page_of
from cohorts.views.programmes import OneProgramme
from engine.views.service_form import ServiceFormView
from tenancy.models import Person
from tenancy.views.base import TenantPage, TenantView

STANDING_COLOURS = {AlumniState.ACTIVE: "green", AlumniState.AWAY: "yellow", AlumniState.LEFT: "grey"}
STEP_FIELDS = ("role", "employer", "level", "since", "version")


class AlumniHomeView(TenantPage):
    """What is on, what is asked of them, where they stand."""

    permission = an_alumnus
    template_name = "cohorts/alumni_home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        me = self.actor.person_id
        assert me is not None
        mine = [{"row": row, "colour": STANDING_COLOURS[AlumniState(row.state)]} for row in memberships_of(me)]
        return super().get_context_data(
            memberships=mine,
            events=opened_ahead(me),
            recordings=recordings_for(me),
            asked=asked_of(me),
            groups=my_groups(me)[:20],
            offers=offers_ahead(me)[:10],
            next_step=OnwardStep.objects.filter(owner_id=me, done=False).first(),
            **kwargs,
        )


class OfAlumnus:
    """Pages that lead back to the alumnus's own."""

    request: Any

    def get_success_url(self) -> str:
        return reverse("cohorts:alumni-home", kwargs={"tenant": self.request.tenant.slug})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("back_href", self.get_success_url())
        return super().get_context_data(**kwargs)  # type: ignore[misc, no-any-return]


class AlumniStandingView(OfAlumnus, ServiceFormView):
    permission = about_oneself
    form_class = StandingForm
    page_heading = gettext_lazy("How much you hear")

    def get_object(self) -> AlumniMembership:
        return self.find(AlumniMembership, queryset=AlumniMembership.objects.select_related("programme", "person"))

    def get_initial(self) -> dict[str, Any]:
        return {"state": self.object.state}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(caption=self.object.programme.name, **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        change_standing(membership=self.object, by=self.actor, **data)
        messages.success(self.request, _("Saved. You can change it at any time."))


class CareerView(OfAlumnus, TenantPage):
    permission = an_alumnus
    template_name = "cohorts/career.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        agreed = agreed_to(self.actor.person_id)
        return super().get_context_data(
            steps=CareerStep.objects.filter(person_id=self.actor.person_id),
            purposes=[(value, label, value in agreed) for value, label in CareerPurpose.choices],
            **kwargs,
        )


class CareerConsentView(TenantView):
    permission = an_alumnus

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        purpose, agreed = request.POST.get("purpose", ""), request.POST.get("agreed") == "yes"
        if purpose in CareerPurpose.values and agree_to_use(purpose=purpose, agreed=agreed, by=self.actor):
            messages.success(
                request, _("Thank you. You can take it back at any time.") if agreed else _("You’ve taken it back.")
            )
        return redirect("cohorts:career", tenant=self.request.tenant.slug)


class OfCareer(OfAlumnus):
    def get_success_url(self) -> str:
        return reverse("cohorts:career", kwargs={"tenant": self.request.tenant.slug})


class CareerStepAddView(OfCareer, ServiceFormView):
    permission = an_alumnus
    form_class = CareerStepForm
    page_heading = gettext_lazy("A role you took up")

    def get_initial(self) -> dict[str, Any]:
        return {"version": 0}

    def act(self, data: dict[str, Any]) -> None:
        data.pop("version")
        add_career_step(by=self.actor, **data)
        messages.success(self.request, _("Saved."))


class OneStep(OfCareer):
    permission = about_oneself

    def get_object(self) -> CareerStep:
        return self.find(CareerStep, queryset=CareerStep.objects.select_related("person"))  # type: ignore[attr-defined, no-any-return]


class CareerStepEditView(OneStep, ServiceFormView):
    form_class = CareerStepForm
    page_heading = gettext_lazy("Change this role")

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in STEP_FIELDS}

    def act(self, data: dict[str, Any]) -> None:
        edit_career_step(step=self.object, by=self.actor, **data)
        messages.success(self.request, _("Saved."))


class CareerStepDeleteView(OneStep, ServiceFormView):
    form_class = ConfirmForm
    page_heading = gettext_lazy("Delete this role")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "submit": _("Delete it for good"), "warning": True}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(caption=self.object.role, **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        delete_career_step(step=self.object, by=self.actor)
        messages.success(self.request, _("It has been deleted. No copy is kept."))


class AlumniListView(OneProgramme, TenantPage):
    """All who finished a cohort of the programme, and what they let staff know of where they are now."""

    template_name = "cohorts/alumni_list.html"

    def rows(self) -> Any:
        rows = alumni_of(self.object)
        if (state := self.request.GET.get("state", "")) in AlumniState.values:
            rows = rows.filter(state=state)
        if cohort := self.request.GET.get("cohort"):
            finished = {"person__participations__cohort__public_id": cohort}
            rows = rows.filter(**finished, person__participations__state="alumnus")
        return rows

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = page_of(self.request, self.rows())
        people: list[Person] = [row.person for row in page.object_list]
        now = latest_steps(people)
        table = [
            {"row": row, "colour": STANDING_COLOURS[AlumniState(row.state)], "now": now.get(row.person_id)}
            for row in page.object_list
        ]
        return super().get_context_data(
            programme=self.object,
            page_obj=page,
            rows=table,
            state=self.request.GET.get("state", ""),
            states=AlumniState.choices,
            cohort_chosen=self.request.GET.get("cohort", ""),
            cohorts=finished_cohorts(self.object),
            events=alumni_events_of(self.object),
            **kwargs,
        )


class AlumniAddView(CohortFrame, ServiceFormView):
    permission = staff
    form_class = AlumniAddForm
    page_heading = gettext_lazy("Add somebody who finished this cohort")

    def get_object(self) -> Cohort:
        return self.find(Cohort, queryset=cohorts_with_programme())

    def get_success_url(self) -> str:
        at = {"tenant": self.request.tenant.slug, "public_id": self.object.public_id}
        return f"{reverse('cohorts:participation-list', kwargs=at)}?state=alumnus"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.get_success_url(), **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        membership = add_past_alumnus(cohort=self.object, by=self.actor, **data)
        messages.success(self.request, _("%(name)s is among the alumni.") % {"name": membership.person.name})
