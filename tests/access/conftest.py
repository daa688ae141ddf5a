from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.access.small_world import World, delivered_mail, make_world, undone


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Loaded once for the module. Its tests don't ask for `db`: each runs within the world's transaction (see `scratch`)."""
    with django_db_blocker.unblock(), delivered_mail() as mail, undone():
        made = make_world()
        made.at["mail"] = {"pk": mail}
        yield made


@pytest.fixture
def scratch(world: World) -> Iterator[None]:
    """What the test writes is gone after it."""
    with undone():
        yield
