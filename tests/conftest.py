"""Fixtures of the whole suite: real PostgreSQL with the real roles, two tenants, a fixed cast.

Tests run as portal_app: the owner makes the test database, `default` and `sys` are its other two roles (settings.DATABASES).
"""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import psycopg2
import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.handlers.base import BaseHandler
from django.core.signals import setting_changed
from django.db import connections
from django.test import Client, TransactionTestCase
from django.test.client import ClientHandler
from django.utils import timezone
from django.utils.crypto import get_random_string

from engine.collecting import SELDOM
from tenancy.actors import Actor
from tenancy.models import Account, Person, Role, Tenant
from tenancy.scope import tenant_context
from tenancy.selectors import actor_of
from tenancy.services.people import ensure_account, ensure_person, give_role
from tests import clock, databases
from tests.demo_fixture import demo, demo_copy, demo_database, demo_template  # noqa: F401 -- fixtures
from tests.factories.tenancy import make_organisation, make_tenant
from tests.order import FilesTogether, longest_first
from tests.world_fixture import made_world, scratch, world  # noqa: F401 -- fixtures

if databases.WORKER:
    # Processes of one run keep out of each other's cache; the programs they start too.
    settings.CACHES["default"]["LOCATION"] = os.environ["CACHE_URL"] = databases.own_cache()
gc.set_threshold(*SELDOM)
PASSWORD = "correct horse battery staple"
# What a handler has once its middleware is loaded. Each signed-in member of the cast has a client, and so a handler: they share it,
# until a test changes a setting.
LOADED = ("_view_middleware", "_template_response_middleware", "_exception_middleware", "_middleware_chain")
loaded: dict[str, Any] = {}


def load_middleware_once(handler: ClientHandler, is_async: bool = False) -> None:
    if not loaded:
        BaseHandler.load_middleware(handler, is_async)
        loaded.update({name: vars(handler)[name] for name in LOADED})
    vars(handler).update(loaded)


def load_it_anew(**_change: Any) -> None:
    loaded.clear()


def empty_the_tables(case: TransactionTestCase) -> None:
    if "owner" not in case.databases or not databases.empty():
        flush_by_truncating(case)


ClientHandler.load_middleware = load_middleware_once
setting_changed.connect(load_it_anew)
flush_by_truncating = TransactionTestCase._fixture_teardown
TransactionTestCase._fixture_teardown = empty_the_tables


@pytest.fixture(scope="session")
def empty_database(
    django_test_environment: None, django_db_blocker: Any, django_db_keepdb: bool, django_db_createdb: bool
) -> str:
    """The name of the migrated database that every process of the run copies."""
    with django_db_blocker.unblock():
        return databases.empty_template(keep=django_db_keepdb and not django_db_createdb)


@pytest.fixture(scope="session")
def django_db_setup(empty_database: str, django_db_blocker: Any) -> Iterator[None]:
    """This process's own database, made anew for each run, for all three roles."""
    name = databases.own_name()
    with django_db_blocker.unblock():
        with databases.server() as cursor:
            databases.copy(cursor, name, of=empty_database)
        databases.point_at(name)
        databases.remember_what_migrations_wrote()
        clock.lay_out()
        yield
        connections.close_all()
        with databases.server() as cursor:
            databases.drop(cursor, name)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    longest_first(items)


@pytest.hookimpl
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FilesTogether | None:
    return FilesTogether(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_sessionfinish(session: pytest.Session) -> None:
    """The templates go last, and stay for --reuse-db."""
    if not databases.WORKER and not session.config.getoption("reuse_db"):
        with suppress(psycopg2.OperationalError), databases.server() as cursor:
            databases.drop_all(cursor)


@pytest.fixture
def essex(db: None) -> Tenant:
    return make_tenant("essex", "Essex Partners")


@pytest.fixture
def hsmc(db: None) -> Tenant:
    return make_tenant("hsmc", "HSMC Birmingham")


@pytest.fixture
def in_essex(essex: Tenant) -> Iterator[Tenant]:
    """The test's body runs in the scope of Essex, as nobody in particular."""
    with tenant_context(essex):
        yield essex


def make_member(tenant: Tenant, name: str, *roles: str, email: str = "") -> SimpleNamespace:
    """A person of the tenant with an account and tenant-wide roles: .person .account .actor .client (signed in)."""
    system = Actor.system("test set-up")
    with tenant_context(tenant):
        organisation = make_organisation("Essex County Council", "local government")
        person, _ = ensure_person(
            name=name,
            email=email or f"{name.lower().replace(' ', '.')}@{tenant.slug}.example",
            organisation=organisation,
            job_title="Director",
            by=system,
        )
        for role in roles:
            give_role(person=person, role=role, by=system)
        account = ensure_account(person=person)
    return cast_member(tenant, person, account)


def sign_in(client: Client, account: Account, method: str = "code") -> Client:
    """Sign in without the pages, with the record of the method that the sign-in pages leave in the session. One statement: hundreds
    of tests sign in a handful of people each."""
    kept = {
        SESSION_KEY: str(account.pk),
        BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
        HASH_SESSION_KEY: account.get_session_auth_hash(),
        "account_authentication_methods": [{"method": method, "at": time.time()}],
        "account_authentication_methods_user": str(account.pk),
    }
    key = get_random_string(32, VALID_KEY_CHARS)
    Session.objects.create(
        session_key=key,
        session_data=SessionStore().encode(kept),
        expire_date=timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE),
    )
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    return client


def cast_member(tenant: Tenant, person: Person, account: Account) -> SimpleNamespace:
    client = sign_in(Client(), account)
    with tenant_context(tenant):
        actor = actor_of(person)
    return SimpleNamespace(person=person, account=account, actor=actor, client=client, tenant=tenant)


@pytest.fixture
def staff(essex: Tenant) -> SimpleNamespace:
    return make_member(essex, "Sita Staff", Role.STAFF)


@pytest.fixture
def stranger(hsmc: Tenant) -> SimpleNamespace:
    """Staff of the other tenant: knows the portal, must see nothing of Essex."""
    return make_member(hsmc, "Stan Stranger", Role.STAFF)
