"""Whom members would rather not sit with: asked without a reason, shown to nobody, kept by the composer, gone afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, connections
from django.urls import reverse
from django.utils import timezone

from cohorts.composing import divide, even_sizes
from cohorts.mixing import aims_of
from cohorts.models import SetMembership, SetPlan, SetVeto, VetoAnswer, VetoRound
from cohorts.selectors.mixing import people_to_divide, problem_of
from cohorts.selectors.vetoes import counts_of, vetoed_pairs
from cohorts.services.participation import withdraw_participant
from cohorts.services.sets import compose_sets, publish_sets
from cohorts.services.vetoes import answer_vetoes, close_veto_round, end_veto_round, forget_vetoes, open_veto_round
from engine.jobs import run
from reminders.models import Message
from reminders.selectors import read_obligations
from tenancy.conflicts import pair
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.models import Change, Role
from tenancy.privacy import export_person
from tenancy.scope import tenant_context
from tests.conftest import make_member
from tests.factories.cohorts import SYSTEM, make_cohort, make_many, make_participant, sign_in_as
from tests.factories.tenancy import make_tenant

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])
WEEK = timedelta(days=7)


class Cohort12:
    """Twelve people of twelve bodies, staff, another cohort's staff, and a round that is open."""

    def __init__(self) -> None:
        self.tenant = make_tenant("essex", "Essex Partners")
        self.staff = make_member(self.tenant, "Sita Staff", Role.STAFF)
        with tenant_context(self.tenant):
            self.cohort = make_cohort()
            self.places = make_many(self.cohort, 12)
            self.round = open_veto_round(cohort=self.cohort, until=timezone.now() + WEEK, by=self.staff.actor)
        self.people = [place.person for place in self.places]
        self.members = [sign_in_as(self.tenant, person) for person in self.people[:3]]

    def at(self, name: str, row: object) -> str:
        return reverse(f"cohorts:{name}", kwargs={"tenant": "essex", "public_id": row.public_id})  # type: ignore[attr-defined]

    def answer(self, n: int, *others: int) -> int:
        data = {"others": [self.people[i].public_id for i in others]}
        return self.members[n].client.post(self.at("veto-answer", self.round), data).status_code

    def rows_seen(self, person: object | None) -> list[tuple[int, int]]:
        with tenant_context(self.tenant, person), connection.cursor() as cursor:  # type: ignore[arg-type]
            cursor.execute("SELECT person_id, other_id FROM cohorts_setveto ORDER BY 1, 2")
            return [tuple(row) for row in cursor.fetchall()]

    def number_left(self) -> int:
        with connections["owner"].cursor() as cursor:
            cursor.execute("SELECT count(*) FROM cohorts_setveto")
            return int(cursor.fetchone()[0])


def test_members_answer_in_confidence_and_staff_see_that_they_have(transactional_db: None) -> None:
    world = Cohort12()
    people, (one, _two, _three) = world.people, world.members
    page, staffs = world.at("veto-answer", world.round), world.at("veto-round", world.cohort)
    with tenant_context(world.tenant):
        asked = Message.objects.filter(kind="cohorts.veto_asked")
        assert asked.count() == 12 and all(m.asks for m in asked)
        assert len(read_obligations(kind="cohorts.veto")) == 12
        again = open_veto_round(cohort=world.cohort, until=timezone.now() + WEEK, by=world.staff.actor)
        assert again == world.round and asked.count() == 12
    shown = one.client.get(page).content.decode()
    assert people[5].name in shown and "Nobody is told whom you named" in shown and people[0].public_id not in shown
    too_many = one.client.post(page, {"others": [people[i].public_id for i in (3, 4, 5)]})
    assert too_many.status_code == 422 and "Choose 2 people at most" in too_many.content.decode()
    for _click in range(2):
        assert world.answer(0, 3, 4) == 302
    assert (world.answer(0, 4, 5), world.answer(1), world.answer(2, 0)) == (302, 302, 302)
    # the newer answer counts; each reads their own, staff and the person named read nothing, whatever the code asks
    assert world.rows_seen(people[0]) == [(people[0].pk, people[4].pk), (people[0].pk, people[5].pk)]
    for nobody in (world.staff.person, people[4], people[1], None):
        assert world.rows_seen(nobody) == []
    page_of_staff = world.staff.client.get(staffs).content.decode()
    assert "3 of 12 have answered" in page_of_staff and people[4].name not in page_of_staff
    assert f'value="{people[4].public_id}" checked' in one.client.get(page).content.decode()
    assert people[4].name in str(copy_of(world, people[0])) and people[0].name not in str(copy_of(world, people[4]))
    with tenant_context(world.tenant):
        assert counts_of(world.round) == (3, 12)
        owed = {o.person_id for o in read_obligations(kind="cohorts.veto")}
        assert owed == {p.pk for p in people[3:]}
        assert not Change.objects.filter(subject_id=world.round.public_id).exclude(name="open").exists()
        withdraw_participant(participation=world.places[11], by=SYSTEM, reason="Moved")
        assert counts_of(world.round) == (3, 11)
        outsider = make_participant(make_cohort("Cohort 3"), "Olu Other").person
    other = sign_in_as(world.tenant, outsider)
    assert (other.client.get(page).status_code, world.staff.client.get(page).status_code) == (403, 403)
    assert one.client.get(staffs).status_code == 403
    with tenant_context(world.tenant, one.person):
        for wrong in (people[0], people[11], outsider):
            with pytest.raises(Refused, match="Choose from the people"):
                answer_vetoes(round=world.round, others=[wrong], by=one.actor)
        with pytest.raises(NotAllowed):
            open_veto_round(cohort=world.cohort, until=timezone.now() + WEEK, by=one.actor)
        with pytest.raises(NotAllowed):
            answer_vetoes(round=world.round, others=[], by=world.staff.actor)


def copy_of(world: Cohort12, person: object) -> object:
    with tenant_context(world.tenant, person):  # type: ignore[arg-type]
        return export_person(person)  # type: ignore[arg-type]


def test_the_composer_keeps_them_apart_and_forgets(transactional_db: None) -> None:
    world = Cohort12()
    people = world.people
    assert (world.answer(0, 1, 2), world.answer(1, 0), world.answer(2, 3)) == (302, 302, 302)
    with tenant_context(world.tenant, world.staff.person), pytest.raises(WrongState, match="still answering"):
        compose_sets(cohort=world.cohort, by=world.staff.actor, sets=2)
    close = world.at("veto-close", world.round)
    for _click in range(2):
        assert world.staff.client.post(close, {"end": "no"}).status_code == 302
    assert world.answer(0) == 422
    wanted = {pair(people[a].pk, people[b].pk) for a, b in ((0, 1), (0, 2), (2, 3))}
    with tenant_context(world.tenant):
        assert vetoed_pairs(world.cohort.pk) == wanted
        # a rule of the problem like any other: without it the same seed seats some of them together
        everyone = people_to_divide(world.cohort.pk)
        number = {person.pk: i for i, person in enumerate(everyone)}
        free = problem_of(everyone, sizes=even_sizes(12, 2), aims=aims_of({}))
        kept = problem_of(everyone, sizes=even_sizes(12, 2), aims=aims_of({}), vetoed=wanted)
        together = [
            [
                sum(d.places[number[a]] == d.places[number[b]] for a, b in wanted)
                for d in (divide(p, seed=s) for s in range(4))
            ]
            for p in (free, kept)
        ]
        assert sum(together[0]) > 0 and together[1] == [0, 0, 0, 0]
    with tenant_context(world.tenant, world.staff.person):
        job = compose_sets(cohort=world.cohort, by=world.staff.actor, sets=2)
    run(job.tenant_id, job.pk)
    with tenant_context(world.tenant):
        plan = SetPlan.objects.get(state="proposed")
        seats = dict(SetMembership.objects.filter(plan=plan).values_list("person_id", "learning_set_id"))
        assert all(seats[a] != seats[b] for a, b in wanted)
    board = world.staff.client.get(world.at("set-plan", plan)).content.decode()
    assert "Every rule is kept" in board and "rather not" not in board
    with tenant_context(world.tenant, world.staff.person):
        with pytest.raises(WrongState, match="last round"):
            open_veto_round(cohort=world.cohort, until=timezone.now() + WEEK, by=world.staff.actor)
        publish_sets(plan=plan, version=plan.version, by=world.staff.actor)
    assert world.number_left() == 0
    with tenant_context(world.tenant):
        world.round.refresh_from_db()
        assert world.round.settled_at is not None and VetoAnswer.objects.count() == 3
        assert read_obligations(kind="cohorts.veto") == []
        assert open_veto_round(cohort=world.cohort, until=timezone.now() + WEEK, by=SYSTEM).pk != world.round.pk
    assert "been deleted" in world.members[0].client.get(world.at("veto-answer", world.round)).content.decode()


def test_a_round_ended_without_sets_is_forgotten_and_a_cut_off_deletion_made_up_for(transactional_db: None) -> None:
    world = Cohort12()
    assert world.answer(0, 1) == 302 and world.number_left() == 1
    # settled, and the process dies before it deletes
    with tenant_context(world.tenant):
        VetoRound.objects.update(settled_at=timezone.now())
        assert vetoed_pairs(world.cohort.pk) == set()
    assert (forget_vetoes(), forget_vetoes(), world.number_left()) == (1, 0, 0)
    with tenant_context(world.tenant):
        second = open_veto_round(cohort=world.cohort, until=timezone.now() + WEEK, by=SYSTEM)
    with tenant_context(world.tenant, world.people[0]):
        answer_vetoes(round=second, others=[world.people[1]], by=world.members[0].actor)
        with pytest.raises(NotAllowed):
            close_veto_round(round=second, by=world.members[0].actor)
    with tenant_context(world.tenant, world.staff.person):
        end_veto_round(round=second, by=world.staff.actor)
        with pytest.raises(Refused, match="next two months"):
            open_veto_round(cohort=world.cohort, until=timezone.now() - WEEK, by=world.staff.actor)
    assert world.number_left() == 0
    with tenant_context(world.tenant), pytest.raises(WrongState):
        answer_vetoes(round=second, others=[], by=world.members[1].actor)
    assert SetVeto.unscoped("sys").count() == 0
