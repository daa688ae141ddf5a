"""Whom members would rather not sit with: asked before sets are composed, told to nobody, gone once they are settled."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts.models.cohort import Cohort, OfCohort
from tenancy.models import Person, TenantModel, Wall

# As many people one member may name: more would let a few compose the sets.
MOST_VETOES = 2


class VetoRound(OfCohort, TenantModel):
    """One asking of a cohort. Open until `until`; settled when the sets it was for are published, or when staff end it without any."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="veto_rounds")
    until = models.DateTimeField()
    opened_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    opened_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    # What is left of settled rounds is found across tenants.
    wall = Wall(sys=("SELECT",))

    class Meta:
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "cohort"], condition=Q(settled_at__isnull=True), name="veto_round_one_unsettled"
            )
        ]
        verbose_name = _("round of vetoes")

    @property
    def is_open(self) -> bool:
        return self.settled_at is None and self.until > timezone.now()


class VetoAnswer(TenantModel):
    """That a member has answered: all that staff, counts and reminders may know."""

    round = models.ForeignKey(VetoRound, on_delete=models.CASCADE, related_name="answers")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    answered_at = models.DateTimeField()

    wall = Wall(writable="person_id = {me}", sys=("SELECT",))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "round", "person"], name="veto_answered_once")]


class SetVeto(TenantModel):
    """One member would rather not sit with another; no reason is asked. The database shows it to its author alone; the composer reads
    pairs as portal_sys (cohorts.services.vetoes), and deletes them once the sets are settled."""

    round = models.ForeignKey(VetoRound, on_delete=models.CASCADE, related_name="vetoes")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")

    wall = Wall(readable="person_id = {me}", writable="person_id = {me}", sys=("SELECT", "DELETE"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "round", "person", "other"], name="veto_once"),
            models.CheckConstraint(condition=~Q(person=models.F("other")), name="veto_of_somebody_else"),
        ]
