"""Fixtures of the whole suite: real PostgreSQL with the real roles, two tenants, a fixed cast.

Tests run as portal_app: the owner makes the test database, `default` and `sys` are its other two roles (settings.DATABASES).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import setup_databases, teardown_databases

from tenancy.actors import Actor
from tenancy.models import Account, Person, Role, Tenant
from tenancy.scope import tenant_context
from tenancy.selectors import actor_of
from tenancy.services.people import ensure_account, ensure_person, give_role
from tests.demo_fixture import demo, demo_copy, demo_database  # noqa: F401 -- fixtures
from tests.factories.tenancy import make_organisation, make_tenant

PASSWORD = "correct horse battery staple"


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Plain test database names: BATON_TEST_DATABASE tells parallel runs apart."""


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_blocker: Any,
    django_db_keepdb: bool,
    django_db_createdb: bool,
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """Make the owner's test database whichever tests were chosen: `default` and `sys` only mirror it, and pytest-django alone
    would leave them at the development database when no chosen test names the owner."""
    with django_db_blocker.unblock():
        made = setup_databases(
            verbosity=0,
            interactive=False,
            aliases=["default", "owner", "sys"],
            keepdb=django_db_keepdb and not django_db_createdb,
            serialized_aliases=[],
        )
    yield
    if not django_db_keepdb:
        with django_db_blocker.unblock():
            # Django closes the owner's connection only; those of the other two roles would hold the database.
            connections.close_all()
            teardown_databases(made, verbosity=0)


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
    """Sign in without the pages, with the record of the method that the sign-in pages leave in the session."""
    client.force_login(account)
    session = client.session
    session["account_authentication_methods"] = [{"method": method, "at": time.time()}]
    session["account_authentication_methods_user"] = str(account.pk)
    session.save()
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
