"""Checking in with the code on the event's screen."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from cohorts.check_in import ALPHABET, current_code, is_recent
from cohorts.models import Attendance, Event
from cohorts.services.events import cancel_event, check_in, save_register, send_apologies
from tenancy.errors import NotAllowed, Refused, StaleEdit, WrongState
from tenancy.scope import tenant_context
from tests.cohorts.test_events import url_of
from tests.factories.cohorts import SYSTEM, make_event


@pytest.fixture
def event(essex, cohort, staff) -> Event:
    """Began a quarter of an hour ago."""
    with tenant_context(essex):
        now = timezone.now()
        return make_event(
            cohort,
            owner=staff.person,
            starts_at=now - timedelta(minutes=15),
            ends_at=now + timedelta(hours=3),
        )


def at(moment):
    return time_machine.travel(moment, tick=False)


def test_the_code_changes_every_minute_is_taken_for_ten_and_is_the_events_own(essex, cohort, event):
    with tenant_context(essex):
        other = make_event(cohort, "Workshop 2", starts_at=event.starts_at, ends_at=event.ends_at)
    now = timezone.now()
    with at(now):
        code = current_code(event)
        assert re.fullmatch(f"[{ALPHABET}]{{5}}", code)
        assert is_recent(event, f" {code[:2].lower()}-{code[2:]} ") and not is_recent(other, code)
        assert not is_recent(event, "") and not is_recent(event, "é" * 5)
    with at(now + timedelta(minutes=1)):
        assert current_code(event) != code
    with at(now + timedelta(minutes=9)):
        assert is_recent(event, code)
    with at(now + timedelta(minutes=10)):
        assert not is_recent(event, code)
    with at(now - timedelta(minutes=1)):
        assert not is_recent(event, code)


def test_the_screen_shows_what_opens_the_door(essex, event, participant, other_participant, staff):
    with tenant_context(essex):
        send_apologies_before(event, participant)
    screen = staff.client.get(url_of("event-screen", event)).content.decode()
    code = re.search(r'check-in__code">(\w+)<', screen)[1]
    assert "0 of 2 people expected have checked in" in screen and 'class="baton-check-in__qr"' in screen
    here = url_of("event-here", event)
    assert here in screen
    # what the phone opens: the code stands in the box already
    page = participant.client.get(f"{here}?code={code}").content.decode()
    assert f'value="{code}"' in page and "I’m here" in page
    answer = participant.client.post(here, {"code": code}, follow=True).content.decode()
    assert "You’re checked in to Workshop 1" in answer and "You checked in at" in answer
    assert "sent your apologies" not in answer and "hasn’t been taken" not in answer
    with tenant_context(essex):
        row = Attendance.objects.get()
        assert (row.state, row.person, row.recorded_by) == ("present", participant.person, participant.person)
        assert row.note == "Leave", "the note stays theirs"
        first = row.checked_in_at
    # a second click
    assert participant.client.post(here, {"code": code}).status_code == 302
    with tenant_context(essex):
        assert Attendance.objects.get().checked_in_at == first
    assert "1 of 2 people expected have checked in" in staff.client.get(url_of("event-screen", event)).content.decode()
    assert "You checked in at" in participant.client.get(here).content.decode()


def send_apologies_before(event, member):
    with at(event.starts_at - timedelta(hours=1)):
        send_apologies(event=event, by=member.actor, note="Leave")


def test_wrong_codes_wrong_people_and_wrong_times_are_refused(
    essex, cohort, other_cohort, event, participant, other_staff, stranger
):
    here = url_of("event-here", event)
    wrong = participant.client.post(here, {"code": "AAAAA"})
    assert wrong.status_code == 422 and "That isn’t the code on the screen" in wrong.content.decode()
    assert "Enter the code on the screen" in participant.client.post(here, {"code": " "}).content.decode()
    code = current_code(event)
    assert other_staff.client.post(here, {"code": code}).status_code == 403
    assert stranger.client.post(here, {"code": code}).status_code == 404
    assert participant.client.get(url_of("event-screen", event)).status_code == 403
    with tenant_context(essex):
        with pytest.raises(NotAllowed):
            check_in(event=event, code=code, by=other_staff.actor)
        early = make_event(cohort, "Later", starts_at=timezone.now() + timedelta(minutes=31))
        with pytest.raises(WrongState, match="half an hour before"):
            check_in(event=early, code=current_code(early), by=participant.actor)
        with at(timezone.now() + timedelta(minutes=2)):
            assert check_in(event=early, code=current_code(early), by=participant.actor).state == "present"
        with at(event.ends_at), pytest.raises(WrongState):
            check_in(event=event, code=current_code(event), by=participant.actor)
        assert check_in(event=event, code=code, by=participant.actor).state == "present"
        cancel_event(event=early, by=SYSTEM, reason="Snow")
        with pytest.raises(WrongState, match="cancelled"):
            check_in(event=early, code=current_code(early), by=participant.actor)
    assert "been cancelled" in participant.client.get(url_of("event-here", early)).content.decode()


def test_the_register_starts_from_who_checked_in(essex, event, participant, other_participant, staff):
    with tenant_context(essex):
        check_in(event=event, code=current_code(event), by=participant.actor)
    register = url_of("event-register", event)
    page = staff.client.get(register).content.decode()
    pat, olu = (f"p_{member.person.public_id}" for member in (participant, other_participant))
    assert f'name="{pat}" value="present" checked' in page and f'name="{olu}" value="absent" checked' in page
    assert "Checked in at" in page and "everyone else absent" in page
    seen = re.search(r'name="seen_at" value="([^"]+)"', page)[1]
    # Olu arrives while the page is open: what it says of him isn't saved unseen
    with tenant_context(essex):
        check_in(event=event, code=current_code(event), by=other_participant.actor)
    marks = {"version": "1", "seen_at": seen, pat: "present", olu: "absent"}
    late = staff.client.post(register, marks)
    assert late.status_code == 409 and "Saved meanwhile: Present" in late.content.decode()
    with tenant_context(essex):
        assert set(Attendance.objects.values_list("state", flat=True)) == {"present"}
        assert Event.objects.get().registered_at is None
    again = re.search(r'name="seen_at" value="([^"]+)"', late.content.decode())[1]
    assert again > seen
    assert staff.client.post(register, {**marks, "seen_at": again}).status_code == 302
    with tenant_context(essex):
        assert Attendance.objects.get(person=other_participant.person).state == "absent"
    # he is there all the same: his pages offer it anew, the register is put right, and the record says when
    here = url_of("event-here", event)
    assert here in other_participant.client.get(url_of("event-detail", event)).content.decode()
    assert "Code on the screen" in other_participant.client.get(here).content.decode()
    assert other_participant.client.post(here, {"code": current_code(event)}).status_code == 302
    with tenant_context(essex):
        row = Attendance.objects.get(person=other_participant.person)
        assert row.state == "present" and row.checked_in_at > timezone.now() - timedelta(minutes=1)
        with pytest.raises(StaleEdit):
            save_register(
                event=Event.objects.get(),
                version=2,
                marks={pat[2:]: "present", olu[2:]: "absent"},
                by=staff.actor,
                seen_at=timezone.now() - timedelta(minutes=5),
            )


def test_a_seen_moment_that_is_none_is_refused_in_words(event, participant, staff):
    marks = {"version": "1", "seen_at": "yesterday", f"p_{participant.person.public_id}": "present"}
    assert staff.client.post(url_of("event-register", event), marks).status_code == 422


def test_what_someone_checked_in_to_is_in_their_copy(essex, event, participant):
    from tenancy.privacy import holdings

    with tenant_context(essex):
        check_in(event=event, code=current_code(event), by=participant.actor)
        [holding] = [h for h in holdings if "cohorts.Attendance" in h.models]
        assert holding.export(participant.person)[0]["checked in"] > event.starts_at


def test_refusals_name_the_field(essex, event, participant):
    with tenant_context(essex), pytest.raises(Refused) as refusal:
        check_in(event=event, code="34343", by=participant.actor)
    assert refusal.value.field == "code"
