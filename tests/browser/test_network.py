"""Somebody says on a phone whom they know: looks for a name, ticks, sends, and finds their own picture."""

from __future__ import annotations

import pytest

from outcomes.models import Tie
from tenancy.models import Role
from tenancy.scope import tenant_context
from tests.browser.walker import PHONE, walking
from tests.factories.cohorts import sign_in_as
from tests.factories.outcomes import add_people, ask_network, make_cohort
from tests.factories.tenancy import make_tenant

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])]


def test_whom_somebody_knows_from_the_list_to_their_own_picture(chromium, web, critic, transactional_db):
    essex = make_tenant("essex", "Essex Partners")
    with tenant_context(essex):
        cohort = make_cohort()
        people = add_people(cohort, 5) + add_people(cohort, 4, sector="health", prefix="Nurse")
        ask_network(cohort)
    walker = walking(critic, chromium, web, sign_in_as(essex, people[0], Role.PARTICIPANT, cohort=cohort), size=PHONE)

    walker.open("/essex/surveys/mine/").follow("Who do you know on Cohort 1?")
    group = walker.main().locator("#ties").get_by_role("group")
    assert group.count() == 8
    walker.main().get_by_role("group", name="Person 03").get_by_label("Work with").check()
    # what is narrowed away stays ticked
    walker.fill("Name, role or organisation", "health 02")
    assert group.count() == 1 and "1 shown" in walker.text()
    group.get_by_label("Know", exact=True).check()
    walker.press("Send my answers")

    assert walker.heading().endswith("Your network on this cohort")
    assert "Person 03" in walker.text() and "Nurse 02" in walker.text()
    with tenant_context(essex, people[0]):
        said = set(Tie.objects.values_list("other__name", "relation"))
    assert said == {("Person 03", "work"), ("Nurse 02", "know")}
