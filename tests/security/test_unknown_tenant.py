"""An address of no tenant: nothing is there, for anybody, however like a tenant's it looks."""

from __future__ import annotations

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
