"""Deferral: asking, deciding, places that are kept, and offering them in a later round."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from engine.views.downloads import Downloads, Sheet
from engine.views.service_form import ServiceFormView
from selection.forms.offers import (
    DeferralDecideForm,
    DeferralEndForm,
    DeferralGiveUpForm,
    KeptPlacesForm,
    OfferDeferForm,
)
from selection.models import Deferral, Offer, SelectionRound
from selection.rules import applicant, staff
from selection.selectors.deferrals import begun_here, deferrals, deferrals_of, kept_for
from selection.selectors.offers import free_places, still_selecting
from selection.selectors.outcomes import outcome_of
from selection.services.deferrals import (
    agree_deferral,
    ask_to_defer,
    end_deferral,
    offer_kept_places,
    refuse_deferral,
)
from selection.states import DeferralState
from selection.views.offers import OwnOutcome
from selection.views.round_base import RoundMixin
from selection.views.rounds import address
from selection.views.sheets import kept_places_sheet
from tenancy.errors import WrongState


class OfferDeferView(OwnOutcome, ServiceFormView):
    """The applicant asks to take the place later."""

    template_name = "selection/offer_defer.html"
    form_class = OfferDeferForm
    page_heading = gettext_lazy("Ask to defer your place")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        outcome = outcome_of(self.object)
        return super().get_context_data(
            application=self.object,
            offer=getattr(self.object, "offer", None),
            outcome=outcome,
            caption=str(self.object.cohort),
            back_href=self.outcome_href,
            **kwargs,
        )

    def act(self, data: dict[str, Any]) -> HttpResponse:
        try:
            ask_to_defer(application=self.object, wish=data["wish"], by=self.actor)
        except WrongState:
            wish = Deferral.objects.filter(application=self.object, state=DeferralState.ASKED)
            if not wish.exists():
                raise
            # The button was pressed twice: the first press asked.
        return HttpResponseRedirect(self.outcome_href)


class OneDeferral(RoundMixin):
    """`object` is the deferral; the round is that of the application it defers."""

    step = "offer-list"
    object: Deferral  # type: ignore[assignment]

    def get_object(self) -> Any:
        rows = deferrals().select_related("application__round__cohort__programme", "application__round__tenant")
        return self.find(Deferral, queryset=rows.select_related("decided_by"))

    @property
    def round(self) -> SelectionRound:
        return self.object.application.round


class DeferralDecideView(OneDeferral, ServiceFormView):
    template_name = "selection/deferral_decide.html"
    form_class = DeferralDecideForm

    def get_initial(self) -> dict[str, Any]:
        return {"keep_until": self.round.cohort.starts_on + timedelta(days=550)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        application = self.object.application
        return super().get_context_data(
            deferral=self.object,
            application=application,
            offer=Offer.objects.filter(application=application).first(),
            to_decide=self.object.state == DeferralState.ASKED,
            page_heading=_("%(name)s asks to defer") % {"name": application.applicant.name},
            back_href=self.url("offer-list"),
            **kwargs,
        )

    def act(self, data: dict[str, Any]) -> HttpResponse:
        deferral, reason = self.object, data["reason"]
        agreed = data["decision"] == "agree"
        try:
            if agreed:
                agree_deferral(deferral=deferral, keep_until=data["keep_until"], reason=reason, by=self.actor)
            else:
                refuse_deferral(deferral=deferral, reason=reason, by=self.actor)
        except WrongState:
            deferral.refresh_from_db()
            now = DeferralState.AGREED if agreed else DeferralState.REFUSED
            if deferral.state != now or deferral.decided_by_id != self.actor.person_id:
                raise
        name = deferral.application.applicant.name
        text = _("%(name)s has been told that a place is kept.") if agreed else _("%(name)s has been told.")
        messages.success(self.request, text % {"name": name})
        return HttpResponseRedirect(self.url("offer-list"))


class DeferralEndView(OneDeferral, ServiceFormView):
    """A place that was kept isn't wanted any more: the applicant or staff say so."""

    permission = applicant | staff
    template_name = "selection/deferral_end.html"
    page_heading = gettext_lazy("Give up a place that was kept")

    @property
    def own(self) -> bool:
        return applicant(self.actor, self.object)

    def get_form_class(self) -> type:
        return DeferralGiveUpForm if self.own else DeferralEndForm

    @property
    def done_href(self) -> str:
        return address(self, "offer-answer", self.object.application) if self.own else self.url("offer-list")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kept = self.object.state == DeferralState.AGREED
        return super().get_context_data(deferral=self.object, kept=kept, back_href=self.done_href, **kwargs)

    def act(self, data: dict[str, Any]) -> HttpResponse:
        try:
            end_deferral(deferral=self.object, by=self.actor, reason=data["reason"])
        except WrongState:
            self.object.refresh_from_db(fields=["state"])
            if self.object.state != DeferralState.GIVEN_UP:
                raise
        messages.success(self.request, _("The place isn’t kept any longer."))
        return HttpResponseRedirect(self.done_href)


class DeferralListView(RoundMixin, Downloads, ServiceFormView):
    """Places kept for people of earlier cohorts: offered here before anybody is chosen."""

    template_name = "selection/deferral_list.html"
    form_class = KeptPlacesForm
    page_heading = gettext_lazy("Places kept from earlier cohorts")

    def sheet(self) -> Sheet:
        return kept_places_sheet(self.round, kept_for(self.round))

    def get_form_kwargs(self) -> dict[str, Any]:
        self.kept = list(kept_for(self.round))
        choices = [(d.public_id, d.application.reference) for d in self.kept]
        return {**super().get_form_kwargs(), "choices": choices}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(back_href=self.url("round-detail"), **kwargs)
        form = context["form"]
        everybody = [d.public_id for d in self.kept]
        return context | {
            "kept": [(d, staff(self.actor, d)) for d in self.kept],
            "ticked": form.data.getlist("deferrals") if form.is_bound else everybody,
            "begun": list(begun_here(self.round)),
            "free": free_places(self.round.cohort),
            "may_offer": self.round.published and still_selecting(self.round.cohort),
            "asked_here": list(deferrals_of(self.round)),
        }

    def act(self, data: dict[str, Any]) -> HttpResponse:
        count = offer_kept_places(round=self.round, deferrals=data["deferrals"], by=self.actor)
        text = ngettext("%(n)d place was offered.", "%(n)d places were offered.", count)
        messages.success(self.request, text % {"n": count})
        return HttpResponseRedirect(self.url("deferral-list"))


__all__ = ["DeferralDecideView", "DeferralEndView", "DeferralListView", "OfferDeferView"]
