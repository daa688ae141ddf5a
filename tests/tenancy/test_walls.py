"""The third lock, walked: every table, every model, as the role that serves people."""

from __future__ import annotations

import pgtrigger
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, connections, transaction
from django.db.utils import ProgrammingError

from tenancy import walls
from tenancy.models import Person, TenantModel
from tenancy.scope import set_local, tenant_context
from tests.factories.anything import make_any

EVERY = sorted((m for m in apps.get_models() if issubclass(m, TenantModel)), key=lambda m: m._meta.label)
OWNED = [m for m in EVERY if not m.wall.closed]
CLOSED = [m for m in EVERY if m.wall.closed]


def rows(sql: str, *params: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def test_every_table_is_walled_or_known_to_be_global(db):
    """Anything with a tenant is enabled, forced and has exactly its policies; anything else is on a list, read by a person."""
    walled = {
        name: (enabled, forced)
        for name, enabled, forced in rows(
            "SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class"
            " WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        )
    }
    policies = {}
    for table, name in rows("SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public'"):
        policies.setdefault(table, set()).add(name)
    owned = {m._meta.db_table: m for m in walls.tenant_models()}
    for table, model in owned.items():
        assert walled[table] == (True, True), table
        assert policies[table] == {name for name, _ in walls.policies(model)}, table
    with_tenant = {
        t
        for (t,) in rows(
            "SELECT relname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid WHERE attname = 'tenant_id'"
            " AND relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        )
    }
    assert with_tenant == set(owned)
    assert set(walled) - set(owned) == GLOBAL_TABLES


GLOBAL_TABLES = {
    "account_emailaddress", "account_emailconfirmation", "auth_group", "auth_group_permissions", "auth_permission",
    "django_admin_log", "django_content_type", "django_migrations", "django_session", "engine_heartbeat",
    "mfa_authenticator", "pghistory_context", "reminders_demomail", "socialaccount_socialaccount",
    "socialaccount_socialapp", "socialaccount_socialtoken", "tenancy_account", "tenancy_account_groups",
    "tenancy_account_user_permissions", "tenancy_tenant", "usersessions_usersession",
}  # fmt: skip


def test_nothing_looks_past_the_wall(db):
    """No materialised view, no view run with its owner's rights, two definer functions, and the application role owns nothing."""
    assert rows("SELECT relname FROM pg_class WHERE relkind = 'm'") == []
    assert rows("SELECT viewname FROM pg_views WHERE schemaname = 'public'") == []
    definers = rows("SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace")
    # one finds a link by its digest; the other is a trigger, which nobody can call
    assert sorted(definers) == [("selection_forget_equality",), ("tenancy_find_link",)]
    assert rows(
        "SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname IN ('portal_app', 'portal_sys')"
    ) == [(0,)]


@pytest.mark.django_db(databases=["default", "owner", "sys"])
def test_every_trigger_of_the_models_stands_and_no_other():
    known = pgtrigger.registered()
    assert len(known) > 90
    states = {f"{model._meta.label} {trigger.name}": trigger.get_installation_status(model) for model, trigger in known}
    assert {name: state for name, state in states.items() if state != ("INSTALLED", True)} == {}
    assert rows("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'pgtrigger_%%'") == [(len(known),)]


@pytest.mark.django_db(databases=["default", "owner", "sys"])
def test_a_trigger_that_is_missing_old_or_nobodys_is_put_right():
    (model, missing), (other, old), (third, doubled) = pgtrigger.registered()[:3]
    stray = doubled.compile(third).install_sql.replace(doubled.get_pgid(third), "pgtrigger_of_nobody_00000")
    with connections["owner"].cursor() as cursor:
        cursor.execute(f'DROP TRIGGER {missing.get_pgid(model)} ON "{model._meta.db_table}"')
        cursor.execute(f"COMMENT ON TRIGGER {old.get_pgid(other)} ON \"{other._meta.db_table}\" IS 'of before'")
        cursor.execute(stray)
    walls.install()
    for table, trigger in ((model, missing), (other, old)):
        assert trigger.get_installation_status(table, database="owner") == ("INSTALLED", True)
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'pgtrigger_%'")
        assert cursor.fetchone() == (len(pgtrigger.registered()),)


@pytest.mark.django_db(databases=["default", "owner", "sys"])
@pytest.mark.parametrize("alias", ["default", "sys"])
def test_serving_roles_have_no_powers(alias):
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (False, False, False, False)
        with pytest.raises(ProgrammingError), transaction.atomic(using=alias):
            cursor.execute("TRUNCATE tenancy_person CASCADE")


def seed(tenant, model):
    with tenant_context(tenant):
        person = make_any(Person, None)
    with tenant_context(tenant, person):
        return person, make_any(model, person)


@pytest.mark.parametrize("model", OWNED, ids=lambda m: m._meta.label)
def test_a_model_never_crosses_tenants(essex, hsmc, model):
    own_person, own = seed(essex, model)
    _, foreign = seed(hsmc, model)
    with tenant_context(essex, own_person):
        seen = set(model.unscoped().values_list("pk", flat=True))
        assert own.pk in seen, "the one who may read it must see it, or the rest proves nothing"
        assert foreign.pk not in seen
        if model.wall.append_only:
            with pytest.raises(DatabaseError), transaction.atomic():
                model.unscoped().filter(pk=own.pk).update(public_id="changed")
            return
        assert model.unscoped().filter(pk=foreign.pk).update(public_id="changed") == 0
        assert model.unscoped().filter(pk=foreign.pk)._raw_delete("default") == 0
        assert model.unscoped().filter(pk=own.pk).update(public_id="changed") == 1
        with pytest.raises(DatabaseError), transaction.atomic():
            model.unscoped().filter(pk=own.pk).update(tenant_id=hsmc.pk)


@pytest.mark.django_db(databases=["default", "owner", "sys"])
@pytest.mark.parametrize("model", CLOSED, ids=lambda m: m._meta.label)
def test_a_closed_table_is_out_of_reach(essex, model):
    """For portal_app no right of any kind; portal_sys sees no row outside the tenant it works in."""
    table = model._meta.db_table
    rights = "SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"
    assert [r for r in rights if rows("SELECT has_table_privilege(%s, %s)", table, r) != [(False,)]] == []
    assert rows("SELECT count(*) FROM information_schema.column_privileges WHERE table_name = %s", table) == [(0,)]
    clauses = rows("SELECT coalesce(qual, with_check) FROM pg_policies WHERE tablename = %s", table)
    assert clauses and all("app.tenant_id" in clause for (clause,) in clauses)


@pytest.mark.parametrize("model", OWNED, ids=lambda m: m._meta.label)
def test_a_key_cannot_point_into_another_tenant(essex, hsmc, model):
    keys = [
        f
        for f in model._meta.local_fields
        if f.is_relation and f.name != "tenant" and issubclass(f.related_model, TenantModel)
    ]
    person, own = seed(essex, model)
    for field in keys:
        _, foreign = seed(hsmc, field.related_model)
        # Straight SQL: neither the manager nor the form stands in the way here, only the database (a key, or a policy before it).
        with pytest.raises(DatabaseError), tenant_context(essex, person):
            assert model.unscoped().filter(pk=own.pk).update(**{field.attname: foreign.pk}) == 1
            connection.check_constraints()


def test_without_a_tenant_every_table_is_empty(essex):
    _, _row = seed(essex, Person)
    with transaction.atomic():
        set_local("default", tenant=None)
        assert [m._meta.label for m in OWNED if m.unscoped().exists()] == []


def test_the_audit_keeps_bulk_and_raw_writes_and_who(essex):
    person, _ = seed(essex, Person)
    event = apps.get_model("tenancy", "PersonEvent")
    with tenant_context(essex, person):
        Person.objects.filter(pk=person.pk).update(job_title="Chief executive")
        with connection.cursor() as cursor:
            cursor.execute("UPDATE tenancy_person SET grade = 'Chief officer' WHERE id = %s", [person.pk])
        events = list(
            event.objects.filter(id=person.pk).order_by("pgh_id").values_list("pgh_label", "job_title", "grade")
        )
        assert [e[0] for e in events] == ["insert", "update", "update"]
        assert events[-1][1:] == ("Chief executive", "Chief officer")
        assert event.objects.filter(id=person.pk).last().pgh_context["person"] == person.pk
        with pytest.raises(DatabaseError), transaction.atomic():
            event.objects.filter(id=person.pk).update(job_title="never was")


def test_history_of_one_tenant_is_not_another_ones(essex, hsmc):
    seed(essex, Person)
    event = apps.get_model("tenancy", "PersonEvent")
    with tenant_context(hsmc):
        assert not event.objects.exists()
    with tenant_context(essex):
        assert event.objects.exists()
