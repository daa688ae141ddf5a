from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least
from django.utils.translation import gettext_lazy as _

from tenancy.audit import audited
from tenancy.models.base import TenantModel
from tenancy.models.person import Person


@audited()
class ConflictDeclaration(TenantModel):
    """A declared conflict of interest between two people; it binds at once and both ways until lifted with a reason."""

    class Kind(models.TextChoices):
        RELATIVE = "relative", _("Relative or close friend")
        WORKED = "worked", _("Works or has worked closely together")
        OTHER = "other", _("Another interest")
        VETO = "veto", _("Would rather not")

    class Known(models.TextChoices):
        SELF = "self", _("Declared by one of the two")
        APPLICATION = "application", _("Named in an application")
        STAFF = "staff", _("Recorded by staff")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    declared_by = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    declared_at = models.DateTimeField()
    known = models.CharField(max_length=12, choices=Known.choices, default=Known.SELF)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    lifted_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(person=F("other")), name="conflict_of_two_people"),
            models.UniqueConstraint(
                "tenant",
                Least("person", "other"),
                Greatest("person", "other"),
                condition=Q(lifted_at__isnull=True),
                name="conflict_open_once",
            ),
        ]
