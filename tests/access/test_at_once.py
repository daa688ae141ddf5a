"""Two clicks at the same moment, in two transactions: what they make is what one of them makes.

Nothing here is left to luck: the first click stops where most goes wrong, and the second runs meanwhile. Every place to stop is tried
by `./baton test tests/access/every_pause.py`, which takes its time.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.access.filling import Filled, fill
from tests.access.interleaving import first_places, interleave, statements
from tests.access.small_world import World, make_world, undone
from tests.access.test_any_script import free
from tests.access.test_double_submit import FRIENDLY, more, rows

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])
NAMES = (
    "cohorts:attendance-import-create",
    "cohorts:attendance-import-write",
    "cohorts:event-create",
    "cohorts:programme-create",
    "cohorts:cohort-create",
    "cohorts:invitation-create",
    "cohorts:invitation-answer",
    "cohorts:event-presence",
    "cohorts:needs-edit",
    "cohorts:presence-answer",
    "cohorts:presence-record",
    "cohorts:reflection-write",
    "cohorts:seating-compose",
    "cohorts:seating-keep",
    "cohorts:seating-pair",
    "mentoring:note-create",
    "mentoring:mentor-list",
    "mentoring:request",
    "mentoring:session-book",
    "mentoring:slot-list",
    "outcomes:answer-check",
    "outcomes:answer-domain",
    "outcomes:survey-create",
    "outcomes:report-make",
    "projects:ambition-create",
    "projects:project-create",
    "projects:project-propose",
    "projects:project-decide",
    "projects:project-update",
    "selection:adjustment-arrange",
    "selection:application-adjustment",
    "selection:application-interest",
    "selection:application-start",
    "selection:application-submit",
    "selection:endorsement-detail",
    "selection:endorsement-resend",
    "selection:import-create",
    "selection:import-write",
    "selection:score-import-create",
    "selection:score-import-write",
    "selection:moderation-detail",
    "selection:nominate-add",
    "selection:nominate-check",
    "selection:nomination-settle",
    "selection:nominator-create",
    "selection:nominator-renew",
    "selection:offer-answer",
    "selection:offer-confirm",
    "selection:round-create",
    "selection:seat-create",
    "tenancy:band-create",
    "tenancy:conflict-declare",
    "tenancy:employer-change",
    "tenancy:organisation-create",
    "tenancy:role-give",
    "tenancy:sector-create",
)


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


def test_two_clicks_at_once_are_one(world: World) -> None:
    wrong = {name: found for name in NAMES if (found := wrong_of(world, name))}
    assert not wrong, wrong


def wrong_of(world: World, name: str) -> list[Any]:
    """The first click stops at one place after the other, each time with other words, as long as the form is accepted anew."""
    wrong: list[Any] = []
    for time in range(2):
        with undone():
            filled = filled_anew(world, name, time)
            before = rows(world, name)
            with statements() as seen:
                status = filled.send().status_code
            once = more(before, rows(world, name))
        stops = first_places(seen)
        if time and (status not in {200, 302} or len(stops) <= time):
            return wrong
        assert status in {200, 302} and stops, name
        filled = filled_anew(world, name, time)
        before = rows(world, name)
        clicks = interleave(filled, filled, stop_at=stops[time])
        answers, both = {click.status for click in clicks}, more(before, rows(world, name))
        if not answers <= FRIENDLY or not {200, 302} & answers or both != once:
            wrong.append((answers, once, both, seen[stops[time] - 1][:200]))
    return wrong


def filled_anew(world: World, name: str, time: int) -> Filled:
    filled = fill(world, name)
    if time:
        filled.data |= {box: f"{filled.data[box]} {time}" for box in free(filled.typed)}
    return filled
