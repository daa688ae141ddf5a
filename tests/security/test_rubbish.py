"""Addresses and forms that nobody's browser makes: refused as what they are, never an error of ours, and never run."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote
from weakref import WeakKeyDictionary

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.test import Client

from tests.access.rows import BY_LINK, MATRIX
from tests.access.shown import shown
from tests.access.small_world import World, undone
from tests.access.test_every_url import GETS, PATTERNS, POSTS, address

RUBBISH = ("\0", "'\"<script>alert(1)</script>", "²", "-1", "9" * 23)
# Every name that some page reads from its address.
READ = (
    "page", "per_page", "q", "role", "state", "kind", "late", "person", "cohort", "outcome", "sector", "search", "sort", "rag",
    "pool", "mentor", "with", "about", "next", "answer", "change", "to", "show", "programme", "try", "organisation",
    "act", "download", "list", "model", "name", "code", "met", "method",
)  # fmt: skip
# What is removed twice is gone once, so what was never there leads back to the list as well.
GONE_ALREADY = {("selection:nominate-remove", "public_id"), ("projects:stakeholder-undo", "move")}
ABOUT_SOMETHING = [n for n in sorted({*GETS, *POSTS}) if MATRIX[n].about != "nothing"]


def allowed(world: World, name: str) -> Client:
    row = MATRIX[name]
    client = world.cast[row.allowed[0]].client if row.needs_sign_in else world.visitor
    patient = Client(raise_request_exception=False)
    patient.cookies = client.cookies
    return patient


def test_the_names_read_are_all_here() -> None:
    """A page that reads another name from its address is tried with it too."""
    from pathlib import Path

    code = "".join(
        path.read_text() for app in ("cohorts", "engine", "mentoring", "outcomes", "portal", "projects", "reminders", "selection")
        for path in Path(app).glob("views/*.py")
    )  # fmt: skip
    assert set(re.findall(r'GET\.get\("(\w+)"', code)) | set(re.findall(r'GET\["(\w+)"\]', code)) - {"key"} <= set(READ)


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows with each look that a view or a template takes at the query; one look at each request is that for a NUL."""
    taken: list[str] = []
    query = vars(WSGIRequest)["GET"].func
    kept: WeakKeyDictionary[WSGIRequest, Any] = WeakKeyDictionary()

    def look(request: WSGIRequest) -> Any:
        taken.append(request.path)
        if request not in kept:
            kept[request] = query(request)
        return kept[request]

    def put(request: WSGIRequest, value: Any) -> None:
        kept[request] = value

    monkeypatch.setattr(WSGIRequest, "GET", property(look, put))
    return taken


@pytest.mark.parametrize("name", GETS)
def test_in_the_query(world: World, name: str, looks: list[str]) -> None:
    """To a page that doesn't look at its query, all that stands there is one."""
    client, url = allowed(world, name), address(world, name)
    for rubbish in RUBBISH:
        before = len(looks)
        with undone():
            answer = client.get(url, dict.fromkeys(READ, rubbish))
        # a list that is asked for a cohort there isn't may say so
        assert answer.status_code in ({404} if rubbish == "\0" else {404, MATRIX[name].get}), rubbish
        assert b"<script>alert(1)" not in answer.content
        if rubbish != "\0" and len(looks) - before == 1:
            return


@pytest.mark.parametrize("name", ABOUT_SOMETHING)
def test_in_the_path(world: World, name: str) -> None:
    """What is looked up by the address is looked up before the method is asked for, so one word of rubbish is enough for the others."""
    row, client = MATRIX[name], allowed(world, name)
    words = {**world.at[row.about], **dict(row.more)}
    tries = [("get", "a\0b"), ("get", "x'--"), ("get", "9" * 23), ("post", "9" * 23), ("delete", "9" * 23)]
    for key, value in words.items():
        for method, rubbish in tries:
            url = address(world, name).replace(str(value), quote(rubbish))
            with undone():
                answer = getattr(client, method)(url)
            # a page that isn't there; or no page of this method; or a step that a form then refuses
            found = {404, 405} | ({302} if method == "post" and (name, key) in GONE_ALREADY else set())
            assert answer.status_code in found, (method, key, rubbish, answer.status_code)


@pytest.mark.parametrize("name", [n for n in POSTS if MATRIX[n].allowed != BY_LINK or "feed" not in n])
def test_in_a_form(world: World, name: str) -> None:
    client, url = allowed(world, name), address(world, name)
    row = MATRIX[name]
    with undone():
        page = shown(world, row.allowed[0] if row.needs_sign_in else "visitor", url).content.decode()
    names = {*re.findall(r'name="([^"]+)"', page), *(MATRIX[name].data or {})}
    names |= {"person", "learning_set", "item", "do", "stage", "version", "slot", "applications", "step", "reason"}
    for rubbish in RUBBISH:
        with undone():
            assert posted(client, url, dict.fromkeys(names, rubbish)) == (400 if rubbish == "\0" else True), rubbish


def posted(client: Client, url: str, data: dict[str, Any]) -> int | bool:
    """400, or whether the page answered otherwise than by an error of ours."""
    status = client.post(url, data).status_code
    return 400 if status == 400 else status < 500


@pytest.mark.parametrize("name", [n for n in GETS if n not in POSTS and n in PATTERNS])
def test_a_page_that_only_reads_takes_nothing(world: World, name: str) -> None:
    client, url = allowed(world, name), address(world, name)
    with undone():
        for method in ("post", "put", "patch", "delete"):
            assert getattr(client, method)(url, {}).status_code == 405, method
