"""The state of the portal's database as one digest: what `migrate` made, and what keeps tenants apart in it.

Run by the environment's Python with nothing of Django: `./baton up` asks at each start whether the database is still as the last
migrate left it. Whatever somebody changed by hand, restored or lost since shows as another digest, and everything is put up again.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import closing
from typing import Any

# Each gives rows of text. What a later PostgreSQL shows differently costs one migrate, no more.
QUESTIONS = (
    "SELECT app, name FROM django_migrations",
    "SELECT app_label, model FROM django_content_type",
    "SELECT codename, content_type_id FROM auth_permission",
    # Whose stories the demo has told to the end; the marks are gone with what was loaded.
    "SELECT tenant_id, id FROM tenancy_change WHERE name = 'demo loaded'",
    "SELECT rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolbypassrls, rolconfig FROM pg_roles"
    " WHERE rolname LIKE 'portal\\_%' OR rolname = current_user",
    "SELECT roleid::regrole, member::regrole FROM pg_auth_members WHERE member::regrole::text LIKE 'portal\\_%'",
    "SELECT nspname, nspowner::regrole, nspacl FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%'",
    "SELECT defaclrole::regrole, defaclnamespace::regnamespace, defaclobjtype, defaclacl FROM pg_default_acl",
    "SELECT oid::regclass, relkind, relowner::regrole, relrowsecurity, relforcerowsecurity, relacl, reloptions FROM pg_class"
    " WHERE relnamespace = 'public'::regnamespace",
    "SELECT attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull, attacl FROM pg_attribute"
    " JOIN pg_class c ON c.oid = attrelid WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped",
    "SELECT tablename, policyname, permissive, roles, cmd, qual, with_check FROM pg_policies",
    "SELECT conrelid::regclass, conname, convalidated, pg_get_constraintdef(oid), obj_description(oid, 'pg_constraint')"
    " FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
    "SELECT pg_get_indexdef(indexrelid), indisvalid FROM pg_index JOIN pg_class c ON c.oid = indexrelid"
    " WHERE relnamespace = 'public'::regnamespace",
    "SELECT tgrelid::regclass, tgname, tgenabled, pg_get_triggerdef(oid), obj_description(oid, 'pg_trigger') FROM pg_trigger"
    " WHERE NOT tgisinternal",
    "SELECT oid::regprocedure, proowner::regrole, prosecdef, proconfig, proacl, md5(prosrc) FROM pg_proc"
    " WHERE pronamespace = 'public'::regnamespace",
    "SELECT viewname, viewowner, definition FROM pg_views WHERE schemaname = 'public'",
    "SELECT extname, extversion FROM pg_extension",
)


def digest(cursor: Any) -> str:
    """One digest of every answer; as the owner, who sees all."""
    whole = hashlib.sha256()
    for question in QUESTIONS:
        cursor.execute(f"SELECT md5(string_agg(row::text, E'\\n' ORDER BY row::text)) FROM ({question}) AS row")
        whole.update(f"{cursor.fetchone()[0]}\n".encode())
    return whole.hexdigest()


if __name__ == "__main__":
    import psycopg2

    with closing(psycopg2.connect(os.environ["DATABASE_OWNER_URL"])) as connection, connection.cursor() as found:
        print(digest(found))
