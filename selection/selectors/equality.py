"""Equality figures as staff read them: what was kept, which is what may be shown."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, Q, QuerySet

from selection.models import EqualityFigure, EqualityQuestion, EqualityStage, SelectionRound


def asked_of(round: SelectionRound) -> QuerySet[EqualityQuestion]:
    """What a round asks: questions of its own, if it has any, or else the tenant's standard ones."""
    own = EqualityQuestion.objects.filter(round=round)
    return EqualityQuestion.objects.filter(Q(round=round) | Q(round__isnull=True) & ~Exists(own))


def equality_questions(round: SelectionRound) -> QuerySet[EqualityQuestion]:
    """With their answers: two queries."""
    return asked_of(round).prefetch_related("options")


@dataclass(frozen=True)
class AnswerLine:
    """How many gave one answer at each stage shown, in order; None is withheld. `text` '' is those who said nothing."""

    text: str
    people: list[int | None]


@dataclass(frozen=True)
class QuestionTable:
    name: str
    text: str
    lines: list[AnswerLine]


def equality_stages(round: SelectionRound) -> list[EqualityStage]:
    found = {s.stage: s for s in EqualityStage.objects.filter(round=round)}
    return [found[stage] for stage in EqualityStage.Stage.values if stage in found]


def equality_tables(stages: list[EqualityStage]) -> list[QuestionTable]:
    """A table a question over the stages given."""
    rows = EqualityFigure.objects.filter(stage__in=stages).values_list("stage_id", "question_id", "option_id", "people")
    kept = {(stage, question, option): people for stage, question, option, people in rows}
    asked = {question for _stage, question, _option in kept}
    tables = []
    for question in EqualityQuestion.objects.filter(pk__in=asked).prefetch_related("options"):
        options = [(o.pk, o.text) for o in question.options.all() if not o.says_nothing]  # type: ignore[attr-defined]
        lines = [
            AnswerLine(text, [kept.get((s.pk, question.pk, pk)) for s in stages]) for pk, text in [*options, (None, "")]
        ]
        tables.append(QuestionTable(question.name, question.text, lines))
    return tables
