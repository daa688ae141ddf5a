"""The world of the access matrix as fixtures: made once for a process, in a database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from django.template.base import Template
from django.test.utils import _TestState

from tests.databases import copy, drop, on_database, own_name, server

if TYPE_CHECKING:
    from tests.access.small_world import World


@pytest.fixture(scope="session")
def made_world(empty_database: str, django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[str, World]]:
    """The world and the name of its database, made once for all modules of a process."""
    from tests.access.small_world import deliver_mail, make_world

    name = f"{own_name()}_world"
    with django_db_blocker.unblock(), server() as cursor:
        copy(cursor, name, of=empty_database)
        with on_database(name):
            made = make_world()
            made.at["mail"] = {"pk": deliver_mail()}
        yield name, made
        drop(cursor, name)


@contextmanager
def unwatched_templates() -> Iterator[None]:
    """The test client keeps a copy of the context of every template and part of one. These modules read what was sent, thousands of
    pages of it, so they're rendered as the portal renders them."""
    watched = Template._render
    Template._render = _TestState.saved_data.template_render
    try:
        yield
    finally:
        Template._render = watched


@pytest.fixture(scope="module")
def world(made_world: tuple[str, World], django_db_blocker: Any) -> Iterator[World]:
    """Nothing a module does to it stays, in the database or in a browser. Its tests don't ask for `db`: each runs within one transaction
    (see `scratch`)."""
    from tests.access.small_world import undone

    name, made = made_world
    browsers = [made.visitor, made.stranger.client, *(member.client for member in made.cast.values())]  # type: ignore[union-attr]
    cookies = [deepcopy(browser.cookies) for browser in browsers]
    with django_db_blocker.unblock(), on_database(name), undone(), unwatched_templates():
        yield made
    for browser, kept in zip(browsers, cookies, strict=True):
        browser.cookies = kept


@pytest.fixture
def scratch(world: World) -> Iterator[None]:
    """What the test writes is gone after it."""
    from tests.access.small_world import undone

    with undone():
        yield
