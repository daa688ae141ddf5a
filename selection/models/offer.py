from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from selection.models.application import Application
from tenancy.audit import audited
from tenancy.models import Person, TenantModel, Wall


@audited()
class Departure(TenantModel):
    """A step away from the ranking before offers are made: one application brought in or taken out, and why."""

    class Direction(models.TextChoices):
        IN = "in", _("Brought in")
        OUT = "out", _("Taken out")

    application = models.OneToOneField(Application, on_delete=models.CASCADE, related_name="departure")
    direction = models.CharField(max_length=3, choices=Direction.choices)
    reason = models.TextField()
    # Where it came of limits: what they say of this person. Others are named by their references.
    sentence = models.TextField(blank=True)
    by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()


@audited()
class Offer(TenantModel):
    """A place offered until a deadline; the application's state says what became of it.

    `answered_at` is set by any end, lapsing included: an offer without it is live.
    """

    application = models.OneToOneField(Application, on_delete=models.CASCADE, related_name="offer")
    offered_at = models.DateTimeField()
    deadline = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    # Set when the offer came from the reserve list, for the reason shown to staff.
    in_place_of = models.ForeignKey(Application, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # Why this person and not another: for staff and audit, never in a letter. Others are named by their references.
    reason = models.TextField(blank=True)

    # portal_sys asks which tenants have offers to lapse; the lapsing itself runs inside the tenant.
    wall = Wall(sys=("SELECT",))

    class Meta:
        indexes = [models.Index(fields=["deadline"], condition=Q(answered_at__isnull=True), name="offer_live")]

    @property
    def cohort_id(self) -> int:
        return self.application.cohort_id


@audited()
class Feedback(TenantModel):
    """What staff told an applicant who wasn't selected, as it was sent."""

    application = models.OneToOneField(Application, on_delete=models.CASCADE, related_name="feedback")
    text = models.TextField()
    by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    sent_at = models.DateTimeField()
