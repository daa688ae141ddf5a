"""Staff: where assessors differ, and the points agreed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from engine.forms import BatonForm
from engine.transitions import history
from engine.views.downloads import Downloads, Sheet
from engine.views.service_form import ServiceFormView
from selection.forms.choosing import ModerationDetailForm
from selection.models import Application, Criterion, Moderation, Score, SelectionRound
from selection.selectors.assessment import waiting_by_assessor
from selection.selectors.ranking import Ranked, rank_round
from selection.services.assessment import start_moderation
from selection.services.moderation import agree_means, moderate_application
from selection.states import ApplicationState, RoundState
from selection.views.round_base import RoundMixin
from selection.views.sheets import moderation_sheet
from tenancy.errors import NotAllowed, Refused
from tenancy.views.base import TenantPage
from tenancy.views.recorded import Recorded

PER_PAGE = 50
# Between two assessors' points, which stay on one line.
DOT = "\u00a0·\u00a0"
MOST_PER_PAGE = 500


def per_page(request: HttpRequest, usual: int = PER_PAGE) -> int:
    """`?per_page=`, between 1 and 500."""
    typed = request.GET.get("per_page", "")
    return min(max(int(typed), 1), MOST_PER_PAGE) if typed.isdecimal() and len(typed) < 6 else usual


def by_disagreement(row: Ranked) -> tuple[Any, ...]:
    totals = [m.total for m in row.marks if m.total is not None]
    spread = max(totals) - min(totals) if totals else 0
    return (not row.needs_moderation, not row.flagged, -row.gap, -spread, row.rank or 0)


class ModerationStartView(RoundMixin, ServiceFormView):
    template_name = "selection/moderation_start.html"
    page_heading = gettext_lazy("Start moderation")
    step = "assess-round"

    class form_class(BatonForm):
        submit_label = gettext_lazy("Start moderation")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            waiting=waiting_by_assessor(self.round), back_href=self.url("assess-round"), **kwargs
        )

    def act(self, data: dict[str, Any]) -> HttpResponse:
        start_moderation(round=self.round, by=self.actor)
        return HttpResponseRedirect(self.url("moderation-list"))


class ModerationListView(RoundMixin, Downloads, TenantPage):
    """Sorted by disagreement; the bulk button agrees the assessors' mean for those ticked, with one reason."""

    template_name = "selection/moderation_list.html"
    step = "moderation-list"
    error = ""

    def shown(self, rows: list[Ranked]) -> list[Ranked]:
        """What the address asks for, by disagreement."""
        show = self.request.GET.get("show", "")
        wanted = [r for r in rows if show == "all" or (r.needs_moderation if show == "waiting" else r.flagged)]
        return sorted(wanted, key=by_disagreement)

    def sheet(self) -> Sheet:
        criteria = list(self.round.criteria.all())
        rows = self.shown(rank_round(self.round, places=self.round.cohort.places))
        return moderation_sheet(self.round, [_line(r, criteria) for r in rows], criteria)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = rank_round(self.round, places=self.round.cohort.places)
        flagged = [r for r in rows if r.flagged]
        waiting = [r for r in rows if r.needs_moderation]
        page = Paginator(self.shown(rows), per_page(self.request)).get_page(self.request.GET.get("page"))
        criteria = list(self.round.criteria.all())
        return super().get_context_data(
            page_obj=page,
            rows=[_line(r, criteria) for r in page],
            criteria=criteria,
            total=len(rows),
            flagged=len(flagged),
            waiting=len(waiting),
            show=self.request.GET.get("show", ""),
            can_moderate=self.round.state == RoundState.MODERATING,
            error=self.error,
            reason=self.request.POST.get("reason", ""),
            ticked=self.request.POST.getlist("applications"),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            count = agree_means(
                round=self.round,
                applications=request.POST.getlist("applications"),
                reason=request.POST.get("reason", ""),
                by=self.actor,
            )
        except NotAllowed:
            raise
        except Refused as refusal:
            self.error = str(refusal)
            return self.render_to_response(self.get_context_data(page_has_errors=True), status=422)
        text = ngettext("%(n)d application was agreed.", "%(n)d applications were agreed.", count)
        messages.success(request, text % {"n": count})
        return HttpResponseRedirect(self.url("moderation-list"))


def _line(row: Ranked, criteria: list[Criterion]) -> dict[str, Any]:
    """A row as the table shows it: one cell a criterion (its name, every assessor's points in the order of their names)."""
    marks = sorted(row.marks, key=lambda m: (m.assessor, m.allocation_id))
    return {
        "row": row,
        "assessors": ", ".join(m.assessor for m in marks),
        "cells": [(c.name, DOT.join(str(m.points.get(c.pk, "–")) for m in marks)) for c in criteria],
        "totals": DOT.join(str(m.total) for m in marks),
        "open": row.state == ApplicationState.ELIGIBLE,
    }


class ModerationDetailView(RoundMixin, Recorded, ServiceFormView):
    template_name = "selection/moderation_detail.html"
    form_class = ModerationDetailForm
    recorded_what = gettext_lazy("Scores")
    recorded_role = gettext_lazy("Programme staff")
    step = "moderation-list"

    def get_object(self) -> Any:
        rows = Application.objects.select_related(
            "round__cohort__programme", "round__framework", "round__tenant", "applicant", "organisation"
        )
        return self.find(Application, queryset=rows)

    @property
    def round(self) -> SelectionRound:
        return self.object.round  # type: ignore[attr-defined]

    @property
    def application(self) -> Application:
        return self.object  # type: ignore[return-value]

    def ranked(self) -> list[Ranked]:
        if not hasattr(self, "_ranked"):
            self._ranked = rank_round(self.round, places=self.round.cohort.places)
        return self._ranked

    def row(self) -> Ranked | None:
        return next((r for r in self.ranked() if r.pk == self.application.pk), None)

    def current_version(self) -> int:
        return Moderation.objects.values_list("version", flat=True).get(application=self.application)

    def get_initial(self) -> dict[str, Any]:
        present = Moderation.objects.filter(application=self.application).first()
        if present is not None:
            return {"points": present.points, "reason": present.reason, "version": present.version}
        row = self.row()
        return {"points": row.mean if row else None, "version": 0}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        criteria = list(self.round.criteria.all())
        row = self.row()
        marks = sorted(row.marks, key=lambda m: (m.assessor, m.allocation_id)) if row else []
        comments = {}
        for allocation_id, criterion_id, text in self._comments():
            comments.setdefault(criterion_id, []).append((allocation_id, text))
        names = {m.allocation_id: m.assessor for m in marks}
        table = [
            {
                "criterion": c,
                "cells": [{"assessor": m.assessor, "points": m.points.get(c.pk, "–")} for m in marks],
                "comments": [(names[a], text) for a, text in comments.get(c.pk, []) if a in names],
            }
            for c in criteria
        ]
        return super().get_context_data(
            application=self.application,
            row=row,
            marks=marks,
            table=table,
            can_moderate=self.round.state == RoundState.MODERATING
            and self.application.state == ApplicationState.ELIGIBLE,
            steps=[c for c in history(self.application) if c.name in {"moderate", "departure", "departure_undone"}],
            page_heading=_("Moderate %(reference)s") % {"reference": self.application.reference},
            back_href=self.url("moderation-list"),
            **kwargs,
        )

    def _comments(self) -> list[tuple[int, int, str]]:
        rows = Score.objects.filter(
            allocation__application=self.application,
            allocation__withdrawn_at__isnull=True,
            allocation__finished_at__isnull=False,
        ).exclude(comment="")
        return list(rows.order_by("allocation_id").values_list("allocation_id", "criterion_id", "comment"))

    def act(self, data: dict[str, Any]) -> HttpResponse:
        moderate_application(
            application=self.application,
            points=data["points"],
            reason=data["reason"],
            version=data["version"],
            by=self.actor,
        )
        messages.success(
            self.request, _("The points of %(reference)s are agreed.") % {"reference": self.application.reference}
        )
        waiting = sorted((r for r in self.fresh() if r.needs_moderation), key=by_disagreement)
        if waiting and "next" in self.request.POST:
            return HttpResponseRedirect(self.url("moderation-detail", public_id=waiting[0].public_id))
        return HttpResponseRedirect(self.url("moderation-list"))

    def fresh(self) -> list[Ranked]:
        return rank_round(self.round, places=self.round.cohort.places)
