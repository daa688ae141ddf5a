from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts.models.cohort import Cohort, OfCohort
from cohorts.models.set_terms import HalfDay
from cohorts.models.venue import Venue
from cohorts.states import PLAN, PlanState
from tenancy.models import Person, TenantModel, Wall


class SetPlan(OfCohort, TenantModel):
    """One division of a cohort into learning sets: a proposal that staff adjust, then publish. The sets in force are those of
    the published plan."""

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="set_plans")
    state = models.CharField(max_length=12, choices=PlanState.choices, default=PlanState.PROPOSED)
    seed = models.BigIntegerField()
    steps = models.PositiveIntegerField(default=0)
    # What staff asked to be mixed or kept alike: {attribute: aim} (cohorts.mixing); empty where sets were made by hand.
    aims = models.JSONField(default=dict)
    made_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    machine = PLAN

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "cohort"], condition=Q(state="published"), name="set_plan_one_published"
            ),
            models.UniqueConstraint(
                fields=["tenant", "cohort"], condition=Q(state="proposed"), name="set_plan_one_proposed"
            ),
        ]


@dataclass(frozen=True)
class Standing:
    """What binds one person to one set: facilitating it beside another, being a member who hasn't left the cohort."""

    person_id: int | None
    beside: bool
    member: bool


class LearningSet(OfCohort, TenantModel):
    """Five to eight peers of one cohort and their facilitator. What they keep of their meetings stands in set_room, behind a wall."""

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="learning_sets")
    plan = models.ForeignKey(SetPlan, on_delete=models.CASCADE, related_name="sets")
    name = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField()
    facilitator = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # What was written in the set before isn't for a facilitator who came later; None: there from the beginning.
    facilitator_since = models.DateTimeField(null=True, blank=True)
    # When and where it usually meets: who can't then, or not there, is kept out of it. Online, or not settled yet: no venue.
    half_day = models.CharField(max_length=6, choices=HalfDay.choices, blank=True)
    venue = models.ForeignKey(Venue, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    # The reader's, where a page that only reads has read it with the row. Whoever changes anything asks the database anew.
    standing: Standing | None = None

    # Whether somebody still facilitates is asked across tenants, before what they said of their time is deleted.
    wall = Wall(sys=("SELECT",))

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "plan", "position"], name="learning_set_position_once")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_live(self) -> bool:
        return self.plan.state == PlanState.PUBLISHED


class SetMembership(TenantModel):
    """A person's one set within a plan."""

    plan = models.ForeignKey(SetPlan, on_delete=models.CASCADE, related_name="memberships")
    learning_set = models.ForeignKey(LearningSet, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="set_memberships")
    # Stays in this set when the proposal is composed again.
    locked = models.BooleanField(default=False)
    # Into this very set: what the others wrote there before isn't theirs to read.
    joined_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["person__sort_key", "id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "plan", "person"], name="set_membership_once")]
        verbose_name = _("set membership")
