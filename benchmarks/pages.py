"""The pages that are measured, and the targets they are held to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.test import Client
from django.urls import reverse

from benchmarks.measuring import Cost, measure
from benchmarks.paper import PaperCost
from benchmarks.world import World

# A twentieth of the 9 to 10 ms of CPU a row that pretalx's review dashboard takes, measured on a machine of the same kind.
MOST_MS_A_ROW = 9.0 / 20
MOST_BYTES_A_ROW = 700
MOST_QUERIES = 12
MOST_ASSETS = 80 * 1024
MOST_GROWTH = 1.1
MOST_PDF_SECONDS_A_PAGE = 0.2
MOST_PDF_MB = 200
LIST = "applications with scores"


@dataclass(frozen=True)
class Verdict:
    what: str
    found: str
    target: str
    ok: bool


def measure_pages(world: World, *, rows: int, runs: int = 7) -> list[Cost]:
    """Every page of the table; lists as 50 rows and as `rows` rows."""
    here = {"tenant": world.tenant.slug}
    of_round = reverse("selection:application-list", kwargs={**here, "public_id": world.scored.public_id})
    nominated = reverse("selection:nomination-list", kwargs={**here, "public_id": world.scored.public_id})
    board = reverse("reminders:board", kwargs=here)
    of_cohort = {**here, "public_id": world.cohort.public_id}
    staff, participant = world.staff.client, world.participant.client
    sets = reverse("cohorts:set-plan", kwargs={**here, "public_id": world.plan.public_id})
    register = reverse("cohorts:event-register", kwargs={**here, "public_id": world.event.public_id})
    few = min(50, rows)
    return [
        measure(staff, LIST, f"{of_round}?per_page={few}", rows=few, runs=runs),
        measure(staff, LIST, f"{of_round}?per_page={rows}", rows=rows, runs=runs),
        measure(staff, "nominations", f"{nominated}?per_page={few}", rows=few, runs=runs),
        measure(staff, "nominations", f"{nominated}?per_page={rows}", rows=rows, runs=runs),
        measure(staff, "staff board", f"{board}?per_page={few}", rows=few, runs=runs),
        measure(staff, "staff board", f"{board}?per_page={rows}", rows=rows, runs=runs),
        measure(staff, "staff home", reverse("portal:home", kwargs=here), runs=runs),
        measure(staff, "cohort home", reverse("cohorts:cohort-detail", kwargs=of_cohort), runs=runs),
        measure(
            staff, "cohort report", reverse("outcomes:report-detail", kwargs={**of_cohort, "version": 1}), runs=runs
        ),
        measure(staff, "learning sets", sets, runs=runs),
        measure(staff, "register", register, runs=runs),
        measure(staff, "who may need a word", reverse("cohorts:engagement-list", kwargs=of_cohort), runs=runs),
        measure(participant, "participant home", reverse("portal:home", kwargs=here), runs=runs),
        measure(participant, "directory", reverse("cohorts:directory", kwargs=here), runs=runs),
        measure(participant, "how it goes", reverse("cohorts:engagement-mine", kwargs=here), runs=runs),
        measure(Client(), "sign-in page", reverse("account_login"), runs=runs),
    ]


def a_row(costs: Sequence[Cost], page: str) -> tuple[float, float]:
    """Milliseconds and bytes a row of a list, between its two lengths: the page around the rows isn't in them."""
    few, many = [cost for cost in costs if cost.page == page]
    more = (many.rows - few.rows) or 1
    return (many.cpu_ms - few.cpu_ms) / more, (many.html_bytes - few.html_bytes) / more


@dataclass(frozen=True)
class Round:
    """All pages at one number of tenants, with the bare view measured just after."""

    costs: list[Cost]
    bare_ms: float


def least(measured: Sequence[Sequence[Cost]]) -> dict[str, float]:
    """Milliseconds of each page, of this process and the database together: the least of all times it was measured."""
    return {
        f"{same[0].page} {same[0].rows or ''}".strip(): min(c.least_ms for c in same)
        for same in zip(*measured, strict=True)
    }


def growth(one: Sequence[Sequence[Cost]], many: Sequence[Sequence[Cost]]) -> list[tuple[str, float]]:
    """How much dearer each page became from one database to the other, each measured several times."""
    before, after = least(one), least(many)
    return [(page, after[page] / before[page]) for page in before]


def verdicts(costs: Sequence[Cost], papers: Sequence[PaperCost], grown: Sequence[tuple[str, float]]) -> list[Verdict]:
    """Each target with what was found."""
    ms, size = a_row(costs, LIST)
    most = max(costs, key=lambda cost: cost.queries)
    heaviest = max(costs, key=lambda cost: cost.assets_gz)
    found = [
        Verdict(
            "statements of any page",
            f"{most.queries} ({most.page})",
            f"at most {MOST_QUERIES}",
            most.queries <= MOST_QUERIES,
        ),
        Verdict("CPU a row, applications", f"{ms:.2f} ms", f"at most {MOST_MS_A_ROW:.2f} ms", ms <= MOST_MS_A_ROW),
        Verdict(
            "HTML a row, applications", f"{size:.0f} bytes", f"at most {MOST_BYTES_A_ROW}", size <= MOST_BYTES_A_ROW
        ),
        Verdict(
            "CSS and JS of a page",
            f"{heaviest.assets_gz / 1024:.0f} KB",
            "under 80 KB",
            heaviest.assets_gz < MOST_ASSETS,
        ),
    ]
    for paper in papers:
        found += [
            Verdict(
                f"PDF, CPU a page: {paper.document}", f"{paper.a_page:.2f} s", f"at most {MOST_PDF_SECONDS_A_PAGE} s",
                paper.a_page <= MOST_PDF_SECONDS_A_PAGE,
            ),
            Verdict(
                f"PDF, memory: {paper.document}", f"{paper.peak_mb:.0f} MB", f"at most {MOST_PDF_MB} MB", paper.peak_mb <= MOST_PDF_MB
            ),
        ]  # fmt: skip
    if grown:
        page, worst = max(grown, key=lambda each: each[1])
        found.append(
            Verdict("growth with tenants", f"{worst:.2f} ({page})", f"at most {MOST_GROWTH}", worst <= MOST_GROWTH)
        )
    return found
