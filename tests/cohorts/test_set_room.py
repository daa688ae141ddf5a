"""The room of a set: read by those in it and by nobody else, whatever they ask; and a meeting run in it, step by step."""

from __future__ import annotations

import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.urls import reverse
from django.utils import timezone

from cohorts.face_report import figures
from cohorts.models import (
    AirTime,
    Attendance,
    GroundRules,
    GroundRulesText,
    LearningSet,
    ProcessNote,
    SetAction,
    SetActionText,
    SetMeeting,
    SetMembership,
)
from cohorts.rules import set_facilitator, set_member
from cohorts.selectors.set_room import room_counts
from cohorts.selectors.sets import keep_standing, with_standing
from cohorts.services.events import cancel_event
from cohorts.services.participation import withdraw_participant
from cohorts.services.set_meetings import (
    begin_meeting,
    bid_for_air_time,
    minutes_seen,
    save_bids,
    save_minutes,
    save_review,
)
from cohorts.services.set_room import accept_rules, add_action, add_co_facilitator, answer_action, change_rules
from cohorts.services.sets import move_to_set, name_set
from engine.reports import check_figure
from portal.views.your_data import plain
from reminders.models import Message
from reminders.selectors import read_and_count, read_obligations
from reminders.services.reminding import queue_due_reminders
from tenancy.conflicts import conflicts_among
from tenancy.errors import NotAllowed, Refused, StaleEdit, WrongState
from tenancy.models import Change, Role
from tenancy.privacy import export_person
from tenancy.scope import tenant_context
from tenancy.seen import digest_of
from tenancy.services.conflicts import declare_conflict
from tenancy.services.retention import delete_due
from tests.clock import travel as at
from tests.factories.cohorts import (
    SYSTEM,
    make_cohort,
    make_event,
    make_participant,
    make_person,
    make_sets,
    sign_in_as,
    ten_in_the_morning,
)
from tests.queries import page_queries

SECRET = "Trauerschnäpper"
WORDS = (GroundRulesText, SetActionText, AirTime, ProcessNote)


def soon(days: int = 14):
    return timezone.localdate() + timedelta(days=days)


@pytest.fixture
def scene(essex, staff):
    return make_scene(essex)


def make_scene(essex) -> SimpleNamespace:
    """A set of four with a facilitator, another set, a meeting today, and everybody signed in."""
    with tenant_context(essex):
        cohort = make_cohort()
        people = [make_participant(cohort, f"Person {n}", f"Body {n}").person for n in range(7)]
        fay, cora = make_person("Fay Facilitator", "Provider"), make_person("Cora Second", "Provider")
    keeper = sign_in_as(essex, fay, Role.FACILITATOR, cohort=cohort)
    second = sign_in_as(essex, cora, Role.FACILITATOR, cohort=cohort)
    members = [sign_in_as(essex, person, Role.PARTICIPANT, cohort=cohort) for person in people]
    with tenant_context(essex):
        plan = make_sets(cohort, [people[:4], people[4:]], facilitator=fay)
        plan.sets.filter(position=2).update(facilitator=cora)
        row = plan.sets.select_related("plan", "cohort__programme", "facilitator").get(position=1)
        now = timezone.now()
        meeting = make_event(
            cohort,
            "Set 1: meeting 1",
            kind="set_meeting",
            learning_set=row,
            owner=fay,
            starts_at=now - timedelta(minutes=20),
            ends_at=now + timedelta(hours=2),
        )
    return SimpleNamespace(
        tenant=essex, cohort=cohort, plan=plan, row=row, event=meeting, keeper=keeper, second=second, members=members
    )


def fill(scene) -> SimpleNamespace:
    """One of everything that a room holds, written by those who would."""
    ann = scene.members[0]
    with tenant_context(scene.tenant, scene.keeper.person):
        rules = change_rules(learning_set=scene.row, version=0, body=f"{SECRET} rules", by=scene.keeper.actor)
        meeting = begin_meeting(event=scene.event, by=scene.keeper.actor)
        save_review(meeting=meeting, version=0, body=f"{SECRET} review", by=scene.keeper.actor)
    with tenant_context(scene.tenant, ann.person):
        action = add_action(
            learning_set=scene.row, owner=ann.person, body=f"{SECRET} action", due_on=soon(), by=ann.actor
        )
        SetMeeting.objects.get()
    with tenant_context(scene.tenant, scene.keeper.person):
        AirTime.objects.create(meeting=meeting, person=ann.person, wanted=25, minutes=30)
    return SimpleNamespace(rules=rules, meeting=meeting, action=action)


def read_by(scene, who) -> list[int]:
    with tenant_context(scene.tenant, who.person):
        return [model.objects.count() for model in WORDS]


def url(name, row, **more):
    return reverse(f"cohorts:{name}", kwargs={"tenant": "essex", "public_id": row.public_id, **more})


def test_only_the_set_reads_its_words_and_staff_the_numbers(scene, staff, stranger):
    kept = fill(scene)
    everything = [1, 1, 1, 1]
    assert read_by(scene, scene.keeper) == read_by(scene, scene.members[1]) == everything
    for other in (staff, scene.members[5], scene.second):
        assert read_by(scene, other) == [0, 0, 0, 0]
    # in the database: no SQL of the web's role, with nobody's or another's name, gets at the words or may change them
    with tenant_context(scene.tenant), connection.cursor() as cursor:
        for model in WORDS:
            cursor.execute(f"SELECT count(*) FROM {model._meta.db_table}")
            assert cursor.fetchone() == (0,)
    with tenant_context(scene.tenant, staff.person):
        assert SetActionText.objects.update(body="x") == 0 and SetAction.objects.update(carried=9) == 0
        with pytest.raises(DatabaseError), transaction.atomic():
            SetActionText.objects.create(action=kept.action, owner=staff.person, body="planted")
        with pytest.raises(DatabaseError), transaction.atomic():
            GroundRules.objects.create(learning_set=scene.row, number=2, written_at=timezone.now())
        assert room_counts(LearningSet.objects.filter(pk=scene.row.pk)) == {
            "made": 1,
            "done": 0,
            "owners": 1,
            "held": 1,
        }
        told = " ".join(f"{c.name} {c.reason}" for c in Change.objects.all())
        mails = " ".join(f"{m.subject} {m.body_text} {m.body_html}" for m in Message.objects.all())
    assert SECRET not in told + mails and "rules 1" in told
    rooms = ("set-rules", "set-action-list", "set-air-time", "set-action-add")
    for name in rooms:
        assert scene.members[1].client.get(url(name, scene.row)).status_code == 200
        assert staff.client.get(url(name, scene.row)).status_code == 403
        assert scene.members[5].client.get(url(name, scene.row)).status_code == 403
        assert stranger.client.get(url(name, scene.row)).status_code == 404
    assert staff.client.get(url("set-meeting", scene.event)).status_code == 403
    page = staff.client.get(url("set-detail", scene.row)).content.decode()
    assert "Meetings held" in page and "all that anybody outside" in page and SECRET not in page
    mine = scene.members[0].client.get(url("set-detail", scene.row)).content.decode()
    assert f"{SECRET} action" in mine and "1 meeting held" in mine


def test_rules_are_versions_that_each_member_accepts(scene, staff):
    ann, keeper = scene.members[0], scene.keeper
    assert ann.client.get(url("set-rules-change", scene.row)).status_code == 403
    page = url("set-rules-change", scene.row)
    assert keeper.client.post(page, {"version": 0, "body": "What is said here stays here."}).status_code == 302
    owed = {"kind": "cohorts.set_rules", "private": True}
    with tenant_context(scene.tenant):
        assert len(read_obligations(**owed)) == 7 - 3
    home = ann.client.get(reverse("portal:home", kwargs={"tenant": "essex"})).content.decode()
    assert "accept the ground rules of Set 1" in " ".join(home.split())
    ann.client.post(url("set-rules-accept", scene.row), {"version": 1})
    ann.client.post(url("set-rules-accept", scene.row), {"version": 1})
    assert "1 of 4 has accepted" in " ".join(keeper.client.get(url("set-rules", scene.row)).content.decode().split())
    with tenant_context(scene.tenant):
        assert ann.person.pk not in {o.person_id for o in read_obligations(**owed)}
    # a stale page is shown both; the same words are no new version; a new version asks again
    stale = keeper.client.post(page, {"version": 0, "body": "Phones away."})
    assert stale.status_code == 409 and "What is said here stays here." in stale.content.decode()
    with tenant_context(scene.tenant, keeper.person):
        same = change_rules(learning_set=scene.row, version=1, body="What is said here stays here.", by=keeper.actor)
        assert same.number == 1
        change_rules(learning_set=scene.row, version=1, body="Phones away.", by=keeper.actor)
        assert len(read_obligations(**owed)) == 4
    with tenant_context(scene.tenant, ann.person), pytest.raises(WrongState):
        accept_rules(learning_set=scene.row, version=1, by=ann.actor)
    with tenant_context(scene.tenant, staff.person):
        with pytest.raises(NotAllowed):
            change_rules(learning_set=scene.row, version=2, body="Staff’s", by=staff.actor)
        with pytest.raises(NotAllowed):
            accept_rules(learning_set=scene.row, version=2, by=staff.actor)


def test_an_action_is_owed_by_its_owner_alone_until_it_is_answered(scene, staff):
    ann, ben, keeper = scene.members[0], scene.members[1], scene.keeper
    said = {"body": "Ask two front-line teams", "due_on-day": "1", "due_on-month": "1", "due_on-year": "2020"}
    assert "today or later" in ann.client.post(url("set-action-add", scene.row), said).content.decode()
    day = soon(1)
    said |= {"due_on-day": day.day, "due_on-month": day.month, "due_on-year": day.year}
    for _ in "12":
        assert ann.client.post(url("set-action-add", scene.row), said).status_code == 302
    with tenant_context(scene.tenant, ann.person):
        action = SetAction.objects.get()
        with pytest.raises(NotAllowed):
            add_action(learning_set=scene.row, owner=ben.person, body="Yours", due_on=day, by=ann.actor)
    with tenant_context(scene.tenant, staff.person):
        assert read_obligations(kind="cohorts.set_action") == []
        assert not [c for c in read_and_count(limit=50).counts if c.kind.startswith("cohorts.set_a")]
        assert [o.person_id for o in read_obligations(kind="cohorts.set_action", private=True)] == [ann.person.pk]
    board = reverse("reminders:board", kwargs={"tenant": "essex"})
    assert "your action" not in staff.client.get(f"{board}?person={ann.person.public_id}").content.decode()
    with (
        tenant_context(scene.tenant),
        at(timezone.now().replace(hour=11) + timedelta(days=(7 - timezone.now().weekday()))),
    ):
        queue_due_reminders(tenant=scene.tenant)
        mails = Message.objects.filter(recipient=ann.person, body_text__contains="your action in Set 1")
        assert mails.count() == 1 and "front-line" not in mails.get().body_text
    # nobody else answers; each answer from each state
    assert ben.client.get(url("set-action-answer", action)).status_code == 403
    assert staff.client.get(url("set-action-answer", action)).status_code == 403
    with tenant_context(scene.tenant, ann.person):
        with pytest.raises(Refused):
            answer_action(action=action, outcome="carry", due_on=day, by=ann.actor)
        for _ in "12":
            answer_action(action=action, outcome="carry", due_on=soon(20), by=ann.actor)
        assert (action.state, action.carried, action.due_on) == ("open", 1, soon(20))
    assert "carried on once" in keeper.client.get(url("set-action-list", scene.row)).content.decode()
    assert ann.client.post(url("set-action-answer", action), {"outcome": "carry"}).status_code == 422
    assert ann.client.post(url("set-action-answer", action), {"outcome": "finish"}).status_code == 302
    with tenant_context(scene.tenant, ann.person):
        assert read_obligations(kind="cohorts.set_action", private=True) == []
        for outcome in ("finish", "drop", "carry"):
            with pytest.raises(WrongState):
                answer_action(action=action, outcome=outcome, due_on=soon(30), by=ann.actor)
        other = add_action(learning_set=scene.row, owner=ann.person, body="Another", due_on=day, by=ann.actor)
    with tenant_context(scene.tenant, keeper.person):
        assert answer_action(action=other, outcome="drop", by=keeper.actor).state == "dropped"
        assert room_counts(LearningSet.objects.filter(pk=scene.row.pk)) == {
            "made": 2,
            "done": 1,
            "owners": 1,
            "held": 0,
        }


def test_a_facilitator_runs_a_meeting_step_by_step(scene):
    ann, ben, keeper = scene.members[0], scene.members[1], scene.keeper
    with tenant_context(scene.tenant):
        assert [o.person_id for o in read_obligations(kind="cohorts.set_meeting")] == [keeper.person.pk]
    start = url("set-meeting", scene.event)
    assert "Begin the meeting" in keeper.client.get(start).content.decode()
    assert "Begin the meeting" not in ann.client.get(start).content.decode()
    assert ann.client.post(url("set-meeting-begin", scene.event)).status_code == 403
    first = keeper.client.post(url("set-meeting-begin", scene.event))
    assert first.url == url("set-meeting-step", scene.event, step="check-in")
    assert keeper.client.post(url("set-meeting-begin", scene.event)).url == first.url
    assert ann.client.get(first.url).status_code == 403
    assert keeper.client.get(url("set-meeting-step", scene.event, step="gossip")).status_code == 404
    with tenant_context(scene.tenant):
        assert read_obligations(kind="cohorts.set_meeting") == []
    marks = {f"p_{m.person.public_id}": "present" for m in scene.members[:3]}
    absent = {f"p_{scene.members[3].person.public_id}": "absent"}
    assert keeper.client.post(first.url, {"version": 1, **marks}).status_code == 422
    went = keeper.client.post(first.url, {"version": 1, **marks, **absent})
    assert went.url == url("set-meeting-step", scene.event, step="actions")
    with tenant_context(scene.tenant):
        assert Attendance.objects.filter(event=scene.event, state="present").count() == 3
    went = keeper.client.post(went.url, {})
    bids = went.url
    assert bids.endswith("/bids/")
    # a member asks on a phone while the facilitator has the page open: nothing is written over unseen
    form = keeper.client.get(bids).context["form"]
    seen = form.initial["seen"]
    assert ann.client.post(url("set-meeting-bid", scene.event), {"wanted": "25"}).status_code == 302
    minutes = {f"m_{ben.person.public_id}": "20"}
    stale = keeper.client.post(bids, {"seen": seen, **minutes})
    assert stale.status_code == 409 and "25" in stale.content.decode()
    again = stale.context["form"].data["seen"]
    minutes[f"m_{ann.person.public_id}"] = "25"
    went = keeper.client.post(bids, {"seen": again, **minutes})
    presenting = went.url
    page = keeper.client.get(presenting)
    assert 'data-baton-timer="25"' in page.content.decode() and "Person 2" not in page.content.decode()
    seen = page.context["form"].initial["seen"]
    # left here, and come back to
    assert "Go on: Presenting" in keeper.client.get(start).content.decode()
    assert keeper.client.get(url("set-meeting-step", scene.event, step="check-in")).status_code == 200
    had = {f"m_{ann.person.public_id}": "30", f"m_{ben.person.public_id}": "abc"}
    assert keeper.client.post(presenting, {"seen": seen, **had}).status_code == 422
    had[f"m_{ben.person.public_id}"] = "15"
    assert keeper.client.post(presenting, {"seen": seen, **had}).status_code == 302
    new = url("set-meeting-step", scene.event, step="new-actions")
    assert keeper.client.post(url("set-meeting-step", scene.event, step="questions"), {}).url == new
    day = soon(30)
    said = {"owner": ann.person.public_id, "body": "Ring the ward sister"}
    said |= {"due_on-day": day.day, "due_on-month": day.month, "due_on-year": day.year}
    assert keeper.client.post(new, said).url == new
    assert "Ring the ward sister" in keeper.client.get(new).content.decode()
    review = keeper.client.post(new, {"on": "1"}).url
    assert keeper.client.post(review, {"version": 0, "body": "We asked more than we told."}).url == start
    page = ann.client.get(start).content.decode()
    assert "We asked more than we told." in page and "had 30 minutes" in page and "Ring the ward sister" in page
    assert ann.client.post(url("set-meeting-bid", scene.event), {"wanted": "5"}).status_code == 422
    air = " ".join(keeper.client.get(url("set-air-time", scene.row)).content.decode().split())
    assert "45 minutes so far" in air and air.index("Person 2") < air.index("Person 1") < air.index("Person 0")
    with tenant_context(scene.tenant):
        meeting = SetMeeting.objects.get()
        assert meeting.held_at is not None and meeting.step == "review"
    # the next meeting begins with what is open, and whoever had least first
    with tenant_context(scene.tenant):
        later = make_event(
            scene.cohort,
            "Set 1: meeting 2",
            kind="set_meeting",
            learning_set=scene.row,
            starts_at=ten_in_the_morning(3),
        )
    keeper.client.post(url("set-meeting-begin", later))
    assert "Ring the ward sister" in keeper.client.get(url("set-meeting-step", later, step="actions")).content.decode()
    bids = keeper.client.get(url("set-meeting-step", later, step="bids")).content.decode()
    assert (
        bids.index("No air time yet") < bids.index("15 minutes so far, at 1 meeting") < bids.index("30 minutes so far")
    )


def test_two_who_keep_the_same_step_are_shown_both(scene):
    keeper, ann = scene.keeper, scene.members[0]
    with tenant_context(scene.tenant, keeper.person):
        meeting = begin_meeting(event=scene.event, by=keeper.actor)
        seen = digest_of(minutes_seen(meeting, "minutes"))
        save_minutes(meeting=meeting, seen=seen, minutes={ann.person.public_id: 20}, by=keeper.actor)
        with pytest.raises(StaleEdit):
            save_minutes(meeting=meeting, seen=seen, minutes={ann.person.public_id: 25}, by=keeper.actor)
        with pytest.raises(Refused):
            save_bids(meeting=meeting, seen=seen, minutes={ann.person.public_id: 999}, by=keeper.actor)
        assert AirTime.objects.get().minutes == 20
        cancelled = make_event(scene.cohort, "Set 1: meeting 9", kind="set_meeting", learning_set=scene.row)
        far = make_event(
            scene.cohort,
            "Far",
            kind="set_meeting",
            learning_set=scene.row,
            starts_at=timezone.now() + timedelta(days=9),
        )
        with pytest.raises(WrongState):
            begin_meeting(event=far, by=keeper.actor)
        with pytest.raises(NotAllowed):
            bid_for_air_time(meeting=meeting, wanted=5, by=keeper.actor)
    with tenant_context(scene.tenant):
        cancel_event(event=cancelled, by=SYSTEM, reason="Room flooded.")
    with tenant_context(scene.tenant, keeper.person), pytest.raises(WrongState):
        begin_meeting(event=cancelled, by=keeper.actor)


def test_who_joins_reads_from_then_on_and_who_leaves_takes_their_words_along(scene, staff):
    kept = fill(scene)
    ann, newcomer = scene.members[0], scene.members[5]
    with tenant_context(scene.tenant, staff.person):
        scene.plan.refresh_from_db()
        move_to_set(
            plan=scene.plan,
            version=scene.plan.version,
            person=newcomer.person,
            learning_set=scene.row,
            by=staff.actor,
        )
    # the rules, which they are asked to accept; nothing said before they came
    assert read_by(scene, newcomer) == [1, 0, 0, 0]
    assert f"{SECRET} rules" in newcomer.client.get(url("set-rules", scene.row)).content.decode()
    assert SECRET not in newcomer.client.get(url("set-action-list", scene.row)).content.decode()
    with tenant_context(scene.tenant, scene.members[1].person):
        later = add_action(
            learning_set=scene.row,
            owner=scene.members[1].person,
            body="Said since",
            due_on=soon(),
            by=scene.members[1].actor,
        )
    assert "Said since" in newcomer.client.get(url("set-action-list", scene.row)).content.decode()
    with tenant_context(scene.tenant, newcomer.person), pytest.raises(NotAllowed):
        bid_for_air_time(meeting=kept.meeting, wanted=10, by=newcomer.actor)
    # Ann leaves the cohort
    with tenant_context(scene.tenant, staff.person):
        place = scene.cohort.participations.select_related("cohort", "person").get(person=ann.person)
        withdraw_participant(participation=place, reason="Has moved away.", by=staff.actor)
        assert read_obligations(kind="cohorts.set_action", person_id=ann.person.pk, private=True) == []
    assert ann.client.get(url("set-action-list", scene.row)).status_code == 403
    with tenant_context(scene.tenant, ann.person):
        assert list(SetActionText.objects.values_list("action_id", flat=True)) == [kept.action.pk]
        assert GroundRulesText.objects.count() == ProcessNote.objects.count() == 0
        copy = json.dumps(export_person(ann.person), default=plain, ensure_ascii=False)
        assert f"{SECRET} action" in copy
        with pytest.raises(NotAllowed):
            answer_action(action=kept.action, outcome="finish", by=ann.actor)
    with tenant_context(scene.tenant, scene.members[1].person):
        assert list(SetActionText.objects.values_list("action_id", flat=True)) == [later.pk]
        # the copy of another holds nothing of hers, nor does staff's reading of her copy
        assert SECRET not in json.dumps(export_person(scene.members[1].person), default=plain, ensure_ascii=False)
    with tenant_context(scene.tenant, staff.person):
        assert SECRET not in json.dumps(export_person(ann.person), default=plain, ensure_ascii=False)
        assert room_counts(LearningSet.objects.filter(pk=scene.row.pk))["made"] == 2


def test_naming_oneself_opens_no_old_log(scene, staff):
    fill(scene)
    chosen, keeper = scene.second, scene.keeper
    assert scene.members[0].client.get(url("set-co-facilitator-add", scene.row)).status_code == 403
    page = keeper.client.post(url("set-co-facilitator-add", scene.row), {"person": chosen.person.public_id})
    assert page.status_code == 302
    assert read_by(scene, chosen) == [1, 0, 0, 0]
    assert "Set 1" in chosen.client.get(reverse("cohorts:set-mine", kwargs={"tenant": "essex"})).content.decode()
    assert chosen.client.get(url("event-register", scene.event)).status_code == 200
    # a meeting that had begun is run by those who were there
    assert chosen.client.get(url("set-meeting-step", scene.event, step="review")).status_code == 403
    assert chosen.client.get(url("set-meeting", scene.event)).status_code == 200
    with tenant_context(scene.tenant, keeper.person):
        people = {chosen.person.pk, scene.members[0].person.pk}
        assert [c.kind for found in conflicts_among(people).values() for c in found] == ["facilitates"]
        with pytest.raises(Refused):
            add_co_facilitator(learning_set=scene.row, person=scene.members[1].person, by=keeper.actor)
        row = scene.row.co_facilitators.get()
    removed = chosen.client.post(url("set-co-facilitator-remove", row))
    assert removed.url == reverse("portal:home", kwargs={"tenant": "essex"})
    assert read_by(scene, chosen) == [0, 0, 0, 0]
    # the facilitator whom staff name now, themselves for one, reads what is written from now on
    with tenant_context(scene.tenant, staff.person):
        scene.plan.refresh_from_db()
        name_set(
            plan=scene.plan,
            version=scene.plan.version,
            learning_set=scene.row,
            name="Set 1",
            facilitator=staff.person,
            by=staff.actor,
        )
    assert read_by(scene, staff) == [1, 0, 0, 0] and read_by(scene, keeper) == [1, 0, 0, 1]
    with tenant_context(scene.tenant, scene.members[1].person):
        declare_conflict(person=scene.members[1].person, other=chosen.person, kind="worked", by=scene.members[1].actor)
    with tenant_context(scene.tenant, staff.person), pytest.raises(Refused):
        add_co_facilitator(learning_set=scene.row, person=chosen.person, by=staff.actor)


def test_the_report_counts_numbers_only(scene):
    fill(scene)

    def keys():
        return {figure["key"]: figure["data"] for figure in figures(scene.cohort.pk)}

    with tenant_context(scene.tenant, scene.keeper.person):
        assert keys()["set-meetings"] == {"value": 1} and "set-actions" not in keys()
        other = scene.plan.sets.select_related("plan", "cohort__programme").get(position=2)
    for number, who in enumerate(scene.members[1:]):
        with tenant_context(scene.tenant, who.person):
            row = scene.row if number < 3 else other
            action = add_action(learning_set=row, owner=who.person, body=SECRET, due_on=soon(), by=who.actor)
            if number < 2:
                answer_action(action=action, outcome="finish", by=who.actor)
    with tenant_context(scene.tenant, scene.keeper.person):
        assert keys()["set-actions"] == {"value": 2, "of": 7}
        made = figures(scene.cohort.pk)
        assert SECRET not in json.dumps(made, default=str)
        for figure in made:
            check_figure(figure)


@pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])
def test_a_year_after_the_cohort_all_of_a_room_is_gone(scene):
    fill(scene)
    gone = (*WORDS, SetAction, GroundRules, SetMeeting)
    last = timezone.now() + timedelta(days=240)
    assert "cohorts.set_room" not in delete_due(tenant=scene.tenant, now=last + timedelta(days=360))
    assert owner_counts(scene.tenant, gone) == [1] * 7
    assert delete_due(tenant=scene.tenant, now=last + timedelta(days=367))["cohorts.set_room"] == 1
    assert owner_counts(scene.tenant, gone) == [0] * 7


def owner_counts(tenant, models) -> list[int]:
    """As the owner, past every wall."""
    with connections["owner"].cursor() as cursor:
        found = []
        for model in models:
            cursor.execute(f"SELECT count(*) FROM {model._meta.db_table} WHERE tenant_id = %s", [tenant.pk])
            found.append(cursor.fetchone()[0])
    return found


@pytest.mark.parametrize("times", [1, 3])
def test_a_full_room_asks_no_more_than_twelve_times(essex, scene, times):
    fill(scene)
    ann = scene.members[0]
    with tenant_context(essex, scene.keeper.person):
        add_co_facilitator(learning_set=scene.row, person=scene.second.person, by=scene.keeper.actor)
    for n in range(times):
        with tenant_context(essex, ann.person):
            add_action(learning_set=scene.row, owner=ann.person, body=f"More {n}", due_on=soon(), by=ann.actor)
    for who in (ann, scene.keeper, scene.second):
        for name, row in (("set-detail", scene.row), ("set-action-list", scene.row), ("set-meeting", scene.event)):
            assert page_queries(who.client, url(name, row)) <= 12
        assert page_queries(who.client, url("event-detail", scene.event)) <= 12


def test_a_page_knows_whose_standing_it_has_read(essex, scene):
    """What was read for one person says nothing of another, and a set that was read plainly asks the database."""
    ann, bea = scene.members[:2]
    with tenant_context(essex, ann.person):
        plain_row = LearningSet.objects.select_related("plan").get(pk=scene.row.pk)
        assert set_member(ann.actor, plain_row) and not set_facilitator(ann.actor, plain_row)
        row = with_standing(LearningSet.objects.select_related("plan"), ann.person.pk).get(pk=scene.row.pk)
        keep_standing(row, row, ann.person.pk)
        SetMembership.objects.filter(person__in=[ann.person, bea.person]).delete()
        assert set_member(ann.actor, row) and not set_member(bea.actor, row)
        assert not set_member(ann.actor, plain_row)
