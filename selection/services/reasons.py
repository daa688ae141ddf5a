"""Everybody's reason goes on record with the offers that follow from it: at once, or where that takes long by a worker soon after."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from engine.publishing import publish
from engine.transitions import record_changes
from selection.composition.problem import BadProblem, NotProved
from selection.models import Application, ReasonsDue, SelectionRound
from selection.selectors.composition import Composition
from selection.selectors.limits import kept_limits
from selection.selectors.ranking import Ranked
from selection.selectors.reasons import Question, find_answer, known_answer, question_of, with_names
from selection.steps import BECAUSE
from tenancy.actors import Actor
from tenancy.models import Change
from tenancy.scope import tenant_context

log = logging.getLogger("baton.selection")
# A worker that began so long ago and isn't done was killed.
LEASE = timedelta(minutes=3)


@transaction.atomic
def record_reasons(*, round: SelectionRound, ranked: list[Ranked], choice: Composition, by: Actor) -> None:
    """Everybody's sentence with the choice it belongs to, others by their references: staff and audit read it later.

    The caller holds the round's lock and decides the round in the same transaction."""
    from selection.tasks import write_due_reasons

    question = question_of(ranked, choice, kept_limits(round))
    found = known_answer(question)
    if found is None and question.takes_long:
        ReasonsDue.objects.create(round=round, question=question.as_data(), due_since=timezone.now())
        transaction.on_commit(lambda: publish(write_due_reasons))
        return
    _write(found or find_answer(question), by)


def write_reasons_due(*, tenant_id: int, due_id: int) -> bool:
    """Find the reasons that are due and put them on record, once: a worker that is killed leaves them due, and whoever is late finds
    them written. Nothing is held while they're sought. False where there was nothing to do."""
    with tenant_context(tenant_id):
        now = timezone.now()
        rows = ReasonsDue.objects.filter(pk=due_id).filter(Q(begun_at__isnull=True) | Q(begun_at__lt=now - LEASE))
        if not rows.update(begun_at=now):
            return False
        question = Question.from_data(ReasonsDue.objects.get(pk=due_id).question)
    try:
        found = find_answer(question)
    except (NotProved, BadProblem):
        # asked again it would be no different: the round stays without reasons, and the question doesn't come back
        log.exception("the reasons of a round couldn't be proved")
        found = {}, False
    with tenant_context(tenant_id):
        due = ReasonsDue.objects.select_for_update(of=("self",)).select_related("round").filter(pk=due_id).first()
        if due is None:
            return False
        _write(found, _decider(due.round))
        due.delete()
    return True


def _decider(round_: SelectionRound) -> Actor:
    """Whoever made the offers."""
    steps = Change.objects.filter(subject_kind=SelectionRound._meta.label, subject_id=round_.public_id, name="decide")
    step = steps.select_related("by_person").order_by("-at").first()
    person = step.by_person if step is not None else None
    return Actor.system("reasons") if person is None else Actor.for_person(person)


def _write(found: tuple[dict[str, str], bool], by: Actor) -> None:
    sentences, _by_limits = found
    references = dict(
        Application.objects.filter(public_id__in=sentences).order_by().values_list("public_id", "reference")
    )
    told = {key: with_names(text, references) for key, text in sentences.items() if key in references}
    record_changes(Application, BECAUSE, by=by, reasons=told)
