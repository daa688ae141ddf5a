"""Deferral: asked by the applicant, decided by staff, kept until a day, offered first in the next round."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from engine.dates import uk_date
from reminders.models import Message
from reminders.obligations import owed
from selection.models import Application, Deferral, Offer
from selection.selectors.ranking import rank_round
from selection.services.choosing import composition_of, make_offers
from selection.services.deferrals import (
    agree_deferral,
    ask_to_defer,
    end_deferral,
    expire_deferral,
    offer_kept_places,
    refuse_deferral,
)
from selection.services.offers import accept_offer, decline_offer, lapse_offer, withdraw_offer
from selection.states import ApplicationState as S
from selection.states import DeferralState as D
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.models import Change
from tests.queries import page_queries
from tests.selection.assess_pages import url
from tests.selection.assess_setup import make_scene

# After the start of both cohorts.
LATER = timezone.localdate() + timedelta(days=900)
KEEP = {
    "decision": "agree",
    "keep_until-day": str(LATER.day),
    "keep_until-month": str(LATER.month),
    "keep_until-year": str(LATER.year),
}
WISH = "My father is very ill; next spring would work."


@pytest.fixture
def offered(essex, staff):
    """Two places offered, one reserve; the first asks to defer."""
    scene = make_scene(essex, staff, applications=4, places=2, reserve_length=1).decided()
    scene.extra["who"] = scene.member(scene.applications[0])
    return scene


def asked(scene):
    who = scene.extra["who"]
    with scene.inside(who):
        ask_to_defer(application=scene.applications[0], wish=WISH, by=who.actor)
    return the_deferral(scene)


def the_deferral(scene):
    with scene.inside(scene.staff):
        return Deferral.objects.select_related("application__round", "application__applicant").get()


def kept(scene, until=LATER):
    deferral = asked(scene)
    with scene.inside(scene.staff):
        agree_deferral(deferral=deferral, keep_until=until, reason="Gladly", by=scene.staff.actor)
    return the_deferral(scene)


def states(scene):
    with scene.inside(scene.staff):
        return [Application.objects.get(pk=a.pk).state for a in scene.applications]


def mail(scene, kind):
    with scene.inside(scene.staff):
        return Message.objects.get(kind=f"selection.{kind}")


def test_an_applicant_asks_staff_agree_and_a_reserve_moves_up(offered, bystander):
    application, who = offered.applications[0], offered.extra["who"]
    own, target = (url(offered, name, application.public_id) for name in ("offer-answer", "offer-defer"))
    assert target in who.client.get(own).content.decode()
    assert who.client.post(target, {"wish": ""}).status_code == 422
    for other in (bystander, offered.staff):
        assert other.client.post(target, {"wish": WISH}).status_code == 403
    for _click in range(2):
        assert who.client.post(target, {"wish": WISH}).status_code == 302
    page = who.client.get(own).content.decode()
    assert "You’ve asked to defer your place" in page and target not in page and "Send my answer" in page
    ask = mail(offered, "deferral_asked")
    assert ask.asks and ask.subject.startswith("Please decide") and WISH not in ask.body_text
    deferral = the_deferral(offered)
    decide = url(offered, "deferral-decide", deferral.public_id)
    with offered.inside(offered.staff):
        assert [(o.person_id, o.path(offered.tenant)) for o in owed(kind="selection.deferral")] == [
            (offered.staff.person.pk, decide)
        ]
        assert application.applicant_id not in {o.person_id for o in owed(kind="selection.offer")}
    assert decide in offered.staff.client.get(url(offered, "offer-list")).content.decode()
    assert WISH in offered.staff.client.get(decide).content.decode()
    assert who.client.get(decide).status_code == bystander.client.get(decide).status_code == 403
    assert offered.staff.client.post(decide, {"decision": "agree", "reason": "Gladly"}).status_code == 422
    for _click in range(2):
        assert offered.staff.client.post(decide, KEEP | {"reason": "Gladly"}).status_code == 302
    assert states(offered) == [S.DEFERRED, S.OFFERED, S.OFFERED, S.ELIGIBLE]
    told = mail(offered, "deferral_agreed")
    assert not told.asks and uk_date(LATER) in told.body_text and "Gladly" in told.body_text
    page = who.client.get(own).content.decode()
    assert "We’re keeping a place for you" in page and "Gladly" in page and "Send my answer" not in page
    with offered.inside(offered.staff):
        assert not owed(kind="selection.deferral")
        assert Change.objects.get(name="defer").reason == "Gladly"


def test_not_agreed_the_offer_stands_with_time_to_answer(offered):
    application, who = offered.applications[0], offered.extra["who"]
    deferral = asked(offered)
    with offered.inside(offered.staff):
        Offer.objects.filter(application=application).update(deadline=timezone.now() - timedelta(hours=1))
        offer = Offer.objects.select_related("application__round").get(application=application)
        # it waits for staff, not for the applicant
        assert lapse_offer(offer=offer, by=Actor.system("tick"), now=timezone.now()) is False
    decide = url(offered, "deferral-decide", deferral.public_id)
    data = {"decision": "refuse", "reason": "The next cohort isn’t funded yet."}
    for _click in range(2):
        assert offered.staff.client.post(decide, data).status_code == 302
    told = mail(offered, "deferral_refused")
    assert told.asks and told.subject.startswith("Please answer by ") and "isn’t funded" in told.body_text
    page = who.client.get(url(offered, "offer-answer", application.public_id)).content.decode()
    assert "isn’t funded" in page and "Send my answer" in page and "ask to defer" not in page
    with offered.inside(offered.staff):
        assert Offer.objects.get(application=application).deadline > timezone.now() + timedelta(days=2)
    with offered.inside(who):
        with pytest.raises(WrongState, match="answered your request"):
            ask_to_defer(application=application, wish="Please", by=who.actor)
        accept_offer(application=application, by=who.actor)
    assert states(offered)[0] == S.ACCEPTED


@pytest.mark.parametrize(
    "end",
    [
        lambda scene, who: accept_offer(application=scene.applications[0], by=who.actor),
        lambda scene, who: decline_offer(application=scene.applications[0], by=who.actor),
        lambda scene, who: withdraw_offer(application=scene.applications[0], reason="x", by=scene.staff.actor),
    ],
    ids=["accepted", "declined", "withdrawn"],
)
def test_whatever_ends_the_offer_ends_the_wish(offered, end):
    deferral, who = asked(offered), offered.extra["who"]
    actor = offered.staff if "withdraw" in end.__code__.co_names[0] else who
    with offered.inside(actor):
        end(offered, who)
    assert the_deferral(offered).state == D.DROPPED
    with offered.inside(offered.staff), pytest.raises(WrongState):
        agree_deferral(deferral=deferral, keep_until=LATER, reason="x", by=offered.staff.actor)


def next_round(essex, staff, **more):
    scene = make_scene(essex, staff, **{"applications": 2, "places": 2, "reserve_length": 0, **more})
    with scene.inside(staff):
        scene.cohort.starts_on = timezone.localdate() + timedelta(days=500)
        scene.cohort.ends_on = timezone.localdate() + timedelta(days=700)
        scene.cohort.save()
    return scene


def test_a_kept_place_is_offered_first_in_the_next_round(essex, staff, offered):
    deferral = kept(offered)
    later = next_round(essex, staff).moderating()
    board, target = url(later, "round-detail"), url(later, "deferral-list")
    assert "1 person has a place kept" in staff.client.get(board).content.decode()
    with later.inside(staff):
        ranked = rank_round(later.round, places=2)
        seal = composition_of(later.round, ranked).seal
        with pytest.raises(Refused, match="place kept from an earlier cohort"):
            make_offers(round=later.round, seal=seal, by=staff.actor)
    page = staff.client.get(target).content.decode()
    assert deferral.application.reference in page and uk_date(LATER) in page
    assert staff.client.post(target, {}).status_code == 422
    assert staff.client.post(target, {"deferrals": [deferral.public_id]}).status_code == 302
    assert staff.client.post(target, {"deferrals": [deferral.public_id]}).status_code == 422
    with later.inside(staff):
        application = Application.objects.get(round=later.round, applicant=deferral.application.applicant)
        assert application.state == S.OFFERED and application.organisation_id == deferral.application.organisation_id
        assert (
            Change.objects.get(name="offer_kept").reason == f"Deferred from Cohort 2 ({deferral.application.reference})"
        )
        assert the_deferral(offered).used_for_id == application.pk and the_deferral(offered).state == D.USED
        # one of two places is on offer, so the choice is of one
        ranked = rank_round(later.round, places=2)
        choice = composition_of(later.round, ranked)
        assert len(choice.chosen) == 1 and application.pk not in {r.pk for r in ranked}
        make_offers(round=later.round, seal=choice.seal, by=staff.actor)
        accept_offer(application=application, by=offered.extra["who"].actor)
        assert Application.objects.get(pk=application.pk).state == S.ACCEPTED
    page = (
        offered.extra["who"].client.get(url(offered, "offer-answer", deferral.application.public_id)).content.decode()
    )
    assert "You’ve been offered the place we kept" in page
    assert deferral.application.applicant.name in staff.client.get(target).content.decode()


def test_who_has_applied_again_is_offered_the_place_on_that_application(essex, staff, offered):
    deferral = kept(offered)
    later = next_round(essex, staff)
    with later.inside(staff):
        Application.objects.filter(pk=later.applications[0].pk).update(applicant=deferral.application.applicant)
        assert offer_kept_places(round=later.round, deferrals=[deferral.public_id], by=staff.actor) == 1
        assert Application.objects.get(pk=later.applications[0].pk).state == S.OFFERED
        assert Application.objects.filter(round=later.round).count() == 2


def test_kept_places_never_exceed_the_free_ones_nor_leave_the_programme(essex, staff, offered):
    deferral = kept(offered)
    full = next_round(essex, staff, places=1)
    with full.inside(staff):
        Application.objects.filter(pk=full.applications[0].pk).update(state=S.OFFERED)
        with pytest.raises(Refused, match="Only 0 places are free"):
            offer_kept_places(round=full.round, deferrals=[deferral.public_id], by=staff.actor)
    with offered.inside(staff), pytest.raises(Refused, match="Choose at least one"):
        offer_kept_places(round=offered.round, deferrals=[deferral.public_id], by=staff.actor)
    with full.inside(offered.extra["who"]), pytest.raises(NotAllowed):
        offer_kept_places(round=full.round, deferrals=[deferral.public_id], by=offered.extra["who"].actor)


def test_given_up_by_the_applicant_or_ended_by_staff_with_a_reason(offered, bystander):
    deferral, who = kept(offered), offered.extra["who"]
    target = url(offered, "deferral-end", deferral.public_id)
    assert target in who.client.get(url(offered, "offer-answer", deferral.application.public_id)).content.decode()
    assert bystander.client.get(target).status_code == 403
    assert offered.staff.client.post(target, {"reason": ""}).status_code == 422
    for _click in range(2):
        assert who.client.post(target, {"reason": ""}).status_code == 302
    assert the_deferral(offered).state == D.GIVEN_UP
    assert "isn’t kept any longer" in mail(offered, "deferral_ended").body_text
    with offered.inside(who), pytest.raises(WrongState):
        end_deferral(deferral=the_deferral(offered), by=who.actor)


def test_a_kept_place_ends_after_its_day_once(offered):
    from selection.selectors.deferrals import deferrals

    kept(offered)
    with offered.inside(offered.staff):
        deferral = deferrals().get()
        tick = Actor.system("kept places")
        assert expire_deferral(deferral=deferral, by=tick, today=LATER) is False
        assert expire_deferral(deferral=deferral, by=tick, today=LATER + timedelta(days=1)) is True
        assert expire_deferral(deferral=deferral, by=tick, today=LATER + timedelta(days=1)) is False
    assert the_deferral(offered).state == D.EXPIRED
    ended = mail(offered, "deferral_ended")
    assert f"until {uk_date(LATER)}" in ended.body_text and not ended.asks


DEFERRALS = {
    "ask": (lambda d, s, own: ask_to_defer(application=d.application, wish="x", by=own), set()),
    "agree": (lambda d, s, own: agree_deferral(deferral=d, keep_until=LATER, reason="x", by=s), {D.ASKED}),
    "refuse": (lambda d, s, own: refuse_deferral(deferral=d, reason="x", by=s), {D.ASKED}),
    "end": (lambda d, s, own: end_deferral(deferral=d, reason="x", by=s), {D.AGREED}),
}


@pytest.mark.parametrize("act", DEFERRALS)
def test_every_state_of_a_deferral_against_every_act(offered, act):
    deferral, who = asked(offered), offered.extra["who"]
    do, possible = DEFERRALS[act]
    for state in D.values:
        with offered.inside(offered.staff):
            Deferral.objects.filter(pk=deferral.pk).update(state=state, keep_until=LATER)
            Application.objects.filter(pk=deferral.application_id).update(state=S.OFFERED)
            Application.objects.filter(pk=offered.applications[2].pk).update(state=S.ELIGIBLE)
        fresh = the_deferral(offered)
        with offered.inside(who if act == "ask" else offered.staff):
            if state in (possible or {D.DROPPED}):
                do(fresh, offered.staff.actor, who.actor)
                continue
            with pytest.raises(WrongState):
                do(fresh, offered.staff.actor, who.actor)
        assert the_deferral(offered).state == state


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_whatever_the_rows(essex, staff, count):
    scene = make_scene(essex, staff, applications=2 * count, places=count, reserve_length=count).decided()
    for application in scene.applications[:count]:
        with scene.inside(staff):
            Application.objects.filter(pk=application.pk).update(state=S.DEFERRED)
            Deferral.objects.create(
                application=application, state=D.AGREED, wish="x", asked_at=timezone.now(), keep_until=LATER
            )
    later = next_round(essex, staff)
    assert page_queries(staff.client, url(later, "deferral-list")) == 9
