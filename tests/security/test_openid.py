"""A tenant's own OpenID Connect provider, a real one over HTTP: who gets in by it, where, and who doesn't."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.socialaccount.models import SocialAccount, SocialApp
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from tenancy.models import Account, Role
from tenancy.scope import tenant_context
from tenancy.services.people import link_account
from tests.conftest import make_member
from tests.factories.cohorts import make_person

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def number(value: int) -> str:
    return base64.urlsafe_b64encode(value.to_bytes((value.bit_length() + 7) // 8, "big")).rstrip(b"=").decode()


class Provider(ThreadingHTTPServer):
    """Discovery, keys, tokens and userinfo; `claims` are what it says of whoever signs in next."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.issuer = f"http://127.0.0.1:{self.server_port}"
        self.claims: dict[str, Any] = {}
        self.audience = "baton"


class Answers(BaseHTTPRequestHandler):
    server: Provider

    def log_message(self, *_args: Any) -> None:
        pass

    def say(self, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        at, public = self.server.issuer, KEY.public_key().public_numbers()
        pages = {
            "/.well-known/openid-configuration": {
                "issuer": at,
                "authorization_endpoint": f"{at}/authorise",
                "token_endpoint": f"{at}/token",
                "userinfo_endpoint": f"{at}/me",
                "jwks_uri": f"{at}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            },
            "/keys": {
                "keys": [{"kty": "RSA", "kid": "1", "alg": "RS256", "n": number(public.n), "e": number(public.e)}]
            },
            "/me": self.server.claims,
        }
        self.say(pages[self.path])

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        now = int(time.time())
        token = {"iss": self.server.issuer, "aud": self.server.audience, "iat": now, "exp": now + 60}
        signed = jwt.encode(token | self.server.claims, KEY, "RS256", headers={"kid": "1"})
        self.say({"access_token": "access", "token_type": "Bearer", "expires_in": 60, "id_token": signed})


@pytest.fixture
def provider(essex) -> Iterator[Provider]:
    server = Provider()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    SocialApp.objects.create(
        provider="openid_connect",
        provider_id="essex-entra",
        name="Essex sign-in",
        client_id="baton",
        secret="hush",
        settings={"server_url": server.issuer},
    )
    essex.openid_provider, essex.accepts_password, essex.accepts_code = "essex-entra", False, False
    essex.save()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def member(essex):
    return make_member(essex, "Olga Openid", Role.STAFF)


def enter(provider: Provider, client: Client | None = None, **claims: Any) -> Client:
    """Sign in as the browser does: our button, the provider's page, back to us."""
    client = client or Client()
    provider.claims = {"sub": "subject-1", **claims}
    away = client.post("/accounts/oidc/essex-entra/login/?next=/essex/")
    assert away.status_code == 302 and away["Location"].startswith(f"{provider.issuer}/authorise?")
    asked = parse_qs(urlsplit(away["Location"]).query)
    assert asked["redirect_uri"] == ["http://testserver/accounts/oidc/essex-entra/login/callback/"]
    client.get("/accounts/oidc/essex-entra/login/callback/", {"code": "abc", "state": asked["state"][0]})
    return client


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_a_verified_address_gets_in_once_and_the_subject_from_then_on(essex, provider, member) -> None:
    client = enter(provider, email=member.account.email, email_verified=True)
    assert client.get("/essex/").status_code == 200
    assert SocialAccount.objects.get().user == member.account and SocialAccount.objects.get().uid == "subject-1"
    # the address has changed at the provider; the person has not
    assert enter(provider, email="new@elsewhere.example", email_verified=False).get("/essex/").status_code == 200


@pytest.mark.parametrize("claims", [{"email_verified": False}, {}, {"email": "", "email_verified": True}])
def test_an_address_that_is_not_verified_opens_nothing(provider, member, claims) -> None:
    assert not is_in(enter(provider, **{"email": member.account.email} | claims))
    assert not SocialAccount.objects.exists()


def test_a_stranger_gets_no_account(provider, member) -> None:
    before = Account.objects.count()
    assert not is_in(enter(provider, email="nobody@elsewhere.example", email_verified=True))
    assert Account.objects.count() == before


def test_it_opens_no_account_that_another_tenant_trusts(essex, hsmc, provider, member) -> None:
    with tenant_context(hsmc):
        link_account(person=make_person("Olga Openid"), account=member.account)
    assert not is_in(enter(provider, email=member.account.email, email_verified=True))
    assert not SocialAccount.objects.exists()


def test_nor_an_operators(provider, member) -> None:
    Account.objects.filter(pk=member.account.pk).update(is_staff=True)
    assert not is_in(enter(provider, email=member.account.email, email_verified=True))


def test_another_tenant_does_not_accept_the_way_in(essex, hsmc, provider, member) -> None:
    client = enter(provider, email=member.account.email, email_verified=True)
    with tenant_context(hsmc):
        link_account(person=make_person("Olga Openid"), account=member.account)
    assert client.get("/essex/").status_code == 200
    assert client.get("/hsmc/")["Location"] == "/accounts/logout/"


def test_a_disabled_account_stays_out(provider, member) -> None:
    enter(provider, email=member.account.email, email_verified=True)
    Account.objects.filter(pk=member.account.pk).update(is_active=False)
    assert not is_in(enter(provider))


def test_a_token_for_somebody_else_and_a_borrowed_state_open_nothing(provider, member) -> None:
    provider.audience = "another-portal"
    assert not is_in(enter(provider, email=member.account.email, email_verified=True))
    provider.audience = "baton"
    client = Client()
    client.get("/accounts/oidc/essex-entra/login/callback/", {"code": "abc", "state": "made-up"})
    assert not is_in(client) and not SocialAccount.objects.exists()


def test_its_button_stands_on_its_tenants_page_alone(essex, hsmc, provider) -> None:
    assert "/accounts/oidc/essex-entra/login/" in Client().get("/essex/sign-in/").content.decode()
    for other in ("/hsmc/sign-in/", "/accounts/login/"):
        assert "essex-entra" not in Client().get(other).content.decode()
