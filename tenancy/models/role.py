from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenancy.audit import audited
from tenancy.models.base import TenantModel
from tenancy.models.person import Person


class Role(models.TextChoices):
    """Roles held as rows. Rights over one object (its sponsor, its assessor, its set) come from that relation instead."""

    STAFF = "staff", _("Programme staff")
    APPLICANT = "applicant", _("Applicant")
    PARTICIPANT = "participant", _("Participant")
    ASSESSOR = "assessor", _("Assessor")
    SPONSOR = "sponsor", _("Sponsor")
    MENTOR = "mentor", _("Mentor")
    FACILITATOR = "facilitator", _("Facilitator")
    ALUMNUS = "alumnus", _("Alumnus")
    SUPPLIER = "supplier", _("Supplier")
    PARTNER = "partner", _("Partner organisation")


@audited()
class RoleAssignment(TenantModel):
    """A person holds a role in the tenant, or in one programme or one cohort, from a moment to a moment."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(max_length=20, choices=Role.choices)
    programme = models.ForeignKey(
        "cohorts.Programme", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    cohort = models.ForeignKey("cohorts.Cohort", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "person", "role", "programme", "cohort"],
                condition=models.Q(valid_to__isnull=True),
                nulls_distinct=False,
                name="role_open_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(programme__isnull=False, cohort__isnull=False),
                name="role_one_scope",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "role"], name="role_by_role")]
