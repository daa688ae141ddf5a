from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

from cohorts.models.cohort import Cohort
from cohorts.states import INVITATION, InvitationState
from tenancy.models import Person, Role, TenantModel

# How long the link in an invitation works, and when an answer is due.
LINK_DAYS = 28
ANSWER_DAYS = 14


class Invitation(TenantModel):
    """A person is asked to take a role, in one cohort or the whole tenant; accepting gives the role and a way in."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=20, choices=Role.choices)
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, null=True, blank=True, related_name="invitations")
    note = models.TextField(blank=True)
    state = models.CharField(max_length=12, choices=InvitationState.choices, default=InvitationState.OPEN)
    invited_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    invited_at = models.DateTimeField()
    sent_at = models.DateTimeField()
    times_sent = models.PositiveSmallIntegerField(default=1)
    # Whoever accepted: the invited person, or the one their account already is here.
    accepted_as = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    machine = INVITATION

    class Meta:
        ordering = ["-invited_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "person", "role", "cohort"],
                condition=Q(state="open"),
                nulls_distinct=False,
                name="invitation_open_once",
            )
        ]

    @property
    def programme_id(self) -> int | None:
        return self.cohort.programme_id if self.cohort else None

    @property
    def link_ends_at(self) -> object:
        return self.sent_at + timedelta(days=LINK_DAYS)

    @property
    def link_has_ended(self) -> bool:
        return self.sent_at + timedelta(days=LINK_DAYS) <= timezone.now()
