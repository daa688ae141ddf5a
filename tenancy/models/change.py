from __future__ import annotations

from django.db import models

from tenancy.models.base import TenantModel, Wall


class Change(TenantModel):
    """One step of one thing's history, as people read it: written by transition(), never altered.

    The subject is named by kind ('selection.Application') and public id, not by a key: histories outlive their subjects.
    """

    subject_kind = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=16)
    name = models.CharField(max_length=40)
    source = models.CharField(max_length=30, blank=True)
    target = models.CharField(max_length=30, blank=True)
    reason = models.TextField(blank=True)
    by_person = models.ForeignKey("tenancy.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    by_label = models.CharField(max_length=200)
    by_kind = models.CharField(max_length=10)
    at = models.DateTimeField()

    wall = Wall(sys=("SELECT", "UPDATE", "DELETE"), append_only=True)

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["tenant", "subject_kind", "subject_id"], name="change_subject")]
