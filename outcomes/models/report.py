from __future__ import annotations

from django.db import models

from cohorts.models import Cohort
from cohorts.models.cohort import OfCohort
from engine.models import Job, StoredFile
from tenancy.models import Person, TenantModel, Wall


class ReportDraft(OfCohort, TenantModel):
    """What staff write to stand before the figures. The next version of the report takes a copy."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="+")
    narrative = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "cohort"], name="report_draft_once")]


class CohortReport(OfCohort, TenantModel):
    """One frozen version of a cohort's report. Page and PDF are drawn from `snapshot`; the database refuses to change the row.

    `pdf` is empty where none could be made, and `pdf_problem` says why.
    """

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="reports")
    version = models.PositiveIntegerField()
    snapshot = models.JSONField()
    narrative = models.TextField(blank=True)
    pdf = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    pdf_problem = models.TextField(blank=True)
    created_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+")

    wall = Wall(append_only=True)

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "cohort", "version"], name="report_version_once"),
            # A job taken up again after its worker died finds what it had already written.
            models.UniqueConstraint(fields=["tenant", "job"], name="report_job_once"),
        ]
