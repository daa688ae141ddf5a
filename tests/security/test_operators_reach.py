"""What an operator's admin must not give: a way to be somebody else, or any word of a tenant's."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from tenancy.models import Account
from tests.access.small_world import PRIVATE, World, undone
from tests.conftest import sign_in
from tests.security.test_canary import text_of, words_of


def make_operator() -> Client:
    account = Account.objects.create_superuser("operator@baton.example")
    TOTP.activate(account, generate_totp_secret())
    return sign_in(Client(), account, "mfa")


def pages(client: Client) -> dict[str, str]:
    """Every page of the admin: the index, each list, each row's own page, its history and the page that adds one."""
    found = {reverse("admin:index"): text_of(client.get(reverse("admin:index")))}
    for model, own in admin.site._registry.items():
        stem = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        addresses = [reverse(f"{stem}_changelist"), reverse(f"{stem}_add")]
        for pk in model._default_manager.values_list("pk", flat=True)[:40]:
            addresses += [reverse(f"{stem}_{step}", args=[pk]) for step in ("change", "history", "delete")]
        found |= {at: text_of(client.get(at)) for at in addresses}
        assert own.model is model
    return found


def test_no_page_of_the_admin_holds_a_secret_or_a_tenants_word(world: World) -> None:
    with undone():
        client = make_operator()
        held = Authenticator.objects.get()
        other = world.cast["participant"]
        UserSession.objects.create(user=other.account, ip="127.0.0.1", session_key=other.client.session.session_key)
        found = pages(client)
        assert len(found) > 20 and "Authenticator" in found[reverse("admin:index")]
        secrets = {held.data["secret"], other.client.session.session_key, *PRIVATE.values()}
        words = words_of(world.tenant, [None, world.person("participant"), world.person("staff")])
        # the tenant's name and its members' addresses are how operators find them
        known = {world.tenant.name, *Account.objects.values_list("email", flat=True)}
        telling = {w for w in words - known if " " in w or "@" in w} | secrets
        mine = "".join(found.values())
        assert world.tenant.name in mine and other.account.email in mine
        plain = text_of(client.get(reverse("help:privacy"))) + text_of(client.get(reverse("admin:tenancy_tenant_add")))
    assert len(telling) > 150
    assert {(at, w) for at, text in found.items() for w in telling if w in text and w not in plain} == set()


def test_an_operator_cant_become_somebody(world: World) -> None:
    """No form takes a password, a session, an address, a subject of a provider or a factor for anybody's account."""
    target = world.cast["participant"].account
    with undone():
        client = make_operator()
        change = reverse("admin:tenancy_account_change", args=[target.pk])
        answer = client.post(
            change, {"is_active": "on", "email": "operator@baton.example", "password": "x", "is_superuser": "on"}
        )
        assert answer.status_code == 302
        target.refresh_from_db()
        assert target.email != "operator@baton.example" and not target.is_superuser and not target.has_usable_password()
        for app, model in (
            ("account", "emailaddress"),
            ("account", "emailconfirmation"),
            ("socialaccount", "socialaccount"),
            ("socialaccount", "socialtoken"),
            ("usersessions", "usersession"),
            ("sessions", "session"),
        ):
            assert client.get(f"/admin/{app}/{model}/").status_code == 404, model
        for model in ("tenancy/account", "mfa/authenticator"):
            assert client.post(f"/admin/{model}/add/", {"user": target.pk, "type": "totp"}).status_code == 403
        assert EmailAddress.objects.filter(user=target).count() == 1
        assert not Authenticator.objects.filter(user=target).exists()


def test_an_operator_takes_a_lost_factor_away(world: World) -> None:
    with undone():
        client, target = make_operator(), world.cast["participant"].account
        TOTP.activate(target, generate_totp_secret())
        held = Authenticator.objects.get(user=target)
        assert (
            client.post(reverse("admin:mfa_authenticator_delete", args=[held.pk]), {"post": "yes"}).status_code == 302
        )
        assert not Authenticator.objects.filter(user=target).exists()


@pytest.mark.parametrize("role", ["staff", "participant", "nobody"])
def test_members_find_no_admin(world: World, role: str) -> None:
    with undone():
        for model in admin.site._registry:
            at = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
            assert world.cast[role].client.get(at, follow=True).status_code == 403
