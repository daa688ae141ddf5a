"""Sign-ins that are nobody anywhere go in the night; whoever is still somebody keeps theirs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db import connections
from django.utils import timezone

from tenancy.models import Account, Membership, Person, Role, RoleAssignment, TenantModel
from tenancy.scope import tenant_context
from tenancy.services.people import link_account
from tenancy.services.retention import ACCOUNT_DAYS, OF_ACCOUNT, delete_accounts, delete_due
from tests.conftest import make_member
from tests.factories.tenancy import make_tenant

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])


def in_days(days: float):
    return timezone.now() + timedelta(days=days)


def leave(tenant, person) -> None:
    with tenant_context(tenant):
        Membership.objects.filter(person=person).update(ended_at=timezone.now())
        RoleAssignment.objects.filter(person=person).update(valid_to=timezone.now())


def as_owner(sql: str, *params: object) -> int:
    with connections["owner"].cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.fetchone()[0])


def test_whoever_left_goes_with_their_sign_in_and_whoever_is_somebody_elsewhere_keeps_it(transactional_db):
    essex, hsmc = make_tenant("essex", "Essex Partners"), make_tenant("hsmc", "HSMC Birmingham")
    staff = make_member(essex, "Sita Staff", Role.STAFF)
    gone = make_member(essex, "Gus Gone", Role.MENTOR)
    both = make_member(essex, "Bea Both", Role.MENTOR)
    with tenant_context(hsmc):
        link_account(person=Person.objects.create(name="B. Both"), account=both.account)
    for member in (gone, both):
        leave(essex, member.person)
    operator = Account.objects.create_superuser("ola@operator.example", "long enough for an operator")
    locked = Account.objects.create_user("lol@locked.example", is_active=False)
    former = Account.objects.create_user("fred@former.example")
    LogEntry.objects.create(user=former, object_repr="x", action_flag=2)
    kept = {staff.account, both.account, operator, locked, former}
    assert set(Account.objects.all()) == {*kept, gone.account}
    key = gone.client.session.session_key
    UserSession.objects.create(user=gone.account, session_key=key, ip="127.0.0.1")

    # while the tenant knows them, however long ago they last came
    assert delete_accounts(now=in_days(1000)) == 0
    assert delete_due(tenant=essex, now=in_days(89)) == {}
    assert delete_due(tenant=essex, now=in_days(91)) == {"tenancy.people": 2}
    with tenant_context(essex):
        assert [p.name for p in Person.objects.all()] == ["Sita Staff"]
    for table in ("tenancy_membershipevent", "tenancy_roleassignmentevent"):
        left = f"SELECT count(*) FROM {table} WHERE person_id IN (%s, %s)"
        assert as_owner(left, gone.person.pk, both.person.pk) == 0, table

    # their own time: since they were made, and since they were last used
    assert delete_accounts(now=in_days(ACCOUNT_DAYS - 1)) == 0
    Account.objects.filter(pk=gone.account.pk).update(last_login=in_days(30))
    assert delete_accounts(now=in_days(ACCOUNT_DAYS + 1)) == 0
    assert delete_accounts(now=in_days(ACCOUNT_DAYS + 31)) == 1
    assert set(Account.objects.all()) == kept
    assert not EmailAddress.objects.filter(email=gone.account.email).exists()
    assert not Session.objects.filter(session_key=key).exists() and not UserSession.objects.exists()
    assert delete_accounts(now=in_days(1000)) == 0


def test_nothing_else_hangs_on_a_sign_in():
    """Whoever adds a table about sign-ins says what becomes of its rows."""
    named = {
        model
        for model in apps.get_models()
        for field in model._meta.local_fields
        if field.related_model is Account and not issubclass(model, TenantModel)
    }
    audits = {model for model in named if hasattr(model, "pgh_tracked_model") or model._meta.app_label == "pghistory"}
    assert named - audits == {*OF_ACCOUNT, LogEntry}
