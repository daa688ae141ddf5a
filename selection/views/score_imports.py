"""The import of scores given elsewhere: upload, columns, check, correct, write. Each import is its uploader's alone."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.views.base import CohortFrame
from engine.views.downloads import Downloads, Sheet
from engine.views.imports import (
    SheetAbandonView,
    SheetColumnsView,
    SheetDetailView,
    SheetRowLeaveView,
    SheetRowView,
    SheetUploadView,
    SheetWriteView,
)
from selection.forms.score_imports import ScoreImportCreateForm, ScoreRowForm
from selection.models import ScoreImport
from selection.rules import staff
from selection.selectors.assessment import open_allocations
from selection.services.score_imports.checking import Outcome
from selection.services.score_imports.kind import SCORES
from selection.states import RoundState
from selection.views.round_base import RoundMixin
from selection.views.rounds import address
from selection.views.sheets import score_import_sheet, scores_to_fill_in


class ScoreImportCreateView(RoundMixin, Downloads, SheetUploadView):
    """Upload a sheet; the download is the very sheet to fill in."""

    kind = SCORES
    form_class = ScoreImportCreateForm
    template_name = "selection/score_import_create.html"
    step = "assess-round"

    def sheet(self) -> Sheet:
        rows = open_allocations().filter(application__round=self.round)
        rows = rows.select_related("application__applicant", "assessor").order_by("assessor__sort_key", "public_id")
        return scores_to_fill_in(self.round, list(rows), list(self.round.criteria.all()))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        assessing = self.round.state == RoundState.ASSESSING
        return super().get_context_data(
            page_heading=_("Bring in scores"),
            assessing=assessing,
            downloads=assessing,
            open=open_allocations().filter(application__round=self.round).count(),
            earlier=ScoreImport.objects.filter(round=self.round)
            .select_related("file")
            .defer("file__content", "outcome"),
            back_href=self.url("assess-round"),
            **kwargs,
        )


class OfScoreImport(CohortFrame):
    permission = staff
    kind = SCORES

    def get_cohort(self) -> Any:
        return self.object.round.cohort


class ScoreImportColumnsView(OfScoreImport, SheetColumnsView):
    pass


class ScoreImportDetailView(OfScoreImport, SheetDetailView):
    template_name = "selection/score_import_detail.html"
    tags = {
        Outcome.GOOD: (gettext_lazy("Good"), "green"),
        Outcome.WRONG: (gettext_lazy("Wrong"), "red"),
        Outcome.THERE: (gettext_lazy("Already there"), "grey"),
        Outcome.LEFT_OUT: (gettext_lazy("Left out"), "grey"),
        Outcome.EMPTY: (gettext_lazy("Empty"), "grey"),
    }

    def sheet(self) -> Sheet:
        return score_import_sheet(self.chosen(), self.words())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(back_href=address(self, "score-import-create", self.object.round), **kwargs)
        labels = self.labels()
        for row in context["page_obj"].object_list:
            row["marks"] = [
                (label.partition(":")[0], row["texts"][key])
                for key, label in labels.items()
                if key.startswith("points_") and key in row["texts"]
            ]
        return context


class ScoreImportRowView(OfScoreImport, SheetRowView):
    form_class = ScoreRowForm

    def what(self) -> str:
        return f"{self.entry['reference']}, {self.entry['assessor']}".strip(", ")


class ScoreImportRowLeaveView(OfScoreImport, SheetRowLeaveView):
    pass


class ScoreImportWriteView(OfScoreImport, SheetWriteView):
    pass


class ScoreImportAbandonView(OfScoreImport, SheetAbandonView):
    def done(self) -> str:
        return address(self, "score-import-create", self.object.round)
