"""Half-way through a cohort its delivery team looks at what it learns, and says what it changes, who does it and by when."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cohorts.models.cohort import Cohort, OfCohort
from tenancy.models import Person, TenantModel


class CohortReview(OfCohort, TenantModel):
    """A review that was held: when, and in a few words who took part and what stood out. For staff of the cohort."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="reviews")
    held_on = models.DateField()
    summary = models.TextField(blank=True)
    written_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    written_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-held_on", "-id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "cohort", "held_on"], name="cohort_review_day_once")]


class Lesson(TenantModel):
    """One line of the team's log: what it learns, what it changes, who sees to it and by when; then what came of it."""

    class Outcome(models.TextChoices):
        DONE = "done", _("Done")
        DROPPED = "dropped", _("Let go")

    review = models.ForeignKey(CohortReview, on_delete=models.CASCADE, related_name="lessons")
    learned = models.CharField(max_length=300)
    change = models.CharField(max_length=300)
    owner = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    due_on = models.DateField()
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)
    # What came of it, in the owner's words.
    note = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    written_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["due_on", "id"]

    @property
    def cohort_id(self) -> int:
        return self.review.cohort_id

    @property
    def programme_id(self) -> int:
        return self.review.programme_id
