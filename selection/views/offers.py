"""Offers: what became of them, for staff; and the applicant's own answer."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.db.models import F, QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from engine.dates import uk_deadline
from engine.views.downloads import Downloads, Sheet
from engine.views.service_form import ServiceFormView
from selection.forms.choosing import NotSelectedForm, OfferAnswerForm, OfferPlaceForm
from selection.forms.offers import OfferExtendForm, OfferGiveUpForm, OfferWithdrawForm
from selection.letters import LETTERED
from selection.models import Application, Offer, SelectionRound
from selection.rules import applicant
from selection.selectors.deferrals import deferrals_of
from selection.selectors.moderation import conflicts_of_moderator
from selection.selectors.offers import free_places, offers_of, reserves_of, still_selecting
from selection.selectors.outcomes import outcome_of
from selection.selectors.reasons import are_due, with_recorded_reasons
from selection.selectors.withheld import CONFLICT, OTHERS, tells_of
from selection.services.choosing import OFFERED_BEFORE, send_not_selected
from selection.services.offers import (
    accept_offer,
    decline_offer,
    extend_offer,
    give_up_place,
    offer_place,
    withdraw_offer,
)
from selection.states import ApplicationState as S
from selection.states import DeferralState, RoundState
from selection.views.round_base import RoundMixin
from selection.views.sheets import offers_sheet, reserves_sheet
from tenancy.errors import WrongState
from tenancy.views.base import TenantPage, TenantView

# How an offer ends other than by being accepted.
ENDED = (S.DECLINED, S.LAPSED, S.RESCINDED, S.DEFERRED, S.GAVE_UP)
# Who may still be told that they aren't selected.
UNDECIDED = (S.ELIGIBLE, S.RESERVE, S.SUBMITTED, S.ENDORSED)


def untold(round_: SelectionRound) -> QuerySet[Application]:
    """Everyone without an offer who hasn't been told the outcome; reserves last."""
    return (
        Application.objects.filter(round=round_, state__in=UNDECIDED)
        .select_related("applicant", "organisation__sector", "feedback")
        .order_by(F("reserve_position").asc(nulls_first=True), "reference")
    )


class OfferListView(RoundMixin, Downloads, TenantPage):
    """Two lists: the offers, and with `?list=reserves` the reserves are what is downloaded."""

    template_name = "selection/offer_list.html"
    step = "offer-list"

    def sheet(self) -> Sheet:
        if self.request.GET.get("list") == "reserves":
            return reserves_sheet(self.round, self.reserves)
        return offers_sheet(self.round, self.offers)

    @cached_property
    def closed(self) -> dict[int, str]:
        """What a conflict of interest closes to whoever looks."""
        return conflicts_of_moderator(self.round, self.actor, self._all)

    @cached_property
    def _all(self) -> list[Application]:
        return list(with_recorded_reasons(self.round))

    @cached_property
    def _offers(self) -> list[Offer]:
        return list(offers_of(self.round))

    @cached_property
    def _reserves(self) -> list[Application]:
        return list(reserves_of(self.round))

    @cached_property
    def because(self) -> dict[str, str]:
        """What the record says of each; ranks in it would tell whoever has a conflict where the closed ones stand."""
        recorded = {a.public_id: a.because for a in self._all if a.because}  # type: ignore[attr-defined]
        return dict.fromkeys(recorded, str(OTHERS)) if self.closed else recorded

    @property
    def offers(self) -> list[dict[str, Any]]:
        """Each with why it was made and in whose place, unless that tells of an application that is closed to whoever looks."""
        rows = [*(o.application for o in self._offers), *self._reserves]
        told = {a.reference for a in rows if a.pk in self.closed}
        found = []
        for offer in self._offers:
            words: Any = offer.reason or self.because.get(offer.application.public_id, "")
            before = offer.in_place_of.reference if offer.in_place_of else ""
            if offer.application_id in self.closed:
                words, before = CONFLICT, ""
            elif tells_of(f"{offer.reason} {before}", told):
                words, before = OTHERS, ""
            found.append({"offer": offer, "application": offer.application, "why": words, "in_place_of": before})
        return found

    @property
    def reserves(self) -> list[dict[str, Any]]:
        """In their order, numbered from one among those still on the list (`reserve_position` keeps where each began); those that are
        closed come last and without a number, so that the others’ don’t give them away."""
        open_rows = [a for a in self._reserves if a.pk not in self.closed]
        rest = sorted((a for a in self._reserves if a.pk in self.closed), key=lambda a: a.reference)
        rows = [
            {"application": a, "position": n, "closed": False, "why": self.because.get(a.public_id, "")}
            for n, a in enumerate(open_rows, start=1)
        ]
        return rows + [{"application": a, "position": None, "closed": True, "why": CONFLICT} for a in rest]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        offers = self.offers
        counts = Counter(row["application"].state for row in offers)
        offerable = free_places(self.round.cohort, over=self.round.tolerance)
        return super().get_context_data(
            offers=offers,
            reserves=self.reserves,
            closed=self.closed,
            free=max(offerable - self.round.tolerance, 0),
            offerable=offerable,
            accepted=counts[S.ACCEPTED],
            waiting=counts[S.OFFERED],
            given_up=sum(counts[state] for state in ENDED),
            wishes=[d for d in deferrals_of(self.round) if d.state in (DeferralState.ASKED, DeferralState.AGREED)],
            again=OFFERED_BEFORE,
            lettered=LETTERED,
            untold=untold(self.round).exclude(state=S.RESERVE).count(),
            decided=self.round.state == RoundState.DECIDED,
            reasons_due=not self.closed and are_due(self.round, self.because),
            **kwargs,
        )


class NotSelectedView(RoundMixin, ServiceFormView):
    template_name = "selection/offer_not_selected.html"
    form_class = NotSelectedForm
    page_heading = gettext_lazy("Tell people they aren’t selected")
    step = "offer-list"

    def get_form_kwargs(self) -> dict[str, Any]:
        self.people = list(untold(self.round))
        self.closed = conflicts_of_moderator(self.round, self.actor, self.people)
        if self.closed:  # the order of the reserve list says where somebody closed stands
            self.people.sort(key=lambda a: (a.state == S.RESERVE, a.reference))
        choices = [(a.public_id, a.reference) for a in self.people]
        return {**super().get_form_kwargs(), "choices": choices}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(back_href=self.url("offer-list"), **kwargs)
        form = context["form"]
        usual = [a.public_id for a in self.people if a.state != S.RESERVE]
        ticked = form.data.getlist("applications") if form.is_bound else usual
        return context | {
            "people": self.people,
            "closed": self.closed,
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


class OneApplication(RoundMixin):
    """Staff, about one application and its offer."""

    step = "offer-list"

    def get_object(self) -> Any:
        rows = Application.objects.select_related(
            "round__cohort__programme", "round__tenant", "applicant", "organisation__sector", "offer"
        )
        return self.find(Application, queryset=rows)

    @property
    def round(self) -> SelectionRound:
        return self.object.round  # type: ignore[attr-defined]

    @property
    def name(self) -> dict[str, str]:
        return {"name": self.object.applicant.name}  # type: ignore[attr-defined]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        application: Any = self.object
        return super().get_context_data(
            application=application,
            offer=getattr(application, "offer", None),
            is_open=application.state == S.OFFERED,
            back_href=self.url("offer-list"),
            **kwargs,
        )


class OfferPlaceView(OneApplication, ServiceFormView):
    """One more place, offered by staff out of turn, or again to somebody whose offer ended."""

    template_name = "selection/offer_place.html"
    form_class = OfferPlaceForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        heading = _("Offer a place to %(name)s") % self.name
        return super().get_context_data(free=free_places(self.round.cohort), page_heading=heading, **kwargs)

    def act(self, data: dict[str, Any]) -> HttpResponse:
        application: Any = self.object
        offer_place(application=application, by=self.actor, reason=data["reason"])
        messages.success(self.request, _("The place was offered to %(name)s.") % self.name)
        return HttpResponseRedirect(self.url("offer-list"))


class OfferExtendView(OneApplication, ServiceFormView):
    """More time for one person."""

    template_name = "selection/offer_extend.html"
    form_class = OfferExtendForm

    def get_initial(self) -> dict[str, Any]:
        offer = getattr(self.object, "offer", None)
        return {"version": offer.version if offer else 0}

    def current_version(self) -> int:
        return Offer.objects.values_list("version", flat=True).get(application=self.object.pk)

    def as_shown(self, theirs: dict[str, Any]) -> dict[str, Any]:
        return {"until": uk_deadline(theirs.get("deadline"))}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(page_heading=_("More time for %(name)s") % self.name, **kwargs)

    def act(self, data: dict[str, Any]) -> HttpResponse:
        offer = extend_offer(application=self.object, by=self.actor, **data)  # type: ignore[arg-type]
        words = self.name | {"deadline": uk_deadline(offer.deadline)}
        messages.success(self.request, _("%(name)s has been told: until %(deadline)s.") % words)
        return HttpResponseRedirect(self.url("offer-list"))


class OfferWithdrawView(OneApplication, ServiceFormView):
    """Staff take an offer back before it's accepted."""

    template_name = "selection/offer_withdraw.html"
    form_class = OfferWithdrawForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(page_heading=_("Withdraw the offer to %(name)s") % self.name, **kwargs)

    def act(self, data: dict[str, Any]) -> HttpResponse:
        try:
            withdraw_offer(application=self.object, reason=data["reason"], by=self.actor)  # type: ignore[arg-type]
        except WrongState:
            self.object.refresh_from_db(fields=["state"])
            if self.object.state != S.RESCINDED:
                raise
        messages.success(self.request, _("The offer to %(name)s is withdrawn, and they’ve been told.") % self.name)
        return HttpResponseRedirect(self.url("offer-list"))


class OwnOutcome(TenantView):
    """The applicant's own application with all that was decided about it."""

    permission = applicant
    object: Application

    def get_object(self) -> Application:
        rows = Application.objects.select_related(
            "cohort__programme", "round", "applicant", "organisation", "offer", "deferral", "feedback"
        )
        return self.find(Application, queryset=rows)

    @property
    def outcome_href(self) -> str:
        names = {"tenant": self.request.tenant.slug, "public_id": self.object.public_id}
        return reverse("selection:offer-answer", kwargs=names)


class OfferAnswerView(OwnOutcome, ServiceFormView):
    """The applicant's one page on the outcome: the offer to answer, or what became of the application."""

    template_name = "selection/offer_answer.html"
    form_class = OfferAnswerForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        application = self.object
        deferral = getattr(application, "deferral", None)
        return super().get_context_data(
            application=application,
            outcome=outcome_of(application),
            deferral=deferral,
            kept=deferral is not None and deferral.state == DeferralState.AGREED,
            refused=deferral is not None and deferral.state == DeferralState.REFUSED,
            lettered=application.state in LETTERED,
            may_give_up=application.state == S.ACCEPTED and still_selecting(application.cohort),
            caption=str(application.cohort),
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
        return HttpResponseRedirect(self.outcome_href)


class OfferGiveUpView(OwnOutcome, ServiceFormView):
    """Whoever accepted can't come after all, and the cohort hasn't started."""

    template_name = "selection/offer_give_up.html"
    form_class = OfferGiveUpForm
    page_heading = gettext_lazy("Give up your place")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        application = self.object
        return super().get_context_data(
            application=application,
            possible=application.state == S.ACCEPTED and still_selecting(application.cohort),
            caption=str(application.cohort),
            back_href=self.outcome_href,
            **kwargs,
        )

    def act(self, data: dict[str, Any]) -> HttpResponse:
        try:
            give_up_place(application=self.object, reason=data["reason"], by=self.actor)
        except WrongState:
            self.object.refresh_from_db(fields=["state"])
            if self.object.state != S.GAVE_UP:
                raise
        return HttpResponseRedirect(self.outcome_href)
