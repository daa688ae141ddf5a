"""Pre-work and follow-on of events."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cohorts.models import EventTask, EventTaskDone
from cohorts.services.event_tasks import add_event_task, edit_event_task, mark_task_done
from cohorts.services.events import cancel_event, edit_event
from cohorts.services.participation import withdraw_participant
from reminders.selectors import read_obligations
from tenancy.errors import NotAllowed, Refused, StaleEdit, WrongState
from tenancy.privacy import export_person
from tenancy.scope import tenant_context
from tests.cohorts.test_events import url_of
from tests.factories.cohorts import SYSTEM, make_event, make_sets


def owed():
    rows = read_obligations(kind="cohorts.task", with_people=True)
    return sorted((o.person.name, o.about, o.due) for o in rows)


def test_staff_ask_and_people_tick_it_off(essex, cohort, participant, other_participant, staff, other_staff, stranger):
    with tenant_context(essex):
        event = make_event(cohort, owner=staff.person)
    add, home = url_of("event-task-add", event), reverse("portal:home", kwargs={"tenant": "essex"})
    assert "Nothing to prepare" in staff.client.get(url_of("event-detail", event)).content.decode()
    empty = staff.client.post(add, {"title": " ", "url": "http://x.example"})
    assert empty.status_code == 422
    for words in ("Choose when it is to be done", "Say in a few words what to do"):
        assert words in empty.content.decode()
    typed = {"timing": "before", "title": "Read the case", "text": "Two pages.", "url": "https://files.example/case"}
    assert "must start with https" in staff.client.post(add, {**typed, "url": "http://x.example"}).content.decode()
    for _click in range(2):
        assert staff.client.post(add, typed).status_code == 302
    for member, status in ((participant, 403), (other_staff, 403), (stranger, 404)):
        assert member.client.get(add).status_code == member.client.post(add, typed).status_code == status
    with tenant_context(essex):
        task = EventTask.objects.get()
        assert owed() == [(n, "Read the case", event.starts_at) for n in ("Olu Other", "Pat Participant")]
    page, done = url_of("event-task-detail", task), url_of("event-task-done", task)
    assert page in participant.client.get(home).content.decode()
    assert page in participant.client.get(url_of("event-detail", event)).content.decode()
    shown = participant.client.get(page).content.decode()
    assert "Two pages." in shown and "https://files.example/case" in shown and "I’ve done this" in shown
    assert "Olu Other" not in shown and "Who has done it" not in shown
    assert (other_staff.client.post(done).status_code, stranger.client.post(done).status_code) == (403, 404)
    for _click in range(2):
        assert participant.client.post(done, {"done": "yes"}).status_code == 302
    with tenant_context(essex):
        assert [row[0] for row in owed()] == ["Olu Other"]
        assert EventTaskDone.objects.count() == 1
        assert "Read the case" in str(export_person(participant.person))
    assert page not in participant.client.get(home).content.decode()
    kept = staff.client.get(page).content.decode()
    assert "1 of 2 people expected." in kept and "<li>Olu Other</li>" in kept and "<li>Pat Participant</li>" not in kept
    assert "1 has done it" in staff.client.get(url_of("event-detail", event)).content.decode()
    assert ", done" in participant.client.get(url_of("event-detail", event)).content.decode()
    participant.client.post(done, {"done": "no"})
    with tenant_context(essex):
        assert len(owed()) == 2
    assert staff.client.post(url_of("event-task-remove", task)).status_code == 302
    with tenant_context(essex):
        assert not EventTask.objects.exists() and owed() == []


def test_when_it_is_owed(essex, cohort, participant, other_participant):
    """Pre-work four weeks ahead until the event is over, follow-on from then; by whom the event is for; and it moves with the event."""
    now = timezone.now()
    with tenant_context(essex):
        make_sets(cohort, [[participant.person], [other_participant.person]])
        own = participant.person.set_memberships.get().learning_set
        event = make_event(cohort, starts_at=now + timedelta(days=29), learning_set=own)
        before = add_event_task(event=event, timing="before", title="Read", by=SYSTEM)
        after = add_event_task(event=event, timing="after", title="Try", by=SYSTEM)
        assert owed() == []
        event = edit_event(
            event=event,
            version=event.version,
            starts_at=now + timedelta(days=20),
            ends_at=now + timedelta(days=20, hours=3),
            by=SYSTEM,
        )
        assert owed() == [("Pat Participant", "Read", event.starts_at)]
        event = edit_event(
            event=event,
            version=event.version,
            starts_at=now - timedelta(days=2),
            ends_at=now - timedelta(days=1),
            by=SYSTEM,
        )
        assert owed() == [("Pat Participant", "Try", event.ends_at + timedelta(days=14))]
        task = EventTask.objects.select_related("event").get(pk=after.pk)
        assert task.due_at == event.ends_at + timedelta(days=14)
        place = cohort.participations.get(person=participant.person)
        with pytest.raises(NotAllowed):
            mark_task_done(task=task, by=other_participant.actor)
        withdraw_participant(participation=place, reason="New job", by=SYSTEM)
        assert owed() == []
        assert before.pk


def test_cancelled_events_ask_nothing(essex, cohort, participant, staff):
    with tenant_context(essex):
        event = make_event(cohort)
        task = add_event_task(event=event, timing="before", title="Read", by=SYSTEM)
        cancel_event(event=event, by=SYSTEM, reason="Snow")
        assert owed() == []
        with pytest.raises(WrongState):
            mark_task_done(task=task, by=participant.actor)
        with pytest.raises(WrongState):
            add_event_task(event=event, timing="after", title="Try", by=SYSTEM)
    page = participant.client.get(url_of("event-task-detail", task)).content.decode()
    assert "been cancelled" in page and "I’ve done this" not in page


def test_two_people_change_one(essex, cohort, participant, staff):
    with tenant_context(essex):
        event = make_event(cohort, owner=staff.person)
        task = add_event_task(event=event, timing="before", title="Read", by=SYSTEM)
        add_event_task(event=event, timing="before", title="Watch", by=SYSTEM)
        mark_task_done(task=task, by=participant.actor)
        texts = {"timing": "before", "text": "", "url": ""}
        edit_event_task(task=task, version=1, title="Read it", by=staff.actor, **texts)
        with pytest.raises(StaleEdit):
            edit_event_task(task=task, version=1, title="Read both", by=staff.actor, **texts)
        with pytest.raises(Refused, match="asks that already"):
            edit_event_task(task=task, version=2, title="Watch", by=staff.actor, **texts)
        assert EventTaskDone.objects.count() == 1
    late = staff.client.post(url_of("event-task-edit", task), {**texts, "title": "Read both", "version": "1"})
    assert late.status_code == 409 and "Read it" in late.content.decode() and "Read both" in late.content.decode()
