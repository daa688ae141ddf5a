"""Staff and the chair: where assessors differ, and the points agreed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import OuterRef, Value
from django.db.models.functions import JSONObject
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from engine.forms import BatonForm
from engine.transitions import history
from engine.views.downloads import Downloads, Sheet
from engine.views.service_form import ServiceFormView
from selection.forms.choosing import ModerationDetailForm
from selection.models import Application, Criterion, Moderation, Score, SelectionRound
from selection.rules import moderator, staff
from selection.selectors.assessment import waiting_by_assessor
from selection.selectors.blind import redactor_for
from selection.selectors.moderation import conflicts_of_moderator, is_closed
from selection.selectors.ranking import Marks, Ranked, rank_round
from selection.selectors.withheld import as_seen
from selection.services.assessment import start_moderation
from selection.services.moderation import agree_means, moderate_application
from selection.states import ApplicationState, RoundState
from selection.views.lists import per_page
from selection.views.round_base import RoundMixin, moderation_is_open
from selection.views.sheets import moderation_sheet
from tenancy.errors import NotAllowed, Refused
from tenancy.models import Change
from tenancy.views.base import TenantPage
from tenancy.views.recorded import Recorded

# Between two assessors' points, which stay on one line.
DOT = "\u00a0·\u00a0"


def by_disagreement(row: Ranked) -> tuple[Any, ...]:
    totals = [m.total for m in row.marks if m.total is not None]
    spread = max(totals) - min(totals) if totals else 0
    return (not row.needs_moderation, not row.flagged, -row.gap, -spread, row.rank or 0)


def by_the_line(row: Ranked) -> tuple[Any, ...]:
    """Those whose assessors stand on both sides of the line first, and of those whoever is nearest to it."""
    return (not row.needs_moderation, not row.straddles, row.from_line, row.rank or 0)


SORTS: dict[str, Callable[[Ranked], tuple[Any, ...]]] = {
    "disagreement": by_disagreement,
    "line": by_the_line,
    "rank": lambda row: (row.rank is None, row.rank or 0),
    "reference": lambda row: (row.reference,),
}


class ListOrder(RoundMixin):
    """The list as the address orders it: what the list shows, and what the meeting goes through one by one."""

    permission = moderator

    @property
    def sort(self) -> str:
        asked = self.request.GET.get("sort", "")
        return asked if asked in SORTS else "disagreement"

    @property
    def show(self) -> str:
        asked = self.request.GET.get("show", "")
        return asked if asked in ("all", "waiting") else ""

    @cached_property
    def whole(self) -> list[Ranked]:
        return rank_round(self.round, places=self.round.cohort.places) if moderation_is_open(self) else []

    @cached_property
    def closed(self) -> dict[int, str]:
        """What a conflict of interest closes to whoever moderates."""
        return conflicts_of_moderator(self.round, self.actor, self.whole)

    @cached_property
    def ranked(self) -> list[Ranked]:
        """As whoever moderates may see it."""
        return as_seen(self.whole, self.closed)

    def ordered(self) -> list[Ranked]:
        """Those that are closed come last, whatever the list shows and its order: both tell of their marks."""
        wanted = [r for r in self.ranked if self.show == "all" or (r.needs_moderation if self.show else r.flagged)]
        shown = sorted((r for r in wanted if not r.closed), key=SORTS[self.sort])
        return shown + [r for r in self.ranked if r.closed]

    def address(self, name: str, **kwargs: str) -> str:
        """A page that keeps the order."""
        words = [(k, v) for k, v in (("sort", self.request.GET.get("sort")), ("show", self.show)) if v]
        return f"{self.url(name, **kwargs)}?{urlencode(words)}" if words else self.url(name, **kwargs)

    @property
    def keep(self) -> str:
        """The query that keeps the order, as links to other pages of the list carry it."""
        return self.address("moderation-list").partition("moderation/")[2]

    @property
    def can_moderate(self) -> bool:
        return self.round.state == RoundState.MODERATING and self.round.moderation_locked_at is None


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


class ModerationListView(ListOrder, Downloads, TenantPage):
    """Sorted by disagreement or as the address says; the bulk button agrees the assessors' mean for those ticked, with one reason."""

    template_name = "selection/moderation_list.html"
    step = "moderation-list"
    error = ""

    def sheet(self) -> Sheet:
        criteria = list(self.round.criteria.all())
        lines = [_line(r, criteria) for r in self.ordered()]
        return moderation_sheet(self.round, lines, criteria)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = self.ranked
        flagged = [r for r in rows if r.flagged]
        waiting = [r for r in rows if r.needs_moderation]
        page = Paginator(self.ordered(), per_page(self.request)).get_page(self.request.GET.get("page"))
        criteria = list(self.round.criteria.all())
        return super().get_context_data(
            page_obj=page,
            rows=[_line(r, criteria) for r in page],
            criteria=criteria,
            total=len(rows),
            flagged=len(flagged),
            waiting=len(waiting),
            show=self.show,
            sort=self.sort,
            sorts=SORT_WORDS,
            keep=self.keep,
            meeting=self.address("moderation-meeting", public_id=page[0].public_id)
            if page and not page[0].closed
            else "",
            open=moderation_is_open(self),
            is_staff=staff(self.actor, self.round),
            can_moderate=self.can_moderate,
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
        return HttpResponseRedirect(self.address("moderation-list"))


SORT_WORDS = (
    ("disagreement", gettext_lazy("widest differences")),
    ("line", gettext_lazy("across the line of places")),
    ("rank", gettext_lazy("rank")),
    ("reference", gettext_lazy("reference")),
)


def _line(row: Ranked, criteria: list[Criterion]) -> dict[str, Any]:
    """A row as the table shows it: one cell a criterion (its name, every assessor's points in the order of their names)."""
    if row.closed:
        return {"row": row, "closed": True, "cells": [(c.name, "") for c in criteria], "assessors": "", "totals": ""}
    marks = sorted(row.marks, key=lambda m: (m.assessor, m.allocation_id))
    return {
        "row": row,
        "assessors": ", ".join(m.assessor for m in marks),
        "cells": [(c.name, DOT.join(str(m.points.get(c.pk, "–")) for m in marks)) for c in criteria],
        "totals": DOT.join(str(m.total) for m in marks),
        "open": row.state == ApplicationState.ELIGIBLE,
    }


class ModerationDetailView(ListOrder, Recorded, ServiceFormView):
    template_name = "selection/moderation_detail.html"
    form_class = ModerationDetailForm
    recorded_what = gettext_lazy("Scores")
    recorded_role = gettext_lazy("Moderator")
    step = "moderation-list"

    def get_object(self) -> Any:
        rows = Application.objects.select_related(
            "round__cohort__programme",
            "round__framework",
            "round__tenant",
            "applicant__organisation",
            "organisation",
            "line_manager",
            "sponsor",
            "moderation",
            "cohort",
        )
        return self.find(Application, queryset=rows.annotate(told=_told()))

    def check(self, rule: Any, obj: Any = None) -> None:
        super().check(rule, obj)
        if obj is None:
            return
        listed = any(r.pk == obj.pk for r in self.whole)
        if why := self.closed.get(obj.pk, "") if listed else is_closed(obj, self.actor):
            raise PermissionDenied(why)

    @property
    def round(self) -> SelectionRound:
        return self.object.round  # type: ignore[attr-defined]

    @property
    def application(self) -> Application:
        return self.object  # type: ignore[return-value]

    def row(self) -> Ranked | None:
        return next((r for r in self.ranked if r.pk == self.application.pk), None)

    def current_version(self) -> int:
        return Moderation.objects.values_list("version", flat=True).get(application=self.application)

    def get_initial(self) -> dict[str, Any]:
        present = getattr(self.application, "moderation", None)
        if present is not None:
            return {"points": present.points, "reason": present.reason, "version": present.version}
        row = self.row()
        return {"points": row.standing if row else None, "version": 0}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.row()
        marks = sorted(row.marks, key=lambda m: (m.assessor, m.allocation_id)) if row else []
        answers, comments = self._texts(marks) if moderation_is_open(self) else ([], [])
        return super().get_context_data(
            application=self.application,
            row=row,
            marks=marks,
            table=_table(self._criteria(), marks, comments),
            answers=answers,
            own=any(m.assessor_id == self.actor.person_id for m in marks),
            can_moderate=self.can_moderate and self.application.state == ApplicationState.ELIGIBLE,
            steps=self.steps(),
            page_heading=_("Moderate %(reference)s") % {"reference": self.application.reference},
            back_href=self.address("moderation-list"),
            meeting=self.address("moderation-meeting", public_id=self.application.public_id),
            **kwargs,
        )

    def steps(self) -> list[Change]:
        return [c for c in history(self.application) if c.name in {"moderate", "departure", "departure_undone"}]

    def _criteria(self) -> list[Line]:
        """What each point of each criterion stands for, which came with the application."""
        lines: dict[int, Line] = {}
        for each in self.object.told:  # type: ignore[attr-defined]
            line = lines.setdefault(each["pk"], Line(each["pk"], each["public_id"], each["name"], each["most"]))
            if each["points"] is not None:
                line.labels[each["points"]] = each["label"]
        return list(lines.values())

    def _texts(self, marks: Sequence[Marks]) -> tuple[list[dict[str, str]], list[tuple[int, int, str]]]:
        """What the applicant wrote, and what the assessors saw where their marks may be read: one statement."""
        answers = self.application.answers.order_by().values_list(
            Value(0), "question__position", "question__text", "text"
        )
        seen = Score.objects.filter(
            allocation__in=[m.allocation_id for m in marks],
            allocation__application=self.application,
            allocation__withdrawn_at__isnull=True,
            allocation__finished_at__isnull=False,
        ).exclude(comment="")
        rows = answers.union(
            seen.order_by().values_list("allocation_id", "criterion_id", Value(""), "comment"), all=True
        )
        clean: Callable[[str], str] = redactor_for(self.application) if self.round.blind else str
        found = sorted(rows)
        written = [{"question": question, "text": clean(text)} for a, _n, question, text in found if not a]
        return written, [(a, criterion, text) for a, criterion, _q, text in found if a]

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
        return HttpResponseRedirect(self.after())

    def after(self) -> str:
        """Where to go on: the next one that waits, or the list."""
        ranked = rank_round(self.round, places=self.round.cohort.places)
        waiting = [r for r in ranked if r.needs_moderation and r.pk not in self.closed]
        if waiting and "next" in self.request.POST:
            return self.address("moderation-detail", public_id=min(waiting, key=SORTS[self.sort]).public_id)
        return self.address("moderation-list")


class ModerationMeetingView(ModerationDetailView):
    """For the projector: one application at a time in the order of the list, large, without names where the round is blind."""

    template_name = "selection/moderation_meeting.html"

    def steps(self) -> list[Change]:
        """For those at the table, not for the projector."""
        return []

    @cached_property
    def neighbours(self) -> tuple[int, int, str, str]:
        """Which of how many this is (0 when the list has it no more), and the ids before and after it."""
        ids = [r.public_id for r in self.ordered() if r.pk not in self.closed]
        here = self.application.public_id
        place = ids.index(here) + 1 if here in ids else 0
        before = ids[place - 2] if place > 1 else ""
        after = ids[place] if place < len(ids) else ""
        return place, len(ids), before, after

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        place, total, before, after = self.neighbours
        return super().get_context_data(
            place=place,
            total=total,
            previous=self.address("moderation-meeting", public_id=before) if before else "",
            following=self.address("moderation-meeting", public_id=after) if after else "",
            here=self.address("moderation-detail", public_id=self.application.public_id),
            **kwargs,
        )

    def act(self, data: dict[str, Any]) -> HttpResponse:
        self.neighbours  # noqa: B018 -- read before agreeing moves this one to the end of the list
        return super().act(data)

    def after(self) -> str:
        _place, _total, _before, after = self.neighbours
        to = after if after and "next" in self.request.POST else self.application.public_id
        return self.address("moderation-meeting", public_id=to)


def _told() -> ArraySubquery:
    """A row for each point of each criterion of an application's framework, in the order of the criteria."""
    rows = Criterion.objects.filter(framework=OuterRef("round__framework")).order_by("position", "descriptors__points")
    columns = {"pk": "pk", "public_id": "public_id", "name": "name", "most": "max_points"}
    said = {"points": "descriptors__points", "label": "descriptors__label"}
    return ArraySubquery(rows.values(told=JSONObject(**columns, **said)))


@dataclass
class Line:
    """A criterion as the table of marks shows it."""

    pk: int
    public_id: str
    name: str
    max_points: int
    labels: dict[int, str] = field(default_factory=dict)


def _table(
    criteria: Sequence[Line], marks: Sequence[Marks], comments: Sequence[tuple[int, int, str]]
) -> list[dict[str, Any]]:
    """A line a criterion: who gave what, what that stands for, how far apart, and what they saw."""
    names = {m.allocation_id: m.assessor for m in marks}
    lines = []
    for c in criteria:
        given = [m.points[c.pk] for m in marks if c.pk in m.points]
        lines.append(
            {
                "criterion": c,
                "cells": [
                    {
                        "assessor": m.assessor,
                        "points": m.points.get(c.pk, "–"),
                        "label": c.labels.get(m.points.get(c.pk, 0), ""),
                    }
                    for m in marks
                ],
                "spread": max(given) - min(given) if given else 0,
                "scale": [(n, given.count(n)) for n in range(1, c.max_points + 1)],
                "comments": [(names[a], text) for a, criterion, text in comments if criterion == c.pk and a in names],
            }
        )
    return lines
