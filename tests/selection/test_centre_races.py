"""Two at once at an assessment centre: the last room at a time, a time taken out, calling off; and what retention deletes of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connections
from django.utils import timezone

from selection.models import CentrePlace, ObservedMark, Observer
from selection.selectors.ranking import rank_round
from selection.services.assessment import start_moderation
from selection.services.centre import call_off_centre, close_centre, withdraw_slot
from selection.services.centre_places import book_slot, note_missed
from selection.services.choosing import composition_of, make_offers
from selection.services.observing import name_observer
from selection.services.offers import accept_offer
from selection.states import CentrePlaceState
from tenancy.models import Change, Role
from tenancy.scope import tenant_context
from tenancy.selectors import actor_of
from tenancy.services.retention import delete_due
from tests.clock import travel
from tests.conftest import make_member
from tests.factories.tenancy import make_tenant
from tests.selection.centre_setup import make_centre
from tests.selection.test_selection_races import as_person, at_once, refusals

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])


@pytest.fixture
def centre(transactional_db):
    tenant = make_tenant("essex", "Essex Partners")
    staff = make_member(tenant, "Sita Staff", Role.STAFF)
    made = make_centre(tenant, staff, points=lambda a, _i: [7 - int(a.reference[-4:])] * 3)
    made.call(0, 1, 2)
    return made


def booking(centre, n, slot):
    who = centre.scene.member(centre.scene.applications[n])
    with centre.inside():
        place = centre.place(n)
    return as_person(centre.scene, who, lambda by: book_slot(place=place, slot=centre.slots[slot], by=by))


def states(centre):
    with centre.inside():
        return [(p.state, p.slot_id) for p in CentrePlace.objects.order_by("application__reference")]


def test_the_last_room_is_one_persons_and_a_double_click_is_one(centre):
    results = at_once(*(booking(centre, n, 0) for n in (0, 1, 2)), booking(centre, 0, 0))
    with centre.inside():
        seated = list(CentrePlace.objects.filter(state=CentrePlaceState.BOOKED))
        assert len(seated) == 1 and seated[0].slot_id == centre.slots[0].pk
        mine = seated[0].application_id == centre.scene.applications[0].pk
        # a double click changes nothing
        assert Change.objects.filter(name="book").count() == 1 and seated[0].sequence == 1
    assert len(refusals(results)) == (2 if mine else 3)


def test_two_who_exchange_their_times_dont_wait_for_each_other(centre):
    for n in (0, 1):
        centre.book(n, n)
    at_once(booking(centre, 0, 1), booking(centre, 1, 0))
    slots = [slot for state, slot in states(centre) if state == CentrePlaceState.BOOKED]
    assert len(slots) == len(set(slots)) == 2


def test_a_time_is_booked_or_taken_out(centre):
    taken_out = as_person(centre.scene, centre.staff, lambda by: withdraw_slot(slot=centre.slots[0], by=by))
    results = at_once(booking(centre, 0, 0), taken_out)
    assert len(refusals(results)) == 1
    with centre.inside():
        centre.slots[0].refresh_from_db()
        booked = centre.place(0).slot_id == centre.slots[0].pk
        assert booked is (centre.slots[0].withdrawn_at is None)


def test_nobody_is_left_with_a_time_when_it_is_called_off(centre):
    off = as_person(centre.scene, centre.staff, lambda by: call_off_centre(centre=centre.centre, reason="Snow", by=by))
    at_once(booking(centre, 0, 0), off, booking(centre, 1, 1))
    assert states(centre) == [(CentrePlaceState.RELEASED, None)] * 3


def test_one_observer_named_in_two_rooms_at_once_is_in_one(centre):
    with centre.inside():
        for slot in centre.slots[1:]:
            type(slot).objects.filter(pk=slot.pk).update(
                starts_at=centre.slots[0].starts_at, ends_at=centre.slots[0].ends_at, where=f"Room {slot.pk}"
            )
    for n in (0, 1, 2):
        centre.book(n, n)
    who = centre.scene.assessors[0].person

    def naming(n):
        with centre.inside():
            place = centre.place(n)
        return as_person(
            centre.scene,
            centre.staff,
            lambda by: name_observer(place=place, exercise=centre.group, person=who, reason="needed", by=by),
        )

    results = at_once(*(naming(n) for n in (0, 1, 2)))
    assert len(refusals(results)) == 2
    with centre.inside():
        assert Observer.objects.count() == 1


def everything(model, tenant) -> int:
    with connections["owner"].cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{model._meta.db_table}" WHERE tenant_id = %s', [tenant.pk])
        return cursor.fetchone()[0]


def test_it_goes_with_the_application_and_of_those_with_a_place_with_the_scores(centre):
    scene, staff, tenant = centre.scene, centre.staff, centre.scene.tenant
    for n in (0, 1, 2):
        centre.book(n, n)
    for n in (0, 1):
        for exercise, who in zip(
            (centre.interview, centre.group), centre.free_observers(scene.applications[n])[:2], strict=True
        ):
            centre.mark(centre.watch(n, exercise, who), who, [6 - n, 6 - n])
    with centre.inside(), travel(centre.after()):
        note_missed(place=centre.place(2), by=staff.actor)
        close_centre(centre=centre.centre, by=staff.actor)
        start_moderation(round=scene.round, by=staff.actor)
    with centre.inside():
        scene.round.refresh_from_db()
        ranked = rank_round(scene.round, places=2)
        make_offers(round=scene.round, seal=composition_of(scene.round, ranked).seal, by=staff.actor)
        winner = scene.fresh(scene.applications[0])
    with tenant_context(tenant, winner.applicant):
        accept_offer(application=winner, by=actor_of(winner.applicant))
    tables = (CentrePlace, Observer, ObservedMark)
    events = [apps.get_model("selection", f"{model.__name__}Event") for model in tables]
    assert [everything(model, tenant) for model in tables] == [3, 4, 8]
    assert all(everything(event, tenant) for event in events)
    with centre.inside():
        assert Change.objects.filter(subject_kind="selection.CentrePlace").exists()
    delete_due(tenant=tenant, now=timezone.now() + timedelta(days=184))
    # the other offer is open still, so that application stays; its marks go as scores do
    assert [everything(model, tenant) for model in (*tables, *events)] == [0] * 6
    with centre.inside():
        assert not Change.objects.filter(subject_kind="selection.CentrePlace").exists()
