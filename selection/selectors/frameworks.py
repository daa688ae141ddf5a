"""Reads of selection frameworks: what isn't ready to publish, what changed since the version before, which to begin from."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts.models import Programme
from selection.models import Criterion, Question, SelectionFramework


def framework_parts(framework: SelectionFramework, *, described: bool = True) -> tuple[list[Criterion], list[Question]]:
    """Criteria with their descriptors, and questions with their criterion; three statements, or two where the descriptors aren't
    wanted."""
    return (
        list(framework.criteria.prefetch_related(*(["descriptors"] if described else []))),
        list(framework.questions.select_related("criterion")),
    )


def behaviour_share(criteria: list[Criterion]) -> Fraction:
    """The weight of behaviours among all, 0 where nothing has a weight."""
    whole = sum(c.weight for c in criteria)
    behaviours = sum(c.weight for c in criteria if c.kind == Criterion.Kind.BEHAVIOUR)
    return Fraction(behaviours, whole) if whole else Fraction(0)


def unready(criteria: list[Criterion], questions: list[Question], *, blind: bool) -> list[str]:
    """Every reason why a framework of these parts can't be published yet for a round that marks blind or not, in words for the
    page; empty when it can."""
    if not criteria:
        return [_("The framework has no criteria yet.")]
    found = []
    if behaviour_share(criteria) < Fraction(1, 2):
        weight = sum(c.weight for c in criteria)
        behaviours = sum(c.weight for c in criteria if c.kind == Criterion.Kind.BEHAVIOUR)
        found.append(
            _("Behaviours weigh %(behaviours)d of %(weight)d. They must weigh at least half before the round can open.")
            % {"behaviours": behaviours, "weight": weight}
        )
    if len({c.max_points for c in criteria}) > 1:
        found.append(_("All criteria must be marked on the same scale: choose the same highest mark for each."))
    for criterion in criteria:
        if missing := undescribed(criterion):
            found.append(
                ngettext(
                    "“%(name)s” needs a word and an example for %(points)s point.",
                    "“%(name)s” needs a word and an example for %(points)s points.",
                    missing[-1],
                )
                % {"name": criterion.name, "points": ", ".join(map(str, missing))}
            )
    if not questions:
        found.append(_("The round has no questions yet."))
    asked = {q.criterion_id for q in questions}
    if unasked := [c.name for c in criteria if c.pk not in asked]:
        found.append(_("No question gives evidence for: %(names)s.") % {"names": ", ".join(unasked)})
    if blind:
        found += [
            _(
                "Question %(n)d asks for a file that assessors read, but this round is marked blind and names can’t be taken out of "
                "a file. Let only programme staff read it, ask for words instead, or mark the round with names."
            )
            % {"n": question.position}
            for question in questions
            if question.for_assessors
        ]
    return found


def undescribed(criterion: Criterion) -> list[int]:
    """The points without a label or an example."""
    said = {d.points for d in criterion.descriptors.all() if d.label and d.example}
    return [n for n in range(1, criterion.max_points + 1) if n not in said]


def frameworks_to_copy(programme: Programme) -> QuerySet[SelectionFramework]:
    """Published versions of the tenant: this programme's first, each newest first."""
    own_first = Case(When(programme=programme, then=Value(0)), default=Value(1), output_field=IntegerField())
    return (
        SelectionFramework.objects.filter(frozen_at__isnull=False)
        .select_related("programme", "round__cohort")
        .order_by(own_first, "programme__name", "-number")
    )


@dataclass(frozen=True)
class Difference:
    """One line of the comparison with the version it was copied from."""

    what: str
    before: str = ""
    after: str = ""


def differences(
    framework: SelectionFramework, criteria: list[Criterion], questions: list[Question]
) -> list[Difference]:
    """What was added, taken out or changed since the version it was copied from, given its parts; order isn't told. Empty when
    it's no copy."""
    source = framework.copied_from
    if source is None:
        return []
    then, asked_then = framework_parts(source)
    return [*_compared(criteria, then, _criterion_values), *_compared(questions, asked_then, _question_values)]


def _compared(now: list[Any], then: list[Any], values: Any) -> list[Difference]:
    twins = {row.copied_from_id: row for row in now if row.copied_from_id}
    lines = []
    for old in then:
        new = twins.get(old.pk)
        if new is None:
            lines.append(Difference(_("Taken out: %(what)s") % {"what": _title(old)}))
            continue
        before, after = values(old), values(new)
        lines += [
            Difference(f"{_title(new)}: {label}", before.get(label, ""), after.get(label, ""))
            for label in dict.fromkeys([*before, *after])
            if before.get(label, "") != after.get(label, "")
        ]
    known = {old.pk for old in then}
    lines += [
        Difference(_("Added: %(what)s") % {"what": _title(new)}) for new in now if new.copied_from_id not in known
    ]
    return lines


def _title(row: Criterion | Question) -> str:
    return row.name if isinstance(row, Criterion) else row.text


def _criterion_values(criterion: Criterion) -> dict[str, str]:
    values = {
        _("name"): criterion.name,
        _("description"): criterion.description,
        _("kind"): criterion.get_kind_display(),
        _("weight"): str(criterion.weight),
        _("highest mark"): str(criterion.max_points),
    }
    for d in criterion.descriptors.all():
        values[_("%(n)d points") % {"n": d.points}] = f"{d.label}: {d.example}"
    return values


def _question_values(question: Question) -> dict[str, str]:
    return {
        _("question"): question.text,
        _("hint"): question.hint,
        _("asks for"): question.asks,
        _("evidence for"): question.criterion.name if question.criterion else "",
    }
