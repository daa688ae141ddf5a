from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from cohorts.models import Cohort
from cohorts.models.cohort import OfCohort
from selection.models.framework import SelectionFramework
from selection.states import ROUND, RoundState
from tenancy.audit import audited
from tenancy.models import TenantModel


@audited()
class SelectionRound(OfCohort, TenantModel):
    """How one cohort's people are chosen: dates, how many assessors, and the framework they judge by. Frozen when it opens."""

    cohort = models.OneToOneField(Cohort, on_delete=models.PROTECT, related_name="round")
    framework = models.OneToOneField(SelectionFramework, on_delete=models.PROTECT, related_name="round")
    state = models.CharField(max_length=12, choices=RoundState.choices, default=RoundState.DRAFT)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    endorse_by = models.DateTimeField()
    score_by = models.DateTimeField()
    assessors_per_application = models.PositiveSmallIntegerField(
        default=2, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    blind = models.BooleanField(default=True)
    offer_days = models.PositiveSmallIntegerField(default=10)
    reserve_length = models.PositiveSmallIntegerField(default=10)
    # Whether feedback names the points: they are left out unless the round says so.
    tells_points = models.BooleanField(default=False)
    # Whom it is for, in the programme's words: published with the dates and the criteria.
    audience = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    machine = ROUND

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="round_closes_later")]

    def takes_applications(self, now: datetime) -> bool:
        """Whether applicants may write, submit and re-open at this moment."""
        return self.state == RoundState.OPEN and self.opens_at <= now < self.closes_at

    @property
    def criteria(self) -> Any:
        """The criteria of its framework: a manager, as of rows of its own."""
        return self.framework.criteria

    @property
    def questions(self) -> Any:
        return self.framework.questions

    @property
    def published(self) -> bool:
        return self.state != RoundState.DRAFT
