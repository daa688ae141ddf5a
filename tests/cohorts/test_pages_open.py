"""Every page of the app and of tenancy: its right reader gets it, another role 403, a stranger and a visitor nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cohorts.services.invitations import invite_person
from tenancy.scope import tenant_context
from tests.factories.cohorts import SYSTEM, make_event, make_past_event, make_person, make_sets, sign_in_as


@pytest.fixture
def house(essex, cohort, participant, other_participant, facilitator):
    """One of everything, with public ids by name."""
    with tenant_context(essex):
        event = make_event(cohort, owner=facilitator.person)
        past = make_past_event(cohort)
        plan = make_sets(cohort, [[participant.person, other_participant.person]], facilitator=facilitator.person)
        meeting = make_event(
            cohort, "Set meeting", learning_set=plan.sets.get(), starts_at=timezone.now() + timedelta(days=1)
        )
        invitation = invite_person(
            name="Ina Invited", email="ina@example.org", role="assessor", cohort=cohort, by=SYSTEM
        )
        place = cohort.participations.get(person=participant.person)
        return {
            "cohort": cohort.public_id,
            "event": event.public_id,
            "past": past.public_id,
            "plan": plan.public_id,
            "set": plan.sets.get().public_id,
            "meeting": meeting.public_id,
            "place": place.public_id,
            "invitation": invitation.public_id,
            "person": participant.person.public_id,
        }


# (URL name, key of the object in the house or None, further arguments)
STAFF_PAGES = [
    ("cohorts:cohort-detail", "cohort", {}),
    ("cohorts:cohort-edit", "cohort", {}),
    ("cohorts:cohort-close", "cohort", {}),
    ("cohorts:participation-list", "cohort", {}),
    ("cohorts:participation-change", "place", {"step": "withdraw"}),
    ("cohorts:event-list", "cohort", {}),
    ("cohorts:event-create", "cohort", {}),
    ("cohorts:event-edit", "event", {}),
    ("cohorts:event-cancel", "event", {}),
    ("cohorts:event-register", "past", {}),
    ("cohorts:event-screen", "event", {}),
    ("cohorts:set-list", "cohort", {}),
    ("cohorts:set-plan", "plan", {}),
    ("cohorts:set-publish", "plan", {}),
    ("cohorts:set-name", "set", {}),
]
TENANT_STAFF_PAGES = [
    ("cohorts:programme-create", None, {}),
    ("cohorts:cohort-create", None, {}),
    ("tenancy:tenant-settings", None, {}),
    ("tenancy:organisation-list", None, {}),
    ("tenancy:organisation-create", None, {}),
    ("tenancy:sector-create", None, {}),
    ("tenancy:person-detail", "person", {}),
    ("tenancy:role-give", "person", {}),
    ("tenancy:employer-change", "person", {}),
]
ANY_STAFF_PAGES = [
    ("cohorts:cohort-list", None, {}),
    ("cohorts:invitation-list", None, {}),
    ("cohorts:invitation-create", None, {}),
    ("tenancy:person-list", None, {}),
]
PARTICIPANT_PAGES = [
    ("cohorts:event-detail", "event", {}),
    ("cohorts:event-calendar", "event", {}),
    ("cohorts:event-apologies", "event", {}),
    ("cohorts:event-here", "event", {}),
    ("cohorts:set-detail", "set", {}),
    ("cohorts:event-detail", "meeting", {}),
]
MEMBER_PAGES = [
    ("cohorts:event-mine", None, {}),
    ("cohorts:reflection-list", None, {}),
    ("tenancy:conflict-list", None, {}),
    ("tenancy:conflict-declare", None, {}),
    ("tenancy:your-data", None, {}),
    ("tenancy:your-data-download", None, {}),
]
PUBLIC_PAGES = ["tenancy:brand-css", "tenancy:accessibility", "tenancy:privacy", "tenancy:cookies"]


def address(house, tenant: str, name: str, key: str | None, more: dict) -> str:
    at = {"tenant": tenant, **more}
    if key:
        at["public_id"] = house[key]
    return reverse(name, kwargs=at)


@pytest.mark.parametrize(("name", "key", "more"), STAFF_PAGES)
def test_staff_pages(house, staff, other_staff, participant, stranger, client, name, key, more):
    url = address(house, "essex", name, key, more)
    assert staff.client.get(url).status_code == 200
    assert other_staff.client.get(url).status_code == 403
    assert participant.client.get(url).status_code == 403
    assert stranger.client.get(url).status_code == 404
    assert stranger.client.get(address(house, "hsmc", name, key, more)).status_code == 404
    assert client.get(url).status_code == 302


@pytest.mark.parametrize(("name", "key", "more"), TENANT_STAFF_PAGES)
def test_pages_for_staff_of_the_tenant(house, staff, other_staff, participant, stranger, name, key, more):
    url = address(house, "essex", name, key, more)
    assert staff.client.get(url).status_code == 200
    assert other_staff.client.get(url).status_code == 403
    assert participant.client.get(url).status_code == 403
    assert stranger.client.get(url).status_code == 404


@pytest.mark.parametrize(("name", "key", "more"), ANY_STAFF_PAGES)
def test_lists_for_staff_of_anything(house, staff, other_staff, participant, stranger, name, key, more):
    url = address(house, "essex", name, key, more)
    assert staff.client.get(url).status_code == 200
    response = other_staff.client.get(url)
    assert response.status_code == 200
    # the other cohort's staff see nothing of this one
    assert "Ina Invited" not in response.content.decode()
    assert "Pat Participant" not in response.content.decode()
    assert "Cohort 2" not in response.content.decode()
    assert participant.client.get(url).status_code == 403
    assert stranger.client.get(url).status_code == 404


@pytest.mark.parametrize(("name", "key", "more"), PARTICIPANT_PAGES)
def test_participants_pages(house, essex, participant, stranger, other_staff, name, key, more):
    with tenant_context(essex):
        outsider = make_person("Otto Outsider")
    outsider = sign_in_as(essex, outsider, "mentor")
    url = address(house, "essex", name, key, more)
    assert participant.client.get(url).status_code == 200
    assert outsider.client.get(url).status_code == 403
    assert other_staff.client.get(url).status_code == 403
    assert stranger.client.get(url).status_code == 404


@pytest.mark.parametrize(("name", "key", "more"), MEMBER_PAGES)
def test_members_pages(house, participant, staff, stranger, client, name, key, more):
    url = address(house, "essex", name, key, more)
    assert participant.client.get(url).status_code == 200
    assert staff.client.get(url).status_code == 200
    assert stranger.client.get(url).status_code == 404
    assert client.get(url).status_code == 302


@pytest.mark.parametrize("name", PUBLIC_PAGES)
def test_public_pages(essex, stranger, client, name):
    url = reverse(name, kwargs={"tenant": "essex"})
    assert client.get(url).status_code == 200
    assert stranger.client.get(url).status_code == 200
    assert client.get(url.replace("essex", "nowhere")).status_code == 404


@pytest.mark.parametrize("name", ["accessibility", "privacy", "cookies"])
def test_the_portals_own_pages(db, client, name):
    response = client.get(reverse(f"help:{name}"))
    assert response.status_code == 200
    assert reverse("help:accessibility") in response.content.decode()


def test_home_pages_of_the_roles(house, essex, participant, staff, facilitator):
    home = reverse("portal:home", kwargs={"tenant": "essex"})
    mine = participant.client.get(home).content.decode()
    assert "Workshop 1" in mine or "Set meeting" in mine
    assert "Your reflections" in mine
    assert "Cohort 2" in staff.client.get(home).content.decode()
    assert "Set 1" in facilitator.client.get(home).content.decode()
