"""The stamp that lets a start skip migrate: worth nothing as soon as anything differs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections, transaction

from runtime import memory, prepared
from runtime.catalogue import digest
from tenancy.models import Tenant

pytestmark = pytest.mark.django_db(databases=["default", "owner", "sys"])

TAMPERINGS = (
    "DROP POLICY tenant ON tenancy_person",
    "ALTER POLICY tenant ON tenancy_person USING (true)",
    "ALTER TABLE tenancy_person DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE tenancy_person NO FORCE ROW LEVEL SECURITY",
    "GRANT TRUNCATE ON tenancy_person TO portal_app",
    "GRANT UPDATE (name) ON tenancy_tenant TO portal_sys",
    "REVOKE INSERT ON tenancy_person FROM portal_app",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO portal_app",
    "CREATE VIEW everybody AS SELECT * FROM tenancy_person",
    "ALTER TABLE tenancy_membership DROP CONSTRAINT tenancy_membership_person_id_same_tenant",
    "DROP INDEX change_subject",
    "ALTER TABLE tenancy_person DISABLE TRIGGER {trigger}",
    "DROP TRIGGER {trigger} ON tenancy_person",
    "GRANT EXECUTE ON FUNCTION tenancy_find_link(bytea) TO PUBLIC",
    "ALTER FUNCTION tenancy_find_link(bytea) SECURITY INVOKER",
    "ALTER TABLE tenancy_person ADD COLUMN odd text",
    "DELETE FROM django_migrations WHERE app = 'tenancy'",
    "INSERT INTO tenancy_change (tenant_id, public_id, subject_kind, subject_id, name, source, target, reason, by_label, by_kind, at)"
    " VALUES ({tenant}, 'x', 'x', 'x', 'demo loaded', '', '', '', '', '', now())",
)


@pytest.fixture
def owner() -> Iterator[Any]:
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        yield cursor


def test_whatever_is_changed_in_the_database_changes_the_digest(owner: Any) -> None:
    tenant = Tenant.objects.using("owner").create(slug="digest", name="Digest")
    owner.execute(
        "SELECT quote_ident(tgname) FROM pg_trigger WHERE tgrelid = 'tenancy_person'::regclass AND NOT tgisinternal LIMIT 1"
    )
    names = {"trigger": owner.fetchone()[0], "tenant": tenant.pk}
    before = digest(owner)
    for tampering in TAMPERINGS:
        point = transaction.savepoint(using="owner")
        owner.execute("SET CONSTRAINTS ALL IMMEDIATE")
        owner.execute(tampering.format(**names))
        assert digest(owner) != before, tampering
        transaction.savepoint_rollback(point, using="owner")
    assert digest(owner) == before, "rows that say nothing of the demo don't count"


def test_the_stamp_counts_only_for_the_same_code_settings_and_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = tmp_path / "app" / "apps.py"
    code.parent.mkdir()
    code.write_text("one")
    monkeypatch.setattr(prepared, "ROOT", tmp_path)
    monkeypatch.setattr(prepared, "STAMP", tmp_path / "stamp.json")
    known = connections["owner"].get_connection_params()
    url = f"postgres://{known['user']}:{known['password']}@{known['host']}:{known['port']}/{known['dbname']}"
    env = {"DATABASE_OWNER_URL": url, "BATON_BASE_URL": "http://localhost:8000"}

    assert prepared.recall(env, with_demo=True) is None
    prepared.remember(env, "Sunita Rao", with_demo=True)
    assert prepared.recall(env | {"PATH": "/elsewhere"}, with_demo=True) == "Sunita Rao"

    assert prepared.recall(env, with_demo=False) is None
    assert prepared.recall(env | {"BATON_BASE_URL": "http://localhost:8001"}, with_demo=True) is None
    assert (
        prepared.recall(env | {"DATABASE_OWNER_URL": url.replace(known["dbname"], "postgres")}, with_demo=True) is None
    )
    code.write_text("two")
    assert prepared.recall(env, with_demo=True) is None
    code.write_text("one")
    assert prepared.recall(env, with_demo=True) == "Sunita Rao"
    code.with_name("more.py").write_text("")
    assert prepared.recall(env, with_demo=True) is None
    code.with_name("more.py").unlink()

    memory.write_json(
        prepared.STAMP, memory.read_json(prepared.STAMP) | {"database": "as it was before somebody changed it"}
    )
    assert prepared.recall(env, with_demo=True) is None
    prepared.forget()
    assert prepared.recall(env, with_demo=True) is None
    prepared.remember(env | {"DATABASE_OWNER_URL": url.replace(known["dbname"], "no_such")}, "", with_demo=True)
    assert not prepared.STAMP.exists(), "a database that can't be read leaves no stamp"
