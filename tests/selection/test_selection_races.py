"""Two at once, in real transactions of their own: the last place, one offer twice, answer against lapsing; and the tick."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connections
from django.utils import timezone

from cohorts.models import Participation
from cohorts.services.participation import withdraw_participant
from reminders.models import Message
from selection.models import Application, AssessorAllocation, Deferral, Offer, Score
from selection.selectors.ranking import rank_round
from selection.services.applications import withdraw_application
from selection.services.choosing import composition_of, make_offers
from selection.services.deferrals import agree_deferral, ask_to_defer, offer_kept_places
from selection.services.moderation import moderate_application
from selection.services.offers import (
    accept_offer,
    decline_offer,
    give_up_place,
    lapse_offer,
    offer_place,
    withdraw_offer,
)
from selection.states import ApplicationState as S
from selection.tasks import expire_kept_places, lapse_overdue_offers
from tenancy.actors import Actor
from tenancy.errors import Refused
from tenancy.models import Role
from tenancy.scope import tenant_context
from tests.conftest import make_member
from tests.factories.tenancy import make_tenant
from tests.selection.assess_setup import make_scene

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])


@pytest.fixture
def town(transactional_db):
    tenant = make_tenant("essex", "Essex Partners")
    return tenant, make_member(tenant, "Sita Staff", Role.STAFF), make_member(tenant, "Theo Staff", Role.STAFF)


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Run the calls in threads that start together; each result, or the refusal it ended with."""
    barrier = threading.Barrier(len(calls))
    results: list[object] = [None] * len(calls)

    def run(index: int, call: Callable[[], object]) -> None:
        try:
            barrier.wait(timeout=10)
            results[index] = call()
        except Refused as refusal:
            results[index] = refusal
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(i, call)) for i, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert not any(thread.is_alive() for thread in threads)
    return results


def as_person(scene, who, call):
    def run():
        with tenant_context(scene.tenant, who.person):
            return call(who.actor)

    return run


def refusals(results):
    return [r for r in results if isinstance(r, Refused)]


def count(scene, state):
    with tenant_context(scene.tenant):
        return Application.objects.filter(state=state).count()


def test_two_staff_offer_the_last_place_to_two_people(town):
    tenant, one, two = town
    scene = make_scene(tenant, one, applications=4, places=2, reserve_length=0).decided()
    with tenant_context(tenant, one.person):
        Application.objects.filter(pk=scene.applications[0].pk).update(state=S.DECLINED)
    first, second = scene.fresh(scene.applications[2]), scene.fresh(scene.applications[3])
    results = at_once(
        as_person(scene, one, lambda by: offer_place(application=first, by=by, reason="a")),
        as_person(scene, two, lambda by: offer_place(application=second, by=by, reason="b")),
    )
    assert len(refusals(results)) == 1
    assert count(scene, S.OFFERED) == 2


def test_two_staff_make_the_same_offers(town):
    tenant, one, two = town
    scene = make_scene(tenant, one, applications=4, places=2).moderating()
    with tenant_context(tenant, one.person):
        seal = composition_of(scene.round, rank_round(scene.round, places=2)).seal
    results = at_once(
        *(as_person(scene, who, lambda by: make_offers(round=scene.round, seal=seal, by=by)) for who in (one, two))
    )
    assert len(refusals(results)) == 1
    assert count(scene, S.OFFERED) == 2
    with tenant_context(tenant):
        assert Message.objects.filter(kind="selection.offered").count() == 2


def test_one_offer_accepted_twice_is_one_place(town):
    tenant, one, _two = town
    scene = make_scene(tenant, one).decided()
    application = scene.fresh(scene.applications[0])
    who = scene.member(application)
    results = at_once(
        *(as_person(scene, who, lambda by: accept_offer(application=application, by=by)) for _ in range(4))
    )
    assert len(refusals(results)) == 3
    with tenant_context(tenant):
        assert Participation.objects.count() == 1
        assert Message.objects.filter(kind="selection.accepted").count() == 1


def test_accepting_against_declining_and_lapsing(town):
    tenant, one, _two = town
    scene = make_scene(tenant, one, applications=6, places=2, reserve_length=4).decided()
    application = scene.fresh(scene.applications[0])
    who = scene.member(application)
    with tenant_context(tenant):
        offer = Offer.objects.select_related("application__round").get(application=application)

    def lapse(_by):
        # a tick whose clock says that the deadline has passed, while the applicant's still says it hasn't
        return lapse_offer(offer=offer, by=Actor.system("tick"), now=offer.deadline + timedelta(seconds=1))

    results = at_once(
        as_person(scene, who, lambda by: accept_offer(application=application, by=by)),
        as_person(scene, who, lambda by: decline_offer(application=application, by=by)),
        as_person(scene, who, lapse),
    )
    won = [r for r in results if not isinstance(r, Refused) and r is not False]
    assert len(won) == 1
    assert scene.fresh(application).state in {S.ACCEPTED, S.DECLINED, S.LAPSED}
    assert count(scene, S.OFFERED) + count(scene, S.ACCEPTED) == 2


def test_everyone_declines_at_once_and_no_place_is_offered_twice(town):
    tenant, one, _two = town
    scene = make_scene(tenant, one, applications=8, places=3, reserve_length=5).decided()
    calls = []
    for application in scene.applications[:3]:
        who = scene.member(application)
        fresh = scene.fresh(application)
        calls.append(as_person(scene, who, lambda by, fresh=fresh: decline_offer(application=fresh, by=by)))
    results = at_once(*calls)
    assert refusals(results) == []
    assert len({r.pk for r in results}) == 3
    assert (count(scene, S.OFFERED), count(scene, S.RESERVE), count(scene, S.DECLINED)) == (3, 2, 3)


def test_a_reserve_who_withdraws_at_that_moment_is_passed_over(town):
    tenant, one, _two = town
    scene = make_scene(tenant, one, applications=6, places=2, reserve_length=2).decided()
    declines, reserve = scene.fresh(scene.applications[0]), scene.fresh(scene.applications[2])
    who, leaves = scene.member(declines), scene.member(reserve)
    results = at_once(
        as_person(scene, who, lambda by: decline_offer(application=declines, by=by)),
        as_person(scene, leaves, lambda by: withdraw_application(application=reserve, by=by)),
    )
    assert not isinstance(results[0], Refused)
    # whoever came first, the place is on offer and nobody who withdrew holds it
    assert count(scene, S.OFFERED) == 2
    if scene.fresh(reserve).state == S.WITHDRAWN:
        assert results[0].pk == scene.applications[3].pk


def test_two_staff_moderate_the_same_application(town):
    tenant, one, two = town
    scene = make_scene(tenant, one).moderating()
    application = scene.fresh(scene.applications[0])
    results = at_once(
        *(
            as_person(
                scene,
                who,
                lambda by: moderate_application(
                    application=application, points=Decimal(4), reason="r", version=0, by=by
                ),
            )
            for who in (one, two)
        )
    )
    assert len(refusals(results)) == 1


def test_the_tick_ends_what_is_overdue_in_every_tenant_and_only_once(town):
    tenant, one, _two = town
    other = make_tenant("hsmc", "HSMC Birmingham")
    scenes = [
        make_scene(tenant, one, applications=3, places=1, reserve_length=1).decided(),
        make_scene(
            other, make_member(other, "Stan Staff", Role.STAFF), applications=3, places=1, reserve_length=1
        ).decided(),
    ]
    for scene in scenes:
        with scene.inside(scene.staff):
            Offer.objects.update(deadline=timezone.now() - timedelta(minutes=1))
    assert lapse_overdue_offers() == 2
    assert lapse_overdue_offers() == 0
    for scene in scenes:
        assert [scene.fresh(a).state for a in scene.applications] == [S.LAPSED, S.OFFERED, S.ELIGIBLE]


def test_withdrawing_against_accepting_and_lapsing(town):
    tenant, one, two = town
    scene = make_scene(tenant, one, applications=4, places=1, reserve_length=3).decided()
    application = scene.fresh(scene.applications[0])
    who = scene.member(application)
    with tenant_context(tenant):
        offer = Offer.objects.select_related("application__round").get(application=application)
    late = offer.deadline + timedelta(seconds=1)
    results = at_once(
        as_person(scene, who, lambda by: accept_offer(application=application, by=by)),
        as_person(scene, one, lambda by: withdraw_offer(application=application, reason="a", by=by)),
        as_person(scene, two, lambda by: withdraw_offer(application=application, reason="b", by=by)),
        as_person(scene, two, lambda _by: lapse_offer(offer=offer, by=Actor.system("tick"), now=late)),
    )
    assert len([r for r in results if not isinstance(r, Refused) and r is not False]) == 1
    assert scene.fresh(application).state in {S.ACCEPTED, S.RESCINDED, S.LAPSED}
    assert count(scene, S.OFFERED) + count(scene, S.ACCEPTED) == 1


def test_agreeing_to_defer_against_accepting_and_a_second_member_of_staff(town):
    tenant, one, two = town
    scene = make_scene(tenant, one, applications=4, places=1, reserve_length=2).decided()
    application = scene.fresh(scene.applications[0])
    who = scene.member(application)
    with tenant_context(tenant, who.person):
        ask_to_defer(application=application, wish="Later", by=who.actor)
    with tenant_context(tenant):
        deferral = Deferral.objects.select_related("application__round").get()
    until = timezone.localdate() + timedelta(days=900)
    results = at_once(
        as_person(scene, who, lambda by: accept_offer(application=application, by=by)),
        as_person(scene, one, lambda by: agree_deferral(deferral=deferral, keep_until=until, reason="a", by=by)),
        as_person(scene, two, lambda by: agree_deferral(deferral=deferral, keep_until=until, reason="b", by=by)),
    )
    assert len(refusals(results)) == 2
    assert count(scene, S.OFFERED) + count(scene, S.ACCEPTED) == 1
    with tenant_context(tenant):
        agreed = Deferral.objects.get().state == "agreed"
    assert agreed == (scene.fresh(application).state == S.DEFERRED)


def test_giving_a_place_up_while_staff_record_that_the_person_leaves(town):
    tenant, one, _two = town
    scene = make_scene(tenant, one, applications=4, places=1, reserve_length=2).decided()
    application = scene.fresh(scene.applications[0])
    who = scene.member(application)
    with tenant_context(tenant, who.person):
        accept_offer(application=application, by=who.actor)
    with tenant_context(tenant):
        place = Participation.objects.select_related("person", "cohort").get()
    results = at_once(
        as_person(scene, who, lambda by: give_up_place(application=application, by=by)),
        as_person(scene, one, lambda by: withdraw_participant(participation=place, reason="Rang", by=by)),
    )
    assert len(refusals(results)) == 1
    assert (count(scene, S.GAVE_UP), count(scene, S.OFFERED)) == (1, 1)


def test_one_kept_place_is_offered_once(town):
    tenant, one, two = town
    scene = make_scene(tenant, one, applications=2, places=1, reserve_length=0).decided()
    later = make_scene(tenant, one, applications=1, places=3)
    with tenant_context(tenant, one.person):
        later.cohort.starts_on, later.cohort.ends_on = (timezone.localdate() + timedelta(days=n) for n in (500, 700))
        later.cohort.save()
        Application.objects.filter(pk=scene.applications[0].pk).update(state=S.DEFERRED)
        kept = Deferral.objects.create(
            application=scene.applications[0],
            state="agreed",
            wish="Later",
            asked_at=timezone.now(),
            keep_until=timezone.localdate() + timedelta(days=900),
        )
    results = at_once(
        *(
            as_person(later, who, lambda by: offer_kept_places(round=later.round, deferrals=[kept.public_id], by=by))
            for who in (one, two)
        )
    )
    assert len(refusals(results)) == 1
    with tenant_context(tenant):
        assert Application.objects.filter(round=later.round, state=S.OFFERED).count() == 1


def test_the_tick_leaves_what_waits_for_staff_and_ends_kept_places_after_their_day(town):
    tenant, one, _two = town
    scene = make_scene(tenant, one, applications=4, places=2, reserve_length=0).decided()
    waiting = scene.fresh(scene.applications[0])
    who = scene.member(waiting)
    with tenant_context(tenant, who.person):
        ask_to_defer(application=waiting, wish="Later", by=who.actor)
    with tenant_context(tenant, one.person):
        Offer.objects.update(deadline=timezone.now() - timedelta(minutes=1))
        for application, ahead in ((scene.applications[2], -1), (scene.applications[3], 0)):
            Deferral.objects.create(
                application=application,
                state="agreed",
                wish="Later",
                asked_at=timezone.now(),
                keep_until=timezone.localdate() + timedelta(days=ahead),
            )
    assert lapse_overdue_offers() == 1
    assert scene.fresh(waiting).state == S.OFFERED
    assert (expire_kept_places(), expire_kept_places()) == (1, 0)


def test_two_assessors_finish_one_application_at_once_and_one_of_them_twice(town):
    tenant, one, _two = town
    scene = make_scene(tenant, one, applications=1, places=1)
    scene.start()
    application = scene.applications[0]
    first, second = scene.assessors
    results = at_once(
        *(lambda who=who: scene.score(who, application, [4, 4, 4]) for who in (first, second)),
        lambda: scene.score(first, application, [4, 4, 4]),
    )
    assert len(refusals(results)) == 1
    with tenant_context(tenant, one.person):
        assert AssessorAllocation.objects.filter(finished_at__isnull=False).count() == 2
        assert Score.objects.count() == 6
