from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from selection.allocation.plan import How
from selection.models.application import Application
from selection.models.framework import Criterion
from selection.models.round import SelectionRound
from selection.models.score_import import SHEET_BEING_WRITTEN, ScoreImport
from tenancy.audit import audited
from tenancy.models import Person, Sector, TenantModel, Wall

# Own scores, or those of an application that all its assessors have finished; never those of an assessor who was withdrawn.
# The rule stands in the database, not in a template.
SCORES_READABLE = (
    "EXISTS (SELECT 1 FROM selection_assessorallocation own WHERE own.id = {t}.allocation_id AND own.withdrawn_at IS NULL"
    " AND (own.assessor_id = {me} OR NOT EXISTS (SELECT 1 FROM selection_assessorallocation peer"
    " WHERE peer.application_id = own.application_id AND peer.finished_at IS NULL AND peer.withdrawn_at IS NULL)))"
)
# Only the assessor writes, and only until they have finished; or staff, into a piece of work that a sheet of theirs was named for
# and while it is being written. What they put in they can't read back: that takes what reading takes.
SCORES_WRITABLE = (
    "EXISTS (SELECT 1 FROM selection_assessorallocation own WHERE own.id = {t}.allocation_id"
    " AND own.withdrawn_at IS NULL AND own.finished_at IS NULL AND (own.assessor_id = {me}"
    " OR {sheet}))"
).replace("{sheet}", SHEET_BEING_WRITTEN)


@audited("active_seconds", "counted_at")
class AssessorAllocation(TenantModel):
    """One assessor's task of scoring one application. What they write about it stands in the scores, behind their wall."""

    class Withdrawn(models.TextChoices):
        CONFLICT = "conflict", _("Conflict of interest")
        DROPPED_OUT = "dropped_out", _("Assessor dropped out")

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="allocations")
    assessor = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="allocations")
    allocated_at = models.DateTimeField()
    # First looked at: with finished_at, the time an application takes.
    opened_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_because = models.CharField(max_length=12, choices=Withdrawn.choices, blank=True)
    # A draft was kept in the portal: from then on no sheet writes here. And the sheet it was written from, if it was.
    drafted_at = models.DateTimeField(null=True, blank=True)
    imported = models.ForeignKey(ScoreImport, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    imported_at = models.DateTimeField(null=True, blank=True)
    # How the plan came to it, and among how many: for whoever asks why.
    how = models.CharField(max_length=10, choices=[(h.value, h.value) for h in How], blank=True)
    among = models.PositiveSmallIntegerField(default=0)
    # Seconds the page was open, in view and in use, as far as the browser said so; and until when they have been counted.
    active_seconds = models.PositiveIntegerField(null=True, blank=True)
    counted_at = models.DateTimeField(null=True, blank=True)

    wall = Wall(sys=("SELECT", "DELETE"))

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "application", "assessor"], name="allocation_once")]
        indexes = [models.Index(fields=["tenant", "assessor"], name="allocation_assessor")]

    @property
    def cohort_id(self) -> int:
        return self.application.cohort_id


@audited()
class AssessorTerms(TenantModel):
    """How many applications an assessor takes on in a round at most; None is as many as the others."""

    round = models.ForeignKey(SelectionRound, on_delete=models.CASCADE, related_name="terms")
    assessor = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    most = models.PositiveSmallIntegerField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "round", "assessor"], name="terms_once")]

    @property
    def cohort_id(self) -> int:
        return self.round.cohort_id


@audited()
class AssessorExpertise(TenantModel):
    """One thing an assessor knows: a sector besides that of their own employer, or what one criterion is about."""

    terms = models.ForeignKey(AssessorTerms, on_delete=models.CASCADE, related_name="expertise")
    sector = models.ForeignKey(Sector, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    criterion = models.ForeignKey(Criterion, on_delete=models.CASCADE, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "terms", "sector", "criterion"], nulls_distinct=False, name="expertise_once"
            ),
            models.CheckConstraint(
                condition=Q(sector__isnull=False, criterion__isnull=True)
                | Q(sector__isnull=True, criterion__isnull=False),
                name="expertise_of_one_thing",
            ),
        ]


@audited()
class Score(TenantModel):
    """Points for one criterion by one assessor. Hidden from everyone else until every assessor of the application is done.

    A draft may have a comment and no points yet; a finished allocation has points for every criterion.
    """

    allocation = models.ForeignKey(AssessorAllocation, on_delete=models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    points = models.PositiveSmallIntegerField(null=True, blank=True)
    comment = models.TextField(blank=True)

    wall = Wall(readable=SCORES_READABLE, writable=SCORES_WRITABLE, sys=("SELECT", "DELETE"))

    class Meta:
        ordering = ["criterion__position"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "allocation", "criterion"], name="score_once"),
            models.CheckConstraint(condition=Q(points__gte=1), name="score_at_least_one"),
        ]


@audited()
class Moderation(TenantModel):
    """The agreed points where assessors differ, with the reason."""

    application = models.OneToOneField(Application, on_delete=models.CASCADE, related_name="moderation")
    points = models.DecimalField(max_digits=5, decimal_places=2)
    reason = models.TextField()
    by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
