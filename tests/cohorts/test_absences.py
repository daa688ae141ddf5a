"""Absences in a row: told quietly to the facilitator of the set, and to the person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cohorts.check_in import current_code
from cohorts.selectors.absences import missed_in_a_row
from cohorts.services.events import cancel_event, check_in, save_register
from cohorts.services.participation import withdraw_participant
from tenancy.scope import tenant_context
from tests.cohorts.test_events import url_of
from tests.factories.cohorts import SYSTEM, make_event, make_sets

NAME = "Olu Other missed the last"


@pytest.fixture
def learning_set(essex, cohort, participant, other_participant, facilitator):
    with tenant_context(essex):
        plan = make_sets(cohort, [[participant.person, other_participant.person]], facilitator=facilitator.person)
        return plan.sets.select_related("plan", "cohort", "facilitator").get()


@pytest.fixture
def held(essex, cohort, participant, other_participant):
    """An event so many days ago: Pat was there, Olu as said."""

    def make(days: int, olu: str, *, learning_set=None):
        event = make_event(
            cohort,
            f"Event {days} days ago",
            starts_at=timezone.now() - timedelta(days=days),
            learning_set=learning_set,
        )
        marks = {participant.person.public_id: "present", other_participant.person.public_id: olu}
        save_register(event=event, version=event.version, marks=marks, by=SYSTEM)
        return event

    return make


def of(learning_set):
    return [(m.person.name, m.count, m.apologies, m.last_there) for m in missed_in_a_row([learning_set])]


def test_only_what_was_missed_last_and_in_a_row_counts(essex, cohort, learning_set, held, other_participant):
    with tenant_context(essex):
        held(60, "absent")
        there = held(50, "present")
        held(40, "absent")
        assert of(learning_set) == [], "one missed event is nothing"
        held(30, "apologies", learning_set=learning_set)
        assert of(learning_set) == [("Olu Other", 2, 1, there.starts_at)]
        # without a register, and cancelled: says nothing
        make_event(cohort, "No register", starts_at=timezone.now() - timedelta(days=20))
        assert of(learning_set)[0][1] == 2
        held(10, "absent")
        assert of(learning_set) == [("Olu Other", 3, 1, there.starts_at)]
        now = make_event(
            cohort,
            "Now",
            starts_at=timezone.now() - timedelta(minutes=5),
            ends_at=timezone.now() + timedelta(hours=1),
        )
        check_in(event=now, code=current_code(now), by=other_participant.actor)
        assert of(learning_set)[0][1] == 3, "a check-in counts with its register"
        place = cohort.participations.get(person=other_participant.person)
        withdraw_participant(participation=place, reason="New job", by=SYSTEM)
        assert of(learning_set) == []


def test_a_cancelled_event_was_missed_by_nobody(essex, learning_set, held):
    with tenant_context(essex):
        held(30, "absent")
        last = held(10, "absent")
        assert of(learning_set)[0][:2] == ("Olu Other", 2)
        last.ends_at = timezone.now() + timedelta(hours=1)
        last.save()
        cancel_event(event=last, by=SYSTEM, reason="Snow")
        assert of(learning_set) == []


def test_who_is_shown_it(essex, learning_set, held, staff, participant, other_participant, facilitator):
    home, mine = (reverse(name, kwargs={"tenant": "essex"}) for name in ("portal:home", "cohorts:event-mine"))
    with tenant_context(essex):
        held(30, "absent")
        held(10, "apologies")
    page = url_of("set-detail", learning_set)
    for address in (home, page):
        shown = facilitator.client.get(address).content.decode()
        assert "A quiet word?" in shown and "missed the last 2 events (1 with apologies)" in shown
        assert "hasn’t been to one yet" in shown and "Pat Participant missed" not in shown
    own = other_participant.client.get(mine).content.decode()
    assert "You missed the last 2 events of Cohort 2." in own and "Fay Facilitator sees that too" in own
    # their neighbour in the set, and staff, open the same pages without it
    for member, addresses in ((participant, (home, page, mine)), (staff, (home, page))):
        for address in addresses:
            shown = member.client.get(address).content.decode()
            assert "quiet word" not in shown and "You missed" not in shown


def test_pages_cost_the_same_for_one_and_two(essex, cohort, learning_set, held, facilitator, count_queries):
    with tenant_context(essex):
        held(30, "present")
        held(20, "present")
    page = url_of("set-detail", learning_set)
    before = count_queries(facilitator.client, page)
    with tenant_context(essex):
        held(10, "absent")
        held(5, "absent")
    assert count_queries(facilitator.client, page) == before
