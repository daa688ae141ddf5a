"""A round of vetoes: staff open and end it and see how many have answered; members answer for themselves alone."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.forms.vetoes import VetoAnswerForm, VetoRoundForm
from cohorts.models import VetoAnswer, VetoRound
from cohorts.models.set_veto import MOST_VETOES
from cohorts.rules import participant, staff
from cohorts.selectors.vetoes import counts_of, named_by, people_to_name, unsettled_round
from cohorts.services.vetoes import answer_vetoes, close_veto_round, end_veto_round, open_veto_round
from cohorts.views.base import CohortFrame
from cohorts.views.cohorts import OneCohort
from engine.views.service_form import ServiceFormView
from tenancy.views.base import TenantView


class VetoRoundView(OneCohort, CohortFrame, ServiceFormView):
    """Staff's page of the round that counts for the next sets; without one, the form that opens it."""

    form_class = VetoRoundForm
    template_name = "cohorts/veto_round.html"
    page_heading = gettext_lazy("Whom people would rather not sit with")

    def address(self, name: str) -> str:
        return reverse(name, kwargs={"tenant": self.request.tenant.slug, "public_id": self.object.public_id})

    def navigation_path(self) -> str:
        return self.address("cohorts:set-list")

    def get_success_url(self) -> str:
        return self.address("cohorts:veto-round")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        round_ = unsettled_round(self.object)
        answered, asked = counts_of(round_) if round_ else (0, 0)
        return super().get_context_data(
            back_href=self.address("cohorts:set-list"), round=round_, answered=answered, asked=asked, **kwargs
        )

    def act(self, data: dict[str, Any]) -> None:
        until = timezone.make_aware(datetime.combine(data["until"], time(23, 59)))
        open_veto_round(cohort=self.object, until=until, by=self.actor)
        messages.success(self.request, _("Everybody who takes part is being asked."))


class OneRound:
    permission = staff

    def get_object(self) -> VetoRound:
        return self.find(VetoRound, queryset=VetoRound.objects.select_related("cohort__programme"))  # type: ignore[attr-defined, no-any-return]


class VetoCloseView(OneRound, TenantView):
    """Before its day: what was said counts. With `end` it is forgotten instead."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.POST.get("end") == "yes":
            end_veto_round(round=self.object, by=self.actor)
            messages.success(request, _("The round has ended. What people said has been deleted."))
        else:
            close_veto_round(round=self.object, by=self.actor)
            messages.success(request, _("Nobody answers any more. What was said counts when you compose."))
        return redirect("cohorts:veto-round", tenant=self.request.tenant.slug, public_id=self.object.cohort.public_id)


class VetoAnswerView(OneRound, ServiceFormView):
    """One's own answer. Nobody else is ever shown it."""

    permission = participant
    form_class = VetoAnswerForm
    template_name = "cohorts/veto_answer.html"
    page_heading = gettext_lazy("Whom you’d rather not sit with")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "people": people_to_name(self.object, self.actor.person_id)}

    def get_initial(self) -> dict[str, Any]:
        named = named_by(self.object, self.actor.person_id)
        people = people_to_name(self.object, self.actor.person_id).filter(pk__in=named)
        return {"others": [person.public_id for person in people]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mine = VetoAnswer.objects.filter(round=self.object, person_id=self.actor.person_id).first()
        return super().get_context_data(
            round=self.object,
            caption=str(self.object.cohort),
            most=MOST_VETOES,
            answered_at=mine.answered_at if mine else None,
            back_href=reverse("portal:home", kwargs={"tenant": self.request.tenant.slug}),
            **kwargs,
        )

    def get_success_url(self) -> str:
        return str(self.request.path)

    def act(self, data: dict[str, Any]) -> None:
        answer_vetoes(round=self.object, others=data["others"], by=self.actor)
        messages.success(self.request, _("Saved. Nobody is told what you said."))
