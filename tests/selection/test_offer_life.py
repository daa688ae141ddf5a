"""An offer's life but for the answer: more time, taken back, offered again; and a place given up before the cohort starts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Participation
from cohorts.services.participation import rejoin_participant, withdraw_participant
from cohorts.states import CohortStage, ParticipationState
from engine.dates import uk_date
from reminders.hours import next_working_time
from reminders.models import Message
from reminders.services.reminding import queue_due_reminders
from selection.models import Application, Offer
from selection.services.offers import (
    accept_offer,
    decline_offer,
    extend_offer,
    give_up_place,
    lapse_offer,
    offer_place,
    withdraw_offer,
)
from selection.states import ApplicationState as S
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.models import Change, Role
from tenancy.selectors import actor_of
from tests.selection.assess_pages import url
from tests.selection.assess_setup import make_scene


@pytest.fixture
def offered(essex, staff):
    """Two places offered, two reserves."""
    return make_scene(essex, staff, applications=4, places=2, reserve_length=2).decided()


def states(scene):
    with scene.inside(scene.staff):
        return [Application.objects.get(pk=a.pk).state for a in scene.applications]


def offer_of(scene, application):
    with scene.inside(scene.staff):
        return Offer.objects.select_related("application__round").get(application=application)


def mails(scene, kind, application):
    with scene.inside(scene.staff):
        return list(Message.objects.filter(kind=f"selection.{kind}", recipient=application.applicant).order_by("pk"))


def day_of(scene, **ahead):
    day = timezone.localdate() + timedelta(**ahead)
    return day, {"until-day": str(day.day), "until-month": str(day.month), "until-year": str(day.year)}


def test_one_person_gets_more_time_and_is_told_by_mail(offered, bystander):
    application, other = offered.applications[:2]
    target = url(offered, "offer-extend", application.public_id)
    assert target in offered.staff.client.get(url(offered, "offer-list")).content.decode()
    was = offer_of(offered, application)
    day, typed = day_of(offered, days=30)
    data = {"version": "1", "reason": "On leave until the 20th"} | typed
    for who, status in ((bystander, 403), (offered.member(application), 403), (offered.staff, 302)):
        assert who.client.post(target, data).status_code == status
    now = offer_of(offered, application)
    assert timezone.localtime(now.deadline).strftime("%d %H:%M") == f"{day:%d} 23:59" and now.version == 2
    assert offer_of(offered, other).deadline == was.deadline
    (mail,) = mails(offered, "extended", application)
    assert mail.asks and mail.subject.startswith("Please answer by ") and "On leave" not in mail.body_text
    with offered.inside(offered.staff):
        assert "On leave until the 20th" in Change.objects.get(name="extend").reason
    # the second click is the first one
    assert offered.staff.client.post(target, data).status_code == 302
    # and somebody else's other date is shown, not written over
    _day, later = day_of(offered, days=40)
    answer = offered.staff.client.post(target, data | later)
    assert answer.status_code == 409 and "What is saved now" in answer.content.decode()
    assert offer_of(offered, application).deadline == now.deadline and len(mails(offered, "extended", application)) == 1


def test_a_deadline_moves_later_only_and_stays_before_the_start(offered):
    application = offered.applications[0]
    with offered.inside(offered.staff):

        def extend(until):
            return extend_offer(application=application, until=until, reason="x", version=1, by=offered.staff.actor)

        with pytest.raises(Refused, match="after the present deadline"):
            extend(timezone.localdate() + timedelta(days=1))
        with pytest.raises(Refused, match="before the cohort starts"):
            extend(offered.cohort.starts_on)
        with pytest.raises(Refused, match="reason"):
            extend_offer(
                application=application,
                until=timezone.localdate() + timedelta(days=30),
                reason=" ",
                version=1,
                by=offered.staff.actor,
            )


def test_more_time_even_after_the_deadline_until_the_tick_has_ended_it(offered):
    application = offered.applications[0]
    with offered.inside(offered.staff):
        Offer.objects.filter(application=application).update(deadline=timezone.now() - timedelta(minutes=1))
        until = timezone.localdate() + timedelta(days=3)
        extend_offer(application=application, until=until, reason="Ill", version=1, by=offered.staff.actor)
        offer = offer_of(offered, application)
        assert lapse_offer(offer=offer, by=Actor.system("tick"), now=timezone.now()) is False


def test_staff_withdraw_an_offer_with_confirmation_and_a_reason(offered, bystander):
    application = offered.applications[0]
    target = url(offered, "offer-withdraw", application.public_id)
    assert target in offered.staff.client.get(url(offered, "offer-list")).content.decode()
    reason = {"reason": "Your employer has told us that you’re leaving Essex."}
    assert offered.staff.client.post(target, reason).status_code == 422
    assert offered.staff.client.post(target, {"confirm": "on", "reason": ""}).status_code == 422
    assert bystander.client.post(target, reason | {"confirm": "on"}).status_code == 403
    for _click in range(2):
        assert offered.staff.client.post(target, reason | {"confirm": "on"}).status_code == 302
    assert states(offered) == [S.RESCINDED, S.OFFERED, S.OFFERED, S.RESERVE]
    (mail,) = mails(offered, "rescinded", application)
    assert not mail.asks and "leaving Essex" in mail.body_text and mail.subject.startswith("We’ve withdrawn")
    page = offered.member(application).client.get(url(offered, "offer-answer", application.public_id)).content.decode()
    assert "The offer was withdrawn" in page and "leaving Essex" in page and "Send my answer" not in page


def test_what_was_accepted_cannot_be_withdrawn_or_extended(offered):
    application = offered.applications[0]
    who = offered.member(application)
    with offered.inside(who):
        accept_offer(application=application, by=who.actor)
    with offered.inside(offered.staff):
        with pytest.raises(WrongState):
            withdraw_offer(application=application, reason="x", by=offered.staff.actor)
        with pytest.raises(WrongState, match="no offer to extend"):
            extend_offer(
                application=application, until=timezone.localdate(), reason="x", version=1, by=offered.staff.actor
            )
    page = offered.staff.client.get(url(offered, "offer-withdraw", application.public_id)).content.decode()
    assert "There’s no open offer" in page and "Withdraw the offer</button>" not in page


ENDS = {
    S.LAPSED: lambda scene, application, who: lapse_offer(
        offer=offer_of(scene, application), by=Actor.system("tick"), now=timezone.now() + timedelta(days=90)
    ),
    S.DECLINED: lambda scene, application, who: decline_offer(application=application, by=who.actor),
    S.RESCINDED: lambda scene, application, who: withdraw_offer(
        application=application, reason="x", by=scene.staff.actor
    ),
}


@pytest.mark.parametrize("state", ENDS)
def test_an_offer_that_ended_is_made_again_while_a_place_is_free(essex, staff, state):
    scene = make_scene(essex, staff, applications=2, places=1, reserve_length=0).decided()
    application = scene.applications[0]
    who = scene.member(application)
    with scene.inside(scene.staff if state == S.RESCINDED else who):
        ENDS[state](scene, application, who)
    assert states(scene)[0] == state
    target = url(scene, "offer-place", application.public_id)
    assert target in staff.client.get(url(scene, "offer-list")).content.decode()
    assert staff.client.post(target, {"reason": "They rang: the message was in the junk folder"}).status_code == 302
    assert len(mails(scene, "offered", application)) == 2
    # no place is left for a second one
    assert staff.client.post(target, {"reason": "again"}).status_code == 422
    with scene.inside(who):
        accept_offer(application=scene.fresh(application), by=who.actor)
    assert states(scene)[0] == S.ACCEPTED


def accepted(scene, application):
    who = scene.member(application)
    with scene.inside(who):
        accept_offer(application=application, by=who.actor)
    return who


def test_whoever_accepted_gives_the_place_up_and_it_goes_on(offered, bystander):
    application = offered.applications[0]
    who = accepted(offered, application)
    target = url(offered, "offer-give-up", application.public_id)
    assert target in who.client.get(url(offered, "offer-answer", application.public_id)).content.decode()
    assert bystander.client.post(target, {}).status_code == 403
    assert offered.staff.client.post(target, {}).status_code == 403
    for _click in range(2):
        assert who.client.post(target, {"reason": "A new post in Kent"}).status_code == 302
    assert states(offered) == [S.GAVE_UP, S.OFFERED, S.OFFERED, S.RESERVE]
    with offered.inside(offered.staff):
        assert Participation.objects.get().state == ParticipationState.WITHDRAWN
        assert not actor_of(application.applicant).has_role(Role.PARTICIPANT, cohort_id=offered.cohort.pk)
        change = Change.objects.get(name="give_up")
        assert (change.by_person_id, change.reason) == (application.applicant_id, "A new post in Kent")
    assert len(mails(offered, "gave_up", application)) == 1
    assert (
        "You gave up your place" in who.client.get(url(offered, "offer-answer", application.public_id)).content.decode()
    )


def test_staff_record_that_somebody_leaves_before_the_start_and_the_place_goes_on(offered):
    application = offered.applications[0]
    accepted(offered, application)
    with offered.inside(offered.staff):
        place = Participation.objects.get()
    at = {"tenant": "essex", "public_id": place.public_id, "step": "withdraw"}
    page = reverse("cohorts:participation-change", kwargs=at)
    assert offered.staff.client.post(page, {"reason": "Rang us"}).status_code == 302
    assert states(offered) == [S.GAVE_UP, S.OFFERED, S.OFFERED, S.RESERVE]
    with offered.inside(offered.staff):
        assert Change.objects.get(name="give_up").reason == "Rang us"
        place = Participation.objects.select_related("person", "cohort").get()
        # both places are on offer: nobody can be taken back into one
        with pytest.raises(Refused, match="no free place"):
            rejoin_participant(participation=place, by=offered.staff.actor)
        place.refresh_from_db()
        assert place.state == ParticipationState.WITHDRAWN
    with offered.inside(offered.staff):
        withdraw_offer(application=offered.applications[2], reason="x", by=offered.staff.actor)
        withdraw_offer(application=offered.applications[3], reason="x", by=offered.staff.actor)
        rejoin_participant(participation=place, by=offered.staff.actor)
    assert states(offered)[0] == S.ACCEPTED


def test_once_the_cohort_runs_leaving_frees_nothing_by_itself(offered):
    application = offered.applications[0]
    who = accepted(offered, application)
    with offered.inside(offered.staff):
        offered.cohort.stage = CohortStage.RUNNING
        offered.cohort.save()
        with offered.inside(who), pytest.raises(WrongState, match="has started"):
            give_up_place(application=application, by=who.actor)
    with offered.inside(offered.staff):
        place = Participation.objects.select_related("person", "cohort").get()
        withdraw_participant(participation=place, reason="Left", by=offered.staff.actor)
    assert states(offered) == [S.ACCEPTED, S.OFFERED, S.RESERVE, S.RESERVE]


ACTS = {
    "accept": (lambda a, staff, own: accept_offer(application=a, by=own), {S.OFFERED}),
    "decline": (lambda a, staff, own: decline_offer(application=a, by=own), {S.OFFERED}),
    "extend": (
        lambda a, staff, own: extend_offer(
            application=a, until=timezone.localdate() + timedelta(days=30), reason="x", version=1, by=staff
        ),
        {S.OFFERED},
    ),
    "withdraw": (lambda a, staff, own: withdraw_offer(application=a, reason="x", by=staff), {S.OFFERED}),
    "give up": (lambda a, staff, own: give_up_place(application=a, by=own), {S.ACCEPTED}),
    "offer": (
        lambda a, staff, own: offer_place(application=a, reason="x", by=staff),
        {S.ELIGIBLE, S.RESERVE, S.LAPSED, S.DECLINED, S.RESCINDED, S.GAVE_UP},
    ),
}


@pytest.mark.parametrize("act", ACTS)
def test_every_state_against_every_act_on_an_offer(essex, staff, act):
    scene = make_scene(essex, staff, applications=2, places=2, reserve_length=0).decided()
    application = scene.applications[0]
    who = scene.member(application)
    do, possible = ACTS[act]
    for state in S.values:
        with scene.inside(scene.staff):
            Application.objects.filter(pk=application.pk).update(state=state, reserve_position=None)
            Application.objects.filter(pk=scene.applications[1].pk).update(state=S.ELIGIBLE)
            Offer.objects.filter(application=application).update(
                version=1, deadline=timezone.now() + timedelta(days=9), answered_at=None
            )
        fresh = scene.fresh(application)
        with scene.inside(who if act in {"accept", "decline", "give up"} else staff):
            if state in possible:
                do(fresh, staff.actor, who.actor)
                continue
            with pytest.raises(WrongState):
                do(fresh, staff.actor, who.actor)
        assert scene.fresh(application).state == state


def test_others_may_do_none_of_it(offered):
    application = offered.applications[0]
    rival = offered.member(offered.applications[1])
    for act, (do, _states) in ACTS.items():
        with offered.inside(rival), pytest.raises(NotAllowed):
            do(application, rival.actor, rival.actor)
        assert states(offered)[0] == S.OFFERED, act


def test_where_a_reserve_stands_and_until_when(offered):
    reserve = offered.applications[3]
    (mail,) = mails(offered, "reserve", reserve)
    assert not mail.asks
    until = f"until the cohort starts on {uk_date(offered.cohort.starts_on)}"
    assert "number 2 of 2" in mail.body_text and until in mail.body_text
    who = offered.member(reserve)
    target = url(offered, "offer-answer", reserve.public_id)
    page = who.client.get(target).content.decode()
    assert "number 2 of 2" in page and until in page
    with offered.inside(offered.staff):
        withdraw_offer(application=offered.applications[0], reason="x", by=offered.staff.actor)
    page = who.client.get(target).content.decode()
    assert "You’re on the reserve list" in page and "number 2" not in page  # alone on it now


def test_a_reminder_goes_out_before_the_deadline_to_whoever_has_not_answered(offered, essex):
    answers, waits = offered.applications[:2]
    accepted(offered, answers)
    offered.member(waits)
    with offered.inside(offered.staff):
        deadline = Offer.objects.get(application=waits).deadline
        early, due = (next_working_time(essex, deadline - timedelta(days=n)) for n in (9, 3))
        queue_due_reminders(tenant=essex, now=early)
        assert not Message.objects.filter(kind="reminders.digest", recipient=waits.applicant).exists()
        queue_due_reminders(tenant=essex, now=due)
        mail = Message.objects.get(kind="reminders.digest", recipient=waits.applicant)
        assert mail.asks and mail.subject.startswith("Reminder: Accept or decline your place on Cohort 2 by 11:59pm")
        assert not Message.objects.filter(kind="reminders.digest", recipient=answers.applicant).exists()
