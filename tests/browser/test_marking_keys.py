"""Marking and moderating in a real browser: keys, drafts kept at every change, seconds counted, the projector; each page as axe and
a phone see it."""

from __future__ import annotations

import pytest

from selection.models import AssessorAllocation, Score
from selection.services.moderation import name_chair
from tenancy.models import Role
from tests.browser.walker import walking
from tests.conftest import make_member
from tests.factories.tenancy import make_tenant
from tests.selection.assess_pages import url
from tests.selection.assess_setup import make_scene

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])


def test_keys_and_drafts(chromium, web, critic, transactional_db):
    essex = make_tenant("essex", "Essex Partners")
    staff = make_member(essex, "Sita Staff", Role.STAFF)
    scene = make_scene(essex, staff, applications=3, assessors=3, places=1, per_application=3)
    scene.start()
    who = scene.assessors[0]
    scene.score(who, scene.applications[1], [5, 6, 4])
    with scene.inside(who):
        row = scene.allocation(scene.applications[0], who)
    walker = walking(critic, chromium, web, who)
    page = walker.page
    page.goto(web + url(scene, "assess-application", row.public_id))
    page.locator("[data-baton-keys]").wait_for(state="visible")
    checked = "input[type=radio]:checked"
    # points for the first criterion, on to the second and the third, back once
    page.keyboard.press("6")
    page.keyboard.press("j")
    with page.expect_response(lambda answer: answer.request.method == "POST") as kept:
        page.keyboard.press("4")
    assert kept.value.status == 204
    page.locator("[data-baton-kept]").get_by_text("Draft kept at").wait_for()
    page.keyboard.press("n")
    page.keyboard.press("3")
    page.keyboard.press("k")
    page.keyboard.press("5")
    assert [box.get_attribute("value") for box in page.locator(checked).all()] == ["6", "5", "3"]
    # typing is typing
    box = page.locator("textarea").first
    box.focus()
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.keyboard.type("j7 people")
    assert box.input_value() == "j7 people"
    assert [b.get_attribute("value") for b in page.locator(checked).all()] == ["6", "5", "3"]
    # switched off, they do nothing
    page.locator("[data-baton-keys-switch]").uncheck()
    page.locator("h1").click()
    page.keyboard.press("1")
    page.reload()
    assert not page.locator("[data-baton-keys-switch]").is_checked()
    page.keyboard.press("2")
    assert [b.get_attribute("value") for b in page.locator(checked).all()] == ["6", "5", "3"]
    page.locator("[data-baton-keys-switch]").check()
    page.locator("h1").click()
    page.keyboard.press("e")
    assert page.evaluate("document.activeElement.name") == "finish"
    walker.look()
    page.keyboard.press("Enter")
    page.get_by_text("is finished").first.wait_for()
    with scene.inside(who):
        held = AssessorAllocation.objects.get(pk=row.pk)
        assert held.finished_at is not None and (held.active_seconds or 0) < 600
        points = Score.objects.filter(allocation=row).order_by("criterion__position").values_list("points", flat=True)
        assert list(points) == [6, 5, 3]


def test_the_meeting_and_the_staff_pages(chromium, web, critic, transactional_db):
    essex = make_tenant("essex", "Essex Partners")
    staff = make_member(essex, "Sita Staff", Role.STAFF)
    scene = make_scene(essex, staff, applications=12, assessors=4, places=5, per_application=3)
    looker = walking(critic, chromium, web, staff)
    looker.page.goto(web + url(scene, "assess-start"))
    looker.look()
    order = {a.pk: n for n, a in enumerate(scene.applications)}
    scene.moderating(lambda a, i: [max(1, min(7, 6 - order[a.pk] // 3 - (1, 0, 0, -1)[i] - c % 2)) for c in range(3)])
    chair = make_member(essex, "Cora Chair")
    with scene.inside(staff):
        name_chair(round=scene.round, person=chair.person, by=staff.actor)
    walker = walking(critic, chromium, web, chair)
    page = walker.page
    page.goto(web + url(scene, "moderation-list") + "?show=all&sort=rank")
    walker.look()
    page.get_by_text("Meeting view, one by one").click()
    walker.look()
    first = page.locator("h1").inner_text()
    page.keyboard.press("n")
    page.get_by_text("2 of 12").wait_for()
    page.keyboard.press("ArrowLeft")
    page.get_by_text("1 of 12").wait_for()
    assert page.locator("h1").inner_text() == first
    for name in ("moderation-severity", "moderation-lock"):
        page.goto(web + url(scene, name))
        walker.look()
    person = scene.assessors[0].person.public_id
    for target in (
        url(scene, "assess-round"),
        url(scene, "assess-person", person=person),
        url(scene, "assess-why", scene.applications[0].public_id),
        url(scene, "assess-minutes"),
        url(scene, "assess-expertise"),
        url(scene, "moderation-chair"),
    ):
        looker.page.goto(web + target)
        looker.look()
