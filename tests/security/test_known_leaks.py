"""Ways in which row-level security is known to leak elsewhere, each tried on ours: one test a leak, named after it."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction
from django.http import StreamingHttpResponse
from django.template.response import TemplateResponse
from django.test import RequestFactory

from tenancy.middleware import TenantMiddleware
from tenancy.models import Account, Membership, Organisation, Person, Role, Sector
from tenancy.scope import NoTenant, account_context, set_local, tenant_context
from tests.conftest import make_member
from tests.factories.tenancy import make_organisation

# What happens when a transaction ends can be seen only where it really ends.
committed = pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])
COUNT = "SELECT count(*) FROM tenancy_organisation"


def ask(sql: str, *params: object, using: str = "default") -> list[tuple]:
    with connections[using].cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


@pytest.fixture
def both(essex, hsmc):
    """An organisation in each tenant."""
    found = []
    for tenant, name in ((essex, "Essex Police"), (hsmc, "Walsall Hospital")):
        with tenant_context(tenant):
            found.append(make_organisation(name, "health"))
    return found


@committed
def test_without_a_tenant_there_are_no_rows(both) -> None:
    """A fresh setting is NULL and a spent one is '': neither is an error, neither shows a row."""
    assert ask("SELECT coalesce(current_setting('app.tenant_id', true), '')") == [("",)]
    assert ask(COUNT) == [(0,)]
    with connection.cursor() as cursor:
        cursor.execute("RESET app.tenant_id")
    assert ask(COUNT) == [(0,)]


def test_a_forgotten_filter_shows_own_rows_only(essex, both) -> None:
    with tenant_context(essex):
        assert ask("SELECT name FROM tenancy_organisation") == [("Essex Police",)]
        assert ask("SELECT name FROM tenancy_organisation WHERE tenant_id <> %s OR true", essex.pk) == [
            ("Essex Police",)
        ]


@pytest.mark.parametrize("reader", ["exists", "exclude", "iterator", "explain", "count", "in_bulk", "aggregate"])
def test_the_manager_fails_closed_by_every_way_of_reading(both, reader) -> None:
    """What django-scopes lets through while no scope is open."""
    ways = {
        "exists": lambda: Organisation.objects.exists(),
        "exclude": lambda: Organisation.objects.exclude(name="").exists(),
        "iterator": lambda: list(Organisation.objects.iterator()),
        "explain": lambda: Organisation.objects.explain(),
        "count": lambda: Organisation.objects.count(),
        "in_bulk": lambda: Organisation.objects.in_bulk(),
        "aggregate": lambda: Organisation.objects.values("name").first(),
    }
    with pytest.raises(NoTenant):
        ways[reader]()


def test_relations_end_at_the_wall(essex, hsmc, both) -> None:
    """A key, a join, a prefetch and a refresh reach nothing of another tenant, though their managers add no filter."""
    _own, foreign = both
    with tenant_context(essex):
        assert not Organisation.unscoped().filter(people__isnull=True, pk=foreign.pk).exists()
        assert not Sector.unscoped().filter(organisations__pk=foreign.pk).exists()
        with pytest.raises(Organisation.DoesNotExist):
            foreign.refresh_from_db()
        with pytest.raises(DatabaseError), transaction.atomic():
            foreign.save()
        assert Organisation.unscoped().filter(pk=foreign.pk).delete()[0] == 0
    with tenant_context(hsmc):
        assert Organisation.objects.get().name == "Walsall Hospital"


def test_a_row_cant_be_written_for_or_moved_to_another_tenant(essex, hsmc, both) -> None:
    own, _foreign = both
    with tenant_context(essex):
        with pytest.raises(DatabaseError), transaction.atomic():
            ask("UPDATE tenancy_organisation SET tenant_id = %s RETURNING 1", hsmc.pk)
        with pytest.raises(DatabaseError), transaction.atomic():
            Organisation(tenant=hsmc, name="Planted", sector_id=own.sector_id).save()


def test_a_key_is_no_oracle_for_other_tenants_rows(essex, hsmc, both) -> None:
    """Pointing at a foreign row and at none at all fail alike."""
    _own, foreign = both
    said = []
    for pk in (foreign.pk, 10**9):
        with tenant_context(essex), pytest.raises(IntegrityError) as caught, transaction.atomic():
            Person(name="Probe", organisation_id=pk).save()
            connection.check_constraints()
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        said.append(type(caught.value.__cause__).__name__)
    assert said == ["ForeignKeyViolation", "ForeignKeyViolation"]


def test_uniqueness_is_no_oracle_either(essex, hsmc) -> None:
    """The same address and the same public id may stand in two tenants."""
    with tenant_context(hsmc):
        taken = Person.objects.create(name="Hana", email="one@example.org")
    with tenant_context(essex):
        own = Person.objects.create(name="Edda", email="one@example.org", public_id=taken.public_id)
        assert Person.objects.get(email="one@example.org") == own


@committed
def test_the_setting_ends_with_its_transaction(essex, both) -> None:
    """What a pooler hands on after us sees nothing."""
    with tenant_context(essex):
        assert ask(COUNT) == [(1,)]
    assert ask("SELECT current_setting('app.tenant_id', true)") in ([("",)], [(None,)])
    assert ask(COUNT) == [(0,)]


def test_a_failed_inner_scope_gives_the_outer_one_back(essex, hsmc, both) -> None:
    with tenant_context(essex):
        with pytest.raises(ZeroDivisionError), tenant_context(hsmc):
            raise ZeroDivisionError
        assert ask("SELECT name FROM tenancy_organisation") == [("Essex Police",)]


def request_to(essex):
    member = make_member(essex, "Rita Reader", Role.STAFF)
    request = RequestFactory().get("/essex/")
    request.user = member.account
    return request


def test_a_lazy_list_is_rendered_within_the_scope(essex, both) -> None:
    """ATOMIC_REQUESTS alone renders such a template after the transaction, with an empty list."""

    def view(request):
        from django.template import engines

        template = engines["django"].from_string("{% for o in rows %}{{ o.name }} {% endfor %}")
        return TemplateResponse(request, template, {"rows": Organisation.objects.all()}).render()

    page = TenantMiddleware(view)(request_to(essex)).content.decode()
    assert "Essex Police" in page and "Walsall" not in page


@committed
def test_a_streamed_list_shows_no_rows_after_the_scope(essex, both) -> None:
    def view(_request):
        return StreamingHttpResponse(str(row) for row in ask_lazily())

    def ask_lazily():
        yield from ask("SELECT name FROM tenancy_organisation")

    assert b"".join(TenantMiddleware(view)(request_to(essex)).streaming_content) == b""


def test_an_error_page_takes_the_writes_back(essex) -> None:
    from django.http import HttpResponse

    def view(_request):
        make_organisation("Ghost", "health")
        return HttpResponse(status=500)

    TenantMiddleware(view)(request_to(essex))
    with tenant_context(essex):
        assert not Organisation.objects.filter(name="Ghost").exists()


def test_an_account_sees_its_own_memberships_and_nobody_elses(essex, hsmc) -> None:
    one, other = make_member(essex, "Uma One"), make_member(hsmc, "Otto Other")
    with account_context(one.account.pk):
        seen = Membership.unscoped().values_list("account_id", flat=True)
        assert set(seen) == {one.account.pk} and other.account.pk not in seen
        assert ask("SELECT count(*) FROM tenancy_person") == [(0,)]


def test_the_owner_of_the_tables_is_behind_the_wall_too(db) -> None:
    """ENABLE alone leaves the owner outside: every walled table is FORCEd."""
    loose = "SELECT relname FROM pg_class WHERE relrowsecurity AND NOT relforcerowsecurity"
    assert ask(loose) == []


def test_no_policy_has_a_way_around(db) -> None:
    """No CASE and no switch that any statement could set; none for everybody, and none for the serving role that lets all in."""
    rows = ask("SELECT policyname, roles::text, coalesce(qual, ''), coalesce(with_check, '') FROM pg_policies")
    assert len(rows) > 80
    for name, roles, using, check in rows:
        assert "public" not in roles and "CASE" not in using + check, name
        if "portal_app" in roles:
            assert "true" not in {using, check} and "bypass" not in (using + check).lower(), name


def test_a_cheap_function_is_shown_own_rows_only(essex, both) -> None:
    """A function that tells what it is given, so cheap that the planner would like to ask it first."""
    with tenant_context(essex), connection.cursor() as cursor:
        cursor.execute("SELECT has_schema_privilege(current_user, 'public', 'CREATE')")
        assert cursor.fetchone() == (False,)
        # all it could do is an error that quotes a row: only own rows get as far as that
        with pytest.raises(DatabaseError) as caught, transaction.atomic():
            cursor.execute("SELECT 1 FROM tenancy_organisation WHERE name::int > 0")
    assert "Essex Police" in str(caught.value) and "Walsall" not in str(caught.value)


def test_copy_and_truncate_are_closed(essex, both) -> None:
    with tenant_context(essex), connection.cursor() as cursor:
        for sql in (
            "TRUNCATE tenancy_organisation CASCADE",
            "ALTER TABLE tenancy_organisation DISABLE ROW LEVEL SECURITY",
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                cursor.execute(sql)
        for sql in ("SET ROLE portal_owner", "SET ROLE portal_sys", "SET SESSION AUTHORIZATION portal_owner"):
            with pytest.raises(DatabaseError), transaction.atomic():
                cursor.execute(sql)


@pytest.mark.django_db(databases=["default", "owner", "sys"])
def test_the_dispatchers_role_reads_named_tables_only(essex, both) -> None:
    set_local("sys", tenant=essex.pk)
    for table in ("tenancy_organisation", "selection_moderation", "cohorts_reflection", "mentoring_mentoringnote"):
        with pytest.raises(DatabaseError), transaction.atomic(using="sys"):
            ask(f"SELECT count(*) FROM {table}", using="sys")


def test_an_account_tells_nothing_of_its_tenants(essex, hsmc) -> None:
    """The one global table with people in it holds an address and no more."""
    held = {f.name for f in Account._meta.concrete_fields}
    assert held == {"id", "password", "last_login", "is_superuser", "email", "is_active", "is_staff", "date_joined"}
