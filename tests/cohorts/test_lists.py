"""What the lists of a cohort count, and in what order they stand."""

from __future__ import annotations

import re
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from cohorts.models import Event
from cohorts.services.events import save_register
from cohorts.services.participation import withdraw_participant
from tenancy.actors import Actor
from tenancy.models import Role
from tenancy.scope import tenant_context
from tests.factories.cohorts import (
    make_cohort,
    make_event,
    make_participant,
    make_past_event,
    make_person,
    make_sets,
    sign_in_as,
)

SYSTEM = Actor.system("test")


def page(client, name, **kwargs):
    answer = client.get(reverse(f"cohorts:{name}", kwargs={"tenant": "essex", **kwargs}))
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_events_ahead_stand_in_the_order_of_time(essex, staff):
    now = timezone.now()
    with tenant_context(essex):
        cohort = make_cohort()
        for title, days in (("The third", 30), ("The first", 3), ("The second", 12)):
            make_event(cohort, title, starts_at=now + timedelta(days=days))
    listed = page(staff.client, "event-list", public_id=cohort.public_id)
    assert listed.index("The first") < listed.index("The second") < listed.index("The third")


def test_cohorts_stand_newest_first(essex, staff):
    today = timezone.localdate()
    with tenant_context(essex):
        for name, days in (("Middle cohort", 200), ("Oldest cohort", 500), ("Newest cohort", 10)):
            make_cohort(name, starts_on=today - timedelta(days=days), ends_on=today + timedelta(days=100))
    listed = page(staff.client, "cohort-list")
    assert listed.index("Newest cohort") < listed.index("Middle cohort") < listed.index("Oldest cohort")


def test_people_with_places_stand_by_name_and_nothing_ranks_them(essex, staff):
    """Neither the list nor its download knows how anybody was chosen."""
    with tenant_context(essex):
        cohort = make_cohort()
        for name in ("Zoe Adams", "Émile Brown", "Ann Cole"):
            make_participant(cohort, name, name, email=f"{name[-5:].strip().lower()}@example.org")
    listed = page(staff.client, "participation-list", public_id=cohort.public_id)
    assert listed.index("Ann Cole") < listed.index("Émile Brown") < listed.index("Zoe Adams")
    assert not re.search(r"\b(rank|score|points|place \d|reserve)", listed, re.I)
    at = reverse("cohorts:participation-list", kwargs={"tenant": "essex", "public_id": cohort.public_id})
    sheet = staff.client.get(at + "?download=csv").content.decode("utf-8-sig").splitlines()
    assert sheet[0] == "Name,Organisation,Sector,Place,Events,Reflections"
    assert [line.split(",")[0] for line in sheet[1:]] == ["Ann Cole", "Émile Brown", "Zoe Adams"]


def test_attendance_counts_events_of_the_whole_cohort_only(essex, staff):
    """A set's meetings have a register too; they aren't among the events that the heading counts. Nor is what was called off while it ran:
    the list counts what the report counts."""
    with tenant_context(essex):
        cohort = make_cohort()
        person = make_participant(cohort, "Pat Present").person
        learning_set = make_sets(cohort, [[person]]).sets.get()
        for event in (make_past_event(cohort), make_past_event(cohort, "Set 1: meeting 1", learning_set=learning_set)):
            save_register(event=event, version=event.version, marks={person.public_id: "present"}, by=SYSTEM)
        broken_off = make_past_event(cohort, "Stopped by the fire alarm")
        save_register(event=broken_off, version=broken_off.version, marks={person.public_id: "present"}, by=SYSTEM)
    listed = page(staff.client, "participation-list", public_id=cohort.public_id)
    assert "Events (of 2)" in listed and re.search(r"Pat Present .*? government 2 0 Withdraw", listed), listed
    with tenant_context(essex):
        Event.objects.filter(pk=broken_off.pk).update(state="cancelled")
    listed = page(staff.client, "participation-list", public_id=cohort.public_id)
    assert "Events (of 1)" in listed
    assert re.search(r"Pat Present .*? government 1 0 Withdraw", listed), listed


def test_who_withdraws_is_no_longer_among_the_members_of_the_set(essex, staff):
    with tenant_context(essex):
        cohort = make_cohort()
        staying, leaving = (make_participant(cohort, name, name) for name in ("Stay Put", "Gone Away"))
        facilitator = make_person("Fay Facilitator")
        row = make_sets(cohort, [[staying.person, leaving.person]], facilitator=facilitator).sets.get()
        meeting = make_event(cohort, "Set 1: meeting 2", learning_set=row)
    keeper = sign_in_as(essex, facilitator, Role.FACILITATOR, cohort=cohort)
    home = reverse("portal:home", kwargs={"tenant": "essex"})
    assert "(2 people)" in keeper.client.get(home).content.decode()
    with tenant_context(essex):
        withdraw_participant(participation=leaving, by=SYSTEM, reason="A new job")
    shown = keeper.client.get(home).content.decode()
    assert "(1 person)" in shown and "next meeting" in shown
    # staff count the same people, in force as in the proposal
    assert "Set 1 1 person" in page(staff.client, "set-list", public_id=cohort.public_id)
    planned = page(staff.client, "set-plan", public_id=row.plan.public_id)
    assert "Set 1 1 person" in planned and "It has 1 person;" in planned and "Gone Away" not in planned
    members = page(keeper.client, "set-detail", public_id=row.public_id)
    assert "Stay Put" in members and "Gone Away" not in members and meeting.title in members
