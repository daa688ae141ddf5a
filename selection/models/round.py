from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cohorts.models import Cohort
from cohorts.models.cohort import OfCohort
from selection.models.framework import Criterion, SelectionFramework
from selection.states import ROUND, RoundState
from tenancy.audit import audited
from tenancy.models import Person, SeniorityBand, TenantModel, Wall


class Expertise(models.TextChoices):
    """Who must be among an application's assessors."""

    NOBODY = "nobody", _("may be anybody")
    SECTOR = "sector", _("knows the applicant’s sector")
    OUTSIDE = "outside", _("is from outside the applicant’s sector")
    CRITERION = "criterion", _("is expert in one criterion")


class Correction(models.TextChoices):
    """What is done about assessors who mark more strictly or more leniently than others."""

    NONE = "none", _("No correction: the assessors’ means")
    ADDITIVE = "additive", _("Additive model")
    RASCH = "rasch", _("Many-facet Rasch model")


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
        default=3, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    expertise = models.CharField(max_length=10, choices=Expertise.choices, default=Expertise.NOBODY)
    expertise_criterion = models.ForeignKey(
        Criterion, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    blind = models.BooleanField(default=True)
    offer_days = models.PositiveSmallIntegerField(default=10)
    reserve_length = models.PositiveSmallIntegerField(default=10)
    # Whether feedback names the points: they are left out unless the round says so.
    tells_points = models.BooleanField(default=False)
    # Whom it is for, in the programme's words: published with the dates and the criteria.
    audience = models.TextField(blank=True)
    # Moderates beside staff, and needn't be one of them. A right over this round alone, so no role row.
    chair = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    correction = models.CharField(max_length=10, choices=Correction.choices, default=Correction.NONE)
    moderation_locked_at = models.DateTimeField(null=True, blank=True)
    # Domains an endorser's address may have, as typed and in ASCII; '*.nhs.uk' is anything below. None: any address.
    endorser_domains = ArrayField(models.CharField(max_length=253), default=list, blank=True)
    # What people must decide in their jobs, and from which band to which: outside isn't refused, staff look at it.
    decision_scope = models.TextField(blank=True)
    lowest_band = models.ForeignKey(SeniorityBand, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    highest_band = models.ForeignKey(SeniorityBand, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # An application that was begun by the closing date may be sent until then; staff decide whether it counts.
    late_until = models.DateTimeField(null=True, blank=True)
    # Until when senior leaders nominate, where that's before applications close.
    nominate_by = models.DateTimeField(null=True, blank=True)
    # How many may be offered over the cohort's number, and how many are while the cohort is chosen.
    tolerance = models.PositiveSmallIntegerField(default=0)
    over = models.PositiveSmallIntegerField(default=0)
    # Raised whenever the kept limits change as a whole.
    limits_version = models.PositiveIntegerField(default=1)
    version = models.PositiveIntegerField(default=1)

    machine = ROUND
    # Which rounds have figures due (selection.tasks).
    wall = Wall(sys=("SELECT",))

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="round_closes_later"),
            models.CheckConstraint(
                condition=Q(late_until__isnull=True) | Q(late_until__gt=F("closes_at")), name="round_late_after_closing"
            ),
            models.CheckConstraint(
                condition=Q(nominate_by__isnull=True) | Q(nominate_by__lte=F("closes_at")),
                name="round_nominations_by_closing",
            ),
            models.CheckConstraint(condition=Q(over__lte=F("tolerance")), name="round_over_within_tolerance"),
        ]

    def takes_applications(self, now: datetime) -> bool:
        """Whether applicants may write, submit and re-open at this moment."""
        return self.state == RoundState.OPEN and self.opens_at <= now < self.closes_at

    @property
    def nominations_until(self) -> datetime:
        return self.nominate_by or self.closes_at

    def takes_nominations(self, now: datetime) -> bool:
        """Whether senior leaders may nominate, and be asked to."""
        return self.state == RoundState.OPEN and now < self.nominations_until

    def invites(self, now: datetime) -> bool:
        """Whether staff may confirm a nomination: published, and while an application can still be begun. In the late window nothing is
        begun any more."""
        return self.state == RoundState.OPEN and now < self.closes_at

    def takes_late(self, now: datetime) -> bool:
        """Whether what was begun by the closing date may still be written and sent."""
        if self.late_until is None or self.state not in (RoundState.OPEN, RoundState.CLOSED):
            return False
        return self.closes_at <= now < self.late_until

    @property
    def names_bands(self) -> bool:
        return self.lowest_band_id is not None or self.highest_band_id is not None

    def in_bands(self, band: SeniorityBand | None) -> bool:
        """Whether it's for people of this band; without bands it is for everybody."""
        if not self.names_bands:
            return True
        if band is None:
            return False
        senior_enough = self.lowest_band is None or band.position <= self.lowest_band.position
        return senior_enough and (self.highest_band is None or band.position >= self.highest_band.position)

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
