from __future__ import annotations

from django.db import models
from django.db.models import Q

from cohorts.models import Programme
from selection.models.round import SelectionRound
from tenancy.models import Organisation, Person, TenantModel, Wall


class ExpressionOfInterest(TenantModel):
    """That somebody would like to hear when applications for a programme open. It counts from its confirmation to its withdrawal."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="interests")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="interests")
    # As they gave it themselves; what is known of the person stays as it is.
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # What they typed where the tenant's list hasn't got it.
    organisation_name = models.CharField(max_length=160, blank=True)
    job_title = models.CharField(max_length=160, blank=True)
    registered_at = models.DateTimeField()
    # When the holder of the address said that it was them.
    confirmed_at = models.DateTimeField(null=True, blank=True)
    # The last round they were told of.
    told_for = models.ForeignKey(SelectionRound, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    wall = Wall(sys=("SELECT", "DELETE"))

    class Meta:
        ordering = ["-registered_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "programme", "person"],
                condition=Q(withdrawn_at__isnull=True),
                name="interest_once_a_programme",
            ),
            models.CheckConstraint(
                condition=Q(organisation__isnull=True) | Q(organisation_name=""), name="interest_one_organisation"
            ),
        ]
