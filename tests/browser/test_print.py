"""A round's public page on paper: what a screen alone can use is gone, what people need to know is there, within the width of A4."""

from __future__ import annotations

import pytest

from tenancy.models import Role
from tenancy.scope import tenant_context
from tests.browser.walker import walking
from tests.conftest import make_member
from tests.factories.selection import make_round
from tests.factories.tenancy import make_tenant

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])]
A4 = {"width": 680, "height": 962}  # 180 mm of text at 96 dots an inch


def test_the_public_page_of_a_round_prints_clean(chromium, web, critic, transactional_db):
    essex = make_tenant("essex", "Essex Partners")
    with tenant_context(essex):
        round_ = make_round(audience="Heads of service across the county.")
        criteria = [c.name for c in round_.criteria.all()]
    walker = walking(critic, chromium, web, make_member(essex, "Pat Participant", Role.PARTICIPANT), size=A4)
    walker.open(f"/essex/rounds/{round_.public_id}/about/")
    page = walker.page
    start = page.get_by_role("button", name="Start now")
    assert start.is_visible()
    page.emulate_media(media="print")
    assert not start.is_visible()
    for gone in (".govuk-service-navigation", ".baton-footer", ".govuk-skip-link"):
        assert page.locator(gone).first.is_hidden(), gone
    text = page.locator("main").inner_text()
    assert "Heads of service across the county." in text and "11:59pm" in text
    assert all(name in text for name in criteria)
    right = "Math.max(...[...document.querySelectorAll('main h1, main h2, main p, main td, main dd, main li')]"
    right += ".map(each => each.getBoundingClientRect().right))"
    assert 0 < page.evaluate(right) <= A4["width"]
    assert len(page.pdf(format="A4")) > 5_000
