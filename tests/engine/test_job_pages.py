from types import SimpleNamespace

import pytest

import tests.worker_jobs  # noqa: F401 -- registers the kinds
from engine import jobs
from engine.jobs import start_job
from tenancy.models import Role
from tenancy.scope import tenant_context
from tenancy.services.people import give_role
from tests.conftest import cast_member, make_member
from tests.factories.reminders import make_cohort
from tests.queries import page_queries


@pytest.fixture
def asker(essex):
    return make_member(essex, "Asha Asker", Role.STAFF)


@pytest.fixture
def job(essex, asker):
    with tenant_context(essex):
        return start_job(kind="test.rows", title="Compose the learning sets", params={"rows": 2}, by=asker.actor)


def page(job, what=""):
    return f"/essex/jobs/{job.public_id}/{what}"


def cohort_staff(essex):
    """Staff of one cohort only."""
    person = make_member(essex, "Cora Cohort")
    with tenant_context(essex):
        give_role(person=person.person, role=Role.STAFF, by=person.actor, cohort_id=make_cohort().pk)
    return cast_member(essex, person.person, person.account)


def test_the_page_polls_until_the_end_then_shows_the_result(essex, job, asker):
    html = asker.client.get(page(job)).content.decode()
    assert "Compose the learning sets" in html and f'hx-get="{page(job, "progress/")}"' in html
    assert f'action="{page(job, "stop/")}"' in html and "Refresh to see how far it is" in html
    jobs.run(essex.pk, job.pk)
    piece = asker.client.get(page(job, "progress/")).content.decode()
    assert "hx-get" not in piece and "<html" not in piece
    assert 'href="/somewhere/"' in piece and "2 of 2 rows" in piece


def test_stop(job, asker):
    response = asker.client.post(page(job, "stop/"), follow=True)
    assert "Stopped." in response.content.decode() and "hx-get" not in response.content.decode()
    response = asker.client.post(page(job, "stop/"), follow=True)
    assert "already ended" in response.content.decode()


@pytest.mark.parametrize("what", ["", "progress/"])
def test_who_may_look(essex, job, staff, stranger, asker, what):
    member = make_member(essex, "Mia Member", Role.PARTICIPANT)
    seen = SimpleNamespace(
        staff=staff.client.get(page(job, what)),
        member=member.client.get(page(job, what)),
        cohort=cohort_staff(essex).client.get(page(job, what)),
        stranger=stranger.client.get(page(job, what)),
        foreign=stranger.client.get(page(job, what).replace("/essex/", "/hsmc/")),
    )
    assert (seen.staff.status_code, seen.member.status_code, seen.cohort.status_code) == (200, 403, 403)
    assert (seen.stranger.status_code, seen.foreign.status_code) == (404, 404)


def test_who_may_stop(essex, job, stranger, asker):
    member = make_member(essex, "Mia Member", Role.PARTICIPANT)
    assert member.client.post(page(job, "stop/")).status_code == 403
    assert stranger.client.post(page(job, "stop/")).status_code == 404
    assert asker.client.get(page(job, "stop/")).status_code == 405


def test_the_list_shows_all_to_staff_of_the_tenant_and_their_own_to_others(essex, job, staff, stranger):
    member = make_member(essex, "Mia Member", Role.PARTICIPANT)
    assert "Compose the learning sets" in staff.client.get("/essex/jobs/").content.decode()
    assert "Compose the learning sets" not in cohort_staff(essex).client.get("/essex/jobs/").content.decode()
    assert member.client.get("/essex/jobs/").status_code == 403
    assert stranger.client.get("/essex/jobs/").status_code == 404
    assert "Compose the learning sets" not in staff.client.get("/essex/jobs/?state=done").content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_as_much_for_many_as_for_one(essex, staff, asker, rows):
    with tenant_context(essex):
        for _n in range(rows):
            start_job(kind="test.rows", title="Write rows", params={"rows": 1}, by=asker.actor)
    assert page_queries(staff.client, "/essex/jobs/") == 6
