from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts.models import Cohort
from cohorts.models.cohort import OfCohort
from outcomes.disclosure import MIN_BREAKDOWN, MIN_COUNT, MIN_MEAN, Thresholds
from tenancy.models import Person, TenantModel, Wall


class Domain(models.TextChoices):
    CONFIDENCE = "confidence", _("Confidence")
    SKILLS = "skills", _("Skills")
    RELATIONSHIPS = "relationships", _("Relationships")


class IndicatorKind(models.TextChoices):
    """What a statement is of, beside its domain: what one does, is able to do, or knows."""

    BEHAVIOUR = "behaviour", _("Behaviour")
    SKILL = "skill", _("Skill")
    KNOWLEDGE = "knowledge", _("Knowledge")


class WaveKind(models.TextChoices):
    BEFORE = "before", _("Before")
    AFTER = "after", _("After")


class Survey(OfCohort, TenantModel):
    """The statements a cohort rates before and after. They can be changed until the first wave opens, and then never again."""

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="surveys")
    name = models.CharField(max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "cohort", "name"], name="survey_name_unique")]

    def __str__(self) -> str:
        return self.name


class Indicator(TenantModel):
    """One statement, rated from 1 (not at all true of me yet) to 5 (completely true of me)."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="indicators")
    domain = models.CharField(max_length=20, choices=Domain.choices)
    # '' where nobody has said: it counts in no figure by kind.
    kind = models.CharField(max_length=10, choices=IndicatorKind.choices, blank=True)
    text = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField()

    wall = Wall(sys=("SELECT",))

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "survey", "text"], name="indicator_once")]

    def __str__(self) -> str:
        return self.text


class SurveyWave(TenantModel):
    """One asking of a survey. It closes at `closes_at`, or when everyone invited has answered, and never opens again: results
    are shown after it, and one more answer could be told from the difference."""

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="waves")
    kind = models.CharField(max_length=10, choices=WaveKind.choices)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()

    wall = Wall(sys=("SELECT",))

    class Meta:
        ordering = ["opens_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "survey", "kind"], name="wave_once"),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="wave_closes_later"),
        ]

    @property
    def cohort_id(self) -> int:
        return self.survey.cohort_id

    @property
    def programme_id(self) -> int:
        return self.survey.programme_id

    @property
    def is_closed(self) -> bool:
        return self.closes_at <= timezone.now()


class SurveyInvitation(TenantModel):
    """The fact row: who was asked, and whether and when they answered. What they answered is nowhere here."""

    wave = models.ForeignKey(SurveyWave, on_delete=models.CASCADE, related_name="invitations")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    invited_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    wall = Wall(sys=("SELECT",))

    class Meta:
        ordering = ["person__sort_key", "id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "wave", "person"], name="survey_invited_once")]


class DisclosureSetting(TenantModel):
    """A tenant's own thresholds for small numbers: as strict as the portal's or stricter."""

    min_count = models.PositiveSmallIntegerField(default=MIN_COUNT, validators=[MinValueValidator(MIN_COUNT)])
    min_mean = models.PositiveSmallIntegerField(default=MIN_MEAN, validators=[MinValueValidator(MIN_MEAN)])
    min_breakdown = models.PositiveSmallIntegerField(
        default=MIN_BREAKDOWN, validators=[MinValueValidator(MIN_BREAKDOWN)]
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant"], name="disclosure_one"),
            models.CheckConstraint(
                condition=Q(min_count__gte=MIN_COUNT, min_mean__gte=MIN_MEAN, min_breakdown__gte=MIN_BREAKDOWN),
                name="disclosure_never_lower",
            ),
        ]

    @property
    def thresholds(self) -> Thresholds:
        return Thresholds(self.min_count, self.min_mean, self.min_breakdown)
