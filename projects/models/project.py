from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cohorts.models import Cohort, StrategicAmbition
from projects.states import LIVE, PROJECT, TEAM_CHANGES, WRITABLE, ProjectState, Rag
from tenancy.audit import audited
from tenancy.models import District, Person, TenantModel


@audited()
class Project(TenantModel):
    """Work that a team takes on with one accountable sponsor; it may outlive its cohort, and its people keep their access."""

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="projects")
    title = models.CharField(max_length=120)
    summary = models.TextField(blank=True)
    benefit = models.TextField(blank=True)
    sponsor = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="sponsored_projects"
    )
    state = models.CharField(max_length=12, choices=ProjectState.choices, default=ProjectState.DRAFT)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    proposed_at = models.DateTimeField(null=True, blank=True)
    proposed_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    decide_by = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    machine = PROJECT

    class Meta:
        ordering = ["title", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(starts_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="project_ends_later",
            ),
            models.CheckConstraint(
                condition=~Q(state="proposed") | Q(proposed_at__isnull=False, decide_by__isnull=False),
                name="project_proposed_when",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "cohort", "state"], name="project_by_state"),
            models.Index(fields=["tenant", "sponsor"], name="project_by_sponsor"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_writable(self) -> bool:
        return self.state in WRITABLE

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def team_may_change(self) -> bool:
        return self.state in TEAM_CHANGES


class ProjectAmbition(TenantModel):
    """A strategic ambition that a project serves; a proposal needs at least one."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="ambitions")
    ambition = models.ForeignKey(StrategicAmbition, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["ambition__position", "ambition_id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "project", "ambition"], name="project_ambition_once")]


class ProjectDistrict(TenantModel):
    """A district that a project works in, or for."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="districts")
    district = models.ForeignKey(District, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ["district__name", "district_id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "project", "district"], name="project_district_once")]


@audited()
class ProjectMembership(TenantModel):
    """A participant's part in a project, and what they mean to learn from it."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="project_memberships")
    is_lead = models.BooleanField(default=False)
    learning_goal = models.TextField(blank=True)
    # None until they say: the share of people working outside their own area is one of the programme's measures.
    outside_own_area = models.BooleanField(null=True, blank=True)
    joined_at = models.DateTimeField()

    class Meta:
        ordering = ["-is_lead", "person__sort_key", "id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "project", "person"], name="project_member_once"),
            models.UniqueConstraint(fields=["tenant", "project"], condition=Q(is_lead=True), name="project_one_lead"),
            # What a stakeholder's composite key points at, so that nobody leads a relationship of a team they aren't on.
            models.UniqueConstraint(fields=["tenant", "id", "project"], name="project_member_of"),
        ]
        indexes = [models.Index(fields=["tenant", "person"], name="project_member_person")]


@audited()
class ProjectUpdate(TenantModel):
    """A one-page report: how sure the team is, and why. Never altered: the next one says what is new."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="updates")
    rag = models.CharField(_("rating"), max_length=6, choices=Rag.choices)
    reason = models.TextField()
    relationships = models.TextField(blank=True)
    done = models.TextField(blank=True)
    next = models.TextField(blank=True)
    help_wanted = models.TextField(blank=True)
    by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="project_update_says_why")]
        indexes = [models.Index(fields=["tenant", "project", "-at"], name="project_update_latest")]
