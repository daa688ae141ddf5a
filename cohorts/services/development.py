"""The development plan and the summary for an appraisal: all of it its owner's own."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.emails import send_appraisal
from cohorts.models import (
    AppraisalShare,
    AppraisalSummary,
    Cohort,
    DevelopmentGoal,
    GoalReview,
    WorkObjective,
)
from cohorts.rules import APPRAISAL, owns
from cohorts.selectors.development import Pickable, pickables
from cohorts.services.notebooks import notebook_of
from engine.versions import save_if_unchanged
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused
from tenancy.links import revoke_links
from tenancy.models import Person
from tenancy.services.people import ensure_person
from tenancy.turns import just_now, take_turns

LONGEST_DAYS = 180


def check_plans(by: Actor, cohort: Cohort) -> Person:
    if by.kind != "person" or not cohort.participations.filter(person_id=by.person_id).exists():
        raise NotAllowed(_("You keep a development plan in a cohort you take part in."))
    assert by.person is not None
    return by.person


def check_owns(by: Actor, row: Any) -> None:
    if not owns(by, row):
        raise NotAllowed(_("Only whose it is may do this."))


def line(text: str) -> str:
    return " ".join(text.split())


@transaction.atomic
def add_objective(*, cohort: Cohort, title: str, why: str, due_on: date | None, done: bool, by: Actor) -> WorkObjective:
    person = check_plans(by, cohort)
    take_turns(person)
    said = {"title": line(title), "why": why.strip(), "due_on": due_on, "done": done}
    if (same := WorkObjective.objects.filter(owner=person, written_at__gt=just_now(), **said).first()) is not None:
        return same
    notebook = notebook_of(owner=person, cohort=cohort)
    return WorkObjective.objects.create(notebook=notebook, owner=person, written_at=timezone.now(), **said)


@transaction.atomic
def edit_objective(
    *, objective: WorkObjective, version: int, title: str, why: str, due_on: date | None, done: bool, by: Actor
) -> WorkObjective:
    check_owns(by, objective)
    save_if_unchanged(objective, version=version, title=line(title), why=why.strip(), due_on=due_on, done=done)
    return objective


@transaction.atomic
def add_goal(
    *, cohort: Cohort, better_at: str, measure: str, due_on: date | None, objective: WorkObjective | None, by: Actor
) -> DevelopmentGoal:
    person = check_plans(by, cohort)
    take_turns(person)
    if objective is not None:
        check_owns(by, objective)
    said = {"better_at": line(better_at), "measure": measure.strip(), "due_on": due_on, "objective": objective}
    if (same := DevelopmentGoal.objects.filter(owner=person, written_at__gt=just_now(), **said).first()) is not None:
        return same
    notebook = notebook_of(owner=person, cohort=cohort)
    return DevelopmentGoal.objects.create(notebook=notebook, owner=person, written_at=timezone.now(), **said)


@transaction.atomic
def edit_goal(
    *,
    goal: DevelopmentGoal,
    version: int,
    better_at: str,
    measure: str,
    due_on: date | None,
    objective: WorkObjective | None,
    by: Actor,
) -> DevelopmentGoal:
    check_owns(by, goal)
    if objective is not None:
        check_owns(by, objective)
    save_if_unchanged(
        goal, version=version, better_at=line(better_at), measure=measure.strip(), due_on=due_on, objective=objective
    )
    return goal


@transaction.atomic
def review_goal(*, goal: DevelopmentGoal, standing: str, body: str, by: Actor) -> GoalReview:
    """The same said again within a minute is one review."""
    check_owns(by, goal)
    take_turns(goal)
    said = {"standing": standing, "body": body.strip()}
    if (same := goal.reviews.filter(written_at__gt=just_now(), **said).first()) is not None:
        return same
    DevelopmentGoal.objects.filter(pk=goal.pk).update(standing=standing)
    notebook_of(owner=goal.owner, cohort=goal.notebook.cohort)
    return GoalReview.objects.create(goal=goal, owner=goal.owner, written_at=timezone.now(), **said)


@transaction.atomic
def delete_planned(*, row: DevelopmentGoal | WorkObjective | AppraisalSummary, by: Actor) -> None:
    """Gone for good; of a summary the links end with it."""
    check_owns(by, row)
    if isinstance(row, AppraisalSummary):
        for share in row.shares.all():
            revoke_links(purpose=APPRAISAL, about=share.public_id)
    row.delete()


@transaction.atomic
def make_summary(*, cohort: Cohort, introduction: str, picked: Collection[str], by: Actor) -> AppraisalSummary:
    """Of what its maker picked, in the words it has now. Only their own can be picked: all others are refused."""
    person = check_plans(by, cohort)
    take_turns(person)
    offered = {item.key: item for item in pickables(person.pk)}
    if strange := [key for key in picked if key not in offered]:
        raise Refused(
            _("Choose from the list: %(n)d of these isn’t there any more.") % {"n": len(strange)}, field="picked"
        )
    if not picked and not introduction.strip():
        raise Refused(_("Pick at least one thing, or write an introduction"), field="picked")
    said = {
        "introduction": introduction.strip(),
        "content": content_of([i for k, i in offered.items() if k in set(picked)]),
    }
    if (same := AppraisalSummary.objects.filter(owner=person, made_at__gt=just_now(), **said).first()) is not None:
        return same
    notebook = notebook_of(owner=person, cohort=cohort)
    return AppraisalSummary.objects.create(notebook=notebook, owner=person, made_at=timezone.now(), **said)


def content_of(items: list[Pickable]) -> list[dict[str, Any]]:
    found: dict[str, list[str]] = {}
    for item in items:
        found.setdefault(item.heading, []).append(item.text)
    return [{"heading": heading, "lines": lines} for heading, lines in found.items()]


@transaction.atomic
def share_summary(*, summary: AppraisalSummary, name: str, email: str, until: date, by: Actor) -> AppraisalShare:
    """By a link in a message, which opens this one summary until the end of that day. Shared again with the same person, the
    earlier link ends."""
    check_owns(by, summary)
    today = timezone.localdate()
    if not today <= until <= today + timedelta(days=LONGEST_DAYS):
        raise Refused(_("Enter a day within the next %(n)d days.") % {"n": LONGEST_DAYS}, field="until")
    take_turns(summary.owner)
    reader, _created = ensure_person(name=name, email=email, by=by)
    if reader.pk == summary.owner_id:
        raise Refused(_("Enter somebody else’s address: you can read it already."), field="email")
    live = summary.shares.filter(reader=reader, taken_back_at__isnull=True)
    if (same := live.filter(until=until, shared_at__gt=just_now()).first()) is not None:
        return same
    for share in live:
        take_back_summary(share=share, by=by)
    share = AppraisalShare.objects.create(
        summary=summary, owner_id=summary.owner_id, reader=reader, until=until, shared_at=timezone.now()
    )
    send_appraisal(share, days=(until - today).days + 1, by=by)
    return share


@transaction.atomic
def take_back_summary(*, share: AppraisalShare, by: Actor) -> None:
    """Its link opens nothing any more, from this moment."""
    check_owns(by, share)
    if share.taken_back_at is None:
        share.taken_back_at = timezone.now()
        share.save(update_fields=["taken_back_at"])
    revoke_links(purpose=APPRAISAL, about=share.public_id)
