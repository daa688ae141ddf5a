"""Asking for support in private. A request is there for the two of them; to everybody else it doesn't exist."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.forms.support import SupportAnswerForm, SupportForm
from cohorts.models import SupportRequest
from cohorts.rules import asked_for_support, asked_support, in_support, member, takes_part
from cohorts.selectors.support import own_requests, people_to_ask, requests_to
from cohorts.services.support import answer_support, ask_support, close_support
from cohorts.views.engagement import OwnCohort
from engine.views.service_form import ServiceFormView
from tenancy.errors import Refused
from tenancy.models import Person
from tenancy.views.base import TenantPage, TenantView


class SupportListView(TenantPage):
    permission = member
    template_name = "cohorts/support_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            own=own_requests(self.actor.person_id)[:50],
            asked=requests_to(self.actor.person_id)[:50],
            may_ask=takes_part(self.actor, None),
            **kwargs,
        )


class SupportAskView(OwnCohort, ServiceFormView):
    form_class = SupportForm
    template_name = "cohorts/support_ask.html"
    page_heading = gettext_lazy("Ask for support")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs) if self.place else redirect(self.get_success_url())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().post(request, *args, **kwargs) if self.place else redirect(self.get_success_url())

    def people(self) -> dict[str, Person]:
        place = self.place
        if place is None:
            return {}
        return {person.public_id: person for person in people_to_ask(place.person_id, place.cohort_id)}

    def get_form_kwargs(self) -> dict[str, Any]:
        people = [(key, person.name) for key, person in self.people().items()]
        return {**super().get_form_kwargs(), "people": people}

    def get_success_url(self) -> str:
        return reverse("cohorts:support-list", kwargs={"tenant": self.request.tenant.slug})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.get_success_url(), **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        assert self.place is not None
        to = self.people()[data["to"]]
        ask_support(cohort=self.place.cohort, to=to, body=data["body"], by=self.actor)
        messages.success(self.request, _("Sent. %(name)s reads it, and nobody else.") % {"name": to.name})


class OneRequest:
    permission = in_support

    def get_object(self) -> SupportRequest:
        rows = SupportRequest.objects.select_related("cohort__programme", "author", "to_person", "words")
        return self.find(SupportRequest, queryset=rows)  # type: ignore[attr-defined, no-any-return]

    def address(self, name: str) -> str:
        at = {"tenant": self.request.tenant.slug, "public_id": self.object.public_id}  # type: ignore[attr-defined]
        return reverse(f"cohorts:{name}", kwargs=at)


class SupportDetailView(OneRequest, TenantPage):
    template_name = "cohorts/support_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.object
        return super().get_context_data(
            row=row,
            caption=str(row.cohort),
            answers=asked_for_support(self.actor, row) and not (row.answered_at or row.closed_at),
            closes=asked_support(self.actor, row) and row.closed_at is None,
            back_href=reverse("cohorts:support-list", kwargs={"tenant": self.request.tenant.slug}),
            **kwargs,
        )


class SupportAnswerView(OneRequest, ServiceFormView):
    permission = asked_for_support
    form_class = SupportAnswerForm
    template_name = "cohorts/support_answer.html"
    page_heading = gettext_lazy("Answer a request for support")

    def get_success_url(self) -> str:
        return self.address("support-detail")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(row=self.object, back_href=self.get_success_url(), **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        answer_support(request=self.object, body=data["body"], by=self.actor)
        messages.success(self.request, _("Sent."))


class SupportCloseView(OneRequest, TenantView):
    permission = asked_support

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            close_support(request=self.object, by=self.actor)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Settled. Nobody is reminded of it any more."))
        return redirect(self.address("support-detail"))
