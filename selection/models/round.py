from __future__ import annotations

from datetime import datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cohorts.models import Cohort
from cohorts.models.cohort import OfCohort
from selection.states import ROUND, RoundState
from tenancy.audit import audited
from tenancy.models import TenantModel


@audited()
class SelectionRound(OfCohort, TenantModel):
    """How one cohort's people are chosen: dates, criteria, how many assessors. Frozen when it opens."""

    cohort = models.OneToOneField(Cohort, on_delete=models.PROTECT, related_name="round")
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
    def published(self) -> bool:
        return self.state != RoundState.DRAFT


@audited()
class Criterion(TenantModel):
    """What applications are scored against, 1 to `max_points`."""

    class Kind(models.TextChoices):
        BEHAVIOUR = "behaviour", _("Behaviour")
        TECHNICAL = "technical", _("Technical")

    round = models.ForeignKey(SelectionRound, on_delete=models.CASCADE, related_name="criteria")
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.BEHAVIOUR)
    weight = models.PositiveSmallIntegerField(default=1)
    max_points = models.PositiveSmallIntegerField(default=7)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["tenant", "round", "position"], name="criterion_position")]


class RatingDescriptor(TenantModel):
    """What a number of points means, published to applicants."""

    criterion = models.ForeignKey(Criterion, on_delete=models.CASCADE, related_name="descriptors")
    points = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=80)
    example = models.TextField(blank=True)

    class Meta:
        ordering = ["points"]
        constraints = [models.UniqueConstraint(fields=["tenant", "criterion", "points"], name="descriptor_once")]


class Question(TenantModel):
    """One page of the application. `criterion` says what its answer is evidence for."""

    round = models.ForeignKey(SelectionRound, on_delete=models.CASCADE, related_name="questions")
    text = models.CharField(max_length=300)
    hint = models.TextField(blank=True)
    word_limit = models.PositiveSmallIntegerField(default=250)
    criterion = models.ForeignKey(Criterion, on_delete=models.SET_NULL, null=True, blank=True, related_name="questions")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["tenant", "round", "position"], name="question_position")]
