"""A double click on any form of the portal: one effect, and an answer that helps."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps

from tenancy.models import TenantModel
from tenancy.scope import tenant_context
from tests.access.filling import fill
from tests.access.rows import MATRIX
from tests.access.small_world import World, undone
from tests.access.test_every_url import POSTS
from tests.queries import ask_again

TABLES = {
    model._meta.label: model._meta.db_table
    for model in apps.get_models()
    if issubclass(model, TenantModel) and not hasattr(model, "pgh_tracked_model") and not model.wall.closed
}
COUNTS = " UNION ALL ".join(f"SELECT '{label}', count(*) FROM {table}" for label, table in TABLES.items())
# Where a second row is what was asked for, and why it does no harm.
ANEW = {
    "reminders:calendar-feed": {"tenancy.Link": 1},  # the address just made is withdrawn: one works, the one shown last
}
# The world is such that these forms are refused; each app's own tests bring them about.
REFUSED = {
    "cohorts:set-list": "too few people",
    "cohorts:set-publish": "meetings are planned",
    "mentoring:match-propose": "no mentor is free",
    "selection:assess-include": "no assessment yet",
    "selection:centre-close": "somebody has a time to come",
    "selection:centre-open": "nobody has points yet",
    "selection:centre-set-up": "scores missing",
    "selection:observers-fill": "the only exercise has begun",
    "selection:endorsement-take-back": "nothing has been given",
    "selection:assess-start": "nothing endorsed",
    "selection:moderation-severity": "ranked so already",
    "selection:moderation-start": "scores missing",
    "selection:deferral-list": "no place is kept for this round",
    "selection:offer-give-up": "nothing has been accepted",
    "selection:offer-place": "no free place",
    "selection:what-if": "nothing has been tried out",
}
FRIENDLY = {200, 302, 403, 404, 409, 410, 422}


def rows(world: World, name: str) -> dict[str, int]:
    """How many rows every table has, as far as the one who posts may see them."""
    row = MATRIX[name]
    who = world.person(row.allowed[0]) if row.needs_sign_in else None
    with tenant_context(world.tenant, who):
        return dict(ask_again(COUNTS))


def more(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    return {label: after[label] - before[label] for label in after if after[label] != before[label]}


@pytest.mark.parametrize("name", POSTS)
def test_posted_twice_it_happens_once(world: World, name: str) -> None:
    with undone():
        filled: Any = fill(world, name)
        first = filled.send()
        assert first.status_code == (422 if name in REFUSED else first.status_code)
        assert first.status_code in ({422} if name in REFUSED else {200, 302}), first.content.decode()
        once = rows(world, name)
        second = filled.send()
        assert second.status_code in FRIENDLY
        assert more(once, rows(world, name)) == ANEW.get(name, {})
        if second.status_code in {403, 404, 410}:
            # what it was about has gone, or is no longer this person's: the page says so in the portal's own words
            assert "<h1" in second.content.decode()
