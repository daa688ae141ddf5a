"""Who manages whom over several steps."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tenancy.conflicts import LINE_STEPS, conflicts_among, pair
from tenancy.models import Person
from tenancy.services.people import ensure_person
from tests.factories.selection import SYSTEM

pytestmark = pytest.mark.django_db


def line_of(length: int) -> list[Person]:
    """People of whom each manages the one before."""
    people = [ensure_person(name=f"Person {n}", email=f"person{n}@line.example", by=SYSTEM)[0] for n in range(length)]
    for lower, upper in pairwise(people):
        lower.line_manager = upper
        lower.save(update_fields=["line_manager"])
    return people


def test_up_to_six_steps_in_either_direction_and_round_in_a_circle(in_essex):
    line = line_of(9)
    ids = [p.pk for p in line]
    wanted = {pair(a, b) for n, a in enumerate(ids) for b in ids[n + 1 : n + 1 + LINE_STEPS]}
    assert LINE_STEPS == 6 and len(wanted) == 33
    assert set(conflicts_among(ids, kinds=["line-management"])) == wanted
    # who stands in between needn't be asked about
    assert set(conflicts_among([ids[0], ids[6]], kinds=["line-management"])) == {pair(ids[0], ids[6])}
    assert not conflicts_among([ids[0], ids[7]], kinds=["line-management"])
    assert set(conflicts_among(ids, kinds=["line-management"], of=[ids[0]])) == {pair(ids[0], b) for b in ids[1:7]}
    assert conflicts_among([], kinds=["line-management"]) == {}
    line[2].line_manager = line[0]
    line[2].save(update_fields=["line_manager"])
    assert set(conflicts_among(ids[:3], kinds=["line-management"])) == {
        pair(ids[0], ids[1]),
        pair(ids[0], ids[2]),
        pair(ids[1], ids[2]),
    }
