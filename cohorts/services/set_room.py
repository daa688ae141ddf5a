"""What a set keeps in its room: ground rules, actions, and who facilitates. Nothing here records or sends what they say."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.models import (
    ActionTie,
    ActionTieFact,
    GroundRules,
    GroundRulesText,
    LearningSet,
    RulesAcceptance,
    SetAction,
    SetActionText,
    SetCoFacilitator,
    SetMeeting,
    SetMembership,
    WorkObjective,
)
from cohorts.rules import answers_action, in_room, names_facilitators, owns_action, room_keeper, set_member
from cohorts.selectors.set_room import latest_number, rules_of
from cohorts.selectors.sets import SET_BARRIERS, people_in
from cohorts.states import SetActionState
from engine.transitions import record_change, transition
from tenancy.actors import Actor
from tenancy.conflicts import conflicts_among, pair
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.models import Person
from tenancy.seen import refuse_stale
from tenancy.services.conflicts import hold_ties, ties_changed
from tenancy.turns import just_now, take_turns
from tenancy.vocabulary import in_own_words


def may_keep(by: Actor, learning_set: LearningSet) -> None:
    if not room_keeper(by, learning_set):
        raise NotAllowed(in_own_words(_("Only those who facilitate the %(set)s may do this.")))


@transaction.atomic
def change_rules(*, learning_set: LearningSet, version: int, body: str, by: Actor) -> GroundRules:
    """Write the next version of the ground rules, which every member is asked to accept; `version` is the number that the page
    showed, 0 for none yet. The same words again are no new version."""
    may_keep(by, learning_set)
    body = body.strip()
    if not body:
        raise Refused(_("Write what you have agreed."), field="body")
    take_turns(learning_set)
    now_in_force = rules_of(learning_set)
    said = now_in_force.words.body if now_in_force else ""
    if latest_number(learning_set) != version:
        refuse_stale({"body": said}, {"body": body})
    if now_in_force is not None and said == body:
        return now_in_force
    rules = GroundRules.objects.create(
        learning_set=learning_set, number=version + 1, written_by=by.person, written_at=timezone.now()
    )
    GroundRulesText.objects.create(rules=rules, written_by=by.person, body=body)
    record_change(learning_set, "rules", by=by, reason=str(rules.number))
    return rules


@transaction.atomic
def accept_rules(*, learning_set: LearningSet, version: int, by: Actor) -> RulesAcceptance:
    """A member accepts the version they read; when there is a newer one they are asked to read that."""
    if not set_member(by, learning_set):
        raise NotAllowed(in_own_words(_("Only members of the %(set)s accept its ground rules.")))
    assert by.person is not None
    rules = GroundRules.objects.filter(learning_set=learning_set).first()
    if rules is None or rules.number != version:
        raise WrongState(_("The ground rules have changed. Read them again, then accept them."))
    return RulesAcceptance.objects.get_or_create(
        rules=rules, person=by.person, defaults={"accepted_at": timezone.now()}
    )[0]


@transaction.atomic
def add_action(
    *,
    learning_set: LearningSet,
    owner: Person,
    body: str,
    due_on: date,
    by: Actor,
    meeting: SetMeeting | None = None,
) -> SetAction:
    """A member takes something on, or a facilitator writes it down for them. The same words again within a minute, as by a double
    click, are one action."""
    if not in_room(by, learning_set) or (owner.pk != by.person_id and not room_keeper(by, learning_set)):
        raise NotAllowed(_("Members take on actions of their own; facilitators write them down for others."))
    if not people_in(learning_set).filter(person=owner).exists():
        raise Refused(in_own_words(_("Choose a member of the %(set)s.")), field="owner")
    body = body.strip()
    if not body:
        raise Refused(_("Say what you’ll do."), field="body")
    check_day(due_on)
    take_turns(learning_set)
    same = SetAction.objects.filter(
        learning_set=learning_set, owner=owner, due_on=due_on, made_at__gt=just_now(), words__body=body
    )
    if (made := same.first()) is not None:
        return made
    action = SetAction.objects.create(
        learning_set=learning_set, owner=owner, meeting=meeting, due_on=due_on, made_at=timezone.now()
    )
    SetActionText.objects.create(action=action, owner=owner, body=body)
    return action


def check_day(due_on: date) -> None:
    if due_on < timezone.localdate():
        raise Refused(_("The day must be today or later."), field="due_on")


@transaction.atomic
def answer_action(*, action: SetAction, outcome: str, by: Actor, due_on: date | None = None) -> SetAction:
    """Its owner says what came of it, or a facilitator writes it down: done, dropped, or carried on to a later day."""
    if not answers_action(by, action):
        raise NotAllowed(_("Whoever took on an action says what came of it."))
    if outcome in ("finish", "drop"):
        return transition(action, outcome, by=by, answered_at=timezone.now())
    if due_on is None:
        raise Refused(_("Enter the day until which you carry it on."), field="due_on")
    check_day(due_on)
    take_turns(action)
    action.refresh_from_db()
    if action.state != SetActionState.OPEN:
        raise WrongState(_("Somebody has said already what came of it."))
    if action.due_on == due_on and action.answered_at and action.answered_at > just_now():
        return action
    if due_on <= action.due_on:
        raise Refused(_("Choose a later day than the one it was due."), field="due_on")
    SetAction.objects.filter(pk=action.pk).update(due_on=due_on, carried=F("carried") + 1, answered_at=timezone.now())
    record_change(action, "carry", by=by)
    action.refresh_from_db()
    return action


@transaction.atomic
def tie_action(*, action: SetAction, objective: WorkObjective | None, by: Actor) -> ActionTie | None:
    """Say of one's own action for which objective of one's work it is, or with None for none. Nobody else reads which."""
    if not owns_action(by, action):
        raise NotAllowed(_("Only whoever took on an action says what it is for."))
    if objective is not None and objective.owner_id != action.owner_id:
        raise Refused(_("Choose one from the list."), field="objective")
    take_turns(action)
    held = ActionTie.objects.filter(action=action).first()
    if held is not None and objective is not None and held.objective_id == objective.pk:
        return held
    if held is not None:
        held.delete()
    if objective is None:
        return None
    tie = ActionTie.objects.create(action=action, owner_id=action.owner_id, objective=objective)
    ActionTieFact.objects.create(tie=tie, owner_id=action.owner_id, cohort_id=action.learning_set.cohort_id)
    return tie


@transaction.atomic
def add_co_facilitator(*, learning_set: LearningSet, person: Person, by: Actor) -> SetCoFacilitator:
    """Somebody facilitates beside the facilitator, and reads what is written from now on."""
    if not names_facilitators(by, learning_set):
        raise NotAllowed(in_own_words(_("Only its facilitator and staff say who else facilitates the %(set)s.")))
    hold_ties()
    take_turns(learning_set)
    members = list(SetMembership.objects.filter(learning_set=learning_set).values_list("person_id", flat=True))
    if person.pk in members or person.pk == learning_set.facilitator_id:
        raise Refused(in_own_words(_("%(name)s is in the %(set)s already."), name=person.name), field="person")
    close = conflicts_among({person.pk, *members}, kinds=set(SET_BARRIERS) - {"same-employer"})
    if any(pair(person.pk, one) in close for one in members):
        raise Refused(in_own_words(_("%(name)s can’t facilitate this %(set)s."), name=person.name), field="person")
    row, made = SetCoFacilitator.objects.get_or_create(
        learning_set=learning_set, person=person, defaults={"added_by": by.person, "added_at": timezone.now()}
    )
    if made:
        record_change(learning_set, "co-facilitator", by=by, reason=person.public_id)
        ties_changed([person.pk], by=by)
    return row


@transaction.atomic
def remove_co_facilitator(*, co_facilitator: SetCoFacilitator, by: Actor) -> None:
    """They read nothing of the set's any more. The second of two clicks finds nothing left to do."""
    learning_set = co_facilitator.learning_set
    if not names_facilitators(by, learning_set):
        raise NotAllowed(in_own_words(_("Only its facilitator and staff say who else facilitates the %(set)s.")))
    if SetCoFacilitator.objects.filter(pk=co_facilitator.pk).delete()[0]:
        record_change(learning_set, "co-facilitator out", by=by, reason=co_facilitator.person.public_id)
