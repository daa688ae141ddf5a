"""Staff: what an allocation would do, what each assessor takes on, and why they have what they have."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engine.views.service_form import ServiceFormView
from selection.forms.allocation import AllocateForm, ExpertiseForm, TermsForm
from selection.models import Application, AssessorTerms, Expertise, SelectionRound
from selection.rules import staff
from selection.selectors.allocation import application_assessors, person_in_round, plan_round
from selection.services.allocation import OVER, ask_for_expertise, set_terms
from selection.services.assessment import allocate_assessors
from selection.states import RoundState
from selection.views.assessment import plan_context, say_allocated
from selection.views.round_base import RoundMixin
from tenancy.models import Person
from tenancy.views.base import TenantPage


class AssessAllocateView(RoundMixin, ServiceFormView):
    """What would be given to whom, and what would still be lacking; the button writes exactly this."""

    template_name = "selection/assess_allocate.html"
    form_class = AllocateForm
    page_heading = gettext_lazy("Allocate what’s missing")
    step = "assess-round"

    @property
    def running(self) -> bool:
        return self.round.state == RoundState.ASSESSING

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        plan = plan_round(self.round) if self.running else None
        form = kwargs.get("form")
        if form is None:
            kwargs["form"] = AllocateForm(initial={"seal": plan.seal if plan else ""})
        elif plan is not None:
            # shown again after somebody else changed something: with the plan as it is now
            form.data = {"seal": plan.seal}
        return super().get_context_data(
            plan=plan, running=self.running, back_href=self.url("assess-round"), **plan_context(plan), **kwargs
        )

    def act(self, data: dict[str, Any]) -> HttpResponse:
        say_allocated(self.request, allocate_assessors(round=self.round, seal=data["seal"], by=self.actor))
        return HttpResponseRedirect(self.url("assess-round"))


class AssessPersonView(RoundMixin, ServiceFormView):
    """One assessor in this round: their pile, what is closed to them and why, how much they take and what they know."""

    template_name = "selection/assess_person.html"
    form_class = TermsForm
    step = "assess-round"

    def get_object(self) -> SelectionRound:
        self.person = self.find(Person, name="person", queryset=Person.objects.select_related("organisation"))
        return super().get_object()

    def terms(self) -> list[tuple[int, int | None, str | None, str | None]]:
        """Version, most, and a sector or a criterion they know: a line for each of these, one statement."""
        rows = AssessorTerms.objects.filter(round=self.round, assessor=self.person).order_by("expertise")
        columns = ("version", "most", "expertise__sector__public_id", "expertise__criterion__public_id")
        return list(rows.values_list(*columns))

    def get_initial(self) -> dict[str, Any]:
        terms = self.terms()
        if not terms:
            return {"version": 0}
        version, most, _sector, _criterion = terms[0]
        return {
            "version": version,
            "most": most,
            "sectors": [sector for _v, _m, sector, _c in terms if sector],
            "criteria": [criterion for _v, _m, _s, criterion in terms if criterion],
        }

    def current_version(self) -> int:
        terms = self.terms()
        return terms[0][0] if terms else 0

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "criteria": list(self.round.criteria.all())}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            person=self.person,
            load=person_in_round(self.round, self.person),
            can_change=self.round.state not in OVER,
            page_heading=self.person.name,
            back_href=self.url("assess-round"),
            **kwargs,
        )

    def act(self, data: dict[str, Any]) -> HttpResponse:
        set_terms(round=self.round, assessor=self.person, by=self.actor, **data)
        messages.success(self.request, _("Saved. It counts from the next allocation on; work given out stays."))
        return HttpResponseRedirect(self.url("assess-person", person=self.person.public_id))


class AssessExpertiseView(RoundMixin, ServiceFormView):
    form_class = ExpertiseForm
    template_name = "selection/assess_expertise.html"
    page_heading = gettext_lazy("Who must be among an application’s assessors?")
    step = "assess-round"

    def get_initial(self) -> dict[str, Any]:
        chosen = self.round.expertise
        if chosen == Expertise.CRITERION and self.round.expertise_criterion:
            chosen = f"criterion:{self.round.expertise_criterion.public_id}"
        return {"wants": chosen}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "criteria": list(self.round.criteria.all())}

    def get_success_url(self) -> str:
        return self.url("assess-round")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.get_success_url(), **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        self.chosen = form.chosen()
        return super().form_valid(form)

    def act(self, data: dict[str, Any]) -> None:
        wants, criterion = self.chosen
        ask_for_expertise(round=self.round, wants=wants, criterion=criterion, by=self.actor)
        messages.success(self.request, _("Saved. It counts from the next allocation on."))


class AssessWhyView(RoundMixin, TenantPage):
    """One application: why these assessors, and why not the others."""

    template_name = "selection/assess_why.html"
    permission = staff
    step = "assess-round"

    def get_object(self) -> Any:
        rows = Application.objects.select_related("round__cohort__programme", "round__tenant", "organisation")
        return self.find(Application, queryset=rows)

    @property
    def round(self) -> SelectionRound:
        return self.object.round  # type: ignore[attr-defined]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        application: Any = self.object
        return super().get_context_data(
            application=application,
            page_heading=_("Why these assessors for %(reference)s?") % {"reference": application.reference},
            back_href=self.url("assess-round"),
            **application_assessors(application),
            **kwargs,
        )
