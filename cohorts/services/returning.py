"""The return plan and the note of what has changed: written, looked at again and deleted by its owner alone."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.models import (
    ChangeContext,
    ChangeContextKind,
    ChangeKind,
    Cohort,
    ReturnPlan,
    ReturnPlanText,
    ReturnReview,
    ReturnReviewText,
)
from cohorts.rules import RETURN_BRIEF
from cohorts.selectors.returning import context_of, plan_of
from cohorts.services.development import check_owns, check_plans
from cohorts.services.notebooks import notebook_of
from engine.versions import save_if_unchanged
from tenancy.actors import Actor
from tenancy.errors import Refused, WrongState
from tenancy.links import revoke_links
from tenancy.turns import take_turns

LATEST_REVIEW = timedelta(days=732)


@transaction.atomic
def save_return_plan(
    *,
    cohort: Cohort,
    version: int,
    keep: str,
    need_time: str,
    need_sponsor: str,
    need_place: str,
    review_on: date,
    review_again_on: date | None,
    by: Actor,
) -> ReturnPlanText:
    """Make it (`version` 0) or change it. Days that were looked at stay; the others follow what is said now."""
    person = check_plans(by, cohort)
    take_turns(person)
    said: dict[str, Any] = {
        "keep": keep.strip(),
        "need_time": need_time.strip(),
        "need_sponsor": need_sponsor.strip(),
        "need_place": need_place.strip(),
        "review_on": review_on,
        "review_again_on": review_again_on,
    }
    there = plan_of(person.pk, cohort)
    check_days(said, there)
    now = timezone.now()
    if there is None:
        notebook = notebook_of(owner=person, cohort=cohort)
        plan = ReturnPlan.objects.create(notebook=notebook, cohort=cohort, owner=person, made_at=now)
        words = ReturnPlanText.objects.create(plan=plan, owner=person, written_at=now, **said)
    else:
        words = there
        save_if_unchanged(words, version=version, stamps={"written_at": now}, **said)
        notebook_of(owner=person, cohort=cohort)
    keep_days(words)
    return words


def check_days(said: dict[str, Any], there: ReturnPlanText | None) -> None:
    today = timezone.localdate()
    for field in ("review_on", "review_again_on"):
        day = said[field]
        if day is None or (there is not None and day == getattr(there, field)):
            continue
        if not today < day <= today + LATEST_REVIEW:
            raise Refused(_("Enter a day within the next two years."), field=field)
    if said["review_again_on"] is not None and said["review_again_on"] <= said["review_on"]:
        raise Refused(_("Enter a day after the first one."), field="review_again_on")


def keep_days(words: ReturnPlanText) -> None:
    wanted = {day for day in (words.review_on, words.review_again_on) if day is not None}
    rows = ReturnReview.objects.filter(plan=words.plan)
    rows.filter(done_at__isnull=True).exclude(review_on__in=wanted).delete()
    for day in sorted(wanted - set(rows.values_list("review_on", flat=True))):
        ReturnReview.objects.create(plan=words.plan, owner=words.owner, review_on=day)


@transaction.atomic
def look_again(*, review: ReturnReview, body: str, by: Actor) -> ReturnReview:
    """Say what became of the plan. Once for each day; the same words again, as by a double click, are one review."""
    check_owns(by, review)
    body = body.strip()
    take_turns(review)
    row = ReturnReview.objects.select_related("owner", "plan__cohort").get(pk=review.pk)
    if row.done_at is not None:
        if ReturnReviewText.objects.filter(review=row, body=body).exists():
            return row
        raise WrongState(_("You’ve looked at your plan for this day already."))
    row.done_at = timezone.now()
    row.save(update_fields=["done_at"])
    ReturnReviewText.objects.create(review=row, owner=row.owner, body=body)
    notebook_of(owner=row.owner, cohort=row.plan.cohort)
    return row


@transaction.atomic
def save_change_context(
    *, cohort: Cohort, version: int, kinds: Collection[str], body: str, by: Actor
) -> ChangeContext | None:
    """Note it (`version` 0) or change it. With no kind and no words nothing is kept of it."""
    person = check_plans(by, cohort)
    take_turns(person)
    said: dict[str, Any] = {"kinds": [kind for kind in ChangeKind.values if kind in set(kinds)], "body": body.strip()}
    row = context_of(person.pk, cohort)
    now = timezone.now()
    if row is None:
        if not said["kinds"] and not said["body"]:
            raise Refused(_("Tick what has changed, or write a line about it"), field="kinds")
        notebook = notebook_of(owner=person, cohort=cohort)
        row = ChangeContext.objects.create(notebook=notebook, owner=person, written_at=now, **said)
    else:
        save_if_unchanged(row, version=version, stamps={"written_at": now}, **said)
        notebook_of(owner=person, cohort=cohort)
    if not said["kinds"] and not said["body"]:
        row.delete()
        return None
    rows = ChangeContextKind.objects.filter(context=row)
    rows.exclude(kind__in=said["kinds"]).delete()
    for kind in sorted(set(said["kinds"]) - set(rows.values_list("kind", flat=True))):
        ChangeContextKind.objects.create(context=row, owner=person, cohort=cohort, kind=kind)
    return row


@transaction.atomic
def delete_return_plan(*, plan: ReturnPlan, by: Actor) -> None:
    """Gone for good with its days and what was said on them, with its briefs and their links, and with the note of what has changed."""
    check_owns(by, plan)
    for brief in plan.briefs.all():
        revoke_links(purpose=RETURN_BRIEF, about=brief.public_id)
    ChangeContext.objects.filter(notebook=plan.notebook_id, owner=plan.owner_id).delete()
    plan.delete()
