"""Signing in, staying in and being put out: limits on tries, what a tenant accepts, and sessions that must end."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reminders.services.feeds import open_feed
from tenancy.models import Account, Membership, Role, RoleAssignment
from tenancy.scope import tenant_context
from tenancy.trust import accepted
from tests.conftest import PASSWORD, make_member, sign_in
from tests.worker import process_env

LOGIN = "/accounts/login/"
ELSEWHERE = ("https://evil.example/", "//evil.example/", "/\\evil.example", "https:evil.example", "javascript:alert(1)")
PRODUCTION = {
    "BATON_ENV": "production",
    "BATON_DEMO": "0",
    "BATON_BASE_URL": "https://portal.example",
    "BATON_PROXIES": "1",
    "BATON_SMTP_HOST": "smtp.example",
    "BATON_SMTP_TLS": "1",
}
ONE_PAGE = """
import json, sys, types
import django
from django.conf import settings
django.setup()
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.test import Client
from django.urls import path
def page(request):
    request.session["seen"] = 1
    get_token(request)
    request.session.save = lambda *a, **k: request.session._get_or_create_session_key()
    return HttpResponse("seen")
urls = types.ModuleType("one_page")
urls.urlpatterns = [path("accounts/one/", page)]
sys.modules["one_page"] = urls
settings.ROOT_URLCONF = "one_page"
client = Client(headers={"host": "portal.example", "x-forwarded-proto": "https"})
plain = Client(headers={"host": "portal.example"}).get("/accounts/one/")
answer = client.get("/accounts/one/", secure=True)
print(json.dumps({
    "cookies": {n: {k: m[k] for k in ("secure", "httponly", "samesite", "path", "domain")} for n, m in answer.cookies.items()},
    "headers": dict(answer.items()), "plain": [plain.status_code, plain.get("Location", "")],
}))
"""


@pytest.fixture
def here() -> str:
    """An address of the test's own: limits are counted by address, and the counts outlive a test."""
    return some_address()


def some_address() -> str:
    return f"10.{secrets.randbelow(250)}.{secrets.randbelow(250)}.{secrets.randbelow(250)}"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    env = process_env(**PRODUCTION, SECRET_KEY=secrets.token_urlsafe(64), DJANGO_SETTINGS_MODULE="portal.settings")
    root = Path(__file__).resolve().parents[2]
    return subprocess.run([sys.executable, *arguments], cwd=root, env=env, capture_output=True, text=True, timeout=120)


@pytest.mark.django_db(databases=["default", "owner", "sys"])
def test_a_deployment_has_nothing_to_warn_of() -> None:
    done = run("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr


@pytest.mark.django_db(databases=["default", "owner", "sys"])
def test_a_deployments_cookies_and_headers() -> None:
    done = run("-c", ONE_PAGE)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    assert set(seen["cookies"]) == {"__Host-sessionid", "__Host-csrftoken"}
    for cookie in seen["cookies"].values():
        assert cookie == {"secure": True, "httponly": True, "samesite": "Lax", "path": "/", "domain": ""}
    assert seen["headers"]["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert seen["plain"] == [301, "https://portal.example/accounts/one/"]


@pytest.fixture
def known(essex) -> Account:
    member = make_member(essex, "Karl Known", Role.STAFF, email=f"{secrets.token_hex(6)}@essex.example")
    member.account.set_password(PASSWORD)
    member.account.save()
    return member.account


def attempt(email: str, password: str, ip: str, **headers: str):
    return Client(REMOTE_ADDR=ip, headers=headers or None).post(LOGIN, {"login": email, "password": password})


def test_an_address_that_was_guessed_at_is_closed_for_a_while(known, here) -> None:
    assert attempt(known.email, PASSWORD, here).status_code == 302
    said = [attempt(known.email, f"wrong {n}", here).status_code for n in range(6)]
    assert said[:5] != [429] * 5
    # even to the right password, and from anywhere
    assert "_auth_user_id" not in (answer := attempt(known.email, PASSWORD, "10.9.9.9")).client.session
    assert answer.status_code == 429 or "Too many" in answer.content.decode()


def test_a_machine_that_guesses_at_many_is_stopped_whatever_it_says_it_is(db, here) -> None:
    """Nobody in front of us is trusted here, so X-Forwarded-For is what the guesser writes."""
    said = [
        attempt(f"nobody{n}@example.org", "wrong", here, **{"x-forwarded-for": f"192.0.2.{n}"}).status_code
        for n in range(40)
    ]
    assert said[0] == 200 and said[-1] == 429


def test_links_that_open_nothing_are_counted(essex, settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"bad_link": "3/m/ip"}
    for name in (
        "selection:endorse",
        "selection:interest-link",
        "selection:nominate",
        "projects:project-decide-link",
        "reminders:calendar-ics",
        "cohorts:invitation-accept",
    ):
        client = Client(REMOTE_ADDR=some_address())
        at = reverse(name, kwargs={"tenant": "essex", "token": secrets.token_urlsafe(32)})
        assert [client.get(at).status_code for _ in range(4)] == [404, 404, 404, 429], name


def test_sign_in_says_the_same_of_known_and_unknown_addresses(known, here) -> None:
    shown = []
    for email in (known.email, f"{secrets.token_hex(6)}@example.org"):
        shown.append(without_tokens(attempt(email, "wrong", here).content.decode().replace(email, "X")))
    assert shown[0] == shown[1]


@pytest.mark.parametrize("name", ["account_request_login_code", "account_reset_password"])
def test_so_do_codes_and_new_passwords(known, here, name) -> None:
    answers = []
    for email in (known.email, f"{secrets.token_hex(6)}@example.org"):
        client = Client(REMOTE_ADDR=here)
        answer = client.post(reverse(name), {"email": email})
        then = client.get(answer["Location"])
        page = then.content.decode().replace(email, "X")
        answers.append((answer.status_code, answer["Location"], then.status_code, without_tokens(page)))
    assert answers[0] == answers[1]


def without_tokens(page: str) -> str:
    import re

    return re.sub(r'(csrfmiddlewaretoken" value=|nonce=)"[^"]*"', "", page)


@pytest.mark.parametrize("then", ELSEWHERE)
def test_signing_in_leads_nowhere_else(known, here, then) -> None:
    shown = Client().get("/essex/sign-in/", {"next": then}).content.decode()
    assert "evil.example" not in shown and "alert(1)" not in shown.split("<main")[1]
    answer = Client(REMOTE_ADDR=here).post(
        LOGIN, {"login": known.email, "password": PASSWORD, "next": then}, query_params={"next": then}
    )
    assert answer.status_code == 302 and answer["Location"].startswith("/") and "evil" not in answer["Location"]


def test_a_disabled_account_is_out_at_once(essex, known) -> None:
    client = sign_in(Client(), known)
    assert client.get("/essex/").status_code == 200
    Account.objects.filter(pk=known.pk).update(is_active=False)
    assert client.get("/essex/")["Location"].startswith("/essex/sign-in/")
    assert client.get("/accounts/email/").status_code == 302
    answer = attempt(known.email, PASSWORD, "10.8.8.8")
    assert "_auth_user_id" not in answer.client.session


def test_a_membership_and_a_role_that_ended_open_nothing(essex, known) -> None:
    client = sign_in(Client(), known)
    with tenant_context(essex):
        person = Membership.objects.get(account=known).person
    assert client.get("/essex/people/").status_code == 200
    with tenant_context(essex):
        RoleAssignment.objects.filter(person=person).update(valid_to=timezone.now())
    assert client.get("/essex/people/").status_code == 403
    with tenant_context(essex):
        Membership.objects.filter(account=known).update(ended_at=timezone.now())
    assert client.get("/essex/").status_code == 404 and client.get("/essex/people/").status_code == 404


@pytest.mark.parametrize("how", ["account", "membership"])
def test_the_calendar_address_ends_with_them(essex, staff, how) -> None:
    with tenant_context(essex, staff.person):
        token = open_feed(by=staff.actor)
    at = reverse("reminders:calendar-ics", kwargs={"tenant": "essex", "token": token})
    answer = Client().get(at)
    assert answer.status_code == 200 and not answer.cookies
    if how == "account":
        Account.objects.filter(pk=staff.account.pk).update(is_active=False)
    else:
        with tenant_context(essex):
            Membership.objects.filter(person=staff.person).update(ended_at=timezone.now())
    assert Client().get(at).status_code == 404


@pytest.mark.parametrize(
    ("takes", "methods", "enough"),
    [
        ({"accepts_code": False}, {"password"}, True),
        ({"accepts_code": False}, {"code"}, False),
        ({"accepts_password": False}, {"password"}, False),
        ({"accepts_password": False}, {"password", "mfa"}, True),
        ({"accepts_password": False, "accepts_code": False}, {"mfa"}, True),
        ({"openid_provider": "essex-entra"}, {"socialaccount:essex-entra"}, True),
        ({}, {"socialaccount:hsmc-entra"}, False),
        # whoever keeps another tenant's provider could sign in as its people and give them a second step
        ({}, {"socialaccount:hsmc-entra", "mfa"}, False),
        ({}, {"socialaccount:"}, False),
        ({}, set(), False),
    ],
)
def test_what_a_tenant_accepts(essex, takes, methods, enough) -> None:
    for name, value in takes.items():
        setattr(essex, name, value)
    assert accepted(essex, methods) is enough


def test_a_session_that_is_not_enough_shows_no_page(essex, known) -> None:
    client = sign_in(Client(), known, "password")
    assert client.get("/essex/people/").status_code == 200
    essex.accepts_password = False
    essex.save()
    assert client.get("/essex/people/")["Location"] == reverse("account_logout")
    essex.accepts_password, essex.require_mfa_for_staff = True, True
    essex.save()
    assert client.get("/essex/people/")["Location"] == reverse("mfa_index")
