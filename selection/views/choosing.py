"""Staff: the choosing board, and the page that confirms the offers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from engine.figures import balance_bars
from engine.views.downloads import Downloads, Sheet
from engine.views.service_form import ServiceFormView
from selection.forms.choosing import OfferConfirmForm, WhatIfForm
from selection.models import Departure
from selection.selectors.balance import SectorLine, balance_title, sector_lines
from selection.selectors.composition import Composition
from selection.selectors.deferrals import kept_for
from selection.selectors.ranking import Ranked, rank_round
from selection.selectors.what_if import WhatIf, try_out
from selection.services.choosing import (
    composition_of,
    deadline_for,
    depart_from_rank,
    make_offers,
    return_to_rank,
    take_over,
)
from selection.states import ApplicationState, RoundState
from selection.views.moderation import per_page
from selection.views.round_base import RoundMixin
from selection.views.sheets import choosing_sheet
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

    @cached_property
    def ranked(self) -> list[Ranked]:
        return rank_round(self.round, places=self.round.cohort.places)

    @cached_property
    def choice(self) -> Composition:
        return composition_of(self.round, self.ranked)

    @property
    def waiting(self) -> int:
        """How many still need moderation: until then no offers."""
        return sum(r.needs_moderation for r in self.ranked if r.state == ApplicationState.ELIGIBLE)

    @property
    def decided(self) -> bool:
        return self.round.state == RoundState.DECIDED

    def balance(self) -> tuple[list[SectorLine], SafeString, str]:
        lines = sector_lines(self.round.cohort_id)
        chosen = self.choice.by_sector()
        for line in lines:
            line.chosen = chosen[line.sector_id]
        taken = {line.sector_id: line.live if self.decided else line.chosen for line in lines}
        title = balance_title(lines, taken)
        groups = [(line.name, taken[line.sector_id], line.target) for line in lines]
        return lines, balance_bars(groups, title=title, unit=""), title


class ChoosingBoardView(ChoosingMixin, Downloads, TenantPage):
    template_name = "selection/choosing_board.html"
    error = ""

    def sheet(self) -> Sheet:
        ranked = [r for r in self.ranked if r.rank is not None]
        return choosing_sheet(self.round, self.lines(ranked), decided=self.decided)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lines, picture, title = self.balance()
        page = Paginator([r for r in self.ranked if r.rank is not None], per_page(self.request, ON_THE_BOARD)).get_page(
            self.request.GET.get("page")
        )
        sum_of = {
            name: sum(getattr(line, name) for line in lines) for name in ("submitted", "endorsed", "chosen", "live")
        }
        return super().get_context_data(
            page_obj=page,
            rows=self.lines(page),
            lines=lines,
            picture=picture,
            picture_title=title,
            totals=sum_of,
            choice=self.choice,
            decided=self.decided,
            error=self.error,
            waiting=self.waiting,
            reason=self.request.POST.get("reason", ""),
            ticked=self.request.POST.getlist("applications"),
            **kwargs,
        )

    def lines(self, page: Any) -> list[dict[str, Any]]:
        """Rows with their standing, and where the line falls."""
        chosen = {r.pk for r in self.choice.chosen}
        reserves = {r.pk: n for n, r in enumerate(self.choice.reserves, start=1)}
        return [
            {
                "row": r,
                "chosen": r.pk in chosen,
                "reserve": reserves.get(r.pk),
                "effect": self.choice.effect.get(r.pk, ""),
                "line_below": r.rank == self.choice.places and not self.decided,
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


class WhatIfView(ChoosingMixin, TenantPage):
    """Tries out floors and ceilings: the best choice that keeps them, with a reason for everybody. The address has what is tried, and
    nothing is saved; only taking the choice over is."""

    template_name = "selection/what_if.html"
    error = ""

    @cached_property
    def form(self) -> WhatIfForm:
        posted = self.request.method == "POST"
        sent = self.request.POST if posted else self.request.GET
        lines = sector_lines(self.round.cohort_id)
        targets = {f"floor_{line.sector_id}": line.target for line in lines if line.target}
        return WhatIfForm(
            sent if posted or "try" in sent else None,
            sectors=[(line.sector_id, line.name) for line in lines],
            places=self.choice.places,
            initial=targets,
        )

    @cached_property
    def found(self) -> WhatIf | None:
        if not self.form.is_bound or not self.form.is_valid() or not self.choice.places:
            return None
        return try_out(self.ranked, self.form.limits(), standing=self.choice.chosen, places=self.choice.places)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            form=self.form,
            found=self.found,
            choice=self.choice,
            decided=self.decided,
            error=self.error,
            can_take_over=self.round.state == RoundState.MODERATING,
            reason=self.request.POST.get("reason", ""),
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
                by=self.actor,
            )
        except NotAllowed:
            raise
        except Refused as refusal:
            self.error = str(refusal)
            return self.render_to_response(self.get_context_data(page_has_errors=True), status=422)
        messages.success(request, _("%(came)d brought in and %(went)d taken out.") % {"came": came, "went": went})
        return HttpResponseRedirect(self.url("choosing-board"))


class OfferConfirmView(ChoosingMixin, ServiceFormView):
    """Counts, names and balance once more, before anybody is told."""

    template_name = "selection/offer_confirm.html"
    form_class = OfferConfirmForm
    page_heading = gettext_lazy("Make offers")

    def get_initial(self) -> dict[str, Any]:
        return {"seal": self.choice.seal}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lines, picture, title = self.balance()
        return super().get_context_data(
            choice=self.choice,
            lines=lines,
            picture=picture,
            picture_title=title,
            back_href=self.url("choosing-board"),
            departures=[r for r in self.ranked if r.departure],
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
