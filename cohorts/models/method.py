"""The library of methods, and the small experiments that people make with them at work."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from cohorts.models.cohort import Cohort
from cohorts.models.leadership_history import OF_SET, takes_part
from cohorts.models.notebook import Notebook, of_owner
from tenancy.models import Person, TenantModel, Wall
from tenancy.vocabulary import in_own_words


class Outcome(models.TextChoices):
    """Where an experiment stands, in its owner's eyes. Dropping it is an answer as good as the others."""

    TRYING = "trying", _("Trying it")
    KEEP = "keep", _("Keeping it")
    ADAPT = "adapt", _("Keeping it, changed")
    DROP = "drop", _("Dropped it")


KEPT = (Outcome.KEEP, Outcome.ADAPT)


class ShownTo(models.TextChoices):
    NOBODY = "nobody", _("Nobody but you")
    SET = "peers", in_own_words(_("Your %(set)s and its facilitator"))
    COHORT = "cohort", _("The participants of your cohort")


class Method(TenantModel):
    """A way of working that the programme's people may try."""

    name = models.CharField(max_length=120)
    use = models.TextField()
    how = models.TextField()
    source = models.CharField(max_length=300, blank=True)
    offered = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint("tenant", Lower("name"), name="method_name_once")]

    def __str__(self) -> str:
        return self.name


class Experiment(TenantModel):
    """Something small that its owner tries, and what came of it. Who else reads it follows from whom they picked and who is that at
    the time, as of a leadership history."""

    notebook = models.ForeignKey(Notebook, on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    method = models.ForeignKey(Method, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    title = models.CharField(max_length=160)
    expects = models.TextField()
    look_on = models.DateField()
    audience = models.CharField(max_length=6, choices=ShownTo.choices)
    outcome = models.CharField(max_length=6, choices=Outcome.choices, default=Outcome.TRYING)
    result = models.TextField(blank=True)
    written_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    wall = Wall(
        readable=(
            f"owner_id = {{me}} OR ({{t}}.audience = 'peers' AND {OF_SET})"
            f" OR ({{t}}.audience = 'cohort' AND {takes_part('{me}')} AND {takes_part('{t}.owner_id')})"
        ),
        writable="owner_id = {me}",
        extra=of_owner("cohorts_experiment"),
    )

    class Meta:
        ordering = ["-written_at", "-id"]
        indexes = [models.Index(fields=["tenant", "owner"], name="experiment_by_owner")]


class ExperimentFact(TenantModel):
    """That there is an experiment, with which method, and where it stands: all that counts may use. Not whose it is."""

    experiment = models.OneToOneField(Experiment, on_delete=models.CASCADE, related_name="fact")
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="+")
    method = models.ForeignKey(Method, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=6, choices=Outcome.choices)

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "cohort"], name="experiment_fact_cohort"),
            models.Index(fields=["tenant", "method"], name="experiment_fact_method"),
        ]
