"""An author's own entries as a file to keep: Markdown, a web page, or a tagged PDF."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from cohorts.attaching import about
from cohorts.models import Reflection
from engine.dates import uk_date
from engine.paper import FONTS, document_css
from engine.pdf import PdfUnavailable, pdf_ready, render_pdf
from tenancy.models import Person, Tenant
from tenancy.words import Words

SECONDS = 60
OWN_CSS = """
.baton-entry { margin-bottom: 8mm }
.baton-entry h2 { font-size: 13pt; margin: 6mm 0 1mm; break-after: avoid }
.baton-entry__when { color: #505a5f; margin: 0 0 2mm; break-after: avoid }
.baton-prose { white-space: pre-line; overflow-wrap: break-word }
"""


@dataclass(frozen=True)
class Entry:
    title: str
    kind: str
    body: str
    written_at: datetime
    about: list[tuple[Words, str]] = field(default_factory=list)


def entries_of(rows: Iterable[Reflection]) -> list[Entry]:
    found = list(rows)
    concerns = about(found)
    return [Entry(r.title, r.get_kind_display(), r.body, r.written_at, concerns.get(r.pk, [])) for r in found]


def journal_text(form: str, entries: list[Entry], *, person: Person, tenant: Tenant) -> str:
    template = {"md": "cohorts/reflections.md", "html": "cohorts/reflections_file.html"}[form]
    return render_to_string(template, {"entries": entries, "person": person, "tenant": tenant})


def journal_pdf(entries: list[Entry], *, person: Person, tenant: Tenant, today: datetime) -> bytes:
    """The PDF, or PdfError."""
    if problem := pdf_ready():
        raise PdfUnavailable(problem)
    title = _("Reflections of %(name)s") % {"name": person.name}
    context: dict[str, Any] = {
        "entries": entries,
        "tenant_name": tenant.name,
        "document_title": title,
        "version_text": _("As of %(day)s") % {"day": uk_date(today)},
    }
    html = render_to_string("cohorts/reflections_pdf.html", context)
    return render_pdf(html, title=title, css=document_css(tenant.colour, OWN_CSS), font=FONTS, timeout=SECONDS)
