"""The operators' admin: an operator with a second factor, nobody else, and no tenant's rows."""

from __future__ import annotations

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib import admin
from django.test import Client

from tenancy.models import Account, TenantModel
from tests.conftest import sign_in


@pytest.fixture
def operator(db):
    account = Account.objects.create_superuser("operator@baton.example")
    TOTP.activate(account, generate_totp_secret())
    return account


def test_with_the_second_factor_it_opens(operator):
    assert sign_in(Client(), operator, "mfa").get("/admin/").status_code == 200


def test_with_a_code_alone_it_does_not(operator):
    page = sign_in(Client(), operator).get("/admin/", follow=True)
    assert page.redirect_chain[-1][0] == "/accounts/logout/"


def test_without_a_factor_one_is_asked_for(db):
    account = Account.objects.create_superuser("new@baton.example")
    page = sign_in(Client(), account).get("/admin/", follow=True)
    assert "/accounts/2fa/" in page.redirect_chain[-1][0] or "reauthenticate" in page.redirect_chain[-1][0]


def test_staff_of_a_tenant_are_no_operators(operator, staff):
    assert staff.client.get("/admin/", follow=True).status_code == 403


def test_signed_out_it_asks_to_sign_in_on_the_portals_page(db):
    page = Client().get("/admin/", follow=True)
    assert page.redirect_chain[-1][0].startswith("/accounts/login/")


def test_no_tenant_owned_model_is_registered():
    assert not [m for m in admin.site._registry if issubclass(m, TenantModel)]
