"""The wall: row-level security, grants and same-tenant foreign keys, made from the models after each migrate.

Declarative and idempotent: what a table's wall is follows from its model (tenant field, `wall`), so a new table can't be
forgotten, and portal_app and portal_sys get a table's grants only together with its policies. Runs as portal_owner.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pgtrigger
from django.apps import apps
from django.db import connections, models, router

from tenancy.grounds import GroundOf, grounds
from tenancy.models.base import Wall

APP_ROLE = "portal_app"
SYS_ROLE = "portal_sys"
# Not wrapped in a sub-select: the planner looks the value up to estimate rows, but takes a sub-select's for any tenant's
# (docs/decisions/0010-plain-tenant-policy.md).
TENANT = "nullif(current_setting('app.tenant_id', true), '')::bigint"
ME = "(SELECT nullif(current_setting('app.person_id', true), '')::bigint)"
ACCOUNT = "(SELECT nullif(current_setting('app.account_id', true), '')::bigint)"

# Global tables that portal_app may write; every other global table is read-only to it.
WRITABLE_GLOBAL_APPS = {
    "account",
    "socialaccount",
    "mfa",
    "usersessions",
    "sessions",
    "pghistory",
    "admin",
}
WRITABLE_GLOBAL_MODELS = {"tenancy.Account", "tenancy.Tenant", "engine.Heartbeat"}
# Demo mails and account mails belong to no tenant and are read by the dispatcher's process alone or by the demo inbox.
SYS_GLOBAL_MODELS = {"engine.Heartbeat", "reminders.DemoMail"}


def tenant_models() -> Iterator[type[models.Model]]:
    """Every concrete model with a `tenant` foreign key, audit event tables included."""
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.managed or model._meta.proxy or model._meta.swapped:
            continue
        if is_tenant_owned(model):
            yield model


def is_tenant_owned(model: type[models.Model]) -> bool:
    return any(
        f.name == "tenant" and f.is_relation and related(f)._meta.label == "tenancy.Tenant"
        for f in model._meta.local_fields
    )


def related(field: Any) -> type[models.Model]:
    return field.related_model


def wall_of(model: type[models.Model]) -> Wall:
    tracked = getattr(model, "pgh_tracked_model", None)
    if tracked is not None:
        own = getattr(tracked, "wall", Wall())
        # History of a private row is as private as the row. portal_sys purges it with the row (tenancy.retention).
        return Wall(readable=own.readable if own.readable else "", sys=("SELECT", "INSERT", "DELETE"), append_only=True)
    return getattr(model, "wall", Wall())


def quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def policies(model: type[models.Model]) -> Iterator[tuple[str, str]]:
    """(name, definition after ON table) of every policy the table must have, and no other."""
    wall = wall_of(model)
    if wall.closed:
        for verb in wall.sys:
            clause = {"INSERT": "WITH CHECK ({})", "UPDATE": "USING ({}) WITH CHECK ({})"}.get(verb, "USING ({})")
            own = clause.replace("{}", f"tenant_id = {TENANT}")
            yield f"sys_{verb.lower()}", f"AS PERMISSIVE FOR {verb} TO {SYS_ROLE} {own}"
        return
    own = wall.tenant_policy or f"tenant_id = {TENANT}"
    own = own.format(tenant=TENANT, me=ME, account=ACCOUNT)
    yield "tenant", f"AS PERMISSIVE FOR ALL TO {APP_ROLE} USING ({own}) WITH CHECK (tenant_id = {TENANT})"
    names: dict[str, Any] = {key: GroundOf(ground, ME) for key, ground in grounds.items()}
    names |= {"me": ME, "tenant": TENANT, "t": quote(model._meta.db_table)}
    if wall.readable:
        yield (
            "private_read",
            f"AS RESTRICTIVE FOR SELECT TO {APP_ROLE} USING ({wall.readable.format(**names)})",
        )
    if wall.writable:
        check = wall.writable.format(**names)
        yield "private_insert", f"AS RESTRICTIVE FOR INSERT TO {APP_ROLE} WITH CHECK ({check})"
        yield "private_update", f"AS RESTRICTIVE FOR UPDATE TO {APP_ROLE} USING ({check}) WITH CHECK ({check})"
        gone = wall.deletable.format(**names) or check
        yield "private_delete", f"AS RESTRICTIVE FOR DELETE TO {APP_ROLE} USING ({gone})"
    for verb in wall.sys:
        clause = "WITH CHECK (true)" if verb == "INSERT" else "USING (true)"
        yield f"sys_{verb.lower()}", f"AS PERMISSIVE FOR {verb} TO {SYS_ROLE} {clause}"


def grants(model: type[models.Model]) -> Iterator[str]:
    table = quote(model._meta.db_table)
    yield f"REVOKE ALL ON {table} FROM {APP_ROLE}, {SYS_ROLE}"
    if is_tenant_owned(model):
        wall = wall_of(model)
        verbs = "SELECT, INSERT" if wall.append_only else "SELECT, INSERT, UPDATE, DELETE"
        if not wall.closed:
            yield f"GRANT {verbs} ON {table} TO {APP_ROLE}"
        if wall.sys:
            yield f"GRANT {', '.join(wall.sys)} ON {table} TO {SYS_ROLE}"
        return
    label, app = model._meta.label, model._meta.app_label
    write = app in WRITABLE_GLOBAL_APPS or label in WRITABLE_GLOBAL_MODELS
    if label == "tenancy.Tenant":
        # Tenants are opened by operators; staff change their own tenant's look and hours, never its slug.
        yield f"GRANT SELECT, INSERT, UPDATE ON {table} TO {APP_ROLE}"
    else:
        yield f"GRANT {'SELECT, INSERT, UPDATE, DELETE' if write else 'SELECT'} ON {table} TO {APP_ROLE}"
    if label in SYS_GLOBAL_MODELS:
        yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {SYS_ROLE}"
    elif label in {"tenancy.Tenant", "tenancy.Account"}:
        yield f"GRANT SELECT ON {table} TO {SYS_ROLE}"


ON_DELETE: dict[Any, str] = {
    models.CASCADE: "CASCADE",
    models.SET_NULL: "SET NULL ({column})",
}


def same_tenant_keys(model: type[models.Model]) -> Iterator[tuple[str, str]]:
    """(name, definition) of the composite foreign keys to other tenant-owned tables.

    They carry the model's on_delete into the database, so that a row that anyone deletes in SQL takes with it what hangs on it.
    """
    fields: list[Any] = list(model._meta.local_fields)
    for f in fields:
        if not f.is_relation or f.name == "tenant" or not f.remote_field or not f.db_constraint:
            continue
        target = f.related_model
        if not is_tenant_owned(target):
            continue
        action = ON_DELETE.get(f.remote_field.on_delete, "NO ACTION").format(column=quote(f.column))
        yield (
            f"{f.column}_same_tenant",
            f"FOREIGN KEY (tenant_id, {quote(f.column)}) REFERENCES {quote(target._meta.db_table)} (tenant_id, id)"
            f" ON DELETE {action} DEFERRABLE INITIALLY DEFERRED",
        )


def statements(model: type[models.Model], present: dict[str, set[str]]) -> Iterator[str]:
    """What brings one table's wall up; `present` names the constraints it has."""
    table = model._meta.db_table
    if is_tenant_owned(model):
        yield f"ALTER TABLE {quote(table)} ENABLE ROW LEVEL SECURITY"
        yield f"ALTER TABLE {quote(table)} FORCE ROW LEVEL SECURITY"
        for name, definition in policies(model):
            yield f"CREATE POLICY {name} ON {quote(table)} {definition}"
        yield from wall_of(model).extra
    yield from grants(model)


def unique_keys(model: type[models.Model]) -> Iterator[tuple[str, str]]:
    names = {f.column for f in model._meta.local_fields}
    if getattr(model, "pgh_tracked_model", None) is not None:
        return
    if "id" in names:
        yield "tenant_row", "UNIQUE (tenant_id, id)"
    if "public_id" in names:
        yield "tenant_public_id", "UNIQUE (tenant_id, public_id)"


FIND_LINK = f"""
CREATE OR REPLACE FUNCTION tenancy_find_link(digest bytea)
RETURNS TABLE (tenant_id bigint, person_id bigint, purpose text, link_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT l.tenant_id, l.person_id, l.purpose::text, l.id FROM public.tenancy_link l
    WHERE l.token_sha256 = digest AND l.revoked_at IS NULL AND l.used_at IS NULL
      AND (l.expires_at IS NULL OR l.expires_at > now())
$$;
REVOKE ALL ON FUNCTION tenancy_find_link(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenancy_find_link(bytea) TO {APP_ROLE}, {SYS_ROLE};
"""  # noqa: S608 -- names of our own roles only


def constraint_name(model: type[models.Model], suffix: str) -> str:
    stem = f"{model._meta.db_table}_{suffix}"
    if len(stem) <= 63:
        return stem
    from django.db.backends.utils import names_digest

    return f"{stem[:54]}_{names_digest(stem, length=8)}"


def install(using: str = "owner") -> None:
    """Bring every wall up. Safe to run at any time; one transaction, so no table is ever seen without its wall."""
    from django.db import transaction

    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        existing = set(connection.introspection.table_names(cursor))
        wanted = [
            m
            for m in apps.get_models(include_auto_created=True)
            if m._meta.db_table in existing and m._meta.managed and not m._meta.proxy
        ]
        run(cursor, drop_policies(cursor))
        owned = [m for m in wanted if is_tenant_owned(m)]
        run(cursor, constraint_changes(cursor, owned))
        present: dict[str, set[str]] = {}
        for model in wanted:
            run(cursor, statements(model, present))
        cursor.execute(
            f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}, {SYS_ROLE};"
            f" GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE}, {SYS_ROLE};"
            f" GRANT SELECT ON django_migrations TO {APP_ROLE}, {SYS_ROLE}"
        )
        if "tenancy_link" in existing:
            cursor.execute(FIND_LINK)
        install_triggers(using, existing)


def install_triggers(using: str, existing: set[str]) -> None:
    """The history's triggers, from the models like the walls and not from migrations (docs/decisions/0013): those that are missing
    or no longer what the model says; those that no model has any more go."""
    for model, trigger in pgtrigger.registered():
        if (
            model._meta.db_table in existing
            and trigger.get_installation_status(model, database=using)[0] != "INSTALLED"
        ):
            trigger.install(model, database=using)
    pgtrigger.prune(database=using)


def run(cursor: Any, sql: Iterable[str]) -> None:
    batch = [s for s in sql if s]
    if batch:
        cursor.execute(";\n".join(batch))


def drop_policies(cursor: Any) -> list[str]:
    cursor.execute("SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public'")
    return [f"DROP POLICY {quote(p)} ON {quote(t)}" for t, p in cursor.fetchall()]


def constraint_changes(cursor: Any, owned: list[type[models.Model]]) -> list[str]:
    """Add the unique keys and composite foreign keys that are missing, replace the ones whose definition changed."""
    cursor.execute(
        "SELECT conrelid::regclass::text, conname, coalesce(obj_description(oid, 'pg_constraint'), '')"
        " FROM pg_constraint WHERE connamespace = 'public'::regnamespace"
    )
    present = {(t.strip('"'), n): comment for t, n, comment in cursor.fetchall()}
    unique, foreign = [], []
    for model in owned:
        table = model._meta.db_table
        for suffix, definition in unique_keys(model):
            name = constraint_name(model, suffix)
            if (table, name) not in present:
                unique.append(f"ALTER TABLE {quote(table)} ADD CONSTRAINT {quote(name)} {definition}")
        for suffix, definition in same_tenant_keys(model):
            name = constraint_name(model, suffix)
            if present.get((table, name)) == definition:
                continue
            if (table, name) in present:
                foreign.append(f"ALTER TABLE {quote(table)} DROP CONSTRAINT {quote(name)}")
            literal = definition.replace("'", "''")
            foreign.append(f"ALTER TABLE {quote(table)} ADD CONSTRAINT {quote(name)} {definition}")
            foreign.append(f"COMMENT ON CONSTRAINT {quote(name)} ON {quote(table)} IS '{literal}'")
    return unique + foreign


def install_after_migrate(*, app_config: Any, using: str, plan: list | None = None, **_: Any) -> None:
    """post_migrate receiver: once, after the last app, on the owner's connection."""
    last = [c for c in apps.get_app_configs() if c.models_module is not None][-1]
    # Django also sends this after flush (tests), without a plan: the walls stand, and putting them up again takes a second.
    if plan is not None and app_config is last and using == "owner" and router.allow_migrate(using, "tenancy"):
        install(using)
