"""Going back to work: the return plan, and what has changed in the organisation meanwhile. Both are their owner's own."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cohorts.models.cohort import Cohort
from cohorts.models.development import of_own
from cohorts.models.engagement import NOBODY
from cohorts.models.notebook import Notebook, of_owner
from cohorts.models.set_room import COUNTED
from tenancy.models import Person, TenantModel, Wall


class ChangeKind(models.TextChoices):
    """What an organisation may be going through while somebody is on a programme."""

    RESTRUCTURE = "restructure", _("A restructure")
    REORGANISATION = "reorganisation", _("A merger, or local government reorganisation")
    CHIEF = "chief", _("A new chief executive or leadership team")
    SAVINGS = "savings", _("Savings to be made")
    INSPECTION = "inspection", _("An inspection, or what one found")
    OWN_JOB = "own_job", _("My own job, or whom I report to")
    OTHER = "other", _("Something else")


# Their buddy, while they are that and are shown it.
SHOWN_TO_BUDDY = (
    "EXISTS (SELECT 1 FROM cohorts_buddypair p WHERE p.tenant_id = {t}.tenant_id AND p.person_id = {t}.owner_id"
    " AND p.buddy_id = {me} AND p.shows_plan AND p.begun_at IS NOT NULL AND p.ended_at IS NULL"
    " AND p.ends_on >= (now() AT TIME ZONE 'Europe/London')::date)"
)


class ReturnPlan(TenantModel):
    """That somebody has made a plan for going back to work from a cohort, and when: all that anybody else may know of it."""

    notebook = models.ForeignKey(Notebook, on_delete=models.CASCADE, related_name="+")
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField()

    wall = Wall(writable="owner_id = {me}", extra=of_owner("cohorts_returnplan"))

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "cohort", "owner"], name="return_plan_once"),
            models.UniqueConstraint(fields=["tenant", "id", "owner"], name="return_plan_of_owner"),
        ]


class ReturnPlanText(TenantModel):
    """What its owner wants to keep doing, what they need from their manager for it, and when they mean to look at it again."""

    plan = models.OneToOneField(ReturnPlan, on_delete=models.CASCADE, related_name="words")
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    keep = models.TextField()
    need_time = models.TextField(blank=True)
    need_sponsor = models.TextField(blank=True)
    need_place = models.TextField(blank=True)
    review_on = models.DateField()
    review_again_on = models.DateField(null=True, blank=True)
    written_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    wall = Wall(
        readable=f"owner_id = {{me}} OR {SHOWN_TO_BUDDY}",
        writable="owner_id = {me}",
        extra=of_own("cohorts_returnplantext", "plan", "cohorts_returnplan"),
    )


class ReturnReview(TenantModel):
    """A day on which its owner means to look at their plan again, and when they did. Whoever reminds sees the day; nobody else does."""

    plan = models.ForeignKey(ReturnPlan, on_delete=models.CASCADE, related_name="reviews")
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    review_on = models.DateField()
    done_at = models.DateTimeField(null=True, blank=True)

    wall = Wall(
        readable=f"{NOBODY} OR owner_id = {{me}}",
        writable="owner_id = {me}",
        extra=of_own("cohorts_returnreview", "plan", "cohorts_returnplan"),
    )

    class Meta:
        ordering = ["review_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "plan", "review_on"], name="return_review_once_a_day"),
            models.UniqueConstraint(fields=["tenant", "id", "owner"], name="return_review_of_owner"),
        ]


class ReturnReviewText(TenantModel):
    """What became of the plan, as its owner said on that day."""

    review = models.OneToOneField(ReturnReview, on_delete=models.CASCADE, related_name="words")
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    body = models.TextField()

    wall = Wall(
        readable="owner_id = {me}",
        writable="owner_id = {me}",
        extra=of_own("cohorts_returnreviewtext", "review", "cohorts_returnreview"),
    )


class ChangeContext(TenantModel):
    """What has changed in its owner's organisation while they were on the cohort, in kinds (ChangeKind) and in their own words."""

    notebook = models.ForeignKey(Notebook, on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    kinds = models.JSONField(default=list)
    body = models.TextField(blank=True)
    written_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    wall = Wall(
        readable=f"owner_id = {{me}} OR {SHOWN_TO_BUDDY}",
        writable="owner_id = {me}",
        extra=of_owner("cohorts_changecontext"),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "notebook"], name="change_context_once"),
            models.UniqueConstraint(fields=["tenant", "id", "owner"], name="change_context_of_owner"),
        ]

    @property
    def kind_labels(self) -> list[str]:
        return [str(ChangeKind(kind).label) for kind in self.kinds]


class ChangeContextKind(TenantModel):
    """One kind of it, for the report: portal_sys counts these, and tells none that few have."""

    context = models.ForeignKey(ChangeContext, on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=16, choices=ChangeKind.choices)

    wall = Wall(
        readable="owner_id = {me}",
        writable="owner_id = {me}",
        sys=COUNTED,
        extra=of_own("cohorts_changecontextkind", "context", "cohorts_changecontext"),
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "context", "kind"], name="change_context_kind_once")]
