"""Headers that htmx sends are anybody's to write: they open no page, get no piece of one and lead nobody away."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.access.filling import POSTS, fill
from tests.access.shown import Shown, shown
from tests.access.small_world import World, undone
from tests.access.test_every_url import GETS, MATRIX, address

AWAY = "//evil.example/essex/"
HTMX = {
    "hx-request": "true",
    "hx-boosted": "true",
    "hx-target": "main-content",
    "hx-trigger": "job",
    "hx-current-url": f"https:{AWAY}",
    "hx-history-restore-request": "true",
    "referer": f"https:{AWAY}",
}
# allauth's pages answer this one with the same page as JSON.
FORGED = HTMX | {"x-requested-with": "XMLHttpRequest"}
ELSEWHERE = {"next": AWAY, "then": AWAY, "back": AWAY, "url": AWAY, "return_to": AWAY}
# What differs between two answers to the same question, wherever it is asked.
OWN = re.compile(r'csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"')


def told(answer: HttpResponse | Shown) -> tuple[int, str, str]:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return answer.status_code, answer.get("Location", ""), OWN.sub("", body.decode("utf-8", "replace"))


def leads_away(answer: HttpResponse) -> bool:
    """By a redirect of HTTP or by one of htmx's own, which are headers the portal never sends."""
    places = [answer.get("Location", "")]
    if answer.get("Content-Type", "").startswith("application/json") and not answer.streaming:
        found = json.loads(answer.content)
        places.append(str(found.get("location", "")) if isinstance(found, dict) else "")
    away = any(part.netloc or part.scheme for part in (urlsplit(place.replace("\\", "/")) for place in places))
    return away or any(name.lower().startswith("hx-") for name in answer.headers)


def askers(world: World, name: str) -> dict[str, str]:
    """The part that each plays here, and who of the cast it is."""
    row = MATRIX[name]
    found = {"visitor": "visitor", "stranger": "stranger"}
    if row.needs_sign_in:
        found["allowed"] = row.allowed[0]
        others = [role for role in world.cast if role not in row.allowed]
        found |= {"refused": others[-1]} if others else {}
    return found


def client_of(world: World, who: str) -> Client:
    return world.visitor if who == "visitor" else (world.cast | {"stranger": world.stranger})[who].client  # type: ignore[union-attr]


# Files and feeds that carry the moment they were made, and pages that tell how often they were opened.
DATED = {
    "cohorts:event-calendar",
    "cohorts:event-register",
    "cohorts:event-screen",
    "reminders:calendar-ics",
    "selection:application-readers",
    "selection:round-readers",
    "tenancy:person-readers",
    "tenancy:your-data-download",
    "health",
}


def test_the_walk_asks_everybody(world: World) -> None:
    assert len(GETS) > 100 and len(POSTS) > 60
    assert sum("refused" in askers(world, name) for name in GETS) > 70


def test_no_page_differs(world: World) -> None:
    differ = []
    with undone():
        for name in GETS:
            url = address(world, name)
            for who, one_of_them in askers(world, name).items():
                client = client_of(world, one_of_them)
                plain, forged = shown(world, one_of_them, url), client.get(url, headers=HTMX)
                one, other = told(plain), told(forged)
                if one != other:
                    # it may have been asked some minutes ago, and a page may say how long something takes yet
                    one = told(client.get(url))
                same = one[:2] == other[:2] if name in DATED else one == other
                if not same or leads_away(forged):
                    lines = set(one[2].splitlines()) ^ set(other[2].splitlines())
                    differ.append((name, who, one[:2], other[:2], sorted(lines)[:4]))
    assert differ == []


def test_no_page_leads_away(world: World) -> None:
    """Whatever the address says of where to go next."""
    away = []
    with undone():
        for name in GETS:
            for who, one_of_them in askers(world, name).items():
                if who in {"visitor", "allowed"} and leads_away(
                    client_of(world, one_of_them).get(address(world, name), ELSEWHERE, headers=FORGED)
                ):
                    away.append((name, who))
    assert away == []


@pytest.mark.parametrize("part", [0, 1])
def test_no_form_leads_away(world: World, part: int) -> None:
    """A form that is taken sends one to a page of the portal, by a plain redirect."""
    seen: dict[str, Any] = {}
    for name in POSTS[part::2]:
        with undone():
            filled = fill(world, name)
            at = f"{filled.url}?next={AWAY}"
            seen[name] = filled.client.post(at, {**filled.data, "next": AWAY}, headers=FORGED)
    assert sum(answer.status_code == 302 for answer in seen.values()) > 20
    assert [name for name, answer in seen.items() if leads_away(answer) or "evil" in answer.get("Location", "")] == []


ACCOUNT_PAGES = (
    "account_login",
    "account_request_login_code",
    "account_reset_password",
    "account_logout",
    "account_email",
    "account_change_password",
    "mfa_index",
    "usersessions_list",
)


@pytest.mark.parametrize("name", ACCOUNT_PAGES)
def test_account_pages_lead_nowhere_else(world: World, name: str) -> None:
    url = reverse(name)
    with undone():
        for client in (world.visitor, world.cast["participant"].client):
            plain, forged = client.get(url), client.get(url, ELSEWHERE, headers=FORGED)
            assert plain.status_code == forged.status_code or forged.status_code == 200
            assert not leads_away(forged)
            shown = told(forged)[2]
            assert not re.search(r'(href|action)="[^"]*evil\.example', shown.replace("%2F", "/"))


@pytest.mark.parametrize(
    "path", ["//evil.example/x", "//evil.example", "/essex//evil.example", "/\\evil.example", "/%2F%2Fevil.example/x"]
)
def test_no_path_leads_away(db: None, path: str) -> None:
    answer = Client().generic("GET", path, headers=FORGED)
    assert answer.status_code in {301, 302, 404}
    assert not leads_away(answer) and not answer.get("Location", "").startswith(("//", "/\\"))
