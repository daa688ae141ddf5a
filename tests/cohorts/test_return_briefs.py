"""A brief says what its owner picked to one manager, by a link that ends or is taken back; no account is needed to answer it."""

from __future__ import annotations

import json
from datetime import datetime, time, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts.face_report import figures
from cohorts.models import ReturnBrief, ReturnBriefText
from cohorts.promises import Promise, promise_sources
from cohorts.selectors.return_briefs import brief_pickables, likely_manager
from cohorts.selectors.returning import plan_of
from cohorts.services.development import add_goal
from cohorts.services.reflections import write_reflection
from cohorts.services.return_briefs import (
    answer_brief,
    delete_brief,
    make_brief,
    move_meeting,
    send_brief,
    take_back_brief,
)
from cohorts.services.returning import delete_return_plan, save_change_context, save_return_plan
from engine.reports import check_figure
from reminders.feed import entries_of
from reminders.models import Message
from reminders.selectors import read_and_count, read_obligations
from reminders.services.reminding import queue_due_reminders
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.links import mint_link
from tenancy.models import Link, Role
from tenancy.privacy import export_person
from tenancy.scope import tenant_context
from tenancy.selectors import actor_of
from tests.clock import travel
from tests.factories.cohorts import make_many, make_person, sign_in_as
from tests.queries import page_queries

SECRET = "Gartenbaumläufer"


def at(name, row=None, **kwargs):
    kwargs = {"tenant": "essex", **kwargs} | ({"public_id": row.public_id} if row else {})
    return reverse(f"cohorts:{name}", kwargs=kwargs)


def day(name, when):
    return {f"{name}-day": when.day, f"{name}-month": when.month, f"{name}-year": when.year}


def in_days(n):
    return timezone.localdate() + timedelta(days=n)


def at_ten(n):
    return timezone.make_aware(datetime.combine(in_days(n), time(10, 0)))


def plan_for(cohort, person):
    return save_return_plan(
        cohort=cohort,
        version=0,
        keep=f"{SECRET} walk-rounds",
        need_time=f"{SECRET} Tuesdays",
        need_sponsor=f"{SECRET} the board",
        need_place="",
        review_on=in_days(90),
        review_again_on=None,
        by=actor_of(person),
    )


def brief_for(cohort, person, picked=("p-keep", "n-time", "n-sponsor")):
    return make_brief(cohort=cohort, introduction=f"{SECRET} hello", picked=picked, by=actor_of(person))


def sent_to(brief, email="lena@line.example", **fields):
    said = {"name": "Lena Line", "meet_at": None, "until": in_days(60), **fields}
    return send_brief(brief=brief, email=email, by=actor_of(brief.owner), **said)


@pytest.fixture
def plan(essex, cohort, participant):
    with tenant_context(essex, participant.person):
        return plan_for(cohort, participant.person).plan


@pytest.fixture
def brief(essex, cohort, participant, plan):
    with tenant_context(essex, participant.person):
        return sent_to(brief_for(cohort, participant.person))


@pytest.fixture
def link(essex, brief):
    with tenant_context(essex):
        token = mint_link(person=brief.reader, purpose="return-brief", about=brief.public_id, days=60)
    return at("return-brief-link", token=token)


def test_from_the_pick_to_the_managers_answer(essex, cohort, participant, plan):
    client = participant.client
    with tenant_context(essex, participant.person):
        add_goal(cohort=cohort, better_at="Asking", measure="Seen", due_on=None, objective=None, by=participant.actor)
        write_reflection(cohort=cohort, kind="free", title="Nobody’s business", body="x", by=participant.actor)
        save_change_context(cohort=cohort, version=0, kinds=["savings"], body="Two teams", by=participant.actor)
    assert at("return-brief-make") in client.get(at("return-home")).content.decode()
    page = client.get(at("return-brief-make")).content.decode()
    assert "Asking" in page and "Savings to be made" in page and "checked" not in page
    assert "Nobody’s business" not in page
    assert page_queries(client, at("return-brief-make")) <= 12
    assert client.post(at("return-brief-make"), {"introduction": "x"}).status_code == 422
    made = client.post(at("return-brief-make"), {"picked": ["p-keep", "n-time", "c-words"], "introduction": "Hello"})
    again = client.post(at("return-brief-make"), {"picked": ["p-keep", "n-time", "c-words"], "introduction": "Hello"})
    assert made.status_code == 302 and made["Location"] == again["Location"]  # twice is once
    with tenant_context(essex, participant.person):
        brief = ReturnBrief.objects.get()
    shown = client.get(made["Location"]).content.decode()
    assert "Tuesdays" in shown and "Two teams" in shown and "the board" not in shown and "Asking" not in shown
    form = {"name": "Lena Line", "email": "lena@line.example", **day("until", in_days(60))}
    for wrong in (
        {**form, "email": participant.person.email},
        {**form, **day("until", in_days(200))},
        {**form, **day("meet_day", in_days(9))},
        {**form, **day("meet_day", in_days(-1)), "meet_time": "10am"},
        {**form, **day("meet_day", in_days(70)), "meet_time": "10am"},
    ):
        assert client.post(at("return-brief-send", brief), wrong).status_code == 422
    send = {**form, **day("meet_day", in_days(9)), "meet_time": "10am"}
    assert client.post(at("return-brief-send", brief), send).status_code == 302
    assert client.post(at("return-brief-send", brief), send).status_code == 302
    with tenant_context(essex, participant.person):
        brief.refresh_from_db()
        assert brief.meet_at == at_ten(9)
        mail = Message.objects.get(kind="cohorts.return_brief")
        assert mail.recipient.email == "lena@line.example" and SECRET not in mail.body_text + mail.subject
        token = mint_link(person=brief.reader, purpose="return-brief", about=brief.public_id, days=60)
    manager, page = Client(), at("return-brief-link", token=token)
    read = manager.get(page).content.decode()
    assert f"{SECRET} walk-rounds" in read and "What to ask" in read and "Pat Participant is coming back" in read
    assert manager.post(page, {"version": 1, "answer": ""}).status_code == 422
    said = {"version": 1, "talked": "on", "agreed": ["n-time"], "answer": "Tuesdays it is"}
    assert manager.post(page, said).status_code == 302
    assert manager.post(page, said).status_code == 302  # the link isn't spent
    other = manager.post(page, {**said, "answer": "Wednesdays"})
    assert other.status_code == 409 and "Tuesdays it is" in other.content.decode()
    told = client.get(at("return-brief", brief)).content.decode()
    assert "Tuesdays it is" in told and "You’ve talked" in told
    with tenant_context(essex, participant.person):
        answered = Message.objects.get(kind="cohorts.return_answered")
        assert answered.recipient == participant.person and "Tuesdays it is" not in answered.body_text
    assert "Lena Line" in client.get(at("return-home")).content.decode()


def test_a_link_that_is_taken_back_over_or_for_something_else(essex, cohort, participant, brief, link):
    visitor = Client()
    assert visitor.get(link).status_code == 200
    for until, answered in ((in_days(-1), 404), (in_days(0), 200)):
        with tenant_context(essex, participant.person):
            ReturnBrief.objects.filter(pk=brief.pk).update(until=until)
        assert visitor.get(link).status_code == answered
    with tenant_context(essex):
        other = mint_link(person=brief.reader, purpose="appraisal", about=brief.public_id, days=9)
    assert visitor.get(at("return-brief-link", token=other)).status_code == 404
    assert participant.client.post(at("return-take-back", brief)).status_code == 302
    assert participant.client.post(at("return-take-back", brief)).status_code == 302
    gone = visitor.get(link)
    assert gone.status_code == 404 and "Pat Participant" not in gone.content.decode()
    with tenant_context(essex, brief.reader):
        by = Actor.for_link(brief.reader, "return-brief")
        with pytest.raises(WrongState):
            answer_brief(brief=brief, version=1, talked=True, agreed=[], answer="", by=by)
        assert not ReturnBriefText.objects.exists()
    assert "Taken back" in participant.client.get(at("return-brief", brief)).content.decode()


def test_nobody_else_reads_a_word(essex, cohort, participant, other_participant, staff, brief, stranger):
    for somebody in (other_participant, staff):
        for name in ("return-brief", "return-brief-send", "return-meeting", "return-brief-answer"):
            assert somebody.client.get(at(name, brief)).status_code == 404
        with tenant_context(essex, somebody.person):
            for table in ("returnbrief", "returnbrieftext"):
                with connection.cursor() as cursor:
                    cursor.execute(f"SELECT count(*) FROM cohorts_{table}")
                    assert cursor.fetchone() == (0,), table
            assert SECRET not in str(export_person(participant.person))
            with pytest.raises(NotAllowed):
                take_back_brief(brief=brief, by=somebody.actor)
            with pytest.raises(NotAllowed):
                answer_brief(brief=brief, version=1, talked=True, agreed=[], answer="", by=somebody.actor)
    assert stranger.client.get(at("return-brief", brief)).status_code == 404
    with tenant_context(essex):  # the job that reminds sees that there is one, and not a word
        assert ReturnBrief.objects.count() == 1 and not ReturnBriefText.objects.exists()
    with tenant_context(essex, participant.person):
        assert SECRET in str(export_person(participant.person))
    with tenant_context(essex, brief.reader):
        assert SECRET in str(export_person(brief.reader))


def test_a_manager_with_an_account_answers_signed_in_and_only_what_is_asked(essex, cohort, participant, brief):
    manager = sign_in_as(essex, brief.reader, Role.SPONSOR)
    page = manager.client.get(at("return-brief-answer", brief))
    assert page.status_code == 200 and "on the board" not in page.content.decode()
    with tenant_context(essex, brief.reader):
        by = actor_of(brief.reader)
        with pytest.raises(Refused):
            answer_brief(brief=brief, version=1, talked=False, agreed=["n-place"], answer="", by=by)
        # theirs to answer, and nothing else of it to change
        with pytest.raises(NotAllowed):
            delete_brief(brief=brief, by=by)
        with pytest.raises(NotAllowed):
            move_meeting(brief=brief, meet_at=at_ten(4), by=by)
    assert manager.client.post(at("return-brief-answer", brief), {"version": 1, "answer": "Soon"}).status_code == 302
    assert (
        manager.client.post(
            at("return-brief-answer", brief), {"version": 2, "answer": "Soon", "talked": "on"}
        ).status_code
        == 302
    )
    with tenant_context(essex, participant.person):
        brief.refresh_from_db()
        assert brief.talked_at is not None and Message.objects.filter(kind="cohorts.return_answered").count() == 2


def test_the_conversation_is_owed_by_the_manager_and_moves(essex, cohort, participant, staff, brief):
    def owed():
        with tenant_context(essex):
            return [(o.person_id, o.due) for o in read_obligations(kind="cohorts.return_talk", private=True)]

    assert owed() == [(brief.reader_id, brief.sent_at + timedelta(days=21))]
    form = {**day("meet_day", in_days(3)), "meet_time": "10am"}
    assert participant.client.post(at("return-meeting", brief), form).status_code == 302
    assert participant.client.post(at("return-meeting", brief), form).status_code == 302
    assert owed() == [(brief.reader_id, at_ten(3))]
    with tenant_context(essex, participant.person):
        assert Message.objects.filter(kind="cohorts.return_meeting").count() == 1
        with pytest.raises(Refused):
            move_meeting(brief=brief, meet_at=at_ten(-1), by=participant.actor)
        for person, other in ((participant.person, brief.reader), (brief.reader, participant.person)):
            with tenant_context(essex, person):
                (entry,) = [e for e in entries_of(person, essex) if "Return to work" in e.title]
                assert entry.title.endswith(other.name) and not entry.cancelled
                assert (entry.starts_at, entry.ends_at) == (at_ten(3), at_ten(3) + timedelta(minutes=30))
    with tenant_context(essex, staff.person):
        assert not [c for c in read_and_count(limit=50).counts if c.kind == "cohorts.return_talk"]
    monday = timezone.now().replace(hour=11) + timedelta(days=14 - timezone.now().weekday())
    with tenant_context(essex), travel(monday):
        queue_due_reminders(tenant=essex)
        mail = Message.objects.filter(recipient=brief.reader).exclude(
            kind__in=("cohorts.return_brief", "cohorts.return_meeting")
        )
        assert mail.get().link_purpose == "return-brief" and SECRET not in mail.get().body_text
    with tenant_context(essex, brief.reader):
        by = Actor.for_link(brief.reader, "return-brief")
        answer_brief(brief=brief, version=1, talked=True, agreed=[], answer="", by=by)
    assert owed() == []
    with tenant_context(essex, participant.person), pytest.raises(WrongState):
        move_meeting(brief=brief, meet_at=at_ten(5), by=participant.actor)


def test_what_can_go_in_and_who_is_meant(essex, cohort, participant, monkeypatch):
    with tenant_context(essex, participant.person):
        with pytest.raises(WrongState, match="return plan first"):
            brief_for(cohort, participant.person)
        assert participant.client.get(at("return-brief-make")).status_code == 302
        plan_for(cohort, participant.person)
        offered = brief_pickables(participant.person.pk, cohort, plan_of(participant.person.pk, cohort))
        assert [i.key for i in offered] == ["p-keep", "n-time", "n-sponsor"]
        with pytest.raises(Refused, match="isn’t there"):
            brief_for(cohort, participant.person, picked=["n-place"])
        with pytest.raises(Refused, match="at least one"):
            brief_for(cohort, participant.person, picked=[])
        row = brief_for(cohort, participant.person)
        assert likely_manager(participant.person, cohort) is None
        manager, endorser = make_person("Mona Manager"), make_person("Edda Endorser")
        participant.person.line_manager = manager
        assert likely_manager(participant.person, cohort) == manager
        older = make_person("Olga Officer")
    given = timezone.now()

    def promised(person_id, cohort_id):
        before = Promise(older, "chief officer", given - timedelta(days=1), ())
        return [before, Promise(endorser, "line manager", given, ())]

    monkeypatch.setitem(promise_sources._answers, "test", promised)
    assert endorser.email in participant.client.get(at("return-brief-send", row)).content.decode()
    with tenant_context(essex, participant.person):
        sent_to(row)
        with pytest.raises(WrongState, match="has been sent"):
            sent_to(row, email="other@line.example")
        # another one to the same person takes the earlier one back
        second = sent_to(brief_for(cohort, participant.person))
        row.refresh_from_db()
        assert row.taken_back_at is not None and second.is_with_reader


def test_deleting_the_plan_deletes_its_briefs_and_their_links(essex, cohort, participant, plan, brief, link):
    with tenant_context(essex, participant.person):
        delete_return_plan(plan=plan, by=participant.actor)
        assert not ReturnBrief.objects.exists() and not ReturnBriefText.objects.exists()
        assert not Link.objects.filter(about=brief.public_id, revoked_at__isnull=True).exists()
    assert Client().get(link).status_code == 404


def test_a_brief_of_its_own_is_deleted(essex, cohort, participant, brief, link):
    assert participant.client.post(at("return-brief-delete", brief)).status_code == 302
    assert Client().get(link).status_code == 404
    with tenant_context(essex, participant.person):
        assert not ReturnBrief.objects.exists()


@pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])
@pytest.mark.parametrize(("talked", "told"), [(3, False), (5, True)])
def test_the_report_counts_managers_and_no_few(essex, cohort, talked, told):
    with tenant_context(essex):
        people = [p.person for p in make_many(cohort, 10)]
    for n, person in enumerate(people):
        with tenant_context(essex, person):
            plan_for(cohort, person)
            row = sent_to(brief_for(cohort, person), email=f"boss{n}@line.example")
        if n < talked:
            with tenant_context(essex, row.reader):
                by = Actor.for_link(row.reader, "return-brief")
                answer_brief(brief=row, version=1, talked=True, agreed=[], answer="", by=by)
    with tenant_context(essex):
        found = {f["key"]: f for f in figures(cohort.pk)}
        assert ("return-talks" in found) is told
        if told:
            check_figure(json.loads(json.dumps(found["return-talks"])))
            assert found["return-talks"]["data"] == {"value": talked, "of": 10}


def test_pages_ask_the_same_with_much_as_with_little(essex, cohort, participant, brief, link):
    with_one = page_queries(participant.client, at("return-home"))
    assert page_queries(Client(), link) <= 12
    with tenant_context(essex, participant.person):
        for n in range(4):
            row = brief_for(cohort, participant.person, picked=[("p-keep", "n-time")[n % 2]])
            sent_to(row, email=f"boss{n}@line.example")
    assert page_queries(participant.client, at("return-home")) == with_one <= 12
