"""The funnel by equality answer: counted once a stage is settled, suppressed, and only then kept for staff to read."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from engine.suppression import Stage, suppress_stage, thresholds_of_tenant
from selection.models import (
    Application,
    AssessorAllocation,
    EqualityFigure,
    EqualityOption,
    EqualityQuestion,
    EqualityStage,
    Offer,
    SelectionRound,
)
from selection.rules import require, staff_or_system
from selection.selectors.equality import equality_questions
from selection.services.equality import options_of
from selection.states import ApplicationState as S
from selection.states import RoundState as R
from tenancy.actors import Actor
from tenancy.turns import take_turns

STAGES = tuple(EqualityStage.Stage)
# Since when a stage can lose or gain nobody any more. The last two wait for every offer's answer as well.
SETTLED_IN = {
    EqualityStage.Stage.APPLIED: (R.ASSESSING, R.MODERATING, R.DECIDED),
    EqualityStage.Stage.ELIGIBLE: (R.MODERATING, R.DECIDED),
    EqualityStage.Stage.SELECTED: (R.DECIDED,),
    EqualityStage.Stage.ACCEPTED: (R.DECIDED,),
}
ANSWERED_LAST = (EqualityStage.Stage.SELECTED, EqualityStage.Stage.ACCEPTED)
BEYOND = (S.ELIGIBLE, S.OFFERED, S.RESERVE, S.ACCEPTED, S.DECLINED, S.LAPSED, S.RESCINDED, S.DEFERRED, S.GAVE_UP)


def reached(round: SelectionRound) -> list[QuerySet[Application]]:
    """Who came as far as each stage; each is part of the one before."""
    own = AssessorAllocation.objects.filter(application=OuterRef("pk"))
    applied = Application.objects.filter(round=round, submitted_at__isnull=False)
    eligible = applied.filter(Q(state__in=BEYOND) | Exists(own))
    selected = eligible.filter(Exists(Offer.objects.filter(application=OuterRef("pk"))))
    return [applied, eligible, selected, selected.filter(state=S.ACCEPTED)]


def is_settled(round: SelectionRound, stage: EqualityStage.Stage) -> bool:
    if round.state not in SETTLED_IN[stage]:
        return False
    if stage not in ANSWERED_LAST:
        return True
    applications = Application.objects.filter(round=round)
    if applications.filter(state=S.OFFERED).exists():
        return False
    begun = round.cohort.starts_on <= timezone.localdate()
    return begun or not applications.filter(state=S.RESERVE).exists()


@dataclass(frozen=True)
class Group:
    """The people of one answer; `option` None is those who said nothing."""

    question: EqualityQuestion
    option: EqualityOption | None


def groups_by_question(round: SelectionRound) -> dict[EqualityQuestion, list[Group]]:
    return {
        q: [*(Group(q, o) for o in q.options.all() if not o.says_nothing), Group(q, None)]  # type: ignore[attr-defined]
        for q in equality_questions(round)
    }


@transaction.atomic
def make_equality_figures(*, round: SelectionRound, by: Actor) -> list[str]:
    """Count every stage that is settled and isn't counted yet; which they were. Each is counted once."""
    require(staff_or_system, by, round)
    take_turns(round)
    round = SelectionRound.objects.select_related("cohort__programme").get(pk=round.pk)
    made = {s.stage: s for s in EqualityStage.objects.filter(round=round)}
    due = [stage for stage in STAGES if stage not in made and is_settled(round, stage)]
    if not due:
        return []
    members = [set(rows.values_list("pk", flat=True)) for rows in reached(round)]
    by_question = groups_by_question(round)
    answers = options_of(members[0], [q.pk for q in by_question])
    counts = {
        stage: {q: count(people, q, groups, answers) for q, groups in by_question.items()}
        for stage, people in zip(STAGES, members, strict=True)
    }
    for stage in due:
        made[stage] = keep_stage(round, stage, len(members[STAGES.index(stage)]), by_question, counts, made)
    return [stage.value for stage in due]


def count(
    people: set[int], question: EqualityQuestion, groups: list[Group], answers: dict[int, dict[int, int]]
) -> list[int]:
    chosen = Counter(answers[pk].get(question.pk) for pk in people)
    named = [chosen[g.option.pk] for g in groups if g.option is not None]
    return [*named, len(people) - sum(named)]


def keep_stage(
    round: SelectionRound,
    stage: EqualityStage.Stage,
    people: int,
    by_question: dict[EqualityQuestion, list[Group]],
    counts: dict[EqualityStage.Stage, dict[EqualityQuestion, list[int]]],
    made: dict[str, EqualityStage],
) -> EqualityStage:
    """Suppress one stage with all that was shown of the stages before it, and keep what may be shown."""
    limits = thresholds_of_tenant()
    before = [made[s] for s in STAGES[: STAGES.index(stage)] if s in made and made[s].shown]
    kept = {(f.stage_id, f.question_id, f.option_id): f.people for f in EqualityFigure.objects.filter(stage__in=before)}
    columns: dict[EqualityQuestion, list[int | None]] = {}
    for question, groups in by_question.items():
        earlier = [
            Stage(
                counts[EqualityStage.Stage(s.stage)][question],
                [kept.get((s.pk, question.pk, g.option.pk if g.option else None)) for g in groups],
            )
            for s in before
        ]
        now = counts[stage][question]
        # Somebody took their answers away, or was erased, since an earlier stage was counted: a difference would say what they were.
        changed = any(shown not in (None, was) for s in earlier for was, shown in zip(s.counts, s.shown, strict=True))
        changed = changed or any(sum(s.counts) != row.people for s, row in zip(earlier, before, strict=True))
        column = None if changed else suppress_stage(earlier, now, thresholds=limits)
        columns[question] = column or [None] * len(groups)
    whole = any(value is not None for column in columns.values() for value in column)
    row = EqualityStage.objects.create(round=round, stage=stage, people=people, shown=whole, made_at=timezone.now())
    EqualityFigure.objects.bulk_create(
        EqualityFigure(stage=row, question=g.question, option=g.option, people=value)
        for question, groups in by_question.items()
        for g, value in zip(groups, columns[question], strict=True)
    )
    return row
