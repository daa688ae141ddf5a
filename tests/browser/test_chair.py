"""Somebody from outside chairs moderation: named by staff, told by mail, reads how strictly assessors mark, agrees the points, locks."""

from __future__ import annotations

import re

import pytest

from reminders.dispatch import dispatch_due
from selection.models import Moderation
from tenancy.models import Role
from tests.browser.walker import PHONE, walking
from tests.conftest import make_member
from tests.factories.tenancy import make_tenant
from tests.selection.assess_pages import url
from tests.selection.assess_setup import make_scene
from tests.selection.test_moderation_severity import harsh_and_mild

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])]
NEED = re.compile(r"^([1-9]\d*)\s+need moderation")


def test_a_chair_from_outside_leads_moderation_to_its_end(chromium, web, critic, transactional_db):
    essex = make_tenant("essex", "Essex Partners")
    staff = make_member(essex, "Sita Staff", Role.STAFF)
    who = make_member(essex, "Cora Chair")
    scene = make_scene(essex, staff, applications=12, assessors=4, places=5, per_application=3)
    with scene.inside(staff):
        # the lot is drawn by this: the same marks in every run
        scene.round.public_id = "severities"
        scene.round.save(update_fields=["public_id"])
    scene.moderating(harsh_and_mild(scene))

    office = walking(critic, chromium, web, staff)
    office.open(url(scene, "assess-round")).follow("who chairs moderation")
    option = office.main().locator("option").filter(has_text="Cora Chair").first.inner_text()
    office.select("Who chairs moderation?", option).press("Save")
    assert "Cora Chair chairs moderation" in office.text()
    dispatch_due()

    chair = walking(critic, chromium, web, who, size=PHONE)
    chair.email = who.person.email
    assert "You’ve been named to chair moderation" in chair.mail("You chair moderation")
    chair.open("/essex/").follow(re.compile("oderat"), within=chair.main())
    assert chair.main().get_by_role("link", name="Go on to choosing").count() == 0
    # the marks were made with one assessor a point stricter than the others, and one a point milder
    chair.follow("How strictly assessors mark")
    for name, words in (("A", "Stricter"), ("B", "Not told apart"), ("C", "Not told apart"), ("D", "More lenient")):
        assert words in chair.row(f"Assessor {name}").inner_text()
    assert "Say why this correction" in chair.refused("Rank the round this way")
    chair.choose("Additive model").fill("Why this is right for this round", "Two of the four are a point apart.")
    chair.press("Rank the round this way")
    assert "The round is ranked by: Additive model" in chair.text()

    chair.follow("Moderation", within=chair.main()).follow(NEED)
    waiting, agreed = int(NEED.match(chair.main().get_by_role("link", name=NEED).first.inner_text().strip())[1]), 0
    assert waiting > 5
    while chair.main().get_by_role("link", name=re.compile("^LGE")).count():
        chair.follow(re.compile("^LGE"))
        while chair.main().get_by_label("How this was agreed").count():
            if not agreed:
                assert "Say how the points were agreed" in chair.refused("Agree and open the next")
            chair.fill("How this was agreed", "We read the answers together.").press("Agree and open the next")
            agreed += 1
        chair.open(url(scene, "moderation-list")).follow(re.compile(r"^\d+ need"))
    assert agreed == waiting and "0 need moderation" in chair.text()

    chair.follow("where assessors differ").follow("Meeting view")
    assert f"1 of {waiting}" in chair.text() and "Agree and show the next one" in chair.text()
    chair.follow("Leave the meeting view").follow("Moderation", exact=True).follow("Lock moderation").press(
        "Lock moderation"
    )
    assert "Moderation was locked" in chair.text()
    with scene.inside(staff):
        assert (
            set(Moderation.objects.values_list("by", flat=True)) == {who.person.pk}
            and Moderation.objects.count() == waiting
        )
    # choosing isn't the chair's
    office.open(url(scene, "moderation-list")).follow("Go on to choosing")
    assert "Balance" in office.text()
