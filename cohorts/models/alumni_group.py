"""Groups of alumni and a cohort that runs now."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cohorts.models.cohort import Cohort, OfCohort
from tenancy.models import Person, TenantModel


class AlumniGroup(OfCohort, TenantModel):
    """People of a cohort and alumni of its programme who take something up together, for as long as they like."""

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="alumni_groups")
    name = models.CharField(max_length=120)
    purpose = models.TextField()
    started_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    started_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "cohort", "name"], condition=Q(closed_at__isnull=True), name="alumni_group_open_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class AlumniGroupMember(TenantModel):
    """That somebody joined a group, by themselves."""

    group = models.ForeignKey(AlumniGroup, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    joined_at = models.DateTimeField()

    class Meta:
        ordering = ["person__sort_key", "id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "group", "person"], name="alumni_group_member_once")]
