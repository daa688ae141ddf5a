"""The benchmarks run, and no measured page asks more than it may, whatever its rows. Times are for ./baton bench alone."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from django.db import connection

from benchmarks import pages
from benchmarks.__main__ import assemble, parse, show
from benchmarks.measuring import Cost, cpu_of, measure, measure_bare
from benchmarks.neighbours import ASSESSORS, CRITERIA, PEOPLE, add_neighbours
from benchmarks.paper import PaperCost
from benchmarks.world import World, build
from selection.models import Score
from tenancy.models import Tenant
from tenancy.scope import tenant_context

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])


def test_measured_pages_keep_to_their_statements() -> None:
    """A list of 3 rows and a list of 60 cost the same; neighbours are walled off and change nothing."""
    world = build(applications=60, participants=10)
    costs = pages.measure_pages(world, rows=60, runs=1)
    assert {cost.page for cost in costs} >= {pages.LIST, "staff board", "cohort home", "cohort report", "sign-in page"}
    for cost in costs:
        assert cost.queries <= pages.MOST_QUERIES, cost
        assert cost.html_bytes > 1000 and cost.assets_gz > 10_000, cost
    assert few(world) == next(c.queries for c in costs if c.page == pages.LIST and c.rows == 60)
    _ms, size = pages.a_row(costs, pages.LIST)
    assert 100 < size <= pages.MOST_BYTES_A_ROW

    add_neighbours(2)
    neighbour = Tenant.objects.get(slug="tenant-0001")
    with tenant_context(neighbour):
        assert Score.objects.count() == PEOPLE * ASSESSORS * CRITERIA
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM selection_score")
        assert cursor.fetchone() == (0,), "scores are seen without a tenant"
    again = pages.measure_pages(world, rows=60, runs=1)
    assert [(c.page, c.rows, c.queries) for c in again] == [(c.page, c.rows, c.queries) for c in costs]


def few(world: World) -> int:
    address = f"/{world.tenant.slug}/rounds/{world.scored.public_id}/applications/?per_page=3"
    return measure(world.staff.client, pages.LIST, address, rows=3, runs=1).queries


def test_a_page_that_fails_or_lacks_rows_is_no_measurement(staff) -> None:
    with pytest.raises(RuntimeError, match="answered 404"):
        measure(staff.client, "nothing", "/essex/nothing/", runs=1)
    with pytest.raises(RuntimeError, match="rows and not 5"):
        measure(staff.client, "board", "/essex/who-owes-what/", rows=5, runs=1)


def test_the_unit_is_a_working_view() -> None:
    assert 0 < measure_bare(runs=5) < 20
    assert cpu_of(lambda: sum(range(200_000))) > 0


def cost(rows: int, *, queries: int = 10, cpu: float = 20, size: int = 30_000) -> Cost:
    return Cost(pages.LIST, rows, queries, cpu, 2.0, cpu + 2, size, 60_000)


def test_a_missed_target_is_said() -> None:
    good = [cost(50), cost(500, cpu=100, size=200_000)]
    fine = pages.verdicts(good, [PaperCost("report", 10, 2.5, 1.0, 150)], [("home", 1.02)])
    assert len(fine) == 7 and all(verdict.ok for verdict in fine)
    bad = [cost(50), cost(500, queries=13, cpu=600, size=600_000)]
    missed = pages.verdicts(bad, [PaperCost("report", 10, 4.0, 1.0, 250)], [("home", 1.3)])
    assert [verdict.ok for verdict in missed] == [False, False, False, True, False, False, False]


def test_figures_for_people_and_for_programs() -> None:
    """Growth is of the whole page at its best, the ratio of a page to the bare view of its own round."""
    one = pages.Round([cost(50), cost(500, cpu=100, size=200_000)], 0.2)
    many = pages.Round([replace(c, least_ms=1.05 * c.least_ms) for c in one.costs], 0.4)
    disturbed = [replace(c, least_ms=9 * c.least_ms) for c in one.costs]
    grown = pages.growth([disturbed, one.costs], [many.costs, disturbed])
    found = json.loads(json.dumps(assemble({1: one, 1000: many}, [PaperCost("report", 10, 2.5, 1.0, 250)], grown)))
    assert list(found["growth"].values()) == pytest.approx([1.05, 1.05])
    assert found["pages"]["1"][1]["times_bare"] == pytest.approx(500)
    text = show(found)
    assert "At 1 tenant " in text and "At 1000 tenants" in text and "10 pages, 2.5 s of CPU" in text
    assert [line.split()[-1] for line in text.splitlines()[-7:]] == ["ok", "ok", "ok", "ok", "ok", "OVER", "ok"]


@pytest.mark.parametrize("bad", [["--tenants", "many"], ["--tenants", "0,5"], ["--rows", "5000"]])
def test_options_that_make_no_sense_are_refused(bad: list[str], capsys) -> None:
    with pytest.raises(SystemExit):
        parse(bad)
    assert "error" in capsys.readouterr().err
