"""Every named URL × every role: the right ones get in, all others are refused at the same object in the same state."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.views import View

from tenancy.checks import own_patterns
from tests.access.rows import BY_LINK, MATRIX, PUBLIC, Row
from tests.access.shown import shown
from tests.access.small_world import ROLES, World, undone

PATTERNS = dict(own_patterns())
ACCEPTED = {200, 302}
# the form itself answers: what was wrong with an empty post, or that somebody else was first
ANSWERED = {200, 302, 409, 422}


def methods(name: str) -> set[str]:
    view: type[View] = PATTERNS[name].callback.view_class
    return {m for m in ("get", "post") if hasattr(view, m) and m in view.http_method_names}


GETS = sorted(n for n in MATRIX if n in PATTERNS and "get" in methods(n))
POSTS = sorted(n for n in MATRIX if n in PATTERNS and "post" in methods(n))


def address(world: World, name: str, tenant: str = "essex") -> str:
    row = MATRIX[name]
    words = {**world.at[row.about], **dict(row.more)}
    if ":" in name and not name.startswith(("demo:", "help:")):
        words["tenant"] = tenant
    return reverse(name, kwargs=words)


def refused(row: Row) -> list[str]:
    return [role for role in ROLES if role not in row.allowed]


def test_every_url_has_a_row_and_every_row_a_url() -> None:
    assert set(PATTERNS) == set(MATRIX)


@pytest.mark.parametrize("name", [n for n in GETS if MATRIX[n].needs_sign_in])
def test_pages(world: World, name: str) -> None:
    row, url = MATRIX[name], address(world, name)
    no = 404 if row.hidden else 403
    with undone():
        answers = {role: shown(world, role, url).status_code for role in ROLES}
        wanted = {role: row.but.get(role, row.get if role in row.allowed else no) for role in ROLES}
        assert answers == wanted
        assert shown(world, "stranger", url).status_code == 404
        if row.about != "nothing":
            # their own tenant's address with Essex's object in it
            assert shown(world, "stranger", address(world, name, "hsmc")).status_code == 404
        answer = shown(world, "visitor", url)
        assert answer.status_code == 302 and answer["Location"].startswith("/essex/sign-in/?next=")


@pytest.mark.parametrize("name", [n for n in POSTS if MATRIX[n].needs_sign_in])
def test_forms(world: World, name: str) -> None:
    """The refused first, then one allowed role at the very same object: only its POST may change anything."""
    row, url = MATRIX[name], address(world, name)
    no = 404 if row.hidden else 403
    data = {k: world.person(v[1:]).public_id if v.startswith("@") else v for k, v in (row.data or {}).items()}
    with undone():
        answers = {role: world.cast[role].client.post(url, data).status_code for role in refused(row)}
        assert answers == {role: row.but.get(role, no) for role in refused(row)}
        assert world.stranger.client.post(url, data).status_code == 404
        if row.about != "nothing":
            assert world.stranger.client.post(address(world, name, "hsmc"), data).status_code == 404
        answer = world.visitor.post(url, data)
        assert answer.status_code == 302 and answer["Location"].startswith("/essex/sign-in/?next=")
        for role in row.allowed:
            with undone():
                status = world.cast[role].client.post(url, data).status_code
                assert status in ({302} if row.data is not None else ANSWERED), role


@pytest.mark.parametrize("name", [n for n in POSTS if MATRIX[n].needs_sign_in])
def test_forms_without_a_token_are_refused(world: World, name: str) -> None:
    member = world.cast[MATRIX[name].allowed[0]]
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = member.client.cookies
    with undone():
        answer = strict.post(address(world, name), MATRIX[name].data or {})
    assert answer.status_code == 403
    assert b"csrf" in answer.content.lower() or answer.wsgi_request.csrf_processing_done is not True


@pytest.mark.parametrize("name", [n for n in GETS if MATRIX[n].allowed == PUBLIC])
def test_public_pages(world: World, name: str) -> None:
    url = address(world, name)
    with undone():
        assert world.visitor.get(url).status_code == MATRIX[name].get
        assert world.stranger.client.get(url).status_code in ACCEPTED
        assert world.cast["nobody"].client.get(url).status_code in ACCEPTED


@pytest.mark.parametrize("name", [n for n in GETS if MATRIX[n].allowed == BY_LINK])
def test_links(world: World, name: str) -> None:
    """The link alone opens its page: at its own tenant's address only, and no changed link does."""
    # how many wrong links one address may try is counted, and this test is not about that
    cache.clear()
    url = address(world, name)
    token = world.at[MATRIX[name].about]["token"]
    with undone():
        assert world.visitor.get(url).status_code == 200
        assert world.visitor.get(address(world, name, "hsmc")).status_code == 404
        assert world.visitor.get(url.replace(token, token[:-1] + ("A" if token[-1] != "A" else "B"))).status_code == 404
        for other in (n for n in GETS if MATRIX[n].allowed == BY_LINK and purpose(n) != purpose(name)):
            words = {"tenant": "essex", "token": token}
            assert world.visitor.get(reverse(other, kwargs=world.at[MATRIX[other].about] | words)).status_code == 404


def purpose(name: str) -> str:
    return PATTERNS[name].callback.view_class.permission.purpose
