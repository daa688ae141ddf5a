from __future__ import annotations

from types import SimpleNamespace

import pytest

from tenancy.models import Role, Tenant
from tests.conftest import make_member
from tests.selection.assess_setup import Scene, make_scene


@pytest.fixture
def scene(essex: Tenant, staff: SimpleNamespace) -> Scene:
    """Four endorsed applications, two assessors, two places."""
    return make_scene(essex, staff)


@pytest.fixture
def bystander(essex: Tenant) -> SimpleNamespace:
    """A member of the tenant with no part in the round."""
    return make_member(essex, "Bea Bystander", Role.MENTOR)
