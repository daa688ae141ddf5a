"""What somebody means to learn next: their own, and nobody else's."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from cohorts.models import Cohort, DevelopmentGoal, OnwardStep
from cohorts.services.development import check_owns, check_plans, line
from cohorts.services.notebooks import notebook_of
from engine.versions import save_if_unchanged
from tenancy.actors import Actor
from tenancy.turns import just_now, take_turns


@transaction.atomic
def add_onward_step(
    *, cohort: Cohort, what: str, way: str, due_on: date | None, goal: DevelopmentGoal | None, by: Actor
) -> OnwardStep:
    person = check_plans(by, cohort)
    take_turns(person)
    if goal is not None:
        check_owns(by, goal)
    said = {"what": line(what), "way": way, "due_on": due_on, "goal": goal}
    if (same := OnwardStep.objects.filter(owner=person, written_at__gt=just_now(), **said).first()) is not None:
        return same
    notebook = notebook_of(owner=person, cohort=cohort)
    return OnwardStep.objects.create(notebook=notebook, owner=person, written_at=timezone.now(), **said)


@transaction.atomic
def edit_onward_step(
    *,
    step: OnwardStep,
    version: int,
    what: str,
    way: str,
    due_on: date | None,
    goal: DevelopmentGoal | None,
    done: bool,
    learned: str,
    by: Actor,
) -> OnwardStep:
    check_owns(by, step)
    if goal is not None:
        check_owns(by, goal)
    save_if_unchanged(
        step,
        version=version,
        what=line(what),
        way=way,
        due_on=due_on,
        goal=goal,
        done=done,
        learned=learned.strip(),
    )
    return step


@transaction.atomic
def delete_onward_step(*, step: OnwardStep, by: Actor) -> None:
    check_owns(by, step)
    OnwardStep.objects.filter(pk=step.pk).delete()
