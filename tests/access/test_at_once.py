"""Two clicks at the same moment, in two transactions: what they make is what one of them makes."""

from __future__ import annotations

import threading

import pytest
from django.db import connections
from django.test import Client

from tests.access.filling import Filled, fill
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


def both_at_once(filled: Filled) -> list[int]:
    barrier, answers = threading.Barrier(2), [0, 0]

    def click(n: int) -> None:
        client = Client()
        client.cookies = filled.client.cookies
        data = {k: v if not hasattr(v, "seek") else again(v) for k, v in filled.data.items()}
        barrier.wait(timeout=10)
        try:
            answers[n] = client.post(filled.url, data).status_code
        finally:
            connections.close_all()

    threads = [threading.Thread(target=click, args=(n,)) for n in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return answers


def again(upload: object) -> object:
    copy = type(upload)(upload.name, b"".join(upload.chunks()))  # type: ignore[attr-defined, call-arg]
    copy.seek(0)  # type: ignore[attr-defined]
    return copy


def test_two_clicks_at_once_are_one(world: World) -> None:
    wrong = {}
    for name in NAMES:
        with undone():
            filled = fill(world, name)
            before = rows(world, name)
            assert filled.send().status_code in {200, 302}, name
            one = more(before, rows(world, name))
        filled = fill(world, name)
        before = rows(world, name)
        answers = both_at_once(filled)
        two = more(before, rows(world, name))
        if not set(answers) <= FRIENDLY or not {200, 302} & set(answers) or two != one:
            wrong[name] = (answers, one, two)
    assert not wrong, wrong
