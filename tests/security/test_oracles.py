"""Whoever asks learns nothing of who is known: the same status, page, cookies, work and mails for a known and an unknown address."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reminders.models import Message
from tenancy.links import mint_link, revoke_links
from tenancy.models import Account, Role
from tenancy.scope import tenant_context
from tests.conftest import make_member
from tests.security.test_sign_in_guards import known, some_address

__all__ = ["known"]
# The stamps of a session or a form, of a mail's link and of its code.
STAMPS = re.compile(r'csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"|data-baton-owner="[^"]*"|[A-Za-z0-9_-]{40,}')
# How many statements one answer may cost more than the other: a look-up of the account's ways in, and no work of any size.
SLACK = 4


@dataclass
class Told:
    """What somebody outside can tell one answer from another by."""

    status: int
    place: str
    page: str
    cookies: dict[str, Any]
    headers: list[str]
    mails: int
    statements: int

    def seen(self) -> tuple[Any, ...]:
        return self.status, self.place, self.page, self.cookies, self.headers


def told(client: Client, method: str, url: str, data: dict[str, str], email: str) -> Told:
    before = len(mail.outbox)
    with CaptureQueriesContext(connection) as statements:
        answer: HttpResponse = getattr(client, method)(url, data)
    page = STAMPS.sub("", answer.content.decode("utf-8", "replace")).replace(email, "X")
    cookies = {
        name: (bool(c.value), c["path"], c["max-age"], c["httponly"], c["samesite"])
        for name, c in answer.cookies.items()
    }
    return Told(
        answer.status_code,
        answer.get("Location", ""),
        page,
        cookies,
        sorted(name for name in answer.headers if name != "Content-Length"),
        len(mail.outbox) - before,
        len(statements),
    )


def asked(name: str, email: str, more: dict[str, str] | None = None, key: str = "email") -> list[Told]:
    """The page, what it answers to the address, where that leads, and what a wrong code is told there."""
    client, url = Client(REMOTE_ADDR=some_address()), reverse(name)
    steps = [told(client, "get", url, {}, email), told(client, "post", url, {key: email, **(more or {})}, email)]
    if steps[-1].status == 302:
        then = steps[-1].place
        steps.append(told(client, "get", then, {}, email))
        steps += [told(client, "post", then, {"code": "ABCD-EFGH"}, email) for _try in range(4)]
    return steps


def compare(first: list[Told], second: list[Told]) -> None:
    assert [step.seen() for step in first] == [step.seen() for step in second]
    assert [step.mails for step in first] == [step.mails for step in second]
    far = [(one.statements, two.statements) for one, two in zip(first, second, strict=True)]
    assert [pair for pair in far if abs(pair[0] - pair[1]) > SLACK] == []


@pytest.fixture
def disabled(known: Account) -> Account:
    Account.objects.filter(pk=known.pk).update(is_active=False)
    return known


def nobody() -> str:
    # as long as a known one: a page may not be told by its length either
    return f"{secrets.token_hex(6)}@essex.example"


ASKING = [
    ("account_request_login_code", {}, "email"),
    ("account_reset_password", {}, "email"),
    ("account_login", {"password": "not the one"}, "login"),
]


@pytest.mark.parametrize(("name", "more", "key"), ASKING, ids=[name for name, *_rest in ASKING])
def test_known_and_unknown(known, name, more, key) -> None:
    compare(asked(name, known.email, more, key), asked(name, nobody(), more, key))


@pytest.mark.parametrize(("name", "more", "key"), ASKING, ids=[name for name, *_rest in ASKING])
def test_one_without_a_password(essex, name, more, key) -> None:
    """Most people sign in by a code and never set one."""
    account = make_member(essex, "Cora Codeonly", email=nobody()).account
    compare(asked(name, account.email, more, key), asked(name, nobody(), more, key))


@pytest.mark.parametrize(("name", "more", "key"), ASKING, ids=[name for name, *_rest in ASKING])
def test_one_that_was_disabled(disabled, name, more, key) -> None:
    compare(asked(name, disabled.email, more, key), asked(name, nobody(), more, key))


def test_guessing_is_stopped_alike(known) -> None:
    def tries(email: str) -> list[Any]:
        client, url = Client(REMOTE_ADDR=some_address()), reverse("account_login")
        return [told(client, "post", url, {"login": email, "password": f"no {n}"}, email).seen() for n in range(7)]

    assert tries(known.email) == tries(nobody())


def test_mails_to_the_unknown_name_no_programme(essex, known) -> None:
    for name in ("account_request_login_code", "account_reset_password"):
        asked(name, nobody())
    assert mail.outbox
    for sent in mail.outbox:
        assert essex.name not in f"{sent.subject} {sent.body}" and known.email not in sent.body


def test_adding_an_address_tells_not_whose_it_is(essex, known) -> None:
    """Signed in, asking for an address that is another account's."""
    seen = []
    for email in (known.email, nobody()):
        client = make_member(essex, "Ada Adder", email=nobody()).client
        url = reverse("account_email")
        step = told(client, "post", url, {"email": email, "action_add": ""}, email)
        seen.append([step] + ([told(client, "get", step.place, {}, email)] if step.status == 302 else []))
    for steps in seen:
        for step in steps:
            step.page = re.sub(r"[0-9a-f]{12}@essex\.example", "X", step.page)
    compare(*seen)


# --- across the wall between tenants ---


def test_inviting_tells_not_who_is_known_elsewhere(essex, hsmc, staff) -> None:
    """Essex's staff invite one who has an account with another tenant, and one nobody knows."""
    elsewhere = make_member(hsmc, "Hana Elsewhere", email=nobody()).account
    seen = []
    for email in (elsewhere.email, nobody()):
        at = reverse("cohorts:invitation-create", kwargs={"tenant": "essex"})
        data = {"name": "Ivo Invited", "email": email, "role": Role.MENTOR, "cohort": "", "note": ""}
        step = told(staff.client, "post", at, data, email)
        assert step.status == 302
        page = told(staff.client, "get", reverse("cohorts:invitation-list", kwargs={"tenant": "essex"}), {}, email)
        with tenant_context(essex, staff.person):
            message = Message.objects.filter(recipient__email=email).get()
            words = f"{message.subject} {message.body_text}".replace(email, "X")
        seen.append((step, page, words))
    (one, first_page, first), (two, second_page, second) = seen
    assert (one.status, one.place, one.cookies.keys()) == (two.status, two.place, two.cookies.keys())
    assert abs(one.statements - two.statements) <= SLACK and first == second
    row = re.compile(r"<tr>(?:(?!</tr>).)*X(?:(?!</tr>).)*</tr>", re.DOTALL)
    rows = [re.sub(r"/invitations/[^/\"]+", "", row.findall(page.page)[0]) for page in (first_page, second_page)]
    assert rows[0] == rows[1]


PURPOSES = {
    "selection:endorse": "endorse",
    "selection:endorse-pass-on": "endorse",
    "cohorts:invitation-accept": "invitation",
    "projects:project-decide-link": "project-decision",
    "reminders:calendar-ics": "calendar",
}


@pytest.mark.parametrize("name", PURPOSES)
def test_links_that_open_nothing_are_alike(essex, hsmc, staff, stranger, name) -> None:
    """Never minted, another tenant's, another purpose's, withdrawn: one answer, at one price."""
    purpose = PURPOSES[name]
    other = next(each for each in PURPOSES.values() if each != purpose)
    with tenant_context(hsmc):
        foreign = mint_link(person=stranger.person, purpose=purpose, about="abcdefghij")
    with tenant_context(essex):
        misused = mint_link(person=staff.person, purpose=other, about="abcdefghij")
        withdrawn = mint_link(person=staff.person, purpose=purpose, about="abcdefghij")
        revoke_links(purpose=purpose, about="abcdefghij")
    seen = []
    for token in (secrets.token_urlsafe(32), foreign, misused, withdrawn):
        at = reverse(name, kwargs={"tenant": "essex", "token": token})
        client = Client(REMOTE_ADDR=some_address())
        step = told(client, "get", at, {}, token)
        step.place = step.place.replace(token, "")
        seen.append(step)
        assert step.status == 404
    for step in seen[1:]:
        compare([seen[0]], [step])
