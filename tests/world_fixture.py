"""The world of the access matrix as fixtures: made once a run, and copied by each of its processes to a database of its own."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connections
from django.template.base import Template
from django.test import Client
from django.test.utils import _TestState

from tests.databases import RUN, alone, base_name, copy, drop, on_database, own_name, remark, server, set_remark

if TYPE_CHECKING:
    from tests.access.small_world import World


def browser_with(cookies: dict[str, str]) -> Client:
    browser = Client()
    for name, value in cookies.items():
        browser.cookies[name] = value
    return browser


class WorldPickler(pickle.Pickler):
    """Of a browser only its cookies are kept."""

    def reducer_override(self, thing: Any) -> Any:
        if isinstance(thing, Client):
            return browser_with, ({name: cookie.value for name, cookie in thing.cookies.items()},)
        return NotImplemented


def world_template(empty_database: str) -> str:
    """The name of a database that holds the world, only for copying: made by whichever process of the run comes first, and who is who
    in it is kept there too."""
    from tests.access.small_world import deliver_mail, make_world

    name = f"{base_name()}_world"
    with server() as cursor, alone(cursor, name):
        if remark(cursor, name) != RUN:
            copy(cursor, name, of=empty_database)
            with on_database(name):
                made = make_world()
                made.at["mail"] = {"pk": deliver_mail()}
                made.shown = {}
                written = BytesIO()
                WorldPickler(written).dump(made)
                with connections["owner"].cursor() as owner:
                    owner.execute("CREATE SCHEMA test_world CREATE TABLE made (world bytea)")
                    owner.execute("INSERT INTO test_world.made VALUES (%s)", [written.getvalue()])
            set_remark(cursor, name, RUN)
    return name


@pytest.fixture(scope="session")
def made_world(empty_database: str, django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[str, World]]:
    """The world and the name of its database, for all modules of a process."""
    name = f"{own_name()}_world_here"
    with django_db_blocker.unblock(), server() as cursor:
        copy(cursor, name, of=world_template(empty_database))
        with on_database(name), connections["owner"].cursor() as owner:
            owner.execute("SELECT world FROM test_world.made")
            made = pickle.loads(bytes(owner.fetchone()[0]))
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
