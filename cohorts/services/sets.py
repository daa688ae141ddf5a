"""Learning sets: composed by a job, adjusted by staff, published."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts.composing import number_of_sets
from cohorts.composing.problem import LARGEST, SMALLEST
from cohorts.emails import send_set
from cohorts.mixing import DEFAULT_AIMS
from cohorts.models import Cohort, Event, LearningSet, SetCoFacilitator, SetMembership, SetPlan, Venue
from cohorts.selectors.sets import people_in, set_board
from cohorts.selectors.vetoes import unsettled_round
from cohorts.services.cohorts import may_run
from cohorts.services.vetoes import settle_round
from cohorts.states import EventState, ParticipationState, PlanState
from engine.jobs import start_job
from engine.models import Job
from engine.transitions import record_change, transition
from tenancy.actors import Actor
from tenancy.errors import Refused, StaleEdit, WrongState
from tenancy.models import Person
from tenancy.seen import refuse_stale
from tenancy.services.conflicts import hold_ties, ties_changed
from tenancy.turns import take_turns
from tenancy.vocabulary import in_own_words

COMPOSE = "cohorts.compose_sets"


@dataclass(frozen=True)
class Arranged:
    """What was settled of one set beside who is in it: its half-day or '', and the id of its facilitator."""

    half_day: str = ""
    facilitator_id: int | None = None


@transaction.atomic
def compose_sets(
    *,
    cohort: Cohort,
    by: Actor,
    sets: int | None = None,
    aims: dict[str, str] | None = None,
    fresh: bool = True,
    anew: bool = False,
) -> Job:
    """Start composing a proposal for everyone taking part, mixed by `aims` (the usual ones unless given); with `fresh`, people who sat
    together before are kept apart where that can be. A proposal not yet published is replaced by it; who is locked there stays put, and the
    half-days of its sets stay unless `anew`."""
    may_run(by, cohort)
    people = cohort.participations.filter(state=ParticipationState.ACTIVE).count()
    if people < SMALLEST:
        raise Refused(in_own_words(_("There must be at least 5 people taking part before you can make %(sets)s.")))
    sets = sets or number_of_sets(people)
    if sets > 1 and people / sets < SMALLEST - 1:
        raise Refused(
            in_own_words(_("%(people)d people can’t fill %(n)d %(sets)s of at least 4."), people=people, n=sets),
            field="sets",
        )
    if people / sets > LARGEST + 2:
        raise Refused(
            in_own_words(
                _("%(people)d people in %(n)d %(sets)s is too many for one %(set)s. Make at least %(least)d."),
                people=people,
                n=sets,
                least=-(-people // LARGEST),
            ),
            field="sets",
        )
    take_turns(cohort)
    round_ = unsettled_round(cohort)
    if round_ is not None and round_.is_open:
        # What is composed before and after one answer would tell whom it names.
        raise WrongState(
            in_own_words(
                _("People are still answering with whom they’d rather not be in a %(set)s. Close that round first.")
            )
        )
    busy = Job.objects.filter(
        kind=COMPOSE, state__in=(Job.State.QUEUED, Job.State.RUNNING), params__cohort=cohort.public_id
    )
    if running := busy.first():
        return running
    return start_job(
        kind=COMPOSE,
        title=str(in_own_words(_("Compose %(sets)s for %(cohort)s"), cohort=cohort.name)),
        params={
            "cohort": cohort.public_id,
            "sets": sets,
            "seed": secrets.randbelow(2**31),
            "aims": {**DEFAULT_AIMS, **(aims or {})},
            "fresh": fresh,
            "anew": anew,
        },
        by=by,
    )


@transaction.atomic
def save_proposal(
    *,
    cohort: Cohort,
    groups: list[list[int]],
    seed: int,
    steps: int,
    by: Actor,
    aims: dict[str, str] | None = None,
    locked: Collection[int] = (),
    arranged: Sequence[Arranged] = (),
) -> SetPlan:
    """Keep a composition as the cohort's proposal; `groups` are ids of people. An earlier proposal is discarded; if it has as many sets,
    its names, facilitators, half-days and places stay, and whoever is `locked`; `arranged` says half-days and facilitators instead."""
    may_run(by, cohort)
    take_turns(cohort)
    kept: list[LearningSet] = []
    for earlier in SetPlan.objects.filter(cohort=cohort, state=PlanState.PROPOSED):
        kept = list(LearningSet.objects.filter(plan=earlier).order_by("position"))
        transition(earlier, "discard", by=by)
    if len(kept) != len(groups):
        kept = []
    plan = SetPlan.objects.create(
        cohort=cohort, seed=seed, steps=steps, aims=aims or {}, made_by=by.person, made_at=timezone.now()
    )
    record_change(plan, "compose", by=by, target=plan.state)
    for position, group in enumerate(groups, start=1):
        before = kept[position - 1] if kept else None
        leader, half_day = (before.facilitator_id, before.half_day) if before else (None, "")
        if arranged:
            leader, half_day = arranged[position - 1].facilitator_id, arranged[position - 1].half_day
        row = LearningSet.objects.create(
            cohort=cohort,
            plan=plan,
            position=position,
            name=before.name if before else str(in_own_words(_("%(Set)s %(n)d"), n=position)),
            facilitator_id=None if leader in group else leader,
            half_day=half_day,
            venue_id=before.venue_id if before else None,
        )
        SetMembership.objects.bulk_create(
            SetMembership(
                plan=plan,
                learning_set=row,
                person_id=person_id,
                locked=person_id in locked,
                joined_at=plan.made_at,
            )
            for person_id in group
        )
    return plan


def lock_plan(plan: SetPlan, *, version: int, states: tuple[str, ...]) -> SetPlan:
    """The plan, locked and raised by one version; StaleEdit when someone else changed it since `version`."""
    locked = SetPlan.objects.select_for_update(of=("self",)).select_related("cohort").get(pk=plan.pk)
    if locked.state not in states:
        raise WrongState(
            in_own_words(
                _("These %(sets)s are now “%(state)s”. Load the page again."), state=locked.get_state_display()
            )
        )
    if locked.version != version:
        raise StaleEdit(
            in_own_words(
                _("Someone else changed these %(sets)s while you were looking. This is how they are now; try again.")
            )
        )
    locked.version += 1
    locked.save(update_fields=["version"])
    return locked


IN_USE = (PlanState.PROPOSED, PlanState.PUBLISHED)


@transaction.atomic
def move_to_set(*, plan: SetPlan, version: int, person: Person, learning_set: LearningSet | None, by: Actor) -> SetPlan:
    """Put a person of the cohort into a set, or with None out of all of them. In published sets the person is told."""
    may_run(by, plan)
    hold_ties()
    plan = lock_plan(plan, version=version, states=IN_USE)
    if learning_set is None:
        SetMembership.objects.filter(plan=plan, person=person).delete()
        record_change(plan, "take out", by=by, reason=person.public_id)
        return plan
    if learning_set.plan_id != plan.pk:
        raise Refused(in_own_words(_("Choose one of these %(sets)s.")), field="learning_set")
    taking_part = plan.cohort.participations.filter(person=person, state=ParticipationState.ACTIVE)
    if not taking_part.exists():
        raise Refused(_("%(name)s doesn’t take part in this cohort.") % {"name": person.name})
    membership, created = SetMembership.objects.get_or_create(
        plan=plan, person=person, defaults={"learning_set": learning_set, "joined_at": timezone.now()}
    )
    if not created and membership.learning_set_id == learning_set.pk:
        return plan
    # what the others of the new set wrote before isn't theirs to read
    membership.learning_set, membership.joined_at = learning_set, timezone.now()
    membership.save(update_fields=["learning_set", "joined_at"])
    record_change(plan, "move", by=by, reason=f"{person.public_id} → {learning_set.position}")
    if plan.state == PlanState.PUBLISHED:
        send_set(learning_set, [person], by=by, occurrence=f"v{plan.version}")
        ties_changed([person.pk], by=by)
    return plan


@transaction.atomic
def lock_in_set(*, plan: SetPlan, version: int, person: Person, locked: bool, by: Actor) -> SetPlan:
    """In a proposal, keep a person where they are when it is composed again, or let them move again."""
    may_run(by, plan)
    plan = lock_plan(plan, version=version, states=(PlanState.PROPOSED,))
    if not SetMembership.objects.filter(plan=plan, person=person).update(locked=locked):
        raise Refused(in_own_words(_("%(name)s is in no %(set)s."), name=person.name))
    return plan


@transaction.atomic
def move_all(*, plan: SetPlan, version: int, moves: Sequence[tuple[Person, LearningSet]], by: Actor) -> SetPlan:
    """Several people into other sets, all or nobody."""
    may_run(by, plan)
    for person, learning_set in moves:
        plan = move_to_set(plan=plan, version=version, person=person, learning_set=learning_set, by=by)
        version = plan.version
    return plan


@transaction.atomic
def name_set(
    *,
    plan: SetPlan,
    version: int,
    learning_set: LearningSet,
    name: str,
    facilitator: Person | None,
    meets: tuple[str, Venue | None] | None = None,
    by: Actor,
) -> SetPlan:
    """Give a set its name and its facilitator, and with `meets` its half-day ('' for none settled) and its place."""
    may_run(by, plan)
    hold_ties()
    try:
        plan = lock_plan(plan, version=version, states=IN_USE)
    except StaleEdit:
        learning_set.refresh_from_db()
        stored: dict[str, Any] = {"name": learning_set.name, "facilitator": learning_set.facilitator}
        wanted: dict[str, Any] = {"name": " ".join(name.split()), "facilitator": facilitator}
        if meets is not None:
            stored |= {"half_day": learning_set.half_day, "venue": learning_set.venue}
            wanted |= {"half_day": meets[0], "venue": meets[1]}
        refuse_stale(stored, wanted)
    if facilitator and SetMembership.objects.filter(learning_set=learning_set, person=facilitator).exists():
        raise Refused(in_own_words(_("A member of the %(set)s can’t facilitate it.")), field="facilitator")
    newly = [facilitator] if facilitator and facilitator.pk != learning_set.facilitator_id else []
    learning_set.name = " ".join(name.split()) or learning_set.name
    if newly and plan.state == PlanState.PUBLISHED:
        learning_set.facilitator_since = timezone.now()
        record_change(learning_set, "facilitator", by=by, reason=facilitator.public_id if facilitator else "")
    learning_set.facilitator = facilitator
    if meets is not None:
        learning_set.half_day, learning_set.venue = meets
    learning_set.save(update_fields=["name", "facilitator", "facilitator_since", "half_day", "venue"])
    SetCoFacilitator.objects.filter(learning_set=learning_set, person=facilitator).delete()
    if plan.state == PlanState.PUBLISHED:
        send_set(learning_set, newly, by=by, occurrence=f"v{plan.version}")
        ties_changed([p.pk for p in newly], by=by)
    return plan


@transaction.atomic
def publish_sets(*, plan: SetPlan, version: int, by: Actor) -> SetPlan:
    """Put the proposal in force and tell members and facilitators. It replaces sets published before, which must have no
    meeting ahead of them."""
    may_run(by, plan)
    hold_ties()
    # Nobody plans a meeting of the sets in force while others replace them.
    take_turns(plan.cohort)
    plan = lock_plan(plan, version=version, states=(PlanState.PROPOSED,))
    if left := set_board(plan)[1]:
        raise Refused(
            in_own_words(_("Put everyone in a %(set)s first: %(names)s."), names=", ".join(p.name for p in left[:5]))
        )
    ahead = Event.objects.filter(
        learning_set__plan__cohort=plan.cohort, state=EventState.PLANNED, starts_at__gt=timezone.now()
    ).count()
    if ahead:
        text = ngettext(
            "The present %(sets)s still have %(n)d meeting planned. Cancel it first, so that nobody goes to the wrong one.",
            "The present %(sets)s still have %(n)d meetings planned. Cancel them first, so that nobody goes to the wrong one.",
            ahead,
        )
        raise Refused(in_own_words(text, n=ahead))
    for earlier in SetPlan.objects.filter(cohort=plan.cohort, state=PlanState.PUBLISHED):
        transition(earlier, "replace", by=by)
    try:
        with transaction.atomic():
            transition(plan, "publish", by=by, published_at=timezone.now())
    except IntegrityError as error:
        raise WrongState(in_own_words(_("Other %(sets)s were published a moment ago. Load the page again."))) from error
    rows = list(LearningSet.objects.filter(plan=plan).select_related("facilitator", "plan", "cohort"))
    for row in rows:
        people = [m.person for m in people_in(row)]
        send_set(row, [*people, *([row.facilitator] if row.facilitator else [])], by=by, occurrence="published")
    ties_changed([row.facilitator_id for row in rows if row.facilitator_id], by=by)
    settle_round(plan.cohort, by=by)
    return plan


@transaction.atomic
def discard_sets(*, plan: SetPlan, by: Actor) -> SetPlan:
    return transition(plan, "discard", by=by)
