"""The demo as a world for tests: loaded once into a database of its own, so that no other test meets its people.

Use `demo` in tests that read, or whose writes are rolled back (`@pytest.mark.django_db`); it is in force for the whole module.
Tests that commit, flush or run other processes use `demo_copy`: a copy that is thrown away after the module.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest
from django.db import connections

from tenancy.models import Account, Membership, Person, Tenant
from tenancy.scope import tenant_context
from tests.worker import process_env

ROOT = Path(__file__).resolve().parent.parent
ALIASES = ("default", "owner", "sys")
APPS = (
    "portal",
    "outcomes",
    "mentoring",
    "projects",
    "selection",
    "cohorts",
    "reminders",
    "engine",
    "tenancy",
    "templates",
)


class Demo:
    """Who is who in the loaded demo. Its methods need the database: call them in a test or a function-scoped fixture."""

    def __init__(self, database: str) -> None:
        self.database = database

    def tenant(self, slug: str = "essex") -> Tenant:
        return Tenant.objects.get(slug=slug)

    def person(self, name: str, tenant: str = "essex") -> Person:
        with tenant_context(self.tenant(tenant)):
            return Person.objects.select_related("organisation").get(name=name)

    def member(self, name: str, tenant: str = "essex") -> SimpleNamespace:
        """.person .account .actor .client (signed in) .tenant of somebody who has an account."""
        from tests.conftest import cast_member

        found = self.tenant(tenant)
        with tenant_context(found):
            person = Person.objects.select_related("organisation").get(name=name)
            account = Account.objects.get(pk=Membership.objects.values_list("account_id", flat=True).get(person=person))
        return cast_member(found, person, account)


def fingerprint() -> str:
    """Changes with the day and with anything the load runs on."""
    digest = hashlib.sha256(date.today().isoformat().encode())
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*")):
            if path.suffix in {".py", ".txt", ".md", ".csv", ".xlsx"} and "__pycache__" not in path.parts:
                digest.update(f"{path.relative_to(ROOT)}\0".encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()


@contextmanager
def server() -> Iterator[Any]:
    """A cursor of the owner's on the server itself, beside every test database."""
    known = connections["owner"].settings_dict
    params = {"user": known["USER"], "password": known["PASSWORD"], "host": known["HOST"], "port": known["PORT"]}
    with closing(psycopg2.connect(dbname="postgres", **{k: v for k, v in params.items() if v})) as link:
        link.autocommit = True
        yield link.cursor()


def drop(cursor: Any, name: str) -> None:
    cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def copy(cursor: Any, name: str, *, of: str) -> None:
    """PostgreSQL copies a database only while nobody is connected to it; a connection just closed takes a moment to go."""
    connections.close_all()
    drop(cursor, name)
    for again in range(50):
        try:
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{of}"')
            return
        except psycopg2.errors.ObjectInUse:
            if again == 49:
                raise
            time.sleep(0.2)


@contextmanager
def on_database(name: str) -> Iterator[None]:
    """All three roles work on this database until the block ends."""
    before = {alias: connections[alias].settings_dict["NAME"] for alias in ALIASES}
    try:
        for alias in ALIASES:
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = name
        yield
    finally:
        for alias, old in before.items():
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = old


def load(name: str) -> str:
    """What `manage.py load_demo` says, run as its own process on this database."""
    env = process_env(BATON_DEMO="1", BATON_ENV="local")
    for variable in ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_SYS_URL"):
        env[variable] = urlunsplit(urlsplit(env[variable])._replace(path=f"/{name}"))
    done = subprocess.run(
        [sys.executable, "manage.py", "load_demo"], cwd=ROOT, env=env, capture_output=True, text=True, timeout=900
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-6000:]
    return done.stdout


@pytest.fixture(scope="session")
def demo_database(django_db_setup: None, django_db_blocker: Any, django_db_keepdb: bool) -> Iterator[str]:
    """The name of the database that holds the demo. Kept between runs with --reuse-db while nothing it is made of changes."""
    with django_db_blocker.unblock():
        empty = connections["owner"].settings_dict["NAME"]
        name, key = f"{empty}_demo", fingerprint()
        with server() as cursor:
            cursor.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name])
            if not django_db_keepdb or cursor.fetchone() != (key,):
                copy(cursor, name, of=empty)
                load(name)
                cursor.execute(f"COMMENT ON DATABASE \"{name}\" IS '{key}'")
        yield name
        if not django_db_keepdb:
            connections.close_all()
            with server() as cursor:
                drop(cursor, name)


@pytest.fixture(scope="module")
def demo(demo_database: str) -> Iterator[Demo]:
    with on_database(demo_database):
        yield Demo(demo_database)


@pytest.fixture(scope="module")
def demo_copy(demo_database: str, django_db_blocker: Any) -> Iterator[Demo]:
    name = f"{demo_database}_copy_{os.getpid()}"
    with django_db_blocker.unblock(), server() as cursor:
        copy(cursor, name, of=demo_database)
    with on_database(name):
        yield Demo(name)
    with django_db_blocker.unblock(), server() as cursor:
        drop(cursor, name)
