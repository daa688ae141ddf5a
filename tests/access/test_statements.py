"""No page asks more than twelve things of the database, whoever opens it. That more rows ask no more is for each page's own tests."""

from __future__ import annotations

import pytest

from benchmarks.pages import MOST_QUERIES
from tests.access.rows import MATRIX
from tests.access.shown import Shown, asked, shown
from tests.access.small_world import World, undone
from tests.access.test_every_url import GETS, address
from tests.queries import counting

# Everything that is held of somebody, a statement or two for each kind of it, however many rows there are.
ONE_A_KIND = {"tenancy:your-data", "tenancy:your-data-download"}


@pytest.mark.parametrize("name", [n for n in GETS if MATRIX[n].needs_sign_in and n not in ONE_A_KIND])
def test_a_page_asks_few_things(world: World, name: str) -> None:
    url = address(world, name)
    for role in MATRIX[name].allowed:
        with undone():
            answer = shown(world, role, url)
            # what was asked first may have filled a cache of the process, so it's asked once more before it counts
            if isinstance(answer, Shown) and answer.status_code == 200 and answer.statements > MOST_QUERIES:
                assert again(world, role, url) <= MOST_QUERIES, role


def again(world: World, role: str, url: str) -> int:
    with counting() as counter:
        asked(world, role, url)
    return counter.statements
