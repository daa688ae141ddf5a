"""The day of a workshop: staff keep the register of fifty people from their home page, on a desktop and on a phone."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from cohorts.models import Attendance, Event
from cohorts.services.events import send_apologies
from tenancy.models import Role
from tenancy.scope import tenant_context
from tests.browser.walker import DESKTOP, PHONE, Walker, walking
from tests.conftest import make_member
from tests.factories.cohorts import actor_for, make_cohort, make_event, make_many
from tests.factories.tenancy import make_tenant

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])]
MOST_SECONDS = 120
AWAY = ("Person 03", "Person 11", "Person 27", "Person 38", "Person 49")


def mark(walker: Walker, name: str) -> None:
    walker.main().get_by_label(f"{name}: Absent").check(force=True)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_fifty_people_in_two_minutes(chromium, web, critic, transactional_db, size):
    essex = make_tenant("essex", "Essex Partners")
    staff = make_member(essex, "Sita Staff", Role.STAFF)
    with tenant_context(essex):
        cohort = make_cohort()
        people = [place.person for place in make_many(cohort, 50)]
        now = timezone.now()
        event = make_event(cohort, starts_at=now + timedelta(hours=1), owner=staff.person, tell=False)
        with tenant_context(essex, people[20]):
            send_apologies(event=event, note="", by=actor_for(people[20]))
        Event.objects.filter(pk=event.pk).update(
            starts_at=now - timedelta(minutes=30), ends_at=now + timedelta(hours=3)
        )
    walker = walking(critic, chromium, web, staff, size=size)
    began = time.monotonic()
    walker.open("/essex/").follow("Workshop 1").follow("register")
    assert "50 people expected" in walker.text()
    for name in AWAY:
        mark(walker, name)
    walker.press("Save the register")
    took = time.monotonic() - began
    assert took < MOST_SECONDS, took
    with tenant_context(essex):
        rows = Attendance.objects.filter(event=event)
        marks = dict(rows.values_list("person__name", "state"))
        assert Event.objects.get(pk=event.pk).registered_at is not None
    assert len(marks) == 50 and marks["Person 20"] == "apologies"
    assert {name for name, state in marks.items() if state == "absent"} == set(AWAY)
    assert sum(state == "present" for state in marks.values()) == 44
