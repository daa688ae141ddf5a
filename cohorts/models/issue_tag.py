"""What kinds of issue come up in sets: a tenant's short list. Of a meeting the set knows which; staff read numbers, and no small ones."""

from __future__ import annotations

from django.db import models

from cohorts.models.cohort import Cohort
from cohorts.models.set_room import SetMeeting, in_room, leads, through
from tenancy.models import TenantModel, Wall

# At fewer meetings of a cohort than this, staff aren't told of a tag, and the database doesn't show them the row.
FEWEST_MEETINGS = 5


class IssueTag(TenantModel):
    """One of the tenant's words for what comes up, such as 'senior buy-in'. A retired one is offered no more, and still counted."""

    name = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField()
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="issue_tag_once")]

    def __str__(self) -> str:
        return self.name


class MeetingTag(TenantModel):
    """Something of this kind came up at a meeting: never whose it was, which nobody writes down."""

    meeting = models.ForeignKey(SetMeeting, on_delete=models.CASCADE, related_name="tags")
    tag = models.ForeignKey(IssueTag, on_delete=models.CASCADE, related_name="+")

    wall = Wall(
        readable=through("cohorts_setmeeting", "meeting_id", in_room("p.learning_set_id", "p.begun_at")),
        writable=through("cohorts_setmeeting", "meeting_id", leads("p.learning_set_id")),
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "meeting", "tag"], name="meeting_tagged_once")]


LEADS_THERE = (
    "EXISTS (SELECT 1 FROM cohorts_learningset s LEFT JOIN cohorts_setcofacilitator co ON co.learning_set_id = s.id"
    " WHERE s.cohort_id = {t}.cohort_id AND (s.facilitator_id = {me} OR co.person_id = {me}))"
)


class IssueTally(TenantModel):
    """At how many meetings of a cohort's sets a kind of issue came up, over all its sets. Until it is FEWEST_MEETINGS the database shows it
    to those alone who count it, the cohort's facilitators."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="+")
    tag = models.ForeignKey(IssueTag, on_delete=models.CASCADE, related_name="+")
    meetings = models.PositiveIntegerField(default=0)

    wall = Wall(readable=f"{{t}}.meetings >= {FEWEST_MEETINGS} OR {LEADS_THERE}", writable=LEADS_THERE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "cohort", "tag"], name="issue_tally_once")]
