"""Every page of a tenant that calls its learning sets something else: the old word, long or short, stands on none of them."""

from __future__ import annotations

import html
import re

from tenancy.scope import tenant_context
from tenancy.services.settings import update_tenant
from tests.access.rows import MATRIX
from tests.access.small_world import ROLES, World
from tests.access.test_every_url import GETS, address

# “set” as a noun: after an article or what stands for one, or at the beginning or the end of a heading, a cell or a button
OLD = re.compile(
    r"learning sets?\b|\b(?:an?|the|my|your|own|their|his|her|no|in|each|these|those|new|present|proposed|published|compose) sets?\b"
    r"|\bset (?:meeting|published|membership)|[>\"]\s*sets?\b(?! up| aside| a | the | how| one)|\d sets?\b",
    re.IGNORECASE,
)
# Names that people gave before, the field of the form of settings that asks for the word, and the key of a choice.
GIVEN = re.compile(
    r"Set \d+|>Set meeting<|Set meeting(?= \(| –)|“learning set”|data-\S+=\"[^\"]*\"|(?:id|class|name|href)=\"[^\"]*\"|value=\"set\""
)


# What was sent and what was frozen before stays as it was.
WRITTEN_BEFORE = (
    "outcomes:report-detail",
    "reminders:message-list",
    "reminders:message-detail",
    "reminders:my-message-list",
)


def old_words(page: str) -> list[str]:
    text = GIVEN.sub("", html.unescape(re.sub(r"<(script|style).*?</\1>", "", page, flags=re.DOTALL)))
    return [text[max(0, m.start() - 60) : m.end() + 30] for m in OLD.finditer(text)]


def test_no_page_keeps_the_old_word(world: World, scratch: None) -> None:
    before = world.cast["staff"].client.get(address(world, "cohorts:set-list")).content.decode()
    assert old_words(before), "the search finds nothing"
    with tenant_context(world.tenant, world.person("staff")):
        words = {"learning set": ["triad", "triads"]}
        update_tenant(tenant=world.tenant, by=world.cast["staff"].actor, vocabulary=words)
    found, seen = {}, 0
    for name in (n for n in GETS if MATRIX[n].needs_sign_in and MATRIX[n].get == 200 and n not in WRITTEN_BEFORE):
        for role in ROLES if name == "portal:home" else MATRIX[name].allowed[:1]:
            answer = world.cast[role].client.get(address(world, name))
            if not answer.headers["Content-Type"].startswith("text/html"):
                continue
            page = answer.content.decode()
            seen += "triad" in page
            if old := old_words(page):
                found[f"{name} as {role}"] = old
    refused = world.cast["staff"].client.post(address(world, "cohorts:set-publish")).content.decode()
    found |= {"a refusal": old} if (old := old_words(refused)) else {}
    assert "The present triads still have" in refused
    assert not found, "\n".join(f"{name}: {old}" for name, old in found.items())
    assert seen > 15
