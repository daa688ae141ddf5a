"""Events for alumni, what they're asked to help shape, and what they learn next."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from cohorts.models import (
    AlumniMembership,
    CoDesignAsk,
    CoDesignInvitation,
    Cohort,
    Event,
    EventGuest,
    EventOpening,
    Notebook,
    OnwardStep,
    Participation,
)
from cohorts.selectors.copying import events_to_copy
from cohorts.selectors.events import expected_people
from cohorts.services.alumni import change_standing
from cohorts.services.alumni_events import book_place, open_event, plan_alumni_event, save_recording
from cohorts.services.co_design import answer_co_design, ask_alumni, ask_more, close_ask
from cohorts.services.development import add_goal
from cohorts.services.events import cancel_event
from cohorts.services.participation import graduate_participant
from reminders.calendars import calendar_sources, read_entries
from reminders.models import Message
from reminders.selectors import read_obligations
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.privacy import export_person
from tenancy.scope import tenant_context
from tenancy.selectors import actor_of
from tenancy.services.retention import delete_due
from tests.factories.cohorts import (
    SYSTEM,
    actor_for,
    make_cohort,
    make_event,
    make_participant,
    sign_in_as,
    ten_in_the_morning,
)
from tests.queries import page_queries

SYS = pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])
DAY = {"day-day": "14", "day-month": "5", "day-year": "2099", "starts": "12:30pm", "ends": "1:30pm"}


def at(name, row=None, **more):
    public = {"public_id": row.public_id} if row is not None else {}
    return reverse(f"cohorts:{name}", kwargs={"tenant": "essex", **public, **more})


def graduate(cohort, name):
    place = make_participant(cohort, name)
    place = Participation.objects.select_related("person", "cohort__programme").get(pk=place.pk)
    graduate_participant(participation=place, by=SYSTEM)
    return place.person


@pytest.fixture
def alumni(essex, cohort):
    """Three of a finished cohort, the third away; the cohort that runs now is another of the programme."""
    with tenant_context(essex):
        people = [graduate(cohort, name) for name in ("Ann Alumna", "Ben Alumnus", "Col Away")]
        Cohort.objects.filter(pk=cohort.pk).update(stage="finished")
        away = AlumniMembership.objects.get(person=people[2])
        change_standing(membership=away, state="away", by=actor_for(people[2]))
    return [sign_in_as(essex, person) for person in people]


def mails(kind):
    return sorted(m.recipient.name for m in Message.objects.filter(kind=f"cohorts.{kind}").select_related("recipient"))


def test_an_event_for_alumni_from_its_planning_to_its_recording(
    essex, cohort, other_cohort, alumni, staff, other_staff, stranger
):
    ann, ben, col = alumni
    with tenant_context(essex):
        participant = sign_in_as(essex, make_participant(other_cohort, "Pat Participant").person)
    listed, plan = at("alumni-list", cohort.programme), at("alumni-event-plan", cohort.programme)
    assert plan in staff.client.get(listed).content.decode()
    for who, status in ((other_staff, 403), (ann, 403), (stranger, 404)):
        assert who.client.get(plan).status_code == status
    form = {**DAY, "title": "Leading through a merger", "join_url": "https://meet.example.org/m", "capacity": "1"}
    nowhere = staff.client.post(plan, {**form, "join_url": ""})
    assert nowhere.status_code == 422 and "give a join link" in nowhere.content.decode()
    for _click in range(2):
        assert staff.client.post(plan, form).status_code == 302
    with tenant_context(essex):
        event = Event.objects.select_related("cohort__programme").get()
        assert (event.kind, event.cohort_id) == ("virtual", cohort.pk)
        # who is away isn't told, and nobody is expected
        assert mails("alumni_event") == ["Ann Alumna", "Ben Alumnus"] and expected_people(event) == []
    page = at("alumni-event", event)
    assert event.title in staff.client.get(listed).content.decode()
    for client in (ann.client, col.client):  # who is away may still come
        assert page in client.get(at("alumni-home")).content.decode()
    assert page in ann.client.get("/essex/").content.decode()
    seen = ann.client.get(page).content.decode()
    assert "1 left" in seen and "meet.example.org" not in seen
    for who, status in ((participant, 403), (staff, 403), (stranger, 404)):
        assert who.client.get(page).status_code == status
    for _click in range(2):
        assert ann.client.post(page, {}).status_code == 302
    ben.client.post(page, {})
    assert (
        "Your place is booked" in ann.client.get(page).content.decode()
        and "meet.example.org" in ann.client.get(page).content.decode()
    )
    assert "number 1 on the waiting list" in ben.client.get(page).content.decode()
    with tenant_context(essex):
        assert [(g.person.name, g.state) for g in EventGuest.objects.order_by("pk")] == [
            ("Ann Alumna", "coming"),
            ("Ben Alumnus", "waiting"),
        ]
        (told,) = Message.objects.filter(kind="cohorts.event_new")
        assert told.recipient == ann.person and "BEGIN:VEVENT" in told.calendar_text
        assert [e.title for e in calendar_sources["cohorts"](ann.person)] == [event.title]
        assert calendar_sources["cohorts"](ben.person) == []
        anns, bens = EventGuest.objects.order_by("pk")
        with pytest.raises(NotAllowed):
            book_place(event=event, by=participant.actor)
    # she can't come after all: the next one is asked
    assert ann.client.post(at("guest-answer", anns), {"answer": "no"}).status_code == 302
    assert "A place is kept for you" in ben.client.get(page).content.decode()
    ben.client.post(page, {})
    recording = at("event-recording", event)
    early = staff.client.post(
        recording, {"recording_url": "https://video.example.org/1", "recording_for": "came", "version": "1"}
    )
    assert early.status_code == 422 and "once the event is over" in early.content.decode()
    with tenant_context(essex):
        assert EventGuest.objects.get(pk=bens.pk).state == "coming"
        Event.objects.filter(pk=event.pk).update(starts_at=timezone.now() - timedelta(hours=2), ends_at=timezone.now())
        # nothing of it goes along when the cohort is copied
        assert events_to_copy(cohort) == []
    assert ben.client.post(page, {}).status_code == 422
    assert recording in staff.client.get(at("event-detail", event)).content.decode()
    plain = {"recording_url": "http://video.example.org/1", "recording_for": "came", "version": "1"}
    assert staff.client.post(recording, plain).status_code == 422
    said = {"recording_url": "https://video.example.org/1", "recording_for": "came", "version": "1"}
    assert staff.client.post(recording, said).status_code == 302
    with tenant_context(essex):
        assert mails("recording") == ["Ben Alumnus"]
    assert "video.example.org" in ben.client.get(page).content.decode()
    assert "video.example.org" not in ann.client.get(page).content.decode()
    assert page in ben.client.get(at("alumni-home")).content.decode()
    assert page not in ann.client.get(at("alumni-home")).content.decode()
    staff.client.post(recording, {**said, "recording_for": "everyone", "version": "2"})
    assert "video.example.org" in ann.client.get(page).content.decode()
    # who has left is asked to nothing, and sees none of it
    with tenant_context(essex):
        change_standing(membership=AlumniMembership.objects.get(person=ann.person), state="left", by=ann.actor)
    assert ann.client.get(page).status_code == 403


def test_an_event_of_a_cohort_is_opened_and_its_own_people_keep_their_places(
    essex, other_cohort, cohort, alumni, staff, other_staff
):
    ann, _ben, _col = alumni
    with tenant_context(essex):
        own = sign_in_as(essex, make_participant(other_cohort, "Ola Own").person)
        event = make_event(other_cohort, "Masterclass", capacity=2)
        third = make_cohort("Cohort 9")
        elsewhere = sign_in_as(essex, graduate(third, "Dot Elsewhere"))
        programme = other_cohort.programme
    page = at("event-open", event)
    assert page in staff.client.get(at("event-detail", event)).content.decode()
    assert ann.client.get(page).status_code == 403
    assert "3 active alumni" in other_staff.client.get(page).content.decode()
    for _click in range(2):
        assert other_staff.client.post(page, {"of_cohort": cohort.public_id}).status_code == 302
    with tenant_context(essex):
        assert mails("alumni_event") == ["Ann Alumna", "Ben Alumnus"]
    booking = at("alumni-event", event)
    assert elsewhere.client.get(booking).status_code == 403
    assert own.client.get(booking).status_code == 403
    other_staff.client.post(page, {"of_cohort": ""})
    with tenant_context(essex):
        assert mails("alumni_event") == ["Ann Alumna", "Ben Alumnus", "Dot Elsewhere"]
    assert elsewhere.client.post(booking, {}).status_code == 302
    with tenant_context(essex):
        assert {g.person.name: g.state for g in EventGuest.objects.all()} == {"Dot Elsewhere": "coming"}
        assert [p.name for p in expected_people(event)] == ["Dot Elsewhere", "Ola Own"]
        event.refresh_from_db()
        cancel_event(event=event, by=SYSTEM, reason="Snow")
        with pytest.raises(WrongState):
            book_place(event=event, by=actor_for(ann.person))
        with pytest.raises(NotAllowed):
            open_event(event=event, of_cohort=None, by=actor_for(ann.person))
        with pytest.raises(NotAllowed):
            save_recording(
                opening=EventOpening.objects.get(), version=1, recording_url="", recording_for="came", by=ann.actor
            )
        empty = make_cohort("Cohort 11", programme=programme)
        Cohort.objects.filter(programme=programme).update(stage="running")
        with pytest.raises(Refused, match="No cohort"):
            plan_alumni_event(
                programme=empty.programme,
                title="X",
                starts_at=ten_in_the_morning(3),
                ends_at=ten_in_the_morning(4),
                place="Y",
                by=SYSTEM,
            )


def test_alumni_are_asked_answer_and_learn_what_came_of_it(essex, cohort, alumni, staff, other_staff, stranger):
    ann, ben, col = alumni
    listed, page = at("co-design-list", cohort.programme), at("co-design-ask", cohort.programme)
    assert listed in staff.client.get(at("alumni-list", cohort.programme)).content.decode()
    assert "Nothing asked yet" in staff.client.get(listed).content.decode()
    for who, status in ((other_staff, 403), (ann, 403), (stranger, 404)):
        assert who.client.get(page).status_code == status and who.client.get(listed).status_code == status
    offered = staff.client.get(page).content.decode()
    assert "Ann Alumna" in offered and "not asked in a year" in offered and "Col Away" not in offered
    form = {
        "title": "Market engagement",
        "body": "What should suppliers hear from you?",
        "answer_by-day": "1",
        "answer_by-month": "4",
        "answer_by-year": "2099",
        "place": "Chelmsford",
        "people": [ann.person.public_id],
    } | DAY
    assert "Choose whom to ask" in staff.client.post(page, {**form, "people": []}).content.decode()
    assert staff.client.post(page, {**form, "answer_by-month": "6"}).status_code == 422
    assert "Enter a start time" in staff.client.post(page, {**form, "starts": ""}).content.decode()
    for _click in range(2):
        assert staff.client.post(page, form).status_code == 302
    with tenant_context(essex):
        ask = CoDesignAsk.objects.get()
        row = CoDesignInvitation.objects.get()
        (mail,) = Message.objects.filter(kind="cohorts.co_design")
        assert mail.asks and mail.recipient == ann.person
        (owed,) = read_obligations(kind="cohorts.co_design")
        assert owed.person_id == ann.person.pk and owed.about == "Market engagement"
    detail, answer = at("co-design-detail", ask), at("co-design-answer", row)
    assert answer in ann.client.get(at("alumni-home")).content.decode()
    for who, status in ((ben, 403), (staff, 403), (stranger, 404)):
        assert who.client.get(answer).status_code == status
    assert "Say yes or no" in ann.client.post(answer, {"words": "Money"}).content.decode()
    for _click in range(2):
        assert ann.client.post(answer, {"answer": "yes", "words": "Say what it must not become."}).status_code == 302
    with tenant_context(essex):
        assert read_obligations(kind="cohorts.co_design") == []
        (entry,) = read_entries([calendar_sources["cohorts.co_design"](ann.person)])
        assert (entry.title, entry.place) == ("Market engagement", "Chelmsford")
    assert "Say what it must not become." in staff.client.get(detail).content.decode()
    # others are asked too; nobody twice
    assert staff.client.post(detail, {"people": [ben.person.public_id]}).status_code == 302
    with tenant_context(essex):
        assert ask_more(ask=ask, people=[ann.person], by=staff.actor) == 0
        with pytest.raises(Refused, match="active alumni"):
            ask_more(ask=ask, people=[col.person], by=staff.actor)
    shown = staff.client.get(listed).content.decode()
    assert "1 of 2" in shown and "once in twelve months" in shown
    close = at("co-design-close", ask)
    assert "Say what came of it" in staff.client.post(close, {"came_of_it": ""}).content.decode()
    assert staff.client.post(close, {"came_of_it": "Three suppliers heard it from Ann."}).status_code == 302
    with tenant_context(essex):
        assert mails("co_design_closed") == ["Ann Alumna"] and read_obligations(kind="cohorts.co_design") == []
        row.refresh_from_db()
        with pytest.raises(WrongState):
            close_ask(ask=ask, came_of_it="Again", by=staff.actor)
        with pytest.raises(WrongState):
            answer_co_design(invitation=row, answer="no", words="", by=ann.actor)
        with pytest.raises(NotAllowed):
            answer_co_design(invitation=row, answer="no", words="", by=ben.actor)
        assert "Say what it must not become." in str(export_person(ann.person))
    assert "Three suppliers heard it from Ann." in ann.client.get(answer).content.decode()


def test_nobody_is_asked_too_often(essex, cohort, alumni, staff):
    ann, ben, _col = alumni

    def ask(n, people):
        return ask_alumni(
            programme=cohort.programme,
            title=f"Question {n}",
            body="What do you think?",
            answer_by=timezone.now() + timedelta(days=9),
            people=people,
            by=staff.actor,
        )

    with tenant_context(essex):
        for n in range(4):
            ask(n, [ann.person])
        with pytest.raises(Refused, match="Ann Alumna"):
            ask(5, [ann.person, ben.person])
        assert CoDesignAsk.objects.filter(title="Question 5").count() == 0
        ask(6, [ben.person])
    page = staff.client.get(at("co-design-ask", cohort.programme)).content.decode()
    assert page.index("Ben Alumnus") < page.index("Ann Alumna") and "asked 4 times in a year" in page
    before = page_queries(staff.client, at("co-design-list", cohort.programme))
    with tenant_context(essex):
        CoDesignInvitation.objects.update(asked_at=timezone.now() - timedelta(days=366))
        ask(7, [ann.person])
        ask(8, [ann.person])
    assert page_queries(staff.client, at("co-design-list", cohort.programme)) == before


@SYS
def test_answers_go_three_years_after_their_last_day(essex):
    with tenant_context(essex):
        cohort = make_cohort()
        person = graduate(cohort, "Ann Alumna")
        ask_alumni(
            programme=cohort.programme,
            title="A question",
            body="What?",
            answer_by=timezone.now() + timedelta(days=1),
            people=[person],
            by=SYSTEM,
        )
    assert "cohorts.co_design" not in delete_due(tenant=essex, now=timezone.now() + timedelta(days=1096))
    assert delete_due(tenant=essex, now=timezone.now() + timedelta(days=1098))["cohorts.co_design"] == 1


def test_a_plan_for_learning_onward_is_its_owners_alone(essex, cohort, alumni, staff, stranger):
    ann, ben, _col = alumni
    with tenant_context(essex, ann.person):
        goal = add_goal(
            cohort=cohort,
            better_at="Chairing",
            measure="I'm asked to",
            due_on=None,
            objective=None,
            by=actor_of(ann.person),
        )
    page, add = at("onward-plan"), at("onward-step-add")
    assert page in ann.client.get(at("alumni-home")).content.decode()
    assert "Nothing planned" in ann.client.get(page).content.decode()
    form = {"what": "Chair the county board twice", "way": "work", "goal": goal.public_id, "version": "0"}
    assert "Choose what it is" in ann.client.post(add, {**form, "way": ""}).content.decode()
    assert ben.client.post(add, form).status_code == 422  # the goal is hers
    for _click in range(2):
        assert ann.client.post(add, form).status_code == 302
    shown = ann.client.get(page).content.decode()
    assert "Chair the county board twice" in shown and "Chairing" in shown
    assert "Chair the county board twice" in ann.client.get(at("alumni-home")).content.decode()
    assert page_queries(ann.client, at("alumni-home")) <= 12
    with tenant_context(essex, ann.person):
        step = OnwardStep.objects.get()
        assert "Chair the county board twice" in str(export_person(ann.person))
    edit = at("onward-step-edit", step)
    for who in (ben, staff, stranger):
        assert who.client.get(edit).status_code == 404
    with tenant_context(essex, staff.person):
        assert not OnwardStep.objects.exists() and Notebook.objects.filter(owner=ann.person).exists()
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM cohorts_onwardstep")
            assert cursor.rowcount == 0
    done = {**form, "done": "on", "learned": "They listened.", "version": "1"}
    assert ann.client.post(edit, done).status_code == 302
    stale = ann.client.post(edit, {**done, "learned": "Not much."})
    assert stale.status_code == 409 and "They listened." in stale.content.decode()
    assert "They listened." in ann.client.get(page).content.decode()
    assert ann.client.post(at("onward-step-delete", step), {}).status_code == 302
    assert "They listened." not in ann.client.get(page).content.decode()
