from __future__ import annotations

from django.db import models
from django.db.models import Q

from tenancy.audit import audited
from tenancy.models.base import TenantModel, Wall
from tenancy.models.person import Person


@audited()
class RetentionPeriod(TenantModel):
    """How many days a tenant keeps one kind of record, where it isn't the usual; within the bounds of tenancy.retention."""

    kind = models.CharField(max_length=60)
    days = models.PositiveIntegerField()

    wall = Wall(sys=("SELECT",))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "kind"], name="retention_period_once")]


@audited()
class Hold(TenantModel):
    """That something isn't to be deleted, whatever its period: a complaint, a claim, a request. Until lifted with a reason."""

    subject_kind = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=16)
    reason = models.TextField()
    held_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    held_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)

    wall = Wall(sys=("SELECT",))

    class Meta:
        ordering = ["-held_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "subject_kind", "subject_id"],
                condition=Q(lifted_at__isnull=True),
                name="hold_once",
            )
        ]
