"""The brief for a manager to whom somebody returns: exactly what its owner picked, by a link, until a day."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.models.cohort import Cohort, OfCohort
from cohorts.models.development import of_own
from cohorts.models.engagement import NOBODY
from cohorts.models.returning import ReturnPlan
from cohorts.models.set_room import COUNTED
from tenancy.models import Person, TenantModel, Wall

# It is with its reader: sent, not taken back, and not over.
TO_READER = (
    "EXISTS (SELECT 1 FROM cohorts_returnbrief b WHERE b.id = {t}.brief_id AND b.reader_id = {me}"
    " AND b.sent_at IS NOT NULL AND b.taken_back_at IS NULL"
    " AND b.until >= (now() AT TIME ZONE 'Europe/London')::date)"
)


class ReturnBrief(OfCohort, TenantModel):
    """That somebody wrote a brief for a manager, to whom and when it went, and whether they've talked. Not a word of it."""

    plan = models.ForeignKey(ReturnPlan, on_delete=models.CASCADE, related_name="briefs")
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    # None until it is sent: nobody but its owner reads it.
    reader = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    meet_at = models.DateTimeField(null=True, blank=True)
    talked_at = models.DateTimeField(null=True, blank=True)
    taken_back_at = models.DateTimeField(null=True, blank=True)

    wall = Wall(
        readable=f"{NOBODY} OR owner_id = {{me}} OR reader_id = {{me}}",
        writable="owner_id = {me} OR reader_id = {me}",
        sys=COUNTED,
        extra=of_own("cohorts_returnbrief", "plan", "cohorts_returnplan"),
    )

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "id", "owner"], name="return_brief_of_owner")]

    @property
    def is_with_reader(self) -> bool:
        """Its link opens it now."""
        return (
            self.sent_at is not None
            and self.taken_back_at is None
            and self.until is not None
            and self.until >= timezone.localdate()
        )

    @property
    def standing(self) -> str:
        if self.sent_at is None:
            return _("Not sent")
        if self.taken_back_at is not None:
            return _("Taken back")
        if self.talked_at is not None:
            return _("You’ve talked")
        return _("With them") if self.is_with_reader else _("Over")


class ReturnBriefText(TenantModel):
    """What it says, in the words it had when it was made, and what its reader answers. `content` is a list of {heading, lines}, `needs` of
    {key, label, text}; `agreed` holds keys of the latter."""

    brief = models.OneToOneField(ReturnBrief, on_delete=models.CASCADE, related_name="words")
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    introduction = models.TextField(blank=True)
    content = models.JSONField(default=list)
    needs = models.JSONField(default=list)
    agreed = models.JSONField(default=list)
    answer = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    wall = Wall(
        readable=f"owner_id = {{me}} OR {TO_READER}",
        writable=f"owner_id = {{me}} OR {TO_READER}",
        extra=of_own("cohorts_returnbrieftext", "brief", "cohorts_returnbrief"),
    )

    @property
    def agreed_needs(self) -> list[dict[str, str]]:
        return [need for need in self.needs if need["key"] in self.agreed]
