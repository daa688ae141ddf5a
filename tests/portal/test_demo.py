"""The demo is a true story: what its pages show follows from what its services did, at the times it says."""

from __future__ import annotations

import pytest

from tests.demo_fixture import Demo

pytestmark = pytest.mark.django_db


def test_staff_home_opens(demo: Demo) -> None:
    staff = demo.member("Sunita Rao")

    page = staff.client.get("/essex/")

    assert page.status_code == 200
