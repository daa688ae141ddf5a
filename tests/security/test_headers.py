"""What leaves with every page: the exact policy, no leak to caches or other sites, and nothing in the page the policy forbids."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from tests.access.rows import BY_LINK, MATRIX
from tests.access.small_world import World, undone
from tests.access.test_every_url import GETS, address

POLICY = {
    "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "img-src": "'self' data:", "font-src": "'self'",
    "connect-src": "'self'", "manifest-src": "'self'", "form-action": "'self'", "base-uri": "'none'", "object-src": "'none'",
    "frame-ancestors": "'none'",
}  # fmt: skip
# Its own policy, tested with the inbox: the HTML of one mail, with nothing let in but its own style by hash.
OWN_POLICY = {"demo:inbox-mail-html"}
# What somebody sent in: nothing of it is let do anything.
LOCKED_UP = {"selection:application-file": "default-src 'none'; sandbox"}
LOADS = {
    "script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src", "object": "data", "embed": "src",
    "form": "action", "video": "src", "audio": "src", "use": "href", "base": "href",
}  # fmt: skip


class Inspector(HTMLParser):
    """Lists what the policy forbids: inline code and style, and whatever is loaded from another origin."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "style" or "style" in given:
            self.faults.append(f"<{tag}> with a style of its own")
        if tag == "script" and "src" not in given and given.get("type") != "application/json":
            self.faults.append("an inline script")
        self.faults += [f"<{tag} {name}>" for name in given if name.startswith("on") or name.startswith("hx-on")]
        target = given.get(LOADS.get(tag, "")) or ""
        outside = re.match(r"(?i)(https?:)?//", target)
        if outside and not (tag == "link" and given.get("rel") == "canonical"):
            self.faults.append(f"<{tag}> from {target}")
        if target.lower().startswith("javascript:") or (given.get("href") or "").lower().startswith("javascript:"):
            self.faults.append(f"<{tag}> runs {target}")


def faults(page: str) -> list[str]:
    inspector = Inspector()
    inspector.feed(page)
    return inspector.faults


@pytest.mark.parametrize(
    "page",
    [
        '<p style="color: red">',
        "<style>p {}</style>",
        "<script>alert(1)</script>",
        '<a onclick="x()">',
        '<script src="https://cdn.example/x.js"></script>',
        '<img src="//cdn.example/x.png">',
        '<a href="javascript:x()">',
    ],
)
def test_the_inspector_finds_it(page: str) -> None:
    assert faults(page)


def test_the_inspector_lets_our_own_pass() -> None:
    assert (
        faults('<script src="/static/a.js"></script><link href="/static/a.css"><a href="https://www.gov.uk/">x</a>')
        == []
    )


@pytest.mark.parametrize("name", [n for n in GETS if n not in OWN_POLICY])
def test_headers(world: World, name: str) -> None:
    row = MATRIX[name]
    client = world.cast[row.allowed[0]].client if row.needs_sign_in else world.visitor
    with undone():
        answer = client.get(address(world, name))
    assert answer.status_code == row.get
    if name in LOCKED_UP:
        assert answer["Content-Security-Policy"] == LOCKED_UP[name]
    else:
        policy = dict(
            part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";") if part.strip()
        )
        policy["script-src"] = re.sub(r" 'nonce-[^']+'", "", policy["script-src"])
        assert policy == POLICY
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    if row.needs_sign_in or row.allowed == BY_LINK:
        assert "no-store" in answer["Cache-Control"] and "private" in answer["Cache-Control"]
    if answer["Content-Type"].startswith("text/html"):
        assert faults(answer.content.decode()) == []
    else:
        assert "attachment" in answer.get("Content-Disposition", "") or name in PLAIN
        # the page's own words can't be taken for markup
        assert not answer["Content-Type"].startswith(("image/svg", "application/xhtml"))


# Neither HTML nor a file to keep: the tenant's colours, and the health check's words.
PLAIN = {"tenancy:brand-css", "health", "start"}


@pytest.mark.parametrize("address_", ["/essex/no-such-page/", "/nobody/", "/essex/cohorts/nonesuch/", "/no-such-page"])
def test_error_pages_carry_the_same(world: World, address_: str) -> None:
    with undone():
        answer = world.cast["staff"].client.get(address_)
    assert answer.status_code in {301, 404}
    assert "default-src 'none'" in answer["Content-Security-Policy"] and answer["X-Content-Type-Options"] == "nosniff"
    assert faults(answer.content.decode()) == []
