"""What every tenant-owned table has: a tenant, a public id, a manager that fails closed, and a wall."""

from __future__ import annotations

import secrets
from copy import copy
from dataclasses import dataclass, field
from functools import cache
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models.lookups import Lookup
from django.db.models.sql.where import AND

from tenancy.scope import NoTenant, current_scope, scope_or_none

# No vowels and no look-alikes: ids are read out on the telephone and must not spell words.
ALPHABET = "23456789bcdfghjkmnpqrstvwxyz"
PUBLIC_ID_LENGTH = 10


def new_public_id() -> str:
    """A short random id for URLs: 28^10 values, about 48 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(PUBLIC_ID_LENGTH))


@dataclass(frozen=True)
class Wall:
    """How a table is closed beyond its tenant, as SQL conditions on its own row; see tenancy.walls.

    `readable` and `writable` add restrictive policies for portal_app. `{me}` stands for the person of the request, `{t}` for the
    table's name, `{mentor:author_id}` for a ground that an app has registered (tenancy.grounds).
    `deletable` is the condition for DELETE where it isn't `writable`'s.
    `sys` says what portal_sys may do there, across tenants: a tuple of SELECT, INSERT, UPDATE, DELETE.
    `append_only` takes UPDATE and DELETE from portal_app. `closed` leaves portal_app no right to the table at all; portal_sys then
    works there in one tenant at a time.
    """

    readable: str = ""
    writable: str = ""
    deletable: str = ""
    sys: tuple[str, ...] = ()
    append_only: bool = False
    closed: bool = False
    tenant_policy: str = ""
    extra: tuple[str, ...] = field(default=())


class TenantQuerySet(models.QuerySet):
    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> Any:
        objs = list(objs)
        for obj in objs:
            obj.tenant_id = obj.tenant_id or current_scope().tenant_id
        return super().bulk_create(objs, *args, **kwargs)


@cache
def of_tenant(model: type[models.Model]) -> Lookup:
    """What filter(tenant_id=…) adds to a query of this model; whose tenant is filled in each time."""
    (condition,) = models.QuerySet(model).filter(tenant_id=0).query.where.children
    return condition  # type: ignore[return-value]


class TenantManager(models.Manager.from_queryset(TenantQuerySet)):  # type: ignore[misc]
    """Rows of the open tenant only; without one, NoTenant. The database holds the same line by itself."""

    def get_queryset(self) -> TenantQuerySet:
        scope = scope_or_none()
        if scope is None:
            raise NoTenant(f"{self.model.__name__} was read while no tenant was open.")
        rows = super().get_queryset()
        # as filter(tenant_id=…) would, which every query of a page begins with and took longer than it runs
        condition = copy(of_tenant(self.model))
        condition.rhs = scope.tenant_id
        rows.query.get_initial_alias()
        rows.query.where.add(condition, AND)
        return rows


class TenantModel(models.Model):
    """Base of every tenant-owned model. Subclasses whose rows are private set `wall`."""

    tenant = models.ForeignKey("tenancy.Tenant", on_delete=models.CASCADE, related_name="+", editable=False)
    public_id = models.CharField(max_length=16, default=new_public_id, editable=False, db_index=False)

    objects = TenantManager()
    wall: ClassVar[Wall] = Wall()

    class Meta:
        abstract = True
        base_manager_name = "objects"
        default_manager_name = "objects"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.tenant_id is None:
            self.tenant_id = current_scope().tenant_id
        super().save(*args, **kwargs)

    @classmethod
    def by_public_id(cls, public_id: str) -> Self:
        """The row of the open tenant with this public id; DoesNotExist for absent and foreign alike."""
        return cls.objects.get(public_id=public_id)  # type: ignore[attr-defined, no-any-return]

    @classmethod
    def unscoped(cls, using: str = "default") -> models.QuerySet[Self]:
        """Rows of whatever tenants row-level security lets this connection see. Each use says why it is needed."""
        return models.QuerySet(cls, using=using)
