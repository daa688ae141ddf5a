"""Staff: the choosing board, and the page that confirms the offers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from engine.figures import balance_bars
from engine.views.downloads import Downloads, Sheet
from engine.views.service_form import ServiceFormView
from selection.composition import Rule
from selection.forms.choosing import OfferConfirmForm, OfferOverForm
from selection.forms.limits import LimitsForm, RoundLimitsForm
from selection.models import Departure, SelectionRound
from selection.selectors.attributes import SECTOR
from selection.selectors.board import BalanceSection, balance_sections, sector_title
from selection.selectors.composition import Composition, compose
from selection.selectors.deferrals import kept_for
from selection.selectors.limits import Kept, Limits, kept_limits, namer
from selection.selectors.moderation import conflicts_of_moderator
from selection.selectors.offers import with_free_places
from selection.selectors.ranking import Ranked, rank_round
from selection.selectors.reasons import Reasons, are_due, eligible_rows, reasons_of, with_recorded_reasons
from selection.selectors.rounds import rounds_with_cohort
from selection.selectors.what_if import WhatIf, try_out
from selection.selectors.withheld import CONFLICT, as_seen
from selection.services.balance import keep_limits
from selection.services.choosing import (
    deadline_for,
    depart_from_rank,
    make_offers,
    offer_over,
    return_to_rank,
    take_over,
)
from selection.states import ApplicationState, RoundState
from selection.views.moderation import per_page
from selection.views.round_base import RoundMixin
from selection.views.sheets import choosing_sheet, what_if_sheet
from tenancy.errors import NotAllowed, Refused
from tenancy.views.base import TenantPage

# The board is one working surface: the line and everybody near it belong on one page.
ON_THE_BOARD = 200


def state_text(state: str) -> str:
    """After the offers, 'being assessed' means that somebody hasn't been told yet."""
    return str(_("No offer, not told yet") if state == ApplicationState.ELIGIBLE else ApplicationState(state).label)


class ChoosingMixin(RoundMixin):
    """The ranking, the choice that follows from it, and the balance of that choice."""

    step = "choosing-board"
    # whether the balance says what was promised
    promises = True

    def get_object(self) -> SelectionRound:
        return self.find(SelectionRound, queryset=with_free_places(rounds_with_cohort()))

    @cached_property
    def ranked(self) -> list[Ranked]:
        """All of it: what the choice follows from. Pages show `seen`."""
        return rank_round(self.round, places=self.round.cohort.places)

    @cached_property
    def closed(self) -> dict[int, str]:
        """What a conflict of interest closes to whoever looks."""
        return conflicts_of_moderator(self.round, self.actor, self.ranked)

    @cached_property
    def seen(self) -> list[Ranked]:
        return as_seen(self.ranked, self.closed)

    @property
    def compares_closed(self) -> bool:
        """Whether somebody closed to whoever looks can be chosen: sentences and sums of points would tell of them then."""
        return any(r.pk in self.closed for r in eligible_rows(self.ranked))

    def shown(self, rows: Sequence[Ranked]) -> list[Ranked]:
        """These rows as they may be seen, the closed ones last."""
        wanted = {r.pk for r in rows}
        return [r for r in self.seen if r.pk in wanted]

    @cached_property
    def choice(self) -> Composition:
        free = max(self.round.free_places + self.round.over, 0)  # type: ignore[attr-defined]
        return compose(self.ranked, places=free, reserve_length=self.round.reserve_length)

    @cached_property
    def waiting_rows(self) -> list[Ranked]:
        """Those that still need moderation: until then no offers."""
        return [r for r in self.ranked if r.needs_moderation and r.state == ApplicationState.ELIGIBLE]

    @property
    def waiting(self) -> int:
        return sum(r.pk not in self.closed for r in self.waiting_rows)

    @property
    def waits_for_others(self) -> bool:
        """Whether something is left to moderate that only somebody else may."""
        return any(r.pk in self.closed for r in self.waiting_rows)

    @property
    def decided(self) -> bool:
        return self.round.state == RoundState.DECIDED

    @cached_property
    def kept(self) -> Kept:
        return kept_limits(self.round)

    @cached_property
    def sections(self) -> list[BalanceSection]:
        """The balance by every attribute: of the choice, or of who has a place once offers are made."""
        cohort = self.round.cohort
        return balance_sections(
            self.round,
            chosen=None if self.decided else {r.pk for r in self.choice.chosen},
            kept=self.kept,
            targets=cohort.targets.select_related("sector"),
            commitments=cohort.commitments.select_related("sector", "organisation") if self.promises else (),
        )

    def balance_context(self) -> dict[str, Any]:
        lines = next((section.lines for section in self.sections if section.attribute == SECTOR), [])
        title = sector_title(lines)
        groups = [(line.name, line.taken, line.target) for line in lines]
        return {
            "sections": self.sections,
            "picture": balance_bars(groups, title=title, unit=""),
            "picture_title": title,
            "limited": bool(self.kept.limits),
            "broken": [line for section in self.sections for line in section.broken],
        }

    def rule_names(self) -> Callable[[Rule], str]:
        return namer(self.kept.kinds, {line.value: line.kind for section in self.sections for line in section.lines})


class ChoosingBoardView(ChoosingMixin, Downloads, TenantPage):
    template_name = "selection/choosing_board.html"
    error = ""

    def sheet(self) -> Sheet:
        return choosing_sheet(self.round, self.lines(self.shown(self.with_points)), decided=self.decided)

    @property
    def with_points(self) -> list[Ranked]:
        return [r for r in self.ranked if r.rank is not None]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = self.shown(self.with_points)
        page = Paginator(rows, per_page(self.request, ON_THE_BOARD)).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            **self.balance_context(),
            page_obj=page,
            rows=self.lines(page),
            by_limits=self.reasons.by_limits,
            choice=self.choice,
            decided=self.decided,
            error=self.error,
            waiting=self.waiting,
            waits_for_others=self.waits_for_others,
            closed=sum(r.closed for r in rows),
            reasons_due=self.decided and not self.closed and are_due(self.round, self.reasons.sentences),
            unexplained=bool(self.closed) if self.decided else self.compares_closed,
            reason=self.request.POST.get("reason", ""),
            ticked=self.request.POST.getlist("applications"),
            **kwargs,
        )

    @cached_property
    def reasons(self) -> Reasons:
        """Why each is in or out; once offers are made, as the record has it, and to nobody who has a conflict with one of them."""
        if self.decided:
            rows = () if self.closed else with_recorded_reasons(self.round)
            return Reasons({a.public_id: a.because for a in rows}, False)  # type: ignore[attr-defined]
        if self.compares_closed:
            return Reasons({}, False)
        return reasons_of(self.ranked, self.choice, self.kept)

    def lines(self, page: Any) -> list[dict[str, Any]]:
        """Rows with their standing, and where the line falls."""
        chosen = {r.pk for r in self.choice.chosen}
        open_reserves = [r for r in self.choice.reserves if r.pk not in self.closed]
        reserves = {r.pk: n for n, r in enumerate(open_reserves, start=1)}
        above = [r.pk for r in self.ranked if r.rank is not None and r.rank <= self.choice.places]
        last = next((pk for pk in reversed(above) if pk not in self.closed), None)
        lined = len(above) == self.choice.places and not self.decided
        return [
            {"row": r, "closed": True, "state_text": CONFLICT}
            if r.closed
            else {
                "row": r,
                "chosen": r.pk in chosen,
                "reserve": reserves.get(r.pk),
                "effect": self.choice.effect.get(r.pk, ""),
                "why": self.reasons.sentences.get(r.public_id, ""),
                "line_below": lined and r.pk == last,
                "open": r.state == ApplicationState.ELIGIBLE,
                "state_text": state_text(r.state),
            }
            for r in page
        ]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            text = self.act(request.POST.getlist("applications"), request.POST.get("step", ""))
        except NotAllowed:
            raise
        except Refused as refusal:
            self.error = str(refusal)
            return self.render_to_response(self.get_context_data(page_has_errors=True), status=422)
        messages.success(request, text)
        return HttpResponseRedirect(self.url("choosing-board"))

    def act(self, applications: list[str], step: str) -> str:
        if step == "back":
            count = return_to_rank(round=self.round, applications=applications, by=self.actor)
            text = ngettext("%(n)d application is back in rank.", "%(n)d applications are back in rank.", count)
            return text % {"n": count}
        if step not in Departure.Direction.values:
            raise Refused(_("Choose what to do with the applications you ticked."))
        count = depart_from_rank(
            round=self.round,
            applications=applications,
            direction=step,
            reason=self.request.POST.get("reason", ""),
            by=self.actor,
        )
        if step == Departure.Direction.IN:
            text = ngettext("%(n)d application was brought in.", "%(n)d applications were brought in.", count)
        else:
            text = ngettext("%(n)d application was taken out.", "%(n)d applications were taken out.", count)
        return text % {"n": count}


class WhatIfView(ChoosingMixin, Downloads, TenantPage):
    """Tries out floors and ceilings, beginning with those that are kept: the best choice within them, with a reason for everybody. The
    address has what is tried, and nothing is saved; only taking the choice over is, and the limits with it if that's asked."""

    template_name = "selection/what_if.html"
    error = ""

    @cached_property
    def form(self) -> LimitsForm:
        posted = self.request.method == "POST"
        sent = self.request.POST if posted else self.request.GET
        return LimitsForm(
            sent if posted or "try" in sent else None,
            sections=self.sections,
            places=self.choice.places,
            initial=LimitsForm.initial_of(first_limits(self.kept, self.sections)),
        )

    @cached_property
    def found(self) -> WhatIf | None:
        if not self.form.is_bound or not self.form.is_valid() or not self.choice.places:
            return None
        return try_out(
            self.ranked,
            self.form.limits(),
            standing=self.choice.chosen,
            places=self.choice.places,
            rule_name=self.rule_names(),
            closed=self.closed,
        )

    def sheet(self) -> Sheet | None:
        return None if self.decided or self.found is None else what_if_sheet(self.round, self.found.lines)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            form=self.form,
            found=self.found,
            choice=self.choice,
            decided=self.decided,
            error=self.error,
            can_take_over=self.round.state == RoundState.MODERATING and not (self.found and self.found.moves_closed),
            reason=self.request.POST.get("reason", ""),
            keeping="keep" in self.request.POST or not self.form.is_bound or not self.kept.limits,
            nobody=not any(r.rank is not None and r.state == ApplicationState.ELIGIBLE for r in self.ranked),
            back_href=self.url("choosing-board"),
            page_heading=_("What if"),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.found is None:
            return self.render_to_response(self.get_context_data(page_has_errors=True), status=422)
        try:
            came, went = take_over(
                round=self.round,
                chosen=self.found.chosen,
                seal=request.POST.get("seal", ""),
                reason=request.POST.get("reason", ""),
                told=self.found.told,
                keep=self.form.limits() if "keep" in request.POST else None,
                by=self.actor,
            )
        except NotAllowed:
            raise
        except Refused as refusal:
            self.error = str(refusal)
            return self.render_to_response(self.get_context_data(page_has_errors=True), status=422)
        messages.success(request, _("%(came)d brought in and %(went)d taken out.") % {"came": came, "went": went})
        return HttpResponseRedirect(self.url("choosing-board"))


class RoundLimitsView(ChoosingMixin, ServiceFormView):
    """Limits that are kept with the round: the board says whether they hold, what-if begins with them, reserves move up by them."""

    template_name = "selection/round_limits.html"
    form_class = RoundLimitsForm
    page_heading = gettext_lazy("Limits")
    step = "round-limits"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "sections": self.sections, "places": self.round.cohort.places}

    def get_initial(self) -> dict[str, Any]:
        first = first_limits(self.kept, self.sections)
        return {**LimitsForm.initial_of(first), "version": self.round.limits_version}

    def current_version(self) -> int:
        return int(SelectionRound.objects.values_list("limits_version", flat=True).get(pk=self.round.pk))

    def as_shown(self, theirs: dict[str, Any]) -> dict[str, Any]:
        return {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            kept_in_words=self.kept.in_words() if self.kept.limits else "",
            suggested=not self.kept.limits and bool(first_limits(self.kept, self.sections)),
            decided=self.decided,
            back_href=self.url("choosing-board"),
            **kwargs,
        )

    def act(self, data: dict[str, Any]) -> HttpResponse:
        keep_limits(round=self.round, limits=self.limits, version=data["version"], by=self.actor)
        messages.success(self.request, _("The limits are kept with the round."))
        return HttpResponseRedirect(self.url("choosing-board"))

    def form_valid(self, form: Any) -> HttpResponse:
        self.limits = form.limits()
        return super().form_valid(form)


class OfferOverView(ChoosingMixin, ServiceFormView):
    """How many places over the cohort's number are offered at first, within the round's tolerance."""

    form_class = OfferOverForm
    page_heading = gettext_lazy("Offer more places than there are")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "tolerance": self.round.tolerance}

    def get_initial(self) -> dict[str, Any]:
        return {"over": self.round.over}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.url("choosing-board"), **kwargs)

    def act(self, data: dict[str, Any]) -> HttpResponse:
        offer_over(round=self.round, over=data["over"], reason=data["reason"], by=self.actor)
        messages.success(self.request, _("The choice has been made anew for so many places."))
        return HttpResponseRedirect(self.url("choosing-board"))


def first_limits(kept: Kept, sections: Sequence[BalanceSection]) -> Limits:
    """What staff begin with: the kept limits; where there are none, the places each sector should have, and seats that were promised."""
    if kept.limits:
        return kept.limits
    lines = [line for section in sections for line in section.lines]
    return Limits({line.value: n for line in lines if (n := line.target or line.promised)})


class OfferConfirmView(ChoosingMixin, ServiceFormView):
    """Counts, names and balance once more, before anybody is told."""

    template_name = "selection/offer_confirm.html"
    promises = False
    form_class = OfferConfirmForm
    page_heading = gettext_lazy("Make offers")

    def get_initial(self) -> dict[str, Any]:
        return {"seal": self.choice.seal}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **self.balance_context(),
            choice=self.choice,
            back_href=self.url("choosing-board"),
            chosen=self.shown(self.choice.chosen),
            reserves=self.shown(self.choice.reserves),
            departures=[r for r in self.seen if r.departure],
            waits_for_others=self.waits_for_others,
            kept=kept_for(self.round).count(),
            deadline=deadline_for(self.round, timezone.now()),
            decided=self.decided,
            waiting=self.waiting,
            **kwargs,
        )

    def form_invalid(self, form: Any) -> HttpResponse:
        # what is shown again is the choice as it stands now, so that is what the button must confirm
        form.data = form.data.copy()
        form.data["seal"] = self.choice.seal
        return super().form_invalid(form)

    def act(self, data: dict[str, Any]) -> HttpResponse:
        choice = make_offers(round=self.round, seal=data["seal"], by=self.actor)
        text = ngettext("%(n)d offer was made.", "%(n)d offers were made.", len(choice.chosen))
        messages.success(self.request, text % {"n": len(choice.chosen)})
        return HttpResponseRedirect(self.url("offer-list"))
