"""Selection frameworks: begun from the defaults or an earlier version, changed until the round opens, then frozen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.models import Programme
from engine.transitions import record_change
from selection.models import Criterion, Question, RatingDescriptor, SelectionFramework
from selection.rules import require, staff
from selection.selectors.frameworks import framework_parts, unready
from selection.services.default_framework import CRITERIA, QUESTIONS
from tenancy.actors import Actor
from tenancy.errors import Refused, WrongState
from tenancy.seen import check_seen, stored_values
from tenancy.turns import take_turns

MAX_POINTS = 7
MOST_CRITERIA = 12
MOST_QUESTIONS = 20
CRITERION = ("name", "description", "kind", "weight", "max_points")
QUESTION = (
    "text",
    "hint",
    "kind",
    "word_limit",
    "file_kinds",
    "max_megabytes",
    "optional",
    "staff_only",
    "criterion",
)
# (label, example) of each point, from 1 up.
Descriptors = Sequence[tuple[str, str]]


@transaction.atomic
def begin_framework(*, programme: Programme, source: SelectionFramework | None = None) -> SelectionFramework:
    """The programme's next version: a copy of `source`, or with None the defaults. The caller has checked who may."""
    take_turns(programme)
    last = SelectionFramework.objects.filter(programme=programme).aggregate(last=Max("number"))["last"] or 0
    framework = SelectionFramework.objects.create(programme=programme, number=last + 1, copied_from=source)
    if source is None:
        _write_defaults(framework)
    else:
        _copy(source, framework)
    return framework


def _write_defaults(framework: SelectionFramework) -> None:
    made = []
    for position, spec in enumerate(CRITERIA, start=1):
        criterion = Criterion.objects.create(
            framework=framework,
            position=position,
            name=str(spec.name),
            description=str(spec.description),
            kind=spec.kind,
            weight=spec.weight,
            max_points=MAX_POINTS,
        )
        describe(criterion, [(str(label), str(example)) for _points, label, example in spec.descriptors])
        made.append(criterion)
    for position, question in enumerate(QUESTIONS, start=1):
        Question.objects.create(
            framework=framework,
            position=position,
            text=str(question.text),
            hint=str(question.hint),
            word_limit=question.word_limit,
            criterion=made[question.criterion - 1],
        )


def _copy(source: SelectionFramework, framework: SelectionFramework) -> None:
    twins: dict[int | None, Criterion | None] = {None: None}
    for criterion in source.criteria.prefetch_related("descriptors"):
        twin = Criterion.objects.create(
            framework=framework,
            copied_from=criterion,
            position=criterion.position,
            **{name: getattr(criterion, name) for name in CRITERION},
        )
        RatingDescriptor.objects.bulk_create(
            RatingDescriptor(criterion=twin, points=d.points, label=d.label, example=d.example)
            for d in criterion.descriptors.all()
        )
        twins[criterion.pk] = twin
    Question.objects.bulk_create(
        Question(
            framework=framework,
            copied_from=question,
            position=question.position,
            **{name: getattr(question, name) for name in QUESTION} | {"criterion": twins[question.criterion_id]},
        )
        for question in source.questions.all()
    )


def describe(criterion: Criterion, descriptors: Descriptors) -> None:
    """Write what each point means; a point said nothing of has no row."""
    criterion.descriptors.all().delete()
    RatingDescriptor.objects.bulk_create(
        RatingDescriptor(criterion=criterion, points=points, label=label.strip(), example=example.strip())
        for points, (label, example) in enumerate(descriptors[: criterion.max_points], start=1)
        if label.strip() or example.strip()
    )


def _draft(framework: SelectionFramework, by: Actor) -> SelectionFramework:
    """The framework, its turn taken; refused once it's frozen."""
    require(staff, by, framework.round)
    take_turns(framework)
    framework.refresh_from_db(fields=["frozen_at"])
    if framework.frozen_at is not None:
        raise WrongState(_("The round is open, so what it’s judged by can’t change."))
    return framework


@transaction.atomic
def add_criterion(*, framework: SelectionFramework, descriptors: Descriptors, by: Actor, **fields: Any) -> Criterion:
    """A further criterion, after the others. Added twice with the same name, it is refused."""
    _draft(framework, by)
    _check_name(framework, fields["name"])
    if framework.criteria.count() >= MOST_CRITERIA:
        raise Refused(_("A framework has at most %(n)d criteria.") % {"n": MOST_CRITERIA})
    criterion = Criterion.objects.create(framework=framework, position=_next(framework.criteria), **fields)
    describe(criterion, descriptors)
    record_change(framework, "add_criterion", by=by, reason=criterion.name)
    return criterion


@transaction.atomic
def change_criterion(
    *, criterion: Criterion, descriptors: Descriptors, by: Actor, seen: str = "", **fields: Any
) -> Criterion:
    """`seen` is the digest of what the page showed, of the criterion and of its descriptors."""
    _draft(criterion.framework, by)
    criterion.refresh_from_db()
    _check_name(criterion.framework, fields["name"], but=criterion)
    shown = CriterionAsShown(criterion)
    wanted = fields | described(descriptors, fields["max_points"])
    check_seen(shown, wanted, seen, wanted=wanted)
    if stored_values(shown, wanted) == wanted:
        return criterion
    for name, value in fields.items():
        setattr(criterion, name, value)
    criterion.save()
    describe(criterion, descriptors)
    record_change(criterion.framework, "change_criterion", by=by, reason=criterion.name)
    return criterion


class CriterionAsShown:
    """A criterion and its descriptors as one set of values, named as the boxes of its form: `label_1`, `example_1`, …"""

    def __init__(self, criterion: Criterion) -> None:
        for name in CRITERION:
            setattr(self, name, getattr(criterion, name))
        texts = [("", "")] * criterion.max_points
        for d in criterion.descriptors.all():
            texts[d.points - 1] = (d.label, d.example)
        for name, value in described(texts, criterion.max_points).items():
            setattr(self, name, value)


def described(descriptors: Descriptors, points: int) -> dict[str, str]:
    texts = list(descriptors[:points])
    return {
        f"{part}_{n}": text.strip()
        for n, pair in enumerate(texts, start=1)
        for part, text in zip(("label", "example"), pair, strict=True)
    }


def _check_name(framework: SelectionFramework, name: str, *, but: Criterion | None = None) -> None:
    others = framework.criteria.exclude(pk=but.pk) if but else framework.criteria
    if others.filter(name__iexact=name).exists():
        raise Refused(_("There is a criterion of this name already"), field="name")


@transaction.atomic
def remove_criterion(*, criterion: Criterion, by: Actor) -> None:
    """Its questions stay, as evidence for none. Removed twice, it is removed once."""
    framework = _draft(criterion.framework, by)
    if not framework.criteria.filter(pk=criterion.pk).exists():
        return
    record_change(framework, "remove_criterion", by=by, reason=criterion.name)
    criterion.delete()
    _renumber(framework.criteria)


def _check_question(fields: dict[str, Any]) -> None:
    """What words can't be, and what a file has to say."""
    if fields.get("kind") != Question.Kind.FILE:
        fields |= {name: False for name in ("optional", "staff_only") if name in fields}
        return
    if not fields.get("file_kinds"):
        raise Refused(_("Choose at least one kind of file"), field="file_kinds")
    if fields.get("staff_only") and fields.get("criterion") is not None:
        raise Refused(
            _("Assessors don’t read this file, so it can’t be evidence for a criterion. Choose “No criterion”."),
            field="criterion",
        )


@transaction.atomic
def add_question(*, framework: SelectionFramework, by: Actor, **fields: Any) -> Question:
    _draft(framework, by)
    _check_question(fields)
    if framework.questions.filter(text=fields["text"]).exists():
        raise Refused(_("This question is asked already"), field="text")
    if framework.questions.count() >= MOST_QUESTIONS:
        raise Refused(_("A framework has at most %(n)d questions.") % {"n": MOST_QUESTIONS})
    question = Question.objects.create(framework=framework, position=_next(framework.questions), **fields)
    record_change(framework, "add_question", by=by, reason=question.text)
    return question


@transaction.atomic
def change_question(*, question: Question, by: Actor, seen: str = "", **fields: Any) -> Question:
    """`seen` is the digest of the question that the page showed."""
    _draft(question.framework, by)
    question.refresh_from_db()
    _check_question(fields)
    check_seen(question, QUESTION, seen, wanted=fields)
    if stored_values(question, fields) == fields:
        return question
    for name, value in fields.items():
        setattr(question, name, value)
    question.save()
    record_change(question.framework, "change_question", by=by, reason=question.text)
    return question


@transaction.atomic
def remove_question(*, question: Question, by: Actor) -> None:
    framework = _draft(question.framework, by)
    if not framework.questions.filter(pk=question.pk).exists():
        return
    record_change(framework, "remove_question", by=by, reason=question.text)
    question.delete()
    _renumber(framework.questions)


@transaction.atomic
def move_up(*, part: Criterion | Question, position: int, by: Actor) -> None:
    """One place earlier than `position`, where the page showed it; if it's elsewhere by now, or the first, it stays there."""
    framework = _draft(part.framework, by)
    rows: list[Any] = list(framework.criteria.all() if isinstance(part, Criterion) else framework.questions.all())
    at = next(n for n, row in enumerate(rows) if row.pk == part.pk)
    if at and rows[at].position == position:
        rows[at - 1], rows[at] = rows[at], rows[at - 1]
        _number(rows)
        record_change(framework, "reorder", by=by, reason=str(getattr(part, "name", "") or getattr(part, "text", "")))


def _next(rows: Any) -> int:
    return int(rows.aggregate(last=Max("position"))["last"] or 0) + 1


def _renumber(rows: Any) -> None:
    _number(list(rows.all()))


def _number(rows: Iterable[Criterion | Question]) -> None:
    """Positions 1, 2, 3 … in this order; they are unique only once all are written."""
    for position, row in enumerate(rows, start=1):
        if row.position != position:
            row.position = position
            row.save(update_fields=["position"])


@transaction.atomic
def freeze_framework(*, framework: SelectionFramework, by: Actor) -> SelectionFramework:
    """Publish it: refused with everything that isn't ready. Frozen already, as when a round is opened again, it stays as it is."""
    require(staff, by, framework.round)
    take_turns(framework)
    framework.refresh_from_db(fields=["frozen_at"])
    if framework.frozen_at is not None:
        return framework
    if problems := unready(*framework_parts(framework), blind=framework.round.blind):
        raise Refused(" ".join(problems))
    framework.frozen_at = timezone.now()
    framework.save(update_fields=["frozen_at"])
    record_change(framework, "freeze", by=by)
    return framework
