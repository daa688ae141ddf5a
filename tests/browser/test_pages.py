"""Every kind of page that each sign-in of the demo can reach by following links, at both sizes: axe, width, console.

With BATON_PICTURES=1 a picture of each stays in .baton/screens/<role>/ for people to look at.
"""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Browser

from portal.demo.people import DEMO_PASSWORD, SIGN_INS, SignIn
from tests.browser.walker import Critic, Walker, kind_of
from tests.demo_fixture import Demo, demo_copy, demo_database  # noqa: F401 -- fixtures

# No `owner`: the copy isn't flushed between tests, and is thrown away as a whole.
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "sys"])]

# Files, and addresses that belong to nobody's pages.
NOT_PAGES = re.compile(
    r"\.(ics|md|html|css|pdf)$|/pdf/$|/download/$|/file/$|^/static/|^/demo/|/accounts/logout/|/sign-in/"
)
# What a page is made of: the headings of its parts, and the classes of its pieces.
HEADING, CLASSES = re.compile(r"<h2[^>]*>([^<]+)"), re.compile(r'class="([^"]*)"')


class Looked:
    """Kinds of pages that somebody has shown already, and all the pieces that they had in either tenant."""

    def __init__(self) -> None:
        self.at: set[tuple[str, int]] = set()
        self.pieces: dict[str, set[str]] = {}

    def new_on(self, kind: str, page: str) -> set[str]:
        """What this page has that no page of its kind had before: the same address may offer another role something else. Two
        tenants differ in data only: in the length of names, and so in how wide a page gets."""
        kind = kind.partition("/")[2].partition("/")[2]
        main = page.partition("<main")[2].partition("</main>")[0]
        found = {" ".join(words.split()) for words in HEADING.findall(main)} | set(
            " ".join(CLASSES.findall(main)).split()
        )
        new = found - self.pieces.setdefault(kind, set())
        self.pieces[kind] |= new
        return new


@pytest.fixture(scope="module")
def looked() -> Looked:
    """What other sign-ins have shown; homes differ by role and are looked at each time."""
    return Looked()


@pytest.mark.parametrize("person", SIGN_INS, ids=lambda p: f"{p.tenant}-{p.name.split()[0].lower()}")
def test_pages_of(person: SignIn, chromium: Browser, demo_copy: Demo, web: str, critic: Critic, looked: Looked) -> None:
    critic.seen = looked.at
    walker = Walker(chromium, web, critic, email=person.email)
    walker.open("/").fill("Email", person.email).fill("Password", DEMO_PASSWORD, exact=True).press("Sign in")
    home = f"/{person.tenant}/"
    critic.look(walker.open(home).page, name=f"home of {person.role} {person.tenant}")
    crawl(walker, home, looked)


def crawl(walker: Walker, home: str, looked: Looked) -> None:
    """Breadth first, one page of each kind; what has been looked at as somebody else only if it has something new."""
    known: set[str] = {kind_of(home)}
    queue = links(walker, home)
    while queue:
        address = queue.pop(0)
        kind = kind_of(urlsplit(address).path)
        if kind in known:
            continue
        known.add(kind)
        again = (kind, 1280) in looked.at
        if again:
            answer = walker.context.request.get(address)
            assert answer.ok, f"{walker.email} is offered {address}, which answers {answer.status}"
            if not looked.new_on(kind, answer.text()):
                continue
            looked.at -= {(kind, 1280), (kind, 375)}
        walker.page.goto(address)
        new = bool(looked.new_on(kind, walker.page.content()))
        walker.critic.look(walker.page, axe=new or again, back=False)
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
