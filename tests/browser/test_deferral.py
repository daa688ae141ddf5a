"""A deferral that is agreed, from the wish on a phone to the place kept, offered in the next round and taken; by what pages offer."""

from __future__ import annotations

import pytest

from engine.dates import uk_date
from selection.models import Application
from selection.states import ApplicationState as S
from tenancy.models import Role
from tests.browser.walker import PHONE, walking
from tests.conftest import make_member
from tests.factories.tenancy import make_tenant
from tests.selection.assess_pages import url
from tests.selection.assess_setup import make_scene
from tests.selection.test_deferrals import LATER, WISH, next_round

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])]


def test_a_place_is_kept_and_taken_a_round_later(chromium, web, critic, transactional_db):
    essex = make_tenant("essex", "Essex Partners")
    staff = make_member(essex, "Sita Staff", Role.STAFF)
    scene = make_scene(essex, staff, applications=4, places=2, reserve_length=1).decided()
    who = scene.member(scene.applications[0])
    name = scene.applications[0].applicant.name

    applicant = walking(critic, chromium, web, who, size=PHONE)
    applicant.open(url(scene, "offer-answer", scene.applications[0].public_id)).follow("ask to defer")
    assert "There is a problem" in applicant.refused("Ask to defer")  # nothing typed yet
    applicant.fill_only(WISH).press("Ask to defer")
    assert "You’ve asked to defer your place" in applicant.heading()

    office = walking(critic, chromium, web, staff)
    office.open("/essex/").follow(name)
    assert WISH in office.text()
    office.choose("Yes, keep a place").fill_date("Keep it until", LATER)
    office.fill("What you tell them", "Gladly: the spring cohort has room.").press("Send the decision")
    assert "has been told" in office.text()
    applicant.open(url(scene, "offer-answer", scene.applications[0].public_id))
    assert "We’re keeping a place for you" in applicant.text() and uk_date(LATER) in applicant.text()
    assert "the spring cohort has room" in applicant.text()
    with scene.inside(staff):
        # whoever was first on the reserve list has the place by now
        states = [Application.objects.get(pk=a.pk).state for a in scene.applications]
        assert states[:3] == [S.DEFERRED, S.OFFERED, S.OFFERED]

    later = next_round(essex, staff).moderating()
    office.open(url(later, "round-detail")).follow("Offer it before anybody is chosen")
    office.choose(name).press("Offer the places ticked")
    with later.inside(staff):
        again = Application.objects.get(round=later.round, applicant=scene.applications[0].applicant_id)
        assert again.state == S.OFFERED
    applicant.open(url(later, "offer-answer", again.public_id))
    applicant.choose("Yes, I accept").press("Send my answer")
    assert "confirmed" in applicant.text()
    with later.inside(staff):
        assert Application.objects.get(pk=again.pk).state == S.ACCEPTED
