"""Scores given elsewhere as a kind of import."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from engine.imports import Entry, ImportKind
from engine.imports.steps import upload_sheet
from engine.sheets import Table
from selection.models import AssessorAllocation, ScoreImport, SelectionRound
from selection.rules import staff
from selection.services.assessment import locked_round
from selection.services.score_imports import columns
from selection.services.score_imports.checking import Outcome, check_rows
from selection.services.score_imports.register import read_register
from selection.services.score_imports.writing import put_in
from selection.states import RoundState
from tenancy.actors import Actor
from tenancy.errors import WrongState


class Scores(ImportKind[ScoreImport]):
    model = ScoreImport
    job = "selection.scores"
    about = "round"
    with_about = ("round__cohort__programme", "round__tenant")
    may = staff
    outcomes = Outcome
    writable = (Outcome.GOOD.value,)
    urls = "selection:score-import"
    confidential = True
    nothing_to_write = gettext_lazy("There is nothing to write: no row is both good and new.")

    def labels(self, about: SelectionRound) -> Mapping[str, str | Promise]:
        return columns.labels(list(about.criteria.all()))

    def recognise(self, about: SelectionRound, table: Table) -> columns.Mapping:
        return columns.recognise(table, list(about.criteria.all()))

    def missing(self, about: SelectionRound, mapping: Mapping[str, Any]) -> list[str]:
        return columns.missing(mapping, list(about.criteria.all()))

    def judge(self, sheet: ScoreImport, table: Table) -> list[Entry]:
        return check_rows(table, sheet.mapping, read_register(sheet.round), sheet.corrections.get("rows", {}))

    def check_open(self, about: SelectionRound) -> None:
        if about.state != RoundState.ASSESSING:
            raise WrongState(_("Scores can be brought in only while the round is being assessed."))

    def hold(self, sheet: ScoreImport, by: Actor) -> SelectionRound:
        """The round and all its work, so that nobody finishes, begins or loses a piece meanwhile."""
        round_ = locked_round(sheet.round, by)
        held = AssessorAllocation.objects.select_for_update(of=("self",)).filter(application__round=round_)
        list(held.order_by("pk").values_list("pk", flat=True))
        return round_

    def write(self, sheet: ScoreImport, about: SelectionRound, rows: list[Entry], by: Actor) -> None:
        put_in(sheet, about, rows, by)

    def title(self, count: int) -> str:
        return ngettext("Write %(n)d assessor’s scores", "Write %(n)d assessors’ scores", count) % {"n": count}

    def writing(self, count: int) -> str:
        return _("Writing the scores of %(n)d rows") % {"n": count}

    def written(self, count: int) -> str:
        return _("The scores of %(n)d rows are written") % {"n": count}


SCORES = Scores()


def upload_scores(*, round: SelectionRound, name: str, content: bytes, by: Actor) -> ScoreImport:
    return upload_sheet(kind=SCORES, about=round, name=name, content=content, by=by)
