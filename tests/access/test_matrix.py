"""Every URL as every role, of its own and of another tenant, opened and sent."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tenancy.checks import own_patterns
from tests.access.matrix import MATRIX, Row
from tests.access.world import World
from tests.conftest import sign_in
from tests.demo_fixture import Demo, demo, demo_database  # noqa: F401 -- fixtures

pytestmark = pytest.mark.django_db(databases=["default", "owner", "sys"])
# An allowed POST got as far as the form or the service; what they make of the data is other tests' business.
REACHED = {200, 302, 409, 422}
AREAS = sorted({row.name.split(":")[0] for row in MATRIX})


@pytest.fixture
def world(demo: Demo) -> World:  # noqa: F811
    return World(demo)


def test_every_url_has_one_row() -> None:
    named = [name for name, _pattern in own_patterns()]
    rows = [row.name for row in MATRIX]
    assert sorted(set(named) - set(rows)) == []
    assert sorted(set(rows) - set(named)) == []
    assert len(rows) == len(set(rows))


def address(row: Row, world: World, *, tenant: str = "") -> str:
    at = {word: world.ids.get(value, world_person(world, value)) for word, value in row.at.items()}
    if row.about:
        at["public_id"] = world.ids[row.about]
    if row.link:
        at["token"] = world.tokens[row.link]
    if row.tenant:
        at["tenant"] = tenant or world.tenant.slug
    return reverse(row.name, kwargs=at)


def world_person(world: World, value: object) -> object:
    return world.people[value].person.public_id if isinstance(value, str) and value in world.people else value


def ask(client: Client, method: str, url: str, data: dict[str, object] | None = None) -> HttpResponse:
    """One request whose writes are taken back."""
    with transaction.atomic():
        response = client.get(url) if method == "g" else client.post(url, data or {})
        transaction.set_rollback(True)
    return response


def may(row: Row, role: str) -> bool:
    return role in row.allowed or ("*" in row.allowed and role not in ("stranger", "nobody"))


def expected(row: Row, role: str) -> set[int]:
    if role == "nobody":
        return {302}
    if role == "stranger" or row.hidden:
        return {404}
    return {403}


def is_sign_in(response: HttpResponse) -> bool:
    return urlsplit(response.headers.get("Location", "")).path.endswith("/sign-in/")


def wrong(row: Row, world: World, method: str) -> Iterator[str]:
    """The cells of one row that aren't as they should be; the allowed come last, as what they send may change things."""
    url = address(row, world)
    for role, client in sorted(world.clients.items(), key=lambda pair: may(row, pair[0])):
        if not may(row, role):
            response = ask(client, method, url)
            if response.status_code not in expected(row, role) or (role == "nobody" and not is_sign_in(response)):
                yield f"{method} {row.name} as {role}: {response.status_code}, expected {expected(row, role)}"
        elif method == "g":
            response = ask(client, method, url)
            # The two doors answer a redirect to those who are signed in and the page itself to others.
            if response.status_code not in {row.status, 200 if role in ("nobody", "stranger") else row.status}:
                yield f"{method} {row.name} as {role}: {response.status_code}, expected {row.status}"
        else:
            response = ask(client, "p", url, form_data(row, client, url))
            if response.status_code not in REACHED or is_sign_in(response):
                yield f"{method} {row.name} as {role}: {response.status_code}, expected one of {REACHED}"


def form_data(row: Row, client: Client, url: str) -> dict[str, object]:
    """What the page's own form would send, with the row's words filled in."""
    data: dict[str, object] = {}
    if "g" in row.does:
        data = Fields.of(ask(client, "g", url).content.decode())
    return data | row.data


class Fields(HTMLParser):
    """The fields of the forms in <main>, with their values."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, object] = {}
        self.select = self.area = ""

    @classmethod
    def of(cls, page: str) -> dict[str, object]:
        found = cls()
        found.feed(page[page.find("<main") :])
        return found.values

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = dict(attrs)
        name, value = a.get("name") or "", a.get("value") or ""
        if tag == "input" and name:
            ticks = a.get("type") in {"checkbox", "radio"}
            if a.get("type") not in {"submit", "file"} and (not ticks or "checked" in a):
                self.values[name] = value
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and (self.select not in self.values or "selected" in a):
            self.values[self.select] = value
        elif tag == "textarea":
            self.area = name
            self.values.setdefault(name, "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.area = ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.values[self.area] = str(self.values[self.area]) + data


@pytest.mark.parametrize("area", AREAS)
def test_matrix(world: World, area: str) -> None:
    rows = [row for row in MATRIX if row.name.split(":")[0] == area]
    found = [cell for row in rows for method in row.does for cell in wrong(row, world, method)]
    assert found == []


def test_another_tenant_finds_none_of_the_objects(world: World) -> None:
    """With an Essex object's id in the URLs of their own tenant, not even its staff get further than 404."""
    stranger, slug = world.clients["stranger"], world.people["stranger"].tenant.slug
    found = [
        (row.name, method, response.status_code)
        for row in MATRIX
        if row.about or row.link
        for method in row.does
        if (response := ask(stranger, method, address(row, world, tenant=slug))).status_code != 404
    ]
    assert found == []


def test_a_link_opens_only_what_it_was_made_for(world: World) -> None:
    by_link = [row for row in MATRIX if row.link]
    for row in by_link:
        for purpose, token in world.tokens.items():
            url = reverse(row.name, kwargs={"tenant": world.tenant.slug, "token": token})
            status = ask(world.clients["nobody"], "g", url).status_code
            assert status == (200 if purpose == row.link else 404), f"{row.name} with a link for {purpose}: {status}"


def test_nothing_is_sent_without_the_token_of_the_form(world: World) -> None:
    """Each address that takes a POST, from a session that may send it, without the form's own token: refused."""
    for row in MATRIX:
        role = next(role for role in world.members if may(row, role))
        if "p" in row.does:
            client = sign_in(Client(enforce_csrf_checks=True), world.people[role].account)
            response = ask(client, "p", address(row, world), row.data)
            assert response.status_code == 403, f"{row.name} as {role}: {response.status_code}"
            assert b"csrf" in response.content.lower() or b"again" in response.content.lower(), row.name
