"""Whoever moderates: how strictly assessors mark and what is done about it, who chairs, and the lock."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from statistics import fmean
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from engine.transitions import history
from engine.views.downloads import Downloads, Sheet
from engine.views.service_form import ServiceFormView
from selection.forms.moderation import ChairForm, CorrectionForm, LockForm, UnlockForm
from selection.models import Correction
from selection.rules import moderator
from selection.selectors.correction import cents
from selection.selectors.moderation import chair_candidates, conflicts_of_moderator
from selection.selectors.ranking import Ranked, rank_sheet, read_sheet
from selection.selectors.ranking import Sheet as Scores
from selection.selectors.severity_words import (
    chance_in_words,
    connected_in_words,
    refused_in_words,
    standing_in_words,
)
from selection.selectors.withheld import as_seen
from selection.services.moderation import choose_correction, lock_moderation, name_chair, unlock_moderation
from selection.severity import Estimate
from selection.states import RoundState
from selection.views.lists import per_page
from selection.views.round_base import RoundMixin, moderation_is_open
from selection.views.sheets import severity_sheet

RECORDED = {"correction", "lock_moderation", "unlock_moderation", "name_chair"}
MODELS = (Correction.ADDITIVE, Correction.RASCH)


@dataclass(frozen=True)
class Line:
    """One application before and after the correction."""

    before: Ranked
    after: Ranked
    closed: bool
    crosses: str

    @property
    def move(self) -> int:
        """Places up (positive) or down."""
        return (self.before.rank or 0) - (self.after.rank or 0)

    @property
    def moved(self) -> str:
        if not self.move:
            return _("the same")
        return _("up %(n)d") % {"n": self.move} if self.move > 0 else _("down %(n)d") % {"n": -self.move}


SORTS = {
    "move": lambda line: (not line.crosses, -abs(line.move), line.after.rank or 0),
    "before": lambda line: line.before.rank or 0,
    "after": lambda line: line.after.rank or 0,
    "error": lambda line: (-(line.after.se or 0), line.after.rank or 0),
}


class ModerationSeverityView(RoundMixin, Downloads, ServiceFormView):
    """Assessors' severity, each score raw and corrected, and the choice of what the ranking goes by with its effect in view."""

    permission = moderator
    template_name = "selection/moderation_severity.html"
    form_class = CorrectionForm
    page_heading = gettext_lazy("How strictly assessors mark")
    step = "moderation-list"

    def sheet(self) -> Sheet | None:
        return severity_sheet(self.round, self.lines()) if moderation_is_open(self) else None

    @cached_property
    def scores(self) -> Scores:
        return read_sheet(self.round)

    @cached_property
    def estimates(self) -> dict[str, Estimate]:
        return {model: self.scores.estimate(model) for model in MODELS} if moderation_is_open(self) else {}

    @cached_property
    def rankings(self) -> dict[str, list[Ranked]]:
        places = self.round.cohort.places
        ranked = {m: rank_sheet(self.scores, m, places=places, estimate=e) for m, e in self.estimates.items()}
        return {Correction.NONE: rank_sheet(self.scores, Correction.NONE, places=places), **ranked}

    @property
    def model(self) -> str:
        """The model looked at: that of the address, or the one the round has, or the default."""
        asked = self.request.GET.get("model", "")
        if asked in MODELS:
            return asked
        return self.round.correction if self.round.correction in MODELS else Correction.ADDITIVE

    @cached_property
    def closed(self) -> dict[int, str]:
        """What a conflict of interest closes to whoever looks."""
        return conflicts_of_moderator(self.round, self.actor, self.scores.rows)

    @property
    def given(self) -> dict[int, list[Decimal]]:
        """Assessor → their means, without those of closed applications, which would follow from number and mean."""
        found: dict[int, list[Decimal]] = defaultdict(list)
        for row in self.scores.rows:
            for marks in row.marks if row.pk not in self.closed else ():
                if marks.total is not None:
                    found[marks.assessor_id].append(marks.total)
        return found

    def crossing(self, model: str) -> tuple[list[str], list[str]]:
        """References that would come in and go out, against the means; those that are closed aren't named."""
        places = self.round.cohort.places
        first = [
            {r.reference for r in self.rankings[m] if 0 < (r.rank or 0) <= places and r.pk not in self.closed}
            for m in (Correction.NONE, model)
        ]
        return sorted(first[1] - first[0]), sorted(first[0] - first[1])

    def lines(self) -> list[Line]:
        before = {r.pk: r for r in as_seen(self.rankings[Correction.NONE], self.closed)}
        comes, goes = map(set, self.crossing(self.model))
        rows = [
            Line(
                before[r.pk],
                r,
                r.closed,
                _("would come in") if r.reference in comes else _("would go out") if r.reference in goes else "",
            )
            for r in as_seen(self.rankings[self.model], self.closed)
            if r.mean is not None or r.closed
        ]
        order = SORTS.get(self.request.GET.get("sort", ""), SORTS["move"])
        return sorted((line for line in rows if not line.closed), key=order) + [line for line in rows if line.closed]

    def refused(self) -> dict[str, str]:
        return {m: refused_in_words(e.refused) for m, e in self.estimates.items() if e.refused}

    def effects(self) -> dict[str, str]:
        found = {}
        for model, estimate in self.estimates.items():
            comes, goes = self.crossing(model)
            if estimate.refused:
                continue
            if not comes:
                found[model] = _("Nobody would cross the line of %(places)d places.") % {
                    "places": self.round.cohort.places
                }
            else:
                text = ngettext(
                    "%(n)d of %(places)d places would change: %(comes)s in, %(goes)s out.",
                    "%(n)d of %(places)d places would change: %(comes)s in, %(goes)s out.",
                    len(comes),
                )
                found[model] = text % {
                    "n": len(comes),
                    "places": self.round.cohort.places,
                    "comes": ", ".join(comes),
                    "goes": ", ".join(goes),
                }
        return found

    def get_initial(self) -> dict[str, Any]:
        return {"correction": self.round.correction}

    def get_form_kwargs(self) -> dict[str, Any]:
        hints = {Correction.NONE: _("What the assessors gave, as it stands."), **self.effects()}
        return {**super().get_form_kwargs(), "hints": hints, "refused": self.refused()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = moderation_is_open(self)
        estimate = self.estimates.get(self.model)
        names = {m.assessor_id: m.assessor for r in self.scores.rows for m in r.marks} if shown else {}
        page = Paginator(self.lines() if shown else [], per_page(self.request)).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            shown=shown,
            model=self.model,
            models=[{"value": m, "label": m.label, "current": m == self.model} for m in MODELS],
            estimate=estimate,
            refused_here=self.refused().get(self.model, "") if shown else "",
            refused=[(Correction(m).label, why) for m, why in self.refused().items()] if shown else [],
            people=people_lines(estimate, names, self.given) if estimate else [],
            connected=connected_in_words(estimate, names) if estimate else [],
            chance=chance_in_words(estimate) if estimate else "",
            effect=self.effects().get(self.model, "") if shown else "",
            page_obj=page,
            lines=list(page),
            sort=self.request.GET.get("sort", "move"),
            can_choose=self.round.state == RoundState.MODERATING and self.round.moderation_locked_at is None,
            record=[c for c in history(self.round) if c.name in RECORDED],
            back_href=self.url("moderation-list"),
            **kwargs,
        )

    def act(self, data: dict[str, Any]) -> HttpResponse:
        choose_correction(round=self.round, by=self.actor, **data)
        messages.success(
            self.request, _("The round is now ranked this way, and so is everything that goes by the ranking.")
        )
        return HttpResponseRedirect(self.url("moderation-severity"))


def people_lines(estimate: Estimate, names: dict[int, str], given: dict[int, list[Decimal]]) -> list[dict[str, Any]]:
    """The strictest first; those too little is known of last. `given` are the means each gave that whoever looks may know of."""
    rows = sorted(estimate.assessors, key=lambda p: (p.severity is None, -(p.severity or 0), names[p.assessor]))
    return [
        {
            "name": names[p.assessor],
            "group": p.group + 1,
            "marked": len(given[p.assessor]),
            "shared": p.shared,
            "mean": cents(fmean(given[p.assessor])) if given[p.assessor] else None,
            "severity": None if p.severity is None else f"{cents(p.severity):+}",
            "se": None if p.se is None else cents(p.se),
            "standing": standing_in_words(p),
        }
        for p in rows
    ]


class ModerationChairView(RoundMixin, ServiceFormView):
    form_class = ChairForm
    page_heading = gettext_lazy("Who chairs moderation?")
    template_name = "selection/moderation_chair.html"
    step = "moderation-list"

    def get_initial(self) -> dict[str, Any]:
        return {"person": self.round.chair}

    def get_form_kwargs(self) -> dict[str, Any]:
        people = chair_candidates(self.round).select_related("organisation")
        return {**super().get_form_kwargs(), "people": people}

    def get_success_url(self) -> str:
        return self.url("assess-round")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back_href=self.get_success_url(), **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        round_ = name_chair(round=self.round, person=data["person"], by=self.actor)
        text = (
            _("%(name)s chairs moderation.") % {"name": round_.chair.name}
            if round_.chair
            else _("Staff moderate alone.")
        )
        messages.success(self.request, text)


class ModerationLockView(RoundMixin, ServiceFormView):
    """One page: locks what is open; opens what is locked, with a reason."""

    permission = moderator
    template_name = "selection/moderation_lock.html"
    step = "moderation-list"

    @property
    def locked(self) -> bool:
        return self.round.moderation_locked_at is not None

    def get_form_class(self) -> Any:
        return UnlockForm if self.locked else LockForm

    def get_success_url(self) -> str:
        return self.url("moderation-list")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        heading = _("Unlock moderation") if self.locked else _("Lock moderation")
        return super().get_context_data(
            locked=self.locked, page_heading=heading, back_href=self.get_success_url(), **kwargs
        )

    def act(self, data: dict[str, Any]) -> None:
        if self.locked:
            unlock_moderation(round=self.round, reason=data["reason"], by=self.actor)
            messages.success(self.request, _("Moderation is open again."))
        else:
            lock_moderation(round=self.round, by=self.actor)
            messages.success(self.request, _("Moderation is locked."))
