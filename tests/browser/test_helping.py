"""On a phone: somebody says what she can help with, somebody else finds her and asks, she answers, and the thanks are told; by what
pages and mails say."""

from __future__ import annotations

import pytest

from reminders.dispatch import dispatch_due
from tenancy.models import Role
from tenancy.scope import tenant_context
from tests.browser.walker import PHONE, Walker, walking
from tests.factories.cohorts import make_cohort, make_participant, sign_in_as
from tests.factories.tenancy import make_tenant

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])]


def on_the_phone(critic, chromium, web, who) -> Walker:
    walker = walking(critic, chromium, web, who, size=PHONE)
    walker.email = who.person.email
    return walker.open("/essex/")


def test_asked_answered_and_thanked(chromium, web, critic, transactional_db):
    tenant = make_tenant("essex", "Essex Partners")
    with tenant_context(tenant):
        cohort = make_cohort()
        people = [make_participant(cohort, name, f"{name} Council").person for name in ("Ann Asks", "Hal Helps")]
    ann, hal = (
        on_the_phone(critic, chromium, web, sign_in_as(tenant, person, Role.PARTICIPANT, cohort=cohort))
        for person in people
    )

    hal.follow("People", exact=True).follow("Say what you’re working on")
    hal.fill("What can you help others with?", "Night rotas")
    hal.select("Who may see what you can help with?", "Your cohort").press("Save")
    ann.follow("People", exact=True).fill("what somebody can help with", "rotas").press("Find").follow("Hal Helps")
    assert "Night rotas" in ann.text() and "hal.helps@example.org" not in ann.text()

    ann.follow("People").follow("Asks and offers").follow("Ask for help")
    assert "Choose who may see it" in ann.refused("Ask for help")
    ann.fill("What do you need help with?", "A rota that three unions sign").choose("Your cohort")
    ann.press("Ask for help")

    hal.open("/essex/").follow("A rota that three unions sign").follow("I can help")
    hal.fill("What would you like to say?", "I have done two: ring me.").press("Send")
    dispatch_due()
    ann.follow_mail("Hal Helps can help")
    assert "I have done two: ring me." in ann.text() and "hal.helps@example.org" in ann.text()

    ann.follow("Say who helped, and close it").choose("Hal Helps")
    ann.fill("They helped me with", "Words for the depot").choose("Let it count").press("Close it")
    dispatch_due()
    hal.follow_mail("Ann Asks says that you helped")
    assert "Words for the depot" in hal.text()
