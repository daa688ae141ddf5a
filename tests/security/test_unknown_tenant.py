"""An address of no tenant: nothing is there, for anybody, however like a tenant's it looks."""

from __future__ import annotations

import re

import pytest
from django.test import Client

PATHS = ("", "cohorts/", "cohorts/new/", "sign-in/", "your-data/", "people/x/")


@pytest.mark.parametrize(
    "slug", ["nowhere", "Essex", "essex%20", "ess%C3%A9x", "%D8%A5%D8%B3%D9%83%D8%B3", "essex%00", "x" * 300]
)
def test_nothing_is_there(essex, staff, slug) -> None:
    for client in (staff.client, Client()):
        for path in PATHS:
            assert client.get(f"/{slug}/{path}").status_code == 404, path
        assert client.post(f"/{slug}/cohorts/new/", {"name": "Cohort 9"}).status_code == 404
    assert staff.client.get("/essex/cohorts/").status_code == 200


def test_another_tenants_address_is_answered_as_no_tenants(essex, hsmc, staff, stranger) -> None:
    """Whoever is signed in and doesn't belong there reads nothing of it: not its name, not its colour, not that it's there."""
    for path in ("", "cohorts/", "people/x/", "interest/x/", "no/such/page/"):
        answers = [stranger.client.get(f"/{slug}/{path}") for slug in ("essex", "nowhere")]
        assert [answer.status_code for answer in answers] == [404, 404], path
        there, nowhere = (re.sub(r'value="[A-Za-z0-9]{64}"', "", answer.content.decode()) for answer in answers)
        assert there == nowhere and essex.name not in there and "/essex/" not in there, path
    own = staff.client.get("/essex/people/x/")
    assert own.status_code == 404 and essex.name in own.content.decode()
