from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from cohorts.models.programme import Programme
from cohorts.states import PARTICIPATION, CohortStage, ParticipationState
from tenancy.audit import audited
from tenancy.models import Organisation, Person, Sector, TenantModel, Wall


class OfCohort:
    """Rows of a cohort: staff of its programme reach them as staff of the cohort do. Load `cohort` with the row."""

    cohort: Cohort

    @property
    def programme_id(self) -> int:
        return self.cohort.programme_id


@audited()
class Cohort(TenantModel):
    """One intake of a programme: its places, its dates. How long it runs is data."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="cohorts")
    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=40)
    places = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])
    starts_on = models.DateField()
    ends_on = models.DateField()
    stage = models.CharField(max_length=12, choices=CohortStage.choices, default=CohortStage.PLANNING)
    budget_pounds = models.PositiveIntegerField(null=True, blank=True)
    # The programme's pattern: what new cohorts are copied from first. It stays a cohort like any other.
    is_pattern = models.BooleanField(default=False)
    copied_from = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="copies")
    version = models.PositiveIntegerField(default=1)

    wall = Wall(sys=("SELECT",))

    class Meta:
        ordering = ["-starts_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "slug"], name="cohort_slug_unique"),
            models.UniqueConstraint(
                fields=["tenant", "programme"], condition=Q(is_pattern=True), name="cohort_one_pattern"
            ),
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="cohort_ends_later"),
        ]

    def __str__(self) -> str:
        return f"{self.programme.name}: {self.name}"

    @property
    def cohort_id(self) -> int:
        return self.pk

    @property
    def pounds_a_place(self) -> int | None:
        """What a place may cost, to the whole pound; None without a budget."""
        return None if self.budget_pounds is None else round(self.budget_pounds / self.places)


class SectorTarget(TenantModel):
    """How many of a cohort's places a sector should have: the balance staff select against."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="targets")
    sector = models.ForeignKey(Sector, on_delete=models.PROTECT, related_name="+")
    places = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["sector__position", "id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "cohort", "sector"], name="target_once")]


@audited()
class Participation(OfCohort, TenantModel):
    """A person's place on a cohort. The organisation is the one that sent them; they keep the place if they move."""

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="participations")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="participations")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=12, choices=ParticipationState.choices, default=ParticipationState.ACTIVE)
    joined_at = models.DateTimeField()

    machine = PARTICIPATION
    # What people need at events goes when the last cohort they're on is over.
    wall = Wall(sys=("SELECT",))

    class Meta:
        ordering = ["person__sort_key", "id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "cohort", "person"], name="participation_once")]
