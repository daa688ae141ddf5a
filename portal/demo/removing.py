"""Taking a demo tenant away again, whole: for `reset_demo`, and for a load that was cut off."""

from __future__ import annotations

from django.db import connections, transaction
from django.db.models import ManyToOneRel, Model

from portal.demo.people import SIGN_INS
from tenancy.models import Account, Membership, Person, Tenant
from tenancy.scope import tenant_context
from tenancy.walls import quote, tenant_models


def is_ours(tenant: Tenant) -> bool:
    """Whether the demo opened this tenant: its first sign-in, at an address nobody can have, is on record there."""
    first = next(sign_in.email for sign_in in SIGN_INS if sign_in.tenant == tenant.slug)
    with tenant_context(tenant):
        return Person.objects.filter(email=first).exists()


def remove_tenant(slug: str) -> None:
    """Delete every row of the tenant and the accounts that were nobody elsewhere, in one transaction as the owner.

    The owner alone may: portal_app can't delete what is append-only, and the audit's triggers would record each row again.
    """
    tables = [quote(model._meta.db_table) for model in tenant_models()]
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT id FROM tenancy_tenant WHERE slug = %s FOR UPDATE", [slug])
        row = cursor.fetchone()
        if row is None:
            return
        cursor.execute("SELECT account_id FROM tenancy_membership WHERE tenant_id = %s", row)
        accounts = [account for (account,) in cursor.fetchall()]
        cursor.execute(";".join(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in tables))
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table in tables:
            cursor.execute(f"DELETE FROM {table} WHERE tenant_id = %s", row)  # noqa: S608 -- names of our own tables
        cursor.execute("DELETE FROM tenancy_tenant WHERE id = %s", row)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(";".join(f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in tables))
    remove_accounts(accounts)


def remove_accounts(accounts: list[int]) -> None:
    """Those of them that belong to no tenant any more and aren't operators, with the libraries' rows about them."""
    left = Membership.unscoped("owner").filter(
        account_id__in=accounts
    )  # all tenants -- the owner sees every membership
    gone = Account.objects.using("owner").filter(pk__in=accounts, is_staff=False)
    ids = list(gone.exclude(pk__in=left.values("account_id")).values_list("pk", flat=True))
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        for model, field in library_rows_about_accounts():
            model._base_manager.using("owner").filter(**{f"{field}__in": ids}).delete()
        # Not by the ORM: its cascade would read tenants' tables, and no tenant is open.
        cursor.execute(f"DELETE FROM {quote(Account._meta.db_table)} WHERE id = ANY(%s)", [ids])  # noqa: S608 -- our own table


def library_rows_about_accounts() -> list[tuple[type[Model], str]]:
    """(model, field) of every reference to an account from a table that no tenant owns."""
    ours, tables = set(tenant_models()), connections["owner"].introspection.table_names()
    return [
        (relation.related_model, relation.field.name)
        for relation in Account._meta.get_fields(include_hidden=True)
        if isinstance(relation, ManyToOneRel)
        and relation.related_model not in ours
        and relation.related_model._meta.db_table in tables  # the history library's is a query, not a table
    ]
