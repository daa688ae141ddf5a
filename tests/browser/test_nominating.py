"""A senior leader nominates on a phone by the link that a mail brought; staff confirm, and the nominee gets the invitation."""

from __future__ import annotations

import pytest

from reminders.dispatch import dispatch_due
from tenancy.models import Role
from tenancy.scope import tenant_context
from tests.browser.walker import PHONE, Walker, walking
from tests.conftest import make_member
from tests.factories.selection import make_round
from tests.factories.tenancy import make_organisation, make_tenant
from tests.selection.test_nominating import at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])]


def test_a_leader_nominates_and_the_nominee_is_invited(chromium, web, critic, transactional_db):
    essex = make_tenant("essex", "Essex Partners")
    staff = make_member(essex, "Sita Staff", Role.STAFF)
    with tenant_context(essex):
        round_ = make_round()
        make_organisation("Mid Essex Hospital", "health")

    office = walking(critic, chromium, web, staff)
    office.open(at("nomination-list", round_)).follow("Ask senior leaders to nominate")
    office.fill_only("Lena Leader, lena@ecc.example").press("Send the links")
    assert "1 link is sent" in office.page.inner_text("body")
    dispatch_due()

    leader = Walker(chromium, web, critic, email="lena@ecc.example", size=PHONE)
    leader.follow_mail("Please nominate").follow("Nominate somebody")
    assert "Enter their name" in leader.refused("Save")
    leader.fill("Their name", "Nina Nominee").fill("Their work email", "nina@health.example")
    leader.fill("Their job title", "Director of Flow").select("Their organisation", "Mid Essex Hospital")
    leader.fill("Why this person?", "She brought three councils to one table.").choose("Yes, I’ve told them")
    leader.press("Save")
    assert "Check before you send" in leader.heading()
    leader.press("Send", exact=True)
    assert "The programme team has your nominations" in leader.text()
    leader.follow("See whom you’ve nominated")
    assert "With the programme team" in leader.text()

    office.open("/essex/").follow("Nominations to confirm").follow("Nina Nominee")
    assert "three councils" in office.text()
    office.press("Confirm and invite")
    assert "Nina Nominee has been told" in office.page.inner_text("body") and "Nominee told" in office.text()
    assert "Sent to them" in leader.open(leader.page.url).text()
    dispatch_due()
    nominee = Walker(chromium, web, critic, email="nina@health.example", size=PHONE)
    assert "You were nominated by Lena Leader" in nominee.mail("Please apply")
