import pytest
from django.db import connection
from django.db.models import QuerySet

from tenancy.models import Organisation, Person, TenantModel
from tenancy.scope import NoTenant, tenant_context
from tenancy.walls import tenant_models
from tests.factories.tenancy import make_organisation


def test_the_connection_is_the_application_role(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == ("portal_app", False, False)


def test_no_tenant_open_is_an_error(essex):
    with pytest.raises(NoTenant):
        Person.objects.exists()


def test_a_tenant_sees_its_own_rows_only(essex, hsmc):
    with tenant_context(essex):
        make_organisation("Essex Police", "police and fire")
    with tenant_context(hsmc):
        make_organisation("HSMC", "higher education")
        assert [o.name for o in Organisation.objects.all()] == ["HSMC"]
        # and so does raw SQL, which knows no manager
        with connection.cursor() as cursor:
            cursor.execute("SELECT name FROM tenancy_organisation")
            assert cursor.fetchall() == [("HSMC",)]


def test_every_model_asks_as_a_filter_by_tenant_would(essex, hsmc):
    """Two tenants one after the other, since the condition is made once a model; in a subquery and an exclude too."""
    models = [model for model in tenant_models() if issubclass(model, TenantModel)]
    for tenant in (essex, hsmc):
        with tenant_context(tenant):
            for model in models:
                plain = QuerySet(model).filter(tenant_id=tenant.pk)
                for scoped, wanted in (
                    (model.objects.all(), plain.all()),
                    (model.objects.exclude(public_id="x"), plain.exclude(public_id="x")),
                    (
                        model.unscoped().filter(pk__in=model.objects.values("pk")),
                        model.unscoped().filter(pk__in=plain.values("pk")),
                    ),
                ):
                    sql = str(scoped.query)
                    assert sql == str(wanted.query)
                    assert f'"tenant_id" = {tenant.pk}' in sql
    assert len(models) > 100


def test_nesting_gives_the_outer_tenant_back(essex, hsmc):
    with tenant_context(essex):
        make_organisation("Essex Police", "police and fire")
        with tenant_context(hsmc):
            assert Organisation.unscoped().count() == 0
        assert Organisation.unscoped().count() == 1
