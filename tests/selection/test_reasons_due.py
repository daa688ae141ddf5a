"""Reasons that take long: due with the offers, found by a worker from the frozen question, and written once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest
from django.core.cache import cache
from django.utils import timezone

from selection.composition import BadProblem, Candidate, choose, solver
from selection.models import Application, AssessorAllocation, Moderation, ReasonsDue
from selection.selectors.attributes import Kind
from selection.selectors.limits import Limits
from selection.selectors.ranking import rank_round
from selection.selectors.reasons import Question, problem_of
from selection.services.balance import keep_limits
from selection.services.choosing import composition_of, depart_from_rank, make_offers
from selection.services.reasons import write_reasons_due
from selection.steps import BECAUSE
from selection.tasks import write_due_reasons
from tenancy.models import Change, Role
from tenancy.services.retention import delete_due
from tests.clock import travel
from tests.conftest import make_member
from tests.factories.tenancy import make_tenant
from tests.selection.assess_pages import url
from tests.selection.assess_setup import make_scene
from tests.worker import point_app_at, worker, worker_broker  # noqa: F401 -- fixtures

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])
SOON = "It’s on record in a minute or two"


@pytest.fixture
def six(transactional_db, settings):
    """Six people for three places: police give way to health and local government by a limit."""
    settings.REASONS_AT_ONCE = 5
    essex = make_tenant("essex", "Essex Partners")
    staff = make_member(essex, "Sita Staff", Role.STAFF)
    scene = make_scene(essex, staff, applications=6, places=3, reserve_length=3, sectors=("health", "police"))
    scene.moderating(lambda application, _index: [6 - scene.applications.index(application) // 2] * 3)
    with scene.inside(staff):
        health = ("sector", str(scene.applications[0].organisation.sector_id))
        keep_limits(round=scene.round, limits=Limits({}, {health: 1}), version=1, by=staff.actor)
        depart_from_rank(
            round=scene.round,
            applications=[scene.applications[2].public_id],
            direction="out",
            reason="One from health",
            by=staff.actor,
        )
    cache.clear()
    return scene


def offer(scene):
    with scene.inside(scene.staff):
        scene.round.refresh_from_db()
        choice = composition_of(scene.round, rank_round(scene.round, places=3))
        make_offers(round=scene.round, seal=choice.seal, by=scene.staff.actor)


def recorded(scene):
    with scene.inside(scene.staff):
        return {c.subject_id: c for c in Change.objects.filter(name=BECAUSE).select_related("by_person")}


def test_they_are_those_of_the_day_and_written_once(six):
    board = six.staff.client.get(url(six, "choosing-board")).context["rows"]
    shown = {line["row"].public_id: line["why"] for line in board}
    with six.inside(six.staff):
        references = dict(Application.objects.values_list("applicant__name", "reference"))
    cache.clear()
    offer(six)
    assert not recorded(six)
    for name in ("offer-list", "choosing-board"):
        assert SOON in six.staff.client.get(url(six, name)).content.decode(), name
    with six.inside(six.staff):
        due = ReasonsDue.objects.get()
        assert not any(name in str(due.question) for name in references)
        # what changes meanwhile changes nothing: points, limits, names of values
        Moderation.objects.create(
            application=six.applications[5], points="6.00", reason="Later", by=six.staff.person, at=timezone.now()
        )
        six.round.balance_rules.all().delete()
    # a worker takes it and is killed: until its time is over nobody else begins, and then somebody does
    with six.inside(six.staff):
        ReasonsDue.objects.update(begun_at=timezone.now())
    assert write_due_reasons() == 0 and not recorded(six)
    with travel(timezone.now() + timedelta(minutes=4)):
        assert write_due_reasons() == 1
        assert write_due_reasons() == 0 and not write_reasons_due(tenant_id=six.tenant.pk, due_id=due.pk)
    found = recorded(six)
    for key, change in found.items():
        expected = shown[key]
        for name, reference in references.items():
            expected = expected.replace(name, reference)
        assert change.reason == expected
    assert len(found) == 6
    assert "health may have at most 1 and would have 2 by rank" in found[six.applications[2].public_id].reason
    assert {change.by_person for change in found.values()} == {six.staff.person}
    for name in ("offer-list", "choosing-board"):
        page = six.staff.client.get(url(six, name)).content.decode()
        assert SOON not in page and "In by rank" in page, name


def test_they_go_with_the_scores(six):
    """Nothing is worked out any more from points that are deleted, not even by a worker that has begun."""
    offer(six)
    with six.inside(six.staff):
        (due,) = ReasonsDue.objects.all()
        assert AssessorAllocation.objects.exists()
    assert delete_due(tenant=six.tenant, now=timezone.now() + timedelta(days=184))["selection.applications"] == 3
    with six.inside(six.staff):
        assert not ReasonsDue.objects.exists()
    assert not write_reasons_due(tenant_id=six.tenant.pk, due_id=due.pk) and not recorded(six)


def test_a_worker_killed_while_it_seeks_leaves_them_due_and_the_next_one_writes_them_once(six, worker):
    """The question of a round that takes seconds, in a real worker that dies with kill -9."""
    point_app_at(worker.broker_url)
    offer(six)
    with six.inside(six.staff):
        due = ReasonsDue.objects.get()
        due.question = hard_question([a.public_id for a in six.applications]).as_data()
        due.save()
    begun = lambda: reasons_due(six)[0].begun_at  # noqa: E731
    worker.start()
    first = worker.tick_until("selection.tasks.write_due_reasons", begun, what="a worker that seeks")
    worker.kill()
    assert not recorded(six) and reasons_due(six)
    worker.start()
    with six.inside(six.staff):
        ReasonsDue.objects.update(begun_at=first - timedelta(minutes=4))
    worker.tick_until("selection.tasks.write_due_reasons", lambda: not reasons_due(six), what="the reasons")
    found = recorded(six)
    assert len(found) == 6 and all(change.reason for change in found.values())
    with six.inside(six.staff):
        assert Change.objects.filter(name=BECAUSE).count() == 6


def test_what_cannot_be_proved_ends_too(six, monkeypatch, caplog):
    """Said in the log and not asked again every few minutes for ever."""
    offer(six)
    monkeypatch.setattr(solver, "HALF", -1.0)  # no bound is near enough any more
    with pytest.raises(BadProblem):
        Question.from_data(reasons_due(six)[0].question).answer()
    assert write_due_reasons() == 1
    assert not reasons_due(six) and not any(recorded(six).values())
    assert "couldn't be proved" in caplog.text


def reasons_due(scene) -> list[ReasonsDue]:
    with scene.inside(scene.staff):
        return list(ReasonsDue.objects.all())


def hard_question(known: list[str]) -> Question:
    """150 people, the first of them known, with five scores between them, and limits within one of an even spread over four attributes."""
    draw = Random(1)
    held = {"sector": 6, "place": 6, "seniority": 4, "function": 4}
    people = [
        Candidate(
            known[i] if i < len(known) else f"p{i}",
            Decimal(draw.randint(1, 5)),
            i,
            {k: str(draw.choices(range(n), range(1, n + 1))[0]) for k, n in held.items()},
        )
        for i in range(150)
    ]
    even = [((k, str(v)), 50 // n) for k, n in held.items() for v in range(n)]
    limits = Limits({value: n - 1 for value, n in even}, {value: n + 1 for value, n in even})
    asked = Question(people, {}, 50, limits, frozenset(), {value: Kind("named") for value, _n in even})
    choice = choose(problem_of(people, {}, limits, places=50))
    return replace(asked, standing=frozenset(choice.chosen))
