"""A request for support is for two people: asked, answered, settled, reminded; nobody else finds it anywhere."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cohorts.models import SupportRequest, SupportText
from cohorts.services.support import answer_support, ask_support, close_support
from reminders.models import Message
from reminders.selectors import read_and_count, read_obligations
from reminders.services.reminding import queue_due_reminders
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.models import Change
from tenancy.privacy import export_person
from tenancy.scope import tenant_context
from tenancy.selectors import actor_of
from tenancy.services.retention import delete_due
from tests.clock import travel
from tests.factories.cohorts import make_sets

SECRET = "Trauerschnäpper"


@pytest.fixture
def scene(essex, cohort, participant, other_participant, facilitator):
    with tenant_context(essex):
        make_sets(cohort, [[participant.person, other_participant.person]], facilitator=facilitator.person)
    return facilitator


def at(name, row=None):
    kwargs = {"tenant": "essex"} | ({"public_id": row.public_id} if row else {})
    return reverse(f"cohorts:{name}", kwargs=kwargs)


def asked(essex, cohort, participant, to, body=SECRET):
    with tenant_context(essex, participant.person):
        return ask_support(cohort=cohort, to=to, body=body, by=actor_of(participant.person))


def test_two_people_read_it_and_it_is_answered(essex, cohort, scene, participant, other_participant, staff):
    history = participant.client.get(reverse("cohorts:leadership-history", kwargs={"tenant": "essex"}))
    assert at("support-list") in history.content.decode()
    page = participant.client.get(at("support-ask")).content.decode()
    assert "Fay Facilitator" in page and "Sita Staff" in page and "Olu Other" not in page
    form = {"to": scene.person.public_id, "body": SECRET}
    assert participant.client.post(at("support-ask"), {**form, "body": " "}).status_code == 422
    assert participant.client.post(at("support-ask"), form).status_code == 302
    assert participant.client.post(at("support-ask"), form).status_code == 302  # twice is once
    with tenant_context(essex, scene.person):
        row = SupportRequest.objects.get()
        assert row.standing == "Waiting for an answer"
        owed = read_obligations(kind="cohorts.support", private=True)
        assert [(o.about, o.key) for o in owed] == [("Pat Participant", row.public_id)]
    with tenant_context(essex):
        mail = Message.objects.get(kind="cohorts.support_asked")
        assert mail.recipient == scene.person and SECRET not in mail.body_text + mail.subject
    assert SECRET in scene.client.get(at("support-detail", row)).content.decode()
    assert participant.client.get(at("support-answer", row)).status_code == 403
    for somebody in (staff, other_participant):
        assert somebody.client.get(at("support-detail", row)).status_code == 404
        assert SECRET not in somebody.client.get(at("support-list")).content.decode()
        with tenant_context(essex, somebody.person):
            assert not SupportRequest.objects.exists() and not SupportText.objects.exists()
            assert SECRET not in str(export_person(participant.person))
    with tenant_context(essex, staff.person):  # nor the board
        assert not [c for c in read_and_count(limit=50).counts if c.kind == "cohorts.support"]
    answered = scene.client.post(at("support-answer", row), {"body": "Ring me on Friday"})
    assert answered.status_code == 302
    shown = participant.client.get(at("support-detail", row)).content.decode()
    assert "Ring me on Friday" in shown and "Answered" in shown
    with tenant_context(essex):
        assert Message.objects.get(kind="cohorts.support_answered").recipient == participant.person
        assert not Change.objects.filter(reason__contains=SECRET).exists()
    with tenant_context(essex, scene.person):
        assert not read_obligations(kind="cohorts.support", private=True)
        with pytest.raises(WrongState):
            answer_support(request=row, body="Something else", by=actor_of(scene.person))
    assert participant.client.post(at("support-close", row)).status_code == 302
    assert "Settled" in participant.client.get(at("support-list")).content.decode()
    with tenant_context(essex, participant.person):
        assert SECRET in str(export_person(participant.person))


def test_who_may_ask_whom(essex, cohort, scene, participant, other_participant, staff):
    with pytest.raises(Refused, match="Choose from the list"):
        asked(essex, cohort, participant, other_participant.person)
    row = asked(essex, cohort, participant, staff.person)
    with tenant_context(essex, scene.person), pytest.raises(NotAllowed):
        ask_support(cohort=cohort, to=staff.person, body="x", by=actor_of(scene.person))
    for service, fields in ((answer_support, {"body": "x"}), (close_support, {})):
        with tenant_context(essex, other_participant.person), pytest.raises(NotAllowed):
            service(request=row, by=actor_of(other_participant.person), **fields)
    with tenant_context(essex, participant.person):
        close_support(request=row, by=actor_of(participant.person))
    with tenant_context(essex, staff.person), pytest.raises(WrongState):
        answer_support(request=row, body="x", by=staff.actor)


def test_whoever_was_asked_is_reminded(essex, cohort, scene, participant):
    asked(essex, cohort, participant, scene.person)
    monday = timezone.now().replace(hour=11) + timedelta(days=14 - timezone.now().weekday())
    with tenant_context(essex), travel(monday):
        queue_due_reminders(tenant=essex)
        sent = Message.objects.filter(recipient=scene.person, body_text__contains="who asks you for support")
        assert sent.count() == 1 and SECRET not in sent.get().body_text


@pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])
def test_it_goes_after_half_a_year(essex, cohort, scene, participant):
    row = asked(essex, cohort, participant, scene.person)
    assert "cohorts.support" not in delete_due(tenant=essex, now=row.asked_at + timedelta(days=182))
    assert delete_due(tenant=essex, now=row.asked_at + timedelta(days=184))["cohorts.support"] == 1
