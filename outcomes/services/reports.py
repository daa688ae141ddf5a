"""The cohort report: asked for with one button, made by a job, kept as a frozen version."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from cohorts.models import Cohort, Participation
from cohorts.states import ParticipationState
from engine.jobs import RunningJob, start_job
from engine.models import Job, StoredFile
from engine.pdf import PdfError
from engine.reports import ReportSection, check_figure, report_sections
from engine.transitions import record_change
from engine.versions import save_if_unchanged
from outcomes.models import CohortReport, ReportDraft
from outcomes.paper import report_pdf
from outcomes.rules import staff
from outcomes.section import suppression_note
from outcomes.selectors import MAKE_REPORT, running_report
from outcomes.services.aggregates import thresholds_of_tenant
from tenancy.actors import Actor
from tenancy.errors import NotAllowed
from tenancy.models import Tenant
from tenancy.seen import refuse_stale

FORMAT = 1
# How a job's page shows it; the last step is the writing itself.
STEPS_AFTER_SECTIONS = 2


def may_report(by: Actor, cohort: Cohort) -> None:
    if by.kind != "system" and not staff(by, cohort):
        raise NotAllowed(_("You can’t make this report."))


@transaction.atomic
def save_narrative(*, cohort: Cohort, version: int, narrative: str, by: Actor) -> ReportDraft:
    """Keep what stands before the figures in the next version; 0 is the version of a draft never saved."""
    may_report(by, cohort)
    text = narrative.strip()
    draft = ReportDraft.objects.filter(cohort=cohort).first()
    if version == 0 or draft is None:
        try:
            with transaction.atomic():
                return ReportDraft.objects.create(cohort=cohort, narrative=text)
        except IntegrityError:
            theirs = ReportDraft.objects.filter(cohort=cohort).values("narrative").first()
            refuse_stale(theirs or {}, {"narrative": text})
    save_if_unchanged(draft, version=version, narrative=text)
    return draft


@transaction.atomic
def make_report(*, cohort: Cohort, by: Actor) -> Job:
    """Start making a new version; pressing the button twice gives the same job."""
    may_report(by, cohort)
    Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
    if running := running_report(cohort):
        return running
    return start_job(
        kind=MAKE_REPORT,
        title=_("Make the report of %(cohort)s") % {"cohort": cohort.name},
        params={"cohort": cohort.public_id},
        by=by,
    )


def run_make_report(job: RunningJob) -> dict[str, Any]:
    """The job. Nothing is written before its last step, so a run that stops leaves nothing; one that is taken up again after
    its last step finds what it wrote."""
    with job.scope():
        written = CohortReport.objects.filter(job_id=job.job_id).select_related("cohort").first()
        if written is not None:
            return result_of(written)
    sections = sorted(report_sections.items(), key=lambda item: item[1].position)
    steps = len(sections) + STEPS_AFTER_SECTIONS
    snapshot = begin_snapshot(job)
    for done, (name, section) in enumerate(sections):
        job.progress(done, steps, _("Counting: %(section)s") % {"section": section.title})
        with job.scope():
            snapshot["sections"].append(read_section(name, section, snapshot["cohort"]["id"]))
    job.progress(len(sections), steps, _("Making the PDF"))
    pdf, problem = None, ""
    try:
        pdf = report_pdf(snapshot, scope=job.scope)
    except PdfError as error:
        problem = str(error)
    job.progress(len(sections) + 1, steps, _("Keeping this version"))
    with job.scope() as actor:
        result = result_of(write_report(job, snapshot, pdf, problem, by=actor))
    job.progress(steps, steps, _("The report is ready"))
    return result


def begin_snapshot(job: RunningJob) -> dict[str, Any]:
    """Everything about the cohort that the report's first page says."""
    with job.scope() as actor:
        cohort = Cohort.objects.select_related("programme").get(public_id=job.params["cohort"])
        may_report(actor, cohort)
        tenant = Tenant.objects.get(pk=job.tenant_id)
        draft = ReportDraft.objects.filter(cohort=cohort).first()
        places = Participation.objects.filter(cohort=cohort)
        limits = thresholds_of_tenant()
        version = CohortReport.objects.filter(cohort=cohort).aggregate(last=Max("version"))["last"] or 0
        return {
            "format": FORMAT,
            "tenant": {"name": tenant.name, "colour": tenant.colour},
            "cohort": {
                "id": cohort.pk,
                "name": cohort.name,
                "programme": cohort.programme.name,
                "starts_on": cohort.starts_on.isoformat(),
                "ends_on": cohort.ends_on.isoformat(),
                "places": cohort.places,
                "joined": places.count(),
                "withdrew": places.filter(state=ParticipationState.WITHDRAWN).count(),
            },
            "version": version + 1,
            "made_at": timezone.now().isoformat(),
            "narrative": draft.narrative if draft else "",
            "suppression": {
                "count": limits.count,
                "mean": limits.mean,
                "breakdown": limits.breakdown,
                "text": suppression_note(limits),
            },
            "sections": [],
        }


def read_section(name: str, section: ReportSection, cohort_id: int) -> dict[str, Any]:
    """One app's figures as plain JSON values, checked now, so that page and PDF can always be drawn from them."""
    figures = json.loads(json.dumps(section.figures(cohort_id), cls=DjangoJSONEncoder))
    for figure in figures:
        check_figure(figure)
    return {"name": name, "title": str(section.title), "figures": figures}


def write_report(
    job: RunningJob, snapshot: dict[str, Any], pdf: bytes | None, problem: str, *, by: Actor
) -> CohortReport:
    """The whole version in one go. The cohort's row is locked, so versions count up without a gap."""
    cohort = Cohort.objects.select_for_update(of=("self",)).get(pk=snapshot["cohort"].pop("id"))
    may_report(by, cohort)
    stored = None
    if pdf is not None:
        stored = StoredFile.objects.create(
            name=f"{slugify(cohort.name)}-report-{snapshot['version']}.pdf",
            content_type="application/pdf",
            content=pdf,
            sha256=hashlib.sha256(pdf).hexdigest(),
            created_by=by.person,
        )
    report = CohortReport.objects.create(
        cohort=cohort,
        version=snapshot["version"],
        snapshot=snapshot,
        narrative=snapshot["narrative"],
        pdf=stored,
        pdf_problem=problem,
        created_by=by.person,
        job_id=job.job_id,
    )
    record_change(report, "make", by=by)
    return report


def result_of(report: CohortReport) -> dict[str, Any]:
    slug = Tenant.objects.values_list("slug", flat=True).get(pk=report.tenant_id)
    kwargs = {"tenant": slug, "public_id": report.cohort.public_id, "version": report.version}
    return {
        "report": report.public_id,
        "path": reverse("outcomes:report-detail", kwargs=kwargs),
        "path_text": _("Read the report"),
    }
