"""Two clicks at the same moment, in two transactions: what they make is what one of them makes.

Nothing here is left to luck: the first click stops before it takes hold of anything, having read what it decides by, and the second
runs meanwhile. Where to stop is tried everywhere by `./baton test tests/access/every_pause.py`, which takes its time.
"""

from __future__ import annotations

import pytest

from tests.access.filling import fill
from tests.access.interleaving import interleave
from tests.access.small_world import World, make_world, undone
from tests.access.test_double_submit import FRIENDLY, more, rows

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])
NAMES = (
    "cohorts:event-create",
    "cohorts:programme-create",
    "cohorts:cohort-create",
    "cohorts:invitation-create",
    "cohorts:invitation-answer",
    "cohorts:reflection-write",
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
    "selection:application-start",
    "selection:application-submit",
    "selection:endorsement-detail",
    "selection:endorsement-resend",
    "selection:import-create",
    "selection:import-write",
    "selection:moderation-detail",
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
    wrong = {}
    for name in NAMES:
        with undone():
            filled = fill(world, name)
            before = rows(world, name)
            assert filled.send().status_code in {200, 302}, name
            once = more(before, rows(world, name))
        filled = fill(world, name)
        before = rows(world, name)
        first, second = interleave(filled, filled)
        answers = {first.status, second.status}
        both = more(before, rows(world, name))
        if not first.held or not answers <= FRIENDLY or not {200, 302} & answers or both != once:
            wrong[name] = (first.status, second.status, once, both)
    assert not wrong, wrong
