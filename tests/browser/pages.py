"""Every kind of page that each sign-in of the demo can reach by following links, at both sizes: axe, width, console.

The pictures stay in .baton/screens/<role>/ for people to look at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Browser

from portal.demo.people import DEMO_PASSWORD, SIGN_INS, SignIn
from tests.browser.walker import Critic, Walker, kind_of
from tests.demo_fixture import Demo, demo_copy, demo_database  # noqa: F401 -- fixtures

# No `owner`: the copy isn't flushed between tests, and is thrown away as a whole.
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "sys"])]

# Files, and addresses that belong to nobody's pages.
NOT_PAGES = re.compile(r"\.(ics|md|html|css|pdf)$|/pdf/$|/download/$|^/static/|^/demo/|/accounts/logout/|/sign-in/")


@pytest.fixture(scope="module")
def looked_at() -> Iterator[set[tuple[str, int]]]:
    """Kinds of pages that another role has shown already; homes differ by role and are looked at each time."""
    yield set()


@pytest.mark.parametrize("person", SIGN_INS, ids=lambda p: f"{p.tenant}-{p.name.split()[0].lower()}")
def test_pages_of(
    person: SignIn,
    chromium: Browser,
    demo_copy: Demo,
    web: str,
    critic: Critic,
    looked_at: set[tuple[str, int]],
) -> None:
    critic.seen = looked_at
    walker = Walker(chromium, web, critic, email=person.email)
    walker.open("/").fill("Email", person.email).fill("Password", DEMO_PASSWORD, exact=True).press("Sign in")
    home = f"/{person.tenant}/"
    critic.look(walker.open(home).page, name=f"home of {person.role} {person.tenant}")
    crawl(walker, home)
    walker.close()


def crawl(walker: Walker, home: str) -> None:
    """Breadth first, one page of each kind."""
    known: set[str] = {kind_of(home)}
    queue = links(walker, home)
    while queue:
        address = queue.pop(0)
        kind = kind_of(urlsplit(address).path)
        if kind in known:
            continue
        known.add(kind)
        if (kind, 1280) in walker.critic.seen and (kind, 375) in walker.critic.seen:
            # Looked at as somebody else; this person must be able to open what they are offered all the same.
            answer = walker.context.request.get(address)
            assert answer.ok, f"{walker.email} is offered {address}, which answers {answer.status}"
            continue
        walker.open(address)
        queue += links(walker, home)


def links(walker: Walker, home: str) -> list[str]:
    """Addresses that the page offers, of the tenant's own pages and the person's account."""
    hrefs = walker.page.locator("a[href]").evaluate_all("found => found.map(a => a.getAttribute('href'))")
    found = []
    for href in dict.fromkeys(hrefs):
        address = urljoin(walker.page.url, href).split("#")[0]
        path = urlsplit(address).path
        if address.startswith(walker.site) and path.startswith((home, "/accounts/")) and not NOT_PAGES.search(path):
            found.append(address)
    return found
