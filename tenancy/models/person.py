from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from tenancy.audit import audited
from tenancy.models.base import TenantModel, Wall
from tenancy.models.organisation import Organisation
from tenancy.names import sort_key


@audited()
class Person(TenantModel):
    """A human being as one tenant knows them, through every role and employer; linked to an account once they sign in."""

    name = models.CharField(max_length=160)
    sort_key = models.CharField(max_length=200, editable=False)
    email = models.EmailField(max_length=254, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="people"
    )
    job_title = models.CharField(max_length=160, blank=True)
    grade = models.CharField(max_length=80, blank=True)
    service_area = models.CharField(max_length=120, blank=True)
    district = models.CharField(max_length=80, blank=True)
    # Who manages them now: one of the two ends of the line-management conflict.
    line_manager = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="reports")
    created_at = models.DateTimeField(auto_now_add=True)

    # UPDATE for the lock alone, so that nobody names a person while they're deleted.
    wall = Wall(sys=("SELECT", "UPDATE", "DELETE"))

    class Meta:
        ordering = ["sort_key", "id"]
        constraints = [
            models.UniqueConstraint("tenant", Lower("email"), condition=~Q(email=""), name="person_email_unique")
        ]
        indexes = [models.Index(fields=["tenant", "sort_key"], name="person_sort")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sort_key = sort_key(self.name)[:200]
        super().save(*args, **kwargs)


class Employment(TenantModel):
    """Where a person worked, from and to; the open row is the present employer, kept also on Person."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="employments")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    job_title = models.CharField(max_length=160, blank=True)
    from_date = models.DateField()
    to_date = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-from_date"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "person"],
                condition=Q(to_date__isnull=True),
                name="employment_one_open",
            )
        ]


@audited()
class Membership(TenantModel):
    """That an account is a person of a tenant. Before a tenant is open an account sees its own memberships only."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="membership")
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    wall = Wall(tenant_policy="tenant_id = {tenant} OR account_id = {account}", sys=("SELECT",))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "account"], name="membership_unique")]
