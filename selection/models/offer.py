from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from selection.models.application import Application
from selection.states import DEFERRAL, DeferralState
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
    version = models.PositiveIntegerField(default=1)
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
    """What an applicant is told about their application: a draft until somebody of staff sends it, fixed from then on.

    `edited_by` is None while it is as the portal drafted it; `by` is who sent it.
    """

    application = models.OneToOneField(Application, on_delete=models.CASCADE, related_name="feedback")
    text = models.TextField()
    edited_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    sent_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    @property
    def cohort_id(self) -> int:
        return self.application.cohort_id


# Why somebody can't come now is theirs and staff's: no copy of it for the audit.
@audited("wish")
class Deferral(TenantModel):
    """An applicant's wish to take the place on a later cohort, and what staff said. Agreed, it is a place kept until `keep_until`."""

    application = models.OneToOneField(Application, on_delete=models.CASCADE, related_name="deferral")
    state = models.CharField(max_length=10, choices=DeferralState.choices, default=DeferralState.ASKED)
    wish = models.TextField()
    asked_at = models.DateTimeField()
    decision = models.TextField(blank=True)
    decided_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    keep_until = models.DateField(null=True, blank=True)
    # The application, of a later round, that began from it.
    used_for = models.OneToOneField(
        Application, on_delete=models.SET_NULL, null=True, blank=True, related_name="begun_from"
    )

    machine = DEFERRAL
    # portal_sys asks which tenants have places whose date has passed, and leaves offers alone that wait for a decision.
    wall = Wall(sys=("SELECT",))

    class Meta:
        ordering = ["application__cohort__starts_on", "application__reference"]
        indexes = [models.Index(fields=["keep_until"], condition=Q(state="agreed"), name="deferral_kept")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="agreed") | Q(keep_until__isnull=False), name="deferral_kept_until_a_day"
            )
        ]

    @property
    def cohort_id(self) -> int:
        return self.application.cohort_id

    @property
    def programme_id(self) -> int:
        return self.application.programme_id
