"""Offers: what became of them, for staff; and the applicant's own answer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import F, QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from engine.views.downloads import Downloads, Sheet
from engine.views.service_form import ServiceFormView
from selection.forms.choosing import NotSelectedForm, OfferAnswerForm, OfferPlaceForm
from selection.models import Application, Feedback, Offer, SelectionRound
from selection.rules import applicant
from selection.selectors.offers import free_places, offers_of, reserves_of
from selection.services.choosing import send_not_selected
from selection.services.offers import accept_offer, decline_offer, offer_place
from selection.states import ApplicationState as S
from selection.states import RoundState
from selection.views.round_base import RoundMixin
from selection.views.sheets import offers_sheet, reserves_sheet
from tenancy.errors import WrongState
from tenancy.views.base import TenantPage

# Who may still be told that they aren't selected.
UNDECIDED = (S.ELIGIBLE, S.RESERVE, S.SUBMITTED, S.ENDORSED)


def untold(round_: SelectionRound) -> QuerySet[Application]:
    """Everyone without an offer who hasn't been told the outcome; reserves last."""
    return (
        Application.objects.filter(round=round_, state__in=UNDECIDED)
        .select_related("applicant", "organisation__sector")
        .order_by(F("reserve_position").asc(nulls_first=True), "reference")
    )


class OfferListView(RoundMixin, Downloads, TenantPage):
    """Two lists: the offers, and with `?list=reserves` the reserves are what is downloaded."""

    template_name = "selection/offer_list.html"
    step = "offer-list"

    def sheet(self) -> Sheet:
        if self.request.GET.get("list") == "reserves":
            return reserves_sheet(self.round, reserves_of(self.round))
        return offers_sheet(self.round, offers_of(self.round))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        offers = list(offers_of(self.round))
        counts = {
            state: sum(o.application.state == state for o in offers)
            for state in (S.OFFERED, S.ACCEPTED, S.DECLINED, S.LAPSED)
        }
        offerable = free_places(self.round.cohort, over=self.round.tolerance)
        return super().get_context_data(
            offers=offers,
            reserves=list(reserves_of(self.round)),
            free=max(offerable - self.round.tolerance, 0),
            offerable=offerable,
            accepted=counts[S.ACCEPTED],
            waiting=counts[S.OFFERED],
            given_up=counts[S.DECLINED] + counts[S.LAPSED],
            untold=untold(self.round).exclude(state=S.RESERVE).count(),
            decided=self.round.state == RoundState.DECIDED,
            **kwargs,
        )


class NotSelectedView(RoundMixin, ServiceFormView):
    template_name = "selection/offer_not_selected.html"
    form_class = NotSelectedForm
    page_heading = gettext_lazy("Tell people they aren’t selected")
    step = "offer-list"

    def get_form_kwargs(self) -> dict[str, Any]:
        self.people = list(untold(self.round))
        choices = [(a.public_id, a.reference) for a in self.people]
        return {**super().get_form_kwargs(), "choices": choices}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(back_href=self.url("offer-list"), **kwargs)
        form = context["form"]
        usual = [a.public_id for a in self.people if a.state != S.RESERVE]
        ticked = form.data.getlist("applications") if form.is_bound else usual
        return context | {
            "people": self.people,
            "ticked": ticked,
            "decided": self.round.state == RoundState.DECIDED,
        }

    def act(self, data: dict[str, Any]) -> HttpResponse:
        count = send_not_selected(
            round=self.round,
            applications=data["applications"],
            reason=data["reason"],
            feedback=data["feedback"],
            by=self.actor,
        )
        text = ngettext(
            "%(n)d person is told, with your feedback.", "%(n)d people are told, with your feedback.", count
        )
        messages.success(self.request, text % {"n": count})
        return HttpResponseRedirect(self.url("offer-list"))


class OfferPlaceView(RoundMixin, ServiceFormView):
    """One more place, offered by staff out of turn."""

    template_name = "selection/offer_place.html"
    form_class = OfferPlaceForm
    step = "offer-list"

    def get_object(self) -> Any:
        rows = Application.objects.select_related(
            "round__cohort__programme", "round__tenant", "applicant", "organisation__sector"
        )
        return self.find(Application, queryset=rows)

    @property
    def round(self) -> SelectionRound:
        return self.object.round  # type: ignore[attr-defined]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        application: Any = self.object
        return super().get_context_data(
            application=application,
            free=free_places(self.round.cohort),
            back_href=self.url("offer-list"),
            page_heading=_("Offer a place to %(name)s") % {"name": application.applicant.name},
            **kwargs,
        )

    def act(self, data: dict[str, Any]) -> HttpResponse:
        application: Any = self.object
        offer_place(application=application, by=self.actor, reason=data["reason"])
        messages.success(self.request, _("The place was offered to %(name)s.") % {"name": application.applicant.name})
        return HttpResponseRedirect(self.url("offer-list"))


class OfferAnswerView(ServiceFormView):
    """The applicant's one page on the outcome: the offer to answer, or what became of the application."""

    permission = applicant
    template_name = "selection/offer_answer.html"
    form_class = OfferAnswerForm
    object: Application

    def get_object(self) -> Application:
        rows = Application.objects.select_related("cohort__programme", "round", "applicant", "organisation")
        return self.find(Application, queryset=rows)

    def here(self) -> str:
        return reverse(
            "selection:offer-answer", kwargs={"tenant": self.request.tenant.slug, "public_id": self.object.public_id}
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        application = self.object
        offer = Offer.objects.filter(application=application).first()
        feedback = (
            Feedback.objects.filter(application=application).first() if application.state == S.NOT_SELECTED else None
        )
        late = bool(offer and application.state == S.OFFERED and offer.deadline < timezone.now())
        return super().get_context_data(
            application=application,
            offer=offer,
            feedback=feedback,
            late=late,
            caption=str(application.cohort),
            to_answer=application.state == S.OFFERED and not late,
            **kwargs,
        )

    def act(self, data: dict[str, Any]) -> HttpResponse:
        accept = data["answer"] == "accept"
        try:
            if accept:
                accept_offer(application=self.object, by=self.actor)
            else:
                decline_offer(application=self.object, by=self.actor, reason=data["reason"])
        except WrongState:
            self.object.refresh_from_db(fields=["state"])
            if self.object.state != (S.ACCEPTED if accept else S.DECLINED):
                raise
            # The button was pressed twice: the first press did it.
        return HttpResponseRedirect(self.here())
