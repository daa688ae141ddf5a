"""Races, looked for: every pair of forms about one thing, stopped at every place where it matters. Not part of the suite: it takes
most of an hour. Run it by name after a change of how things are locked:

    ./baton test tests/access/every_pause.py
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connections

from tests import databases
from tests.access.filling import Filled, fill
from tests.access.interleaving import interleave, places, statements
from tests.access.rows import MATRIX
from tests.access.small_world import World, make_world, undone
from tests.access.test_double_submit import FRIENDLY, REFUSED, more, rows
from tests.access.test_every_url import POSTS
from tests.demo_fixture import copied

TWICE = [name for name in POSTS if name not in REFUSED]
# What one of two forms may find changed under it by the other.
PAIRS = [
    (one, other)
    for one in TWICE
    for other in TWICE
    if one != other and MATRIX[one].about == MATRIX[other].about != "nothing"
]


@pytest.fixture(scope="module")
def template(empty_database: str, django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[str, World]]:
    """The small world, committed to a database of its own that each trial copies."""
    name = f"{databases.own_name()}_world"
    with django_db_blocker.unblock(), databases.server() as cursor:
        databases.copy(cursor, name, of=empty_database)
        with databases.on_database(name):
            world = make_world()
            connections.close_all()
        yield name, world
        databases.drop(cursor, name)


Outcome = tuple[int, int, dict[str, int]]


def in_turn(world: World, one: str, other: str) -> Outcome:
    """What comes of the two forms one after the other, both filled in before."""
    with undone():
        first, second = fill(world, one), fill(world, other)
        before = rows(world, one)
        answers = [kind(first), kind(second)]
        return (*answers, more(before, rows(world, one)))


def kind(filled: Filled) -> int:
    return filled.send().status_code // 100


def wrong_pauses(template: tuple[str, World], blocker: Any, one: str, other: str) -> dict[int, Any]:
    name, world = template
    wrong: dict[int, Any] = {}
    with copied(name, f"{name}_trial", blocker), blocker.unblock():
        a, b, made = in_turn(world, other, one)
        wanted = [in_turn(world, one, other), (b, a, made)]
        with undone():
            filled = fill(world, one)
            with statements() as seen:
                filled.send()
        connections.close_all()
    for stop_at in places(seen):
        cache.clear()  # a limit on tries a day isn't what is looked for
        with copied(name, f"{name}_trial", blocker), blocker.unblock():
            first, second = fill(world, one), fill(world, other)
            before = rows(world, one)
            clicks = interleave(first, second, stop_at=stop_at)
            made = more(before, rows(world, one))
            connections.close_all()
        answers = [click.status for click in clicks]
        kinds = [status // 100 for status in answers]
        # A second click may be told of the first one's success or that it was too late; two different forms fare as in turn.
        fair = made == wanted[0][2] and 5 not in kinds if one == other else (*kinds, made) in wanted
        if not set(answers) <= FRIENDLY or not fair:
            wrong[stop_at] = (answers, made, wanted, seen[stop_at - 1][:200])
    return wrong


@pytest.mark.parametrize("name", TWICE)
def test_twice(template: tuple[str, World], django_db_blocker: Any, name: str) -> None:
    assert not (wrong := wrong_pauses(template, django_db_blocker, name, name)), wrong


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_two_different(template: tuple[str, World], django_db_blocker: Any, one: str, other: str) -> None:
    assert not (wrong := wrong_pauses(template, django_db_blocker, one, other)), wrong
