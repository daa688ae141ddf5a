"""What a PDF costs: CPU of the rendering process a page, and its greatest memory."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from dataclasses import dataclass

import pikepdf
from django.conf import settings

from benchmarks.world import World
from engine.pdf import pdf_ready
from outcomes.models import CohortReport
from outcomes.paper import report_css, report_html
from tenancy.scope import tenant_context


@dataclass(frozen=True)
class PaperCost:
    """`cpu_s` is all of the child's; `start_s` what a PDF of one word costs: Python, WeasyPrint's import, fonts."""

    document: str
    pages: int
    cpu_s: float
    start_s: float
    peak_mb: float

    @property
    def a_page(self) -> float:
        """Seconds of CPU a page beyond the start."""
        return max(self.cpu_s - self.start_s, 0) / self.pages


# In a small process between: a child begins as a copy of its parent, whose size would count as its own.
BETWEEN = """
import json, resource, sys
from engine.pdf import render_pdf
order = json.load(sys.stdin)
content = render_pdf(order["html"], title="benchmark", css=order["css"])
used = resource.getrusage(resource.RUSAGE_CHILDREN)
sys.stderr.write(f"{used.ru_utime + used.ru_stime} {used.ru_maxrss / 1024}")
sys.stdout.buffer.write(content)
"""


def render(html: str, css: list[str]) -> tuple[int, float, float]:
    """Pages, seconds of CPU and greatest MB of the process that renders."""
    order = json.dumps({"html": html, "css": css}).encode()
    done = subprocess.run(
        [sys.executable, "-c", BETWEEN], input=order, capture_output=True, check=True, cwd=settings.BASE_DIR
    )
    spent, peak = map(float, done.stderr.split()[-2:])
    with pikepdf.open(io.BytesIO(done.stdout)) as document:
        return len(document.pages), spent, peak


def person(number: int) -> str:
    """One person's page: some text, and a table as long as a programme's events."""
    row = '<tr><th scope="row">Workshop {n}</th><td>{state}</td><td>{n} March 2027</td></tr>'
    events = "".join(row.format(n=n, state="Present" if n % 5 else "Sent apologies") for n in range(12))
    head = "".join(f'<th scope="col">{name}</th>' for name in ("Event", "Register", "Day"))
    return (
        f"<section><h2>Person {number}</h2><p>{'Leads a service across two districts. ' * 8}</p>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{events}</tbody></table></section>"
    )


def measure_paper(world: World, people: int = 50) -> list[PaperCost]:
    """The cohort's report, and a document with a table for each of its people. Empty where PDFs can't be made."""
    if pdf_ready():
        return []
    css = report_css(world.tenant.colour)
    with tenant_context(world.tenant, world.staff.person):
        report = report_html(CohortReport.objects.get(cohort=world.cohort).snapshot)
    tables = f"<!doctype html><html lang='en'><body><h1>People</h1>{''.join(map(person, range(people)))}</body></html>"
    _pages, start, _peak = render("<!doctype html><html lang='en'><body><p>One</p></body></html>", css)
    costs = []
    for name, html in (("cohort report", report), (f"a table for each of {people} people", tables)):
        pages, spent, peak = render(html, css)
        costs.append(PaperCost(name, pages, spent, start, peak))
    return costs
