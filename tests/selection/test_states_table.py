"""Every state of an application against every action, from the table itself."""

from __future__ import annotations

import pytest

from engine.transitions import Transition, possible, transition, transition_all
from selection.models import Application, Endorsement, SelectionRound
from selection.states import APPLICATION, DEFERRAL, ENDORSEMENT, ROUND, ApplicationState, EndorsementState, RoundState
from selection.steps import DONE, in_words
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.models import Change
from tests.selection.assess_setup import make_scene

SYSTEM = Actor.system("table")


@pytest.fixture
def application(essex, staff):
    return make_scene(essex, staff, applications=1)


def put(scene, state):
    Application.objects.filter(pk=scene.applications[0].pk).update(state=state)
    return Application.objects.get(pk=scene.applications[0].pk)


@pytest.mark.parametrize("step", APPLICATION, ids=lambda t: t.name)
def test_state_by_action(application, step: Transition):
    acts = (transition, lambda row, name, **kwargs: transition_all([row], name, **kwargs))
    with application.inside(application.staff):
        for state in ApplicationState.values:
            for act in acts:
                row = put(application, state)
                if state in step.source:
                    act(row, step.name, by=SYSTEM, reason="why")
                    assert (row.state, put_back(row, state)) == (step.target, step.target)
                    assert Change.objects.filter(name=step.name, source=state, target=step.target).exists()
                else:
                    with pytest.raises(WrongState):
                        act(row, step.name, by=SYSTEM, reason="why")
                    assert Application.objects.get(pk=row.pk).state == state


def put_back(row, state):
    now = Application.objects.get(pk=row.pk).state
    Application.objects.filter(pk=row.pk).update(state=state)
    return now


@pytest.mark.parametrize("step", APPLICATION, ids=lambda t: t.name)
def test_somebody_with_no_part_may_do_nothing(application, bystander, step: Transition):
    with application.inside(bystander):
        row = put(application, step.source[0])
        assert possible(row, bystander.actor) == []
        for act in (transition, lambda r, name, **kw: transition_all([r], name, **kw)):
            with pytest.raises(NotAllowed):
                act(row, step.name, by=bystander.actor, reason="why")
        assert Application.objects.get(pk=row.pk).state == step.source[0]


@pytest.mark.parametrize("step", [t for t in APPLICATION if t.needs_reason], ids=lambda t: t.name)
def test_a_reason_where_one_is_needed(application, step: Transition):
    with application.inside(application.staff):
        row = put(application, step.source[0])
        for act in (transition, lambda r, name, **kw: transition_all([r], name, **kw)):
            with pytest.raises(Refused):
                act(row, step.name, by=SYSTEM, reason=" ")


def test_all_of_them_or_none(essex, staff):
    scene = make_scene(essex, staff, applications=3)
    with scene.inside(staff):
        put(scene, ApplicationState.WITHDRAWN)
        rows = list(Application.objects.all())
        with pytest.raises(WrongState):
            transition_all(rows, "find_eligible", by=staff.actor)
        assert not Application.objects.filter(state=ApplicationState.ELIGIBLE).exists()


@pytest.mark.parametrize("step", ENDORSEMENT, ids=lambda t: t.name)
def test_endorsement_state_by_action(application, bystander, step: Transition):
    with application.inside(application.staff):
        row = Endorsement.objects.filter(application=application.applications[0]).first()
        for state in EndorsementState.values:
            Endorsement.objects.filter(pk=row.pk).update(state=state)
            row = Endorsement.objects.get(pk=row.pk)
            if state in step.source:
                with pytest.raises(NotAllowed):
                    transition(row, step.name, by=bystander.actor, reason="why")
                if step.needs_reason:
                    with pytest.raises(Refused):
                        transition(row, step.name, by=SYSTEM, reason=" ")
                transition(row, step.name, by=SYSTEM, reason="why")
                assert Endorsement.objects.get(pk=row.pk).state == step.target
            else:
                with pytest.raises(WrongState):
                    transition(row, step.name, by=SYSTEM, reason="why")
                assert Endorsement.objects.get(pk=row.pk).state == state


def test_every_step_has_words_for_the_history_that_arent_those_of_its_button() -> None:
    for machine in (ROUND, APPLICATION, ENDORSEMENT, DEFERRAL):
        assert set(DONE[machine]) == {t.name for t in machine}
    assert in_words("submit", APPLICATION) == "Sent" and in_words("remind") == "Reminder written by staff"


@pytest.mark.parametrize("step", ROUND, ids=lambda t: t.name)
def test_round_state_by_action(application, bystander, step: Transition):
    """Opening, closing, assessing, moderating and deciding: each from its own states, by staff and nobody else."""
    with application.inside(application.staff):
        for state in RoundState.values:
            SelectionRound.objects.filter(pk=application.round.pk).update(state=state)
            row = SelectionRound.objects.get(pk=application.round.pk)
            with pytest.raises(NotAllowed):
                transition(row, step.name, by=bystander.actor)
            if state in step.source:
                transition(row, step.name, by=application.staff.actor)
                assert SelectionRound.objects.get(pk=row.pk).state == step.target
                assert Change.objects.filter(subject_id=row.public_id, name=step.name, source=state).exists()
            else:
                with pytest.raises(WrongState):
                    transition(row, step.name, by=application.staff.actor)
                assert SelectionRound.objects.get(pk=row.pk).state == state
