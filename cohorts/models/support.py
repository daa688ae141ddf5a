"""A participant asks one person of the delivery team for support, in private; nobody but the two reads it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cohorts.models.cohort import Cohort, OfCohort
from cohorts.models.engagement import NOBODY
from cohorts.models.set_room import COUNTED
from tenancy.models import Person, TenantModel, Wall

BOTH = "({t}.author_id = {me} OR {t}.to_person_id = {me})"


class SupportRequest(OfCohort, TenantModel):
    """That somebody asked, whom, and how far it has come. The two of them see the row, and the task that reminds; no list of staff does."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="+")
    author = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    to_person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    # Its author needs nothing more, answered or not.
    closed_at = models.DateTimeField(null=True, blank=True)

    wall = Wall(readable=f"{NOBODY} OR {BOTH}", writable=BOTH, sys=COUNTED)

    class Meta:
        ordering = ["-asked_at", "-id"]

    @property
    def standing(self) -> str:
        if self.closed_at is not None:
            return str(_("Settled"))
        return str(_("Answered") if self.answered_at is not None else _("Waiting for an answer"))


class SupportText(TenantModel):
    """What was asked and answered, for the two of them."""

    request = models.OneToOneField(SupportRequest, on_delete=models.CASCADE, related_name="words")
    author = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    body = models.TextField()
    answer = models.TextField(blank=True)

    wall = Wall(
        readable="EXISTS (SELECT 1 FROM cohorts_supportrequest r WHERE r.id = {t}.request_id"
        " AND (r.author_id = {me} OR r.to_person_id = {me}))",
        writable="EXISTS (SELECT 1 FROM cohorts_supportrequest r WHERE r.id = {t}.request_id"
        " AND r.author_id = {t}.author_id AND (r.author_id = {me} OR r.to_person_id = {me}))",
    )
