"""Which objective of their work a project is for, in the eyes of one of its team: theirs alone; that there is one may be counted."""

from __future__ import annotations

from django.db import models

from cohorts.models import WorkObjective
from cohorts.models.development import of_own
from projects.models.project import Project
from tenancy.models import Person, TenantModel, Wall


class ProjectTie(TenantModel):
    """The database shows it to its owner alone: neither the team, nor the sponsor, nor staff read it."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="ties")
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    objective = models.ForeignKey(WorkObjective, on_delete=models.CASCADE, related_name="+")

    wall = Wall(
        readable="owner_id = {me}",
        writable="owner_id = {me}",
        extra=of_own("projects_projecttie", "objective", "cohorts_workobjective"),
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "project", "owner"], name="project_tied_once")]


class ProjectTieFact(TenantModel):
    """That somebody ties a project to their work, for the cohort's counts. It goes with the tie."""

    tie = models.OneToOneField(ProjectTie, on_delete=models.CASCADE, related_name="fact")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="tie_facts")
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")

    wall = Wall(writable="owner_id = {me}")
