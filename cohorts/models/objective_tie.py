"""What of a set's room is tied to a work objective: which, is its owner's alone; that it is, may be counted."""

from __future__ import annotations

from django.db import models

from cohorts.models.cohort import Cohort
from cohorts.models.development import WorkObjective, of_own
from cohorts.models.set_room import SetAction
from tenancy.models import Person, TenantModel, Wall


class ActionTie(TenantModel):
    """An action of a set is for an objective of its owner's work. The database shows it to nobody else, the set included."""

    action = models.OneToOneField(SetAction, on_delete=models.CASCADE, related_name="tie")
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    objective = models.ForeignKey(WorkObjective, on_delete=models.CASCADE, related_name="+")

    wall = Wall(
        readable="owner_id = {me}",
        writable="owner_id = {me}",
        extra=of_own("cohorts_actiontie", "objective", "cohorts_workobjective"),
    )


class ActionTieFact(TenantModel):
    """That one of a person's actions is tied to their work, for the cohort's counts. It goes with the tie."""

    tie = models.OneToOneField(ActionTie, on_delete=models.CASCADE, related_name="fact")
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="+")

    wall = Wall(writable="owner_id = {me}")
