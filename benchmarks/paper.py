"""What a PDF costs: CPU of the rendering process a page, and its greatest memory."""

from __future__ import annotations

import io
import resource
from dataclasses import dataclass

import pikepdf

from benchmarks.world import World
from engine.pdf import pdf_ready, render_pdf
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


def child_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def render(html: str, css: list[str]) -> tuple[int, float]:
    begin = child_cpu()
    content = render_pdf(html, title="benchmark", css=css)
    spent = child_cpu() - begin
    with pikepdf.open(io.BytesIO(content)) as document:
        return len(document.pages), spent


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
    _pages, start = render("<!doctype html><html lang='en'><body><p>One</p></body></html>", css)
    costs = []
    for name, html in (("cohort report", report), (f"a table for each of {people} people", tables)):
        pages, spent = render(html, css)
        # The greatest of all children so far: the smaller document comes first.
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        costs.append(PaperCost(name, pages, spent, start, peak))
    return costs
