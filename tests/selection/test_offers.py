"""Offers: answered once, lapsing by themselves, passed on so that the balance holds, never more than there are places."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from cohorts.models import Participation
from cohorts.states import CohortStage
from reminders.models import Message
from reminders.obligations import owed
from selection.models import Application, Offer
from selection.services.offers import accept_offer, decline_offer, lapse_offer, offer_place
from selection.states import ApplicationState as S
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.models import Change, Role
from tenancy.selectors import actor_of
from tests.queries import page_queries
from tests.selection.assess_pages import url
from tests.selection.assess_setup import make_scene

TICK = Actor.system("lapse offers")


@pytest.fixture
def offered(essex, staff):
    """Six ranked, three offered (health, police, health), three in reserve (police, health, police); one health, two police wanted."""
    return make_scene(
        essex,
        staff,
        applications=6,
        places=3,
        reserve_length=3,
        sectors=("health", "police"),
        targets={"health": 2, "police": 1},
    ).decided()


def states(scene):
    with scene.inside(scene.staff):
        return [Application.objects.get(pk=a.pk).state for a in scene.applications]


def test_accepting_on_the_page_makes_a_participant(offered):
    application = offered.applications[0]
    who = offered.member(application)
    target = url(offered, "offer-answer", application.public_id)
    page = who.client.get(target).content.decode()
    assert "You’ve been offered a place" in page and "11:59pm" in page
    response = who.client.post(target, {"answer": "accept"}, follow=True)
    assert "Your place is confirmed" in response.content.decode()
    with offered.inside(offered.staff):
        place = Participation.objects.get(cohort=offered.cohort)
        assert place.person_id == application.applicant_id and place.organisation_id == application.organisation_id
        actor = actor_of(application.applicant)
        assert actor.has_role(Role.PARTICIPANT, cohort_id=offered.cohort.pk)
        assert not actor.has_role(Role.APPLICANT, cohort_id=offered.cohort.pk)
        assert Message.objects.filter(kind="selection.accepted", recipient=application.applicant).count() == 1
        assert Offer.objects.get(application=application).answered_at is not None
    assert states(offered).count(S.ACCEPTED) == 1


def test_accepting_twice_is_one_place_and_no_error(offered):
    application = offered.applications[0]
    who = offered.member(application)
    target = url(offered, "offer-answer", application.public_id)
    for _press in range(2):
        assert who.client.post(target, {"answer": "accept"}).status_code == 302
    with offered.inside(offered.staff):
        assert Participation.objects.count() == 1
        assert Message.objects.filter(kind="selection.accepted").count() == 1
        with pytest.raises(WrongState):
            accept_offer(application=application, by=who.actor)


def test_declining_after_accepting_is_refused(offered):
    application = offered.applications[0]
    who = offered.member(application)
    target = url(offered, "offer-answer", application.public_id)
    who.client.post(target, {"answer": "accept"})
    response = who.client.post(target, {"answer": "decline", "reason": ""})
    assert response.status_code == 422 and "Accepted" in response.content.decode()
    assert states(offered)[0] == S.ACCEPTED


def test_an_answer_must_be_chosen(offered):
    application = offered.applications[0]
    who = offered.member(application)
    response = who.client.post(url(offered, "offer-answer", application.public_id), {})
    assert response.status_code == 422 and "Choose whether you accept the place" in response.content.decode()


def test_declining_moves_up_the_reserve_whose_sector_is_short(offered):
    # health has 2 of 2 and gives one back: the first reserve is police, but health is short
    declines, first_reserve, health_reserve = (offered.applications[n] for n in (0, 3, 4))
    who = offered.member(declines)
    who.client.post(
        url(offered, "offer-answer", declines.public_id), {"answer": "decline", "reason": "New job"}, follow=True
    )
    assert states(offered) == [S.DECLINED, S.OFFERED, S.OFFERED, S.RESERVE, S.OFFERED, S.RESERVE]
    with offered.inside(offered.staff):
        offer = Offer.objects.get(application=health_reserve)
        assert offer.in_place_of_id == declines.pk and offer.deadline > timezone.now() + timedelta(days=10)
        change = Change.objects.get(name="offer", subject_id=health_reserve.public_id)
        assert (
            change.reason
            == offer.reason
            == (
                f"In place of {declines.reference}. Number 2 on the reserve list. With {first_reserve.reference} instead: health must "
                "have at least 2: 1 too few."
            )
        )
        assert change.by_kind == "system"
        assert Change.objects.get(name="decline").reason == "New job"
        told = Message.objects.get(kind="selection.place_free")
        assert told.recipient_id == offered.staff.person.pk and health_reserve.reference in told.subject
        assert Message.objects.filter(kind="selection.offered", recipient=health_reserve.applicant).exists()
        assert not Message.objects.filter(kind="selection.offered", recipient=first_reserve.applicant).exists()
        letter = Message.objects.get(kind="selection.offered", recipient=health_reserve.applicant)
        assert "In place of" not in letter.body_text and declines.reference not in letter.body_text
    page = offered.staff.client.get(url(offered, "offer-list"))
    assert offer.reason in page.content.decode()
    # whoever is left is numbered anew, for staff, in the download and for themselves; the record keeps where each began
    left = [offered.applications[n] for n in (3, 5)]
    assert [(r["application"].pk, r["position"]) for r in page.context["reserves"]] == [
        (a.pk, n + 1) for n, a in enumerate(left)
    ]
    lines = offered.staff.client.get(url(offered, "offer-list") + "?list=reserves&download=csv").content.decode(
        "utf-8-sig"
    )
    assert [line.split(",")[0] for line in lines.splitlines()[1:]] == ["1", "2"]
    own = offered.member(left[1]).client.get(url(offered, "offer-answer", left[1].public_id)).content.decode()
    assert "number 2 of 2" in own
    with offered.inside(offered.staff):
        kept = Application.objects.filter(state=S.RESERVE).order_by("reserve_position")
        assert list(kept.values_list("pk", "reserve_position")) == [(left[0].pk, 1), (left[1].pk, 3)]


def test_without_a_short_sector_the_first_reserve_moves_up(essex, staff):
    scene = make_scene(essex, staff, applications=4, places=2, reserve_length=2).decided()
    who = scene.member(scene.applications[0])
    with scene.inside(who):
        moved = decline_offer(application=scene.applications[0], by=who.actor)
        assert moved.pk == scene.applications[2].pk


def test_with_no_reserve_staff_are_told_and_the_place_stays_free(essex, staff):
    scene = make_scene(essex, staff, applications=2, places=2, reserve_length=0).decided()
    who = scene.member(scene.applications[0])
    with scene.inside(who):
        assert decline_offer(application=scene.applications[0], by=who.actor) is None
        assert "Nobody moved up by itself" in Message.objects.get(kind="selection.place_free").body_text


def test_once_the_cohort_runs_staff_decide(offered):
    with offered.inside(offered.staff):
        offered.cohort.stage = CohortStage.RUNNING
        offered.cohort.save()
    who = offered.member(offered.applications[0])
    with offered.inside(who):
        assert decline_offer(application=offered.applications[0], by=who.actor) is None
    assert S.RESERVE in states(offered)


def overdue(scene, application):
    with scene.inside(scene.staff):
        Offer.objects.filter(application=application).update(deadline=timezone.now() - timedelta(minutes=1))
        return Offer.objects.select_related("application__round").get(application=application)


def test_lapsing_passes_the_place_on_once(offered):
    offer = overdue(offered, offered.applications[0])
    with offered.inside():
        assert lapse_offer(offer=offer, by=TICK, now=timezone.now()) is True
        assert lapse_offer(offer=offer, by=TICK, now=timezone.now()) is False
    assert states(offered) == [S.LAPSED, S.OFFERED, S.OFFERED, S.RESERVE, S.OFFERED, S.RESERVE]
    with offered.inside(offered.staff):
        assert Message.objects.filter(kind="selection.lapsed").count() == 1
        assert Change.objects.get(name="lapse").by_kind == "system"


def test_lapsing_leaves_offers_that_are_in_time_or_answered(offered):
    application = offered.applications[0]
    with offered.inside():
        offer = Offer.objects.select_related("application__round").get(application=application)
        assert lapse_offer(offer=offer, by=TICK, now=timezone.now()) is False
    who = offered.member(application)
    with offered.inside(who):
        accept_offer(application=application, by=who.actor)
    offer = overdue(offered, application)
    with offered.inside():
        assert lapse_offer(offer=offer, by=TICK, now=timezone.now()) is False
    assert states(offered)[0] == S.ACCEPTED


def test_after_the_deadline_there_is_nothing_to_answer(offered):
    application = offered.applications[0]
    overdue(offered, application)
    who = offered.member(application)
    target = url(offered, "offer-answer", application.public_id)
    assert "The deadline has passed" in who.client.get(target).content.decode()
    response = who.client.post(target, {"answer": "accept"})
    assert response.status_code == 422 and "contact the programme team" in response.content.decode().lower()
    assert states(offered)[0] == S.OFFERED


def test_staff_offer_a_free_place_out_of_turn_but_never_one_too_many(essex, staff):
    scene = make_scene(essex, staff, applications=4, places=2, reserve_length=1).decided()
    last = scene.applications[3]
    with scene.inside(staff), pytest.raises(Refused, match="no free place"):
        offer_place(application=last, by=staff.actor, reason="x")
    who = scene.member(scene.applications[0])
    with scene.inside(who):
        decline_offer(application=scene.applications[0], by=who.actor)  # the reserve takes it
    who = scene.member(scene.applications[1])
    with scene.inside(who):
        decline_offer(application=scene.applications[1], by=who.actor)  # nobody is left in reserve
    target = url(scene, "offer-place", last.public_id)
    assert "1 place is free." in staff.client.get(target).content.decode()
    assert staff.client.post(target, {"reason": ""}).status_code == 422
    assert staff.client.post(target, {"reason": "asked for by the board"}).status_code == 302
    assert staff.client.post(target, {"reason": "again"}).status_code == 422
    assert states(scene) == [S.DECLINED, S.DECLINED, S.OFFERED, S.OFFERED]


def test_nobody_answers_for_the_applicant(offered, stranger, bystander):
    application = offered.applications[0]
    target = url(offered, "offer-answer", application.public_id)
    rival = offered.member(offered.applications[1])
    for other in (bystander, rival, offered.staff, offered.assessors[0]):
        assert other.client.get(target).status_code == 403
        assert other.client.post(target, {"answer": "accept"}).status_code == 403
    assert stranger.client.get(target).status_code == 404
    for call in (accept_offer, decline_offer):
        with offered.inside(rival), pytest.raises(NotAllowed):
            call(application=application, by=rival.actor)
    with offered.inside(rival), pytest.raises(NotAllowed):
        offer_place(application=application, by=rival.actor, reason="me")
    assert rival.client.get(url(offered, "offer-place", application.public_id)).status_code == 403


def test_what_is_owed_follows_the_offers(offered):
    with offered.inside(offered.staff):
        mine = owed(kind="selection.offer")
        assert {o.person_id for o in mine} == {a.applicant_id for a in offered.applications[:3]}
        assert all(o.label() == "Accept or decline your place on Cohort 2" for o in mine)
    who = offered.member(offered.applications[0])
    with offered.inside(who):
        accept_offer(application=offered.applications[0], by=who.actor)
        assert len(owed(kind="selection.offer")) == 2


def test_scores_are_owed_once_a_round_with_the_count(essex, staff):
    scene = make_scene(essex, staff)
    scene.start()
    with scene.inside(staff):
        mine = owed(kind="selection.score")
        assert {o.person_id for o in mine} == {a.person.pk for a in scene.assessors}
        assert {o.label() for o in mine} == {"Score the applications in your pile (4 left)"}
        assert all(o.due == scene.round.score_by and o.cohort_id == scene.cohort.pk for o in mine)
        assert owed(kind="selection.score", person_id=scene.assessors[0].person.pk)[0].path(essex) == url(
            scene, "assess-pile"
        )
    for application in scene.applications:
        scene.score(scene.assessors[0], application, [4, 4, 4])
    with scene.inside(staff):
        assert [o.person_id for o in owed(kind="selection.score")] == [scene.assessors[1].person.pk]


@pytest.mark.parametrize("count", [1, 3])
def test_pages_cost_the_same_whatever_the_rows(essex, staff, count):
    scene = make_scene(essex, staff, applications=2 * count, places=count, reserve_length=count).decided()
    assert page_queries(staff.client, url(scene, "offer-list")) == 12
    who = scene.member(scene.applications[0])
    assert page_queries(who.client, url(scene, "offer-answer", scene.applications[0].public_id)) == 5
