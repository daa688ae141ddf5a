"""A database for one run, made as the tests make theirs: by the owner, served as portal_app."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections
from django.test.utils import setup_databases, teardown_databases

from tests.databases import copy, drop, server

# Each with whether its rows are kept for tests that roll back by copying: none.
ALIASES = {"default": False, "owner": False, "sys": False}


@contextmanager
def scratch() -> Iterator[None]:
    """Migrated and empty; dropped at the end, whatever happened."""
    made = setup_databases(verbosity=0, interactive=False, aliases=ALIASES, serialized_aliases=[])
    try:
        yield
    finally:
        connections.close_all()
        teardown_databases(made, verbosity=0)


@contextmanager
def kept() -> Iterator[str]:
    """The name of a copy of the database as it stands now; dropped at the end. `on_database` works on it."""
    now = str(connections["owner"].settings_dict["NAME"])
    name = f"{now}_kept"
    connections.close_all()
    with server() as cursor:
        copy(cursor, name, of=now)
        try:
            yield name
        finally:
            connections.close_all()
            drop(cursor, name)


def analyse() -> None:
    """Without statistics the planner takes every table for a small one, and plans as no real database would."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")
