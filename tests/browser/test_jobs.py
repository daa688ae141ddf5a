"""Long work on an open page: it moves without a reload, ends with its result, and stops when it is told to."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.test import Client
from playwright.sync_api import Browser, expect

import tests.worker_jobs  # noqa: F401 -- registers the kinds
from engine.jobs import start_job
from engine.models import Job
from tenancy.models import Account, Person, Tenant
from tenancy.scope import tenant_context
from tenancy.selectors import actor_of
from tests.browser.walker import Critic, Walker
from tests.conftest import sign_in
from tests.factories.cohorts import make_cohort, make_many
from tests.worker import Worker

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])]
# Every value that the bar shows, and that the page was never loaded anew.
WATCH = """() => {
  window.shown = []
  new MutationObserver(() => {
    const bar = document.querySelector('#job progress')
    if (bar) window.shown.push(bar.value)
  }).observe(document.querySelector('main'), { childList: true, subtree: true })
}"""


@pytest.fixture
def staff(chromium: Browser, site: str, critic: Critic, worker: Worker) -> Walker:
    call_command("open_tenant", "essex", "Essex Partners", staff_name="Sita Staff", staff_email="sita@essex.example")
    walker = Walker(chromium, site, critic, email="sita@essex.example")
    walker.context.add_cookies([{"name": "sessionid", "value": session_of(walker.email), "url": site}])
    return walker.open("/")


def session_of(email: str) -> str:
    """Signed in without the pages: how that goes has tests of its own."""
    return sign_in(Client(), Account.objects.get(email=email)).session.session_key or ""


def begin(staff: Walker, *, rows: int, pause: float) -> Job:
    with tenant_context(Tenant.objects.get(slug="essex")):
        by = actor_of(Person.objects.get(email=staff.email))
        job = start_job(kind="test.rows", title="Write rows", params={"rows": rows, "pause": pause}, by=by)
    staff.open(f"/essex/jobs/{job.public_id}/").page.evaluate(WATCH)
    return job


def test_the_bar_moves_without_a_reload_and_the_result_is_there_at_the_end(staff: Walker) -> None:
    begin(staff, rows=12, pause=0.4)
    expect(staff.main()).to_contain_text("12 of 12 rows", timeout=30_000)
    expect(staff.main().locator("progress")).to_have_count(0)
    shown = staff.page.evaluate("window.shown")
    assert shown == sorted(shown) and len({value for value in shown if 0 < value < 12}) >= 2, shown
    staff.look()


def test_stopping_it_while_it_runs(staff: Walker) -> None:
    job = begin(staff, rows=200, pause=0.3)
    expect(staff.main()).to_contain_text("of 200 rows", timeout=30_000)
    staff.press("Stop this")
    expect(staff.main()).to_contain_text("It was stopped", timeout=10_000)
    expect(staff.main().get_by_role("button", name="Stop this")).to_have_count(0)
    with tenant_context(Tenant.objects.get(slug="essex")):
        job.refresh_from_db()
    assert job.state == Job.State.CANCELLED and 0 < job.progress_done < 200


def test_learning_sets_are_composed_before_ones_eyes(staff: Walker) -> None:
    with tenant_context(Tenant.objects.get(slug="essex")):
        make_many(make_cohort(), 32, organisations=8)
    staff.follow("Cohorts").follow("Cohort 2").follow("Learning sets").fill("How many sets?", "5").press("Compose sets")
    staff.page.evaluate(WATCH)
    expect(staff.main()).to_contain_text("The proposal is ready", timeout=60_000)
    assert staff.page.evaluate("Array.isArray(window.shown)"), "the page was loaded anew"
    assert "Set 1" in staff.follow("See the result").text()
