"""What somebody means to learn next, once their cohort is behind them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cohorts.models.development import DevelopmentGoal
from cohorts.models.notebook import Notebook, of_owner
from tenancy.models import Person, TenantModel, Wall


class OnwardStep(TenantModel):
    """One step of somebody's learning onward: what, in which way, by when, and towards which goal of their development plan."""

    class Way(models.TextChoices):
        EVENT = "event", _("An event or a talk")
        COURSE = "course", _("A course or a qualification")
        READING = "reading", _("Reading or listening")
        PERSON = "person", _("Somebody to learn from")
        WORK = "work", _("Something new at work")
        OTHER = "other", _("Something else")

    notebook = models.ForeignKey(Notebook, on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    goal = models.ForeignKey(DevelopmentGoal, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    what = models.CharField(max_length=160)
    way = models.CharField(max_length=8, choices=Way.choices)
    due_on = models.DateField(null=True, blank=True)
    done = models.BooleanField(default=False)
    learned = models.TextField(blank=True)
    written_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    wall = Wall(readable="owner_id = {me}", writable="owner_id = {me}", extra=of_owner("cohorts_onwardstep"))

    class Meta:
        ordering = ["done", "due_on", "id"]
