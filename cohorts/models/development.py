"""Development plan, work objectives, and the summary for an appraisal that its owner makes of them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cohorts.models.notebook import Notebook, of_owner
from tenancy.models import Person, TenantModel, Wall


def of_own(table: str, key: str, target: str) -> tuple[str, ...]:
    """SQL beside a wall: the row that this one hangs on is the same owner's."""
    name = f"{table.removeprefix('cohorts_')}_of_own_{key}"
    return (
        f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}",
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (tenant_id, {key}_id, owner_id)"
        f" REFERENCES {target} (tenant_id, id, owner_id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED",
    )


class Standing(models.TextChoices):
    """Where one stands with a goal, in one's own eyes. Never a mark."""

    NOT_YET = "not_yet", _("Not yet")
    NEARER = "nearer", _("Nearer")
    THERE = "there", _("There now")
    LET_GO = "let_go", _("Let go")


class WorkObjective(TenantModel):
    """What somebody is to achieve in their job, in their own words: what they learn on the programme is tied to it."""

    notebook = models.ForeignKey(Notebook, on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    title = models.CharField(max_length=160)
    why = models.TextField(blank=True)
    due_on = models.DateField(null=True, blank=True)
    done = models.BooleanField(default=False)
    written_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    wall = Wall(readable="owner_id = {me}", writable="owner_id = {me}", extra=of_owner("cohorts_workobjective"))

    class Meta:
        ordering = ["done", "due_on", "id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "id", "owner"], name="work_objective_of_owner")]


class DevelopmentGoal(TenantModel):
    """What its owner wants to be better at, how they'll know, and by when."""

    notebook = models.ForeignKey(Notebook, on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    objective = models.ForeignKey(WorkObjective, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    better_at = models.CharField(max_length=160)
    measure = models.TextField()
    due_on = models.DateField(null=True, blank=True)
    # As its last review says.
    standing = models.CharField(max_length=8, choices=Standing.choices, default=Standing.NOT_YET)
    written_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    wall = Wall(readable="owner_id = {me}", writable="owner_id = {me}", extra=of_owner("cohorts_developmentgoal"))

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "id", "owner"], name="development_goal_of_owner")]


class GoalReview(TenantModel):
    """What its owner says of a goal on a day."""

    goal = models.ForeignKey(DevelopmentGoal, on_delete=models.CASCADE, related_name="reviews")
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    standing = models.CharField(max_length=8, choices=Standing.choices)
    body = models.TextField(blank=True)
    written_at = models.DateTimeField()

    wall = Wall(
        readable="owner_id = {me}",
        writable="owner_id = {me}",
        extra=of_own("cohorts_goalreview", "goal", "cohorts_developmentgoal"),
    )

    class Meta:
        ordering = ["-written_at", "-id"]


class AppraisalSummary(TenantModel):
    """What its owner chose to say, word for word as whoever they share it with reads it: what changes in the plan later doesn't
    change it. `content` is a list of {heading, lines}."""

    notebook = models.ForeignKey(Notebook, on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    introduction = models.TextField(blank=True)
    content = models.JSONField(default=list)
    made_at = models.DateTimeField()

    wall = Wall(
        readable=(
            "owner_id = {me} OR EXISTS (SELECT 1 FROM cohorts_appraisalshare share WHERE share.tenant_id = {t}.tenant_id"
            " AND share.summary_id = {t}.id AND share.reader_id = {me} AND share.taken_back_at IS NULL"
            " AND share.until >= (now() AT TIME ZONE 'Europe/London')::date)"
        ),
        writable="owner_id = {me}",
        extra=of_owner("cohorts_appraisalsummary"),
    )

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "id", "owner"], name="appraisal_summary_of_owner")]


class AppraisalShare(TenantModel):
    """One summary shown to one person outside the portal, by a signed link, until a day or until it is taken back."""

    summary = models.ForeignKey(AppraisalSummary, on_delete=models.CASCADE, related_name="shares")
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    reader = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    until = models.DateField()
    shared_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True)

    wall = Wall(
        readable="owner_id = {me} OR reader_id = {me}",
        writable="owner_id = {me}",
        extra=of_own("cohorts_appraisalshare", "summary", "cohorts_appraisalsummary"),
    )

    class Meta:
        ordering = ["-shared_at", "-id"]
