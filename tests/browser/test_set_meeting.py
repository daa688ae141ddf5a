"""A facilitator runs a meeting of a set on a phone while a member follows on theirs; by what pages offer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from cohorts.models import AirTime, SetAction
from tenancy.scope import tenant_context
from tests.browser.walker import PHONE, walking
from tests.cohorts.test_set_room import make_scene, url
from tests.factories.tenancy import make_tenant

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])]


def test_a_meeting_from_check_in_to_review(chromium, web, critic, transactional_db):
    scene = make_scene(make_tenant("essex", "Essex Partners"))
    keeper = walking(critic, chromium, web, scene.keeper, size=PHONE)
    member = walking(critic, chromium, web, scene.members[0], size=PHONE)

    keeper.open(url("set-detail", scene.row)).follow("Ground rules").follow("Write the ground rules")
    keeper.fill("What you have agreed", "We ask before we advise.").press("Save and ask everyone to accept them")
    member.open("/essex/").follow("accept the ground rules").press("I accept these ground rules")
    assert "1 of 4 has accepted" in member.text()

    keeper.open(url("set-detail", scene.row)).follow("Go to the meeting").press("Begin the meeting")
    for group in keeper.main().get_by_role("group").all():
        group.get_by_label("Present").check()
    keeper.press("Save and continue").press("Save and continue")
    assert keeper.heading().endswith("Bids for air time")
    member.open(url("set-meeting", scene.event)).follow("Ask for air time")
    member.fill("How many minutes", "25").press("Save")
    assert "You asked for 25 minutes" in member.text()
    # the page of bids is older than the member's: both are shown, then saved
    assert "Someone else saved this" in keeper.refused("Save and continue")
    keeper.fill("Person 0", "25").fill("Person 1", "15").press("Save and continue")

    # the timer fills in the minutes, after a look at another page and back
    timer = keeper.main().get_by_role("button", name="Start the timer").last
    timer.click()
    keeper.page.reload()
    stop = keeper.main().get_by_role("button", name="Stop the timer")
    assert stop.count() == 1
    stop.click()
    assert keeper.main().locator("input[data-baton-timer]").last.input_value() == "1"
    keeper.fill("Minutes that Person 1 had", "14").fill("Minutes that Person 0 had", "27").press("Save and continue")
    keeper.press("Save and continue")
    keeper.refused("Add this action")
    keeper.select("Whose action", "Person 0").fill("What will they do?", "Ring the ward sister")
    keeper.fill_date("By when?", timezone.localdate() + timedelta(days=20)).press("Add this action")
    keeper.press("No more actions: go on")
    keeper.fill("How did we work today?", "We asked more than we told.").press("Save and finish the meeting")
    assert "What is kept of this meeting" in keeper.heading()

    member.open("/essex/").follow("your action in Set 1")
    assert "Ring the ward sister" in member.text()
    member.choose("Not yet: I carry it on")
    member.fill_date("By when now?", timezone.localdate() + timedelta(days=40)).press("Save")
    assert "carried on once" in member.text()
    member.open(url("set-air-time", scene.row))
    assert "41 minutes so far" in member.text()
    with tenant_context(scene.tenant, scene.members[0].person):
        assert AirTime.objects.count() == 2 and SetAction.objects.get().carried == 1
