"""The letter about an outcome, on a page and as a tagged PDF: the words of the applicant's own page.

A Letter holds finished words and nothing that leads anywhere else: no template could print from it why one person came before
another, or what was written for the record.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from engine.paper import FONTS, document_css
from engine.pdf import PdfUnavailable, pdf_ready, render_pdf
from selection.models import Application
from selection.selectors.outcomes import outcome_of
from selection.states import ApplicationState as S
from tenancy.models import Change, Tenant

LETTERED = frozenset({S.OFFERED, S.RESERVE, S.NOT_SELECTED, S.ACCEPTED, S.DEFERRED})
SECONDS = 20
OWN_CSS = """
.baton-letter__head { border-top: 2mm solid var(--baton-brand); padding-top: 4mm; margin-bottom: 12mm }
.baton-letter__head p { margin: 0 }
.baton-letter__from { font-weight: 700; font-size: 13pt }
.baton-letter h1 { font-size: 15pt; margin: 8mm 0 4mm }
.baton-letter h2 { font-size: 12pt; margin: 6mm 0 2mm }
.baton-prose { white-space: pre-line; overflow-wrap: break-word }
.baton-letter__signed { margin-top: 10mm }
"""


@dataclass(frozen=True)
class Letter:
    tenant: str
    programme: str
    cohort: str
    written_on: date
    reference: str
    name: str
    job_title: str
    organisation: str
    heading: str
    paragraphs: tuple[str, ...]
    feedback: str

    @property
    def title(self) -> str:
        return f"{self.heading}: {self.reference}"


def letter_of(application: Application, tenant: Tenant) -> Letter | None:
    """None where there is nothing to write: no outcome, or one that has no letter. Load what outcome_of asks for."""
    if application.state not in LETTERED:
        return None
    outcome = outcome_of(application)
    decided = Change.objects.filter(
        subject_kind=Application._meta.label, subject_id=application.public_id, target=application.state
    ).values_list("at", flat=True)
    day = max(decided, default=None)
    return Letter(
        tenant=tenant.name,
        programme=application.cohort.programme.name,
        cohort=application.cohort.name,
        written_on=timezone.localdate(day) if day else timezone.localdate(),
        reference=application.reference,
        name=application.applicant.name,
        job_title=application.job_title,
        organisation=application.organisation.name,
        heading=outcome.heading,
        paragraphs=outcome.paragraphs,
        feedback=outcome.feedback,
    )


def letter_pdf(letter: Letter, *, colour: str) -> bytes:
    """The PDF, or PdfError."""
    if problem := pdf_ready():
        raise PdfUnavailable(problem)
    html = render_to_string(
        "selection/letter_pdf.html",
        {
            "letter": letter,
            "tenant_name": letter.tenant,
            "document_title": letter.title,
            "version_text": _("Reference %(reference)s") % {"reference": letter.reference},
        },
    )
    return render_pdf(html, title=letter.title, css=document_css(colour, OWN_CSS), font=FONTS, timeout=SECONDS)
