"""The tenant a piece of code works for: one context, opened by the middleware, tasks and commands, and nothing else.

Two things follow it: the managers of tenant-owned models (they raise NoTenant without one), and PostgreSQL's row-level
security through transaction-local settings (without them every tenant-owned table is empty).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from django.db import connections, transaction

if TYPE_CHECKING:
    from tenancy.models import Person, Tenant


class NoTenant(RuntimeError):
    """Tenant-owned data was asked for while no tenant was open."""


@dataclass(frozen=True)
class Scope:
    tenant_id: int
    person_id: int | None = None
    # the row itself, where whoever opened the scope had it
    tenant: Tenant | None = field(default=None, compare=False, repr=False)


_scope: ContextVar[Scope | None] = ContextVar("baton_scope", default=None)


def current_scope() -> Scope:
    scope = _scope.get()
    if scope is None:
        raise NoTenant("No tenant is open: use tenant_context().")
    return scope


def scope_or_none() -> Scope | None:
    return _scope.get()


def set_local(using: str, *, tenant: int | None, person: int | None = None, account: int | None = None) -> None:
    """Set the three settings of row-level security for the rest of the transaction on `using`."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT set_config('app.tenant_id', %s, true), set_config('app.person_id', %s, true),"
            " set_config('app.account_id', %s, true), set_config('pghistory.context_metadata', %s, true)",
            [
                *(str(value) if value else "" for value in (tenant, person, account)),
                json.dumps({"person": person, "account": account}),
            ],
        )


@contextmanager
def tenant_context(
    tenant: Tenant | int,
    person: Person | int | None = None,
    *,
    account: int | None = None,
    using: str = "default",
) -> Iterator[Scope]:
    """Open a transaction on `using` in which `tenant` is the only tenant there is, seen as `person` sees it.

    Nesting restores the outer scope on leaving. Settings end with the transaction, so a lazy queryset read after it is empty.
    """
    tenant_id = tenant if isinstance(tenant, int) else tenant.pk
    person_id = person if isinstance(person, int) or person is None else person.pk
    scope = Scope(tenant_id, person_id, None if isinstance(tenant, int) else tenant)
    outer = _scope.get()
    token = _scope.set(scope)
    try:
        with transaction.atomic(using=using):
            set_local(using, tenant=tenant_id, person=person_id, account=account)
            yield scope
            if outer is not None and connections[using].in_atomic_block:
                # SET LOCAL survives RELEASE SAVEPOINT: give the outer scope its settings back.
                _restore(using, outer)
    except BaseException:
        # a rolled-back savepoint has restored the settings by itself
        raise
    finally:
        _scope.reset(token)


def _restore(using: str, outer: Scope) -> None:
    set_local(using, tenant=outer.tenant_id, person=outer.person_id)


@contextmanager
def written_for(tenant_id: int) -> Iterator[None]:
    """Querysets made within are of that id, and none of them can be read: for SQL that is written once and filled in later. Row-level
    security is left as it is, so it still opens no other tenant."""
    token = _scope.set(Scope(tenant_id))
    try:
        yield
    finally:
        _scope.reset(token)


def become(person_id: int | None, *, account: int | None = None, using: str = "default") -> None:
    """For the rest of the open tenant_context: see as this person sees, whom a membership or a signed link has named."""
    scope = current_scope()
    _scope.set(replace(scope, person_id=person_id))
    set_local(using, tenant=scope.tenant_id, person=person_id, account=account)


@contextmanager
def account_context(account_id: int, *, using: str = "default") -> Iterator[None]:
    """Before a tenant is open: a transaction in which an account sees its own Memberships, and nothing else."""
    with transaction.atomic(using=using):
        set_local(using, tenant=None, account=account_id)
        yield
