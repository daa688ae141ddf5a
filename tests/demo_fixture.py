"""The demo as a world for tests: loaded once into a database of its own, so that no other test meets its people.

Use `demo` in tests that read, or whose writes are rolled back (`@pytest.mark.django_db`); it is in force for the whole module.
Tests that commit, flush or run other processes use `demo_copy`: a copy that is thrown away after the module.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connections

from tenancy.models import Account, Membership, Person, Tenant
from tenancy.scope import tenant_context
from tests.databases import RUN, alone, base_name, copy, drop, on_database, own_name, remark, server, set_remark
from tests.worker import process_env

ROOT = Path(__file__).resolve().parent.parent
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


def load(name: str, *options: str) -> str:
    """What `manage.py load_demo` says, run as its own process on this database."""
    env = process_env(BATON_DEMO="1", BATON_ENV="local")
    for variable in ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_SYS_URL"):
        env[variable] = urlunsplit(urlsplit(env[variable])._replace(path=f"/{name}"))
    done = subprocess.run(
        [sys.executable, "manage.py", "load_demo", *options],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-6000:]
    return done.stdout


@pytest.fixture(scope="session")
def demo_template(empty_database: str, django_db_blocker: Any, django_db_keepdb: bool) -> str:
    """The name of a database that holds the demo, only for copying. Made once a run; with --reuse-db that of an earlier run
    serves while nothing it is made of changes."""
    name, key = f"{base_name()}_demo", fingerprint()
    with django_db_blocker.unblock(), server() as cursor, alone(cursor, name):
        made_by, _, made_of = remark(cursor, name).partition(" / ")
        if made_of != key or not (django_db_keepdb or made_by == RUN):
            copy(cursor, name, of=empty_database)
            load(name)
            set_remark(cursor, name, f"{RUN} / {key}")
    return name


@contextmanager
def copied(template: str, name: str, blocker: Any) -> Iterator[Demo]:
    with blocker.unblock(), server() as cursor:
        copy(cursor, name, of=template)
    with on_database(name):
        yield Demo(name)
    with blocker.unblock(), server() as cursor:
        drop(cursor, name)


@pytest.fixture(scope="session")
def demo_database(demo_template: str, django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """This process's own copy, for tests whose writes are rolled back."""
    name = f"{own_name()}_demo_here"
    with django_db_blocker.unblock(), server() as cursor:
        copy(cursor, name, of=demo_template)
        yield name
        connections.close_all()
        drop(cursor, name)


@pytest.fixture(scope="module")
def demo(demo_database: str) -> Iterator[Demo]:
    with on_database(demo_database):
        yield Demo(demo_database)


@pytest.fixture(scope="module")
def demo_copy(demo_template: str, django_db_setup: None, django_db_blocker: Any) -> Iterator[Demo]:
    with copied(demo_template, f"{own_name()}_demo_copy", django_db_blocker) as made:
        yield made
