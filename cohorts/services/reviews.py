"""The delivery team's own reviews of a cohort and what it changes after them."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.models import Cohort, CohortReview, Lesson
from cohorts.rules import answers_lesson
from cohorts.selectors.reviews import delivery_team
from cohorts.services.cohorts import may_run
from engine.transitions import record_change
from engine.versions import save_if_unchanged
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.models import Person
from tenancy.turns import just_now, take_turns


@transaction.atomic
def hold_review(*, cohort: Cohort, held_on: date, summary: str, by: Actor) -> CohortReview:
    """Write down that the team held one. One a day: asked for twice, as by a double click, it is one."""
    may_run(by, cohort)
    if held_on > timezone.localdate():
        raise Refused(_("Enter the day on which you held it: today or earlier."), field="held_on")
    if held_on < cohort.starts_on:
        raise Refused(_("Enter a day since the cohort’s first."), field="held_on")
    take_turns(cohort)
    row = CohortReview.objects.filter(cohort=cohort, held_on=held_on).first()
    if row is not None:
        if row.summary == summary.strip():
            return row
        raise Refused(_("A review of that day stands here already: change its words instead."), field="held_on")
    row = CohortReview.objects.create(
        cohort=cohort, held_on=held_on, summary=summary.strip(), written_by=by.person, written_at=timezone.now()
    )
    record_change(cohort, "review", by=by, reason=str(held_on))
    return row


@transaction.atomic
def change_review(*, review: CohortReview, version: int, summary: str, by: Actor) -> CohortReview:
    may_run(by, review)
    save_if_unchanged(review, version=version, summary=summary.strip())
    return review


def line(text: str, field: str) -> str:
    text = " ".join(text.split())
    if not text:
        raise Refused(_("Write a sentence"), field=field)
    return text


@transaction.atomic
def add_lesson(*, review: CohortReview, learned: str, change: str, owner: Person, due_on: date, by: Actor) -> Lesson:
    """What the team learns and what it changes; whoever sees to it owes it by the day."""
    may_run(by, review)
    if due_on < timezone.localdate():
        raise Refused(_("The day must be today or later."), field="due_on")
    if owner.pk not in {person.pk for person in delivery_team(review.cohort_id)}:
        raise Refused(_("Choose somebody of the delivery team."), field="owner")
    said = {"learned": line(learned, "learned"), "change": line(change, "change"), "owner": owner, "due_on": due_on}
    take_turns(review)
    if (same := Lesson.objects.filter(review=review, written_at__gt=just_now(), **said).first()) is not None:
        return same
    row = Lesson.objects.create(review=review, written_at=timezone.now(), **said)
    record_change(review, "lesson", by=by)
    return row


@transaction.atomic
def answer_lesson(*, lesson: Lesson, outcome: str, note: str, by: Actor) -> Lesson:
    """Whoever sees to it, or staff, say what came of it: done, or let go."""
    if not answers_lesson(by, lesson):
        raise NotAllowed(_("Whoever sees to it, or staff, say what came of it."))
    if outcome not in Lesson.Outcome.values:
        raise Refused(_("Choose what came of it"), field="outcome")
    take_turns(lesson)
    row = Lesson.objects.select_related("review").get(pk=lesson.pk)
    if row.answered_at is not None:
        if (row.outcome, row.note) == (outcome, note.strip()):
            return row
        raise WrongState(_("Somebody has said already what came of it."))
    row.outcome, row.note, row.answered_at = outcome, note.strip(), timezone.now()
    row.save(update_fields=["outcome", "note", "answered_at"])
    record_change(row.review, "lesson answered", by=by, reason=outcome)
    return row
