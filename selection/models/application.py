from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts.models.cohort import OfCohort
from selection.models.framework import Question
from selection.models.round import SelectionRound
from selection.states import (
    APPLICATION,
    ENDED,
    ENDORSEMENT,
    ApplicationState,
    Eligibility,
    EndorsementState,
    Lateness,
    RoundState,
)
from tenancy.audit import audited
from tenancy.models import Organisation, Person, SeniorityBand, TenantModel

# States in which its applicant may write it.
WRITABLE = (ApplicationState.INVITED, ApplicationState.DRAFT)


@audited()
class Application(OfCohort, TenantModel):
    """One person's way through one round, from nomination or own start to a place."""

    class Route(models.TextChoices):
        OWN = "own", _("Own application")
        NOMINATED = "nominated", _("Nominated")

    round = models.ForeignKey(SelectionRound, on_delete=models.PROTECT, related_name="applications")
    cohort = models.ForeignKey("cohorts.Cohort", on_delete=models.PROTECT, related_name="+")
    applicant = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="applications")
    # As at the time of applying: the balance counts these, whatever happens to the person's job later.
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    job_title = models.CharField(max_length=160, blank=True)
    grade = models.CharField(max_length=80, blank=True)
    band = models.ForeignKey(SeniorityBand, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    service_area = models.CharField(max_length=120, blank=True)
    route = models.CharField(max_length=12, choices=Route.choices)
    line_manager = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    sponsor = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    # The two as they were named here. Whether the tenant knows the address under another name isn't the applicant's business.
    manager_named = models.CharField(max_length=160, blank=True)
    sponsor_named = models.CharField(max_length=160, blank=True)
    state = models.CharField(max_length=14, choices=ApplicationState.choices, default=ApplicationState.INVITED)
    reference = models.CharField(max_length=12)
    received_on = models.DateField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    decision_scope = models.TextField(blank=True)
    # What staff have to settle, or have settled, before it goes to assessors; empty where there's nothing to settle.
    eligibility = models.CharField(max_length=10, choices=Eligibility.choices, blank=True)
    eligibility_reason = models.TextField(blank=True)
    lateness = models.CharField(max_length=10, choices=Lateness.choices, blank=True)
    lateness_reason = models.TextField(blank=True)
    # What the applicant has looked at and saved, for the task list; a nomination fills the columns before they do.
    details_confirmed = models.BooleanField(default=False)
    endorsers_confirmed = models.BooleanField(default=False)
    reserve_position = models.PositiveSmallIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    machine = APPLICATION

    class Meta:
        ordering = ["reference"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "round", "applicant"], name="application_once_a_round"),
            models.UniqueConstraint(fields=["tenant", "reference"], name="application_reference"),
        ]
        indexes = [models.Index(fields=["tenant", "round", "state"], name="application_by_state")]

    @property
    def has_ended(self) -> bool:
        """Nothing more comes of it: needs `round__cohort`."""
        if self.state in WRITABLE:
            return self.round.state not in (RoundState.DRAFT, RoundState.OPEN) and not self.may_be_written(
                timezone.now()
            )
        finished = self.state == ApplicationState.ACCEPTED and self.round.cohort.ends_on < timezone.localdate()
        return finished or self.state in ENDED

    def may_be_written(self, now: datetime) -> bool:
        """By its applicant at this moment. In the late window only what was begun before: nothing is begun then."""
        if self.round.takes_applications(now):
            return self.state in WRITABLE
        return self.round.takes_late(now) and self.state == ApplicationState.DRAFT

    @property
    def to_settle(self) -> bool:
        """Whether staff still have to say if it counts."""
        return self.eligibility == Eligibility.CHECK or self.lateness == Lateness.LATE

    @property
    def counts(self) -> bool:
        """Whether it may go to assessors: what there was to settle is settled, and in its favour."""
        return self.eligibility in ("", Eligibility.YES) and self.lateness in ("", Lateness.ACCEPTED)


class ApplicationAnswer(TenantModel):
    """The answer to one question; kept from the first save."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(blank=True)
    saved_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["question__position"]
        constraints = [models.UniqueConstraint(fields=["tenant", "application", "question"], name="answer_once")]


@audited()
class Endorsement(TenantModel):
    """A line manager's, then a chief officer's, support for one application, given by signed link without an account."""

    class Kind(models.TextChoices):
        LINE_MANAGER = "line_manager", _("Line manager")
        CHIEF_OFFICER = "chief_officer", _("Chief officer")

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="endorsements")
    kind = models.CharField(max_length=14, choices=Kind.choices)
    endorser = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="endorsements")
    state = models.CharField(max_length=10, choices=EndorsementState.choices, default=EndorsementState.WAITING)
    asked_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    releases_time = models.BooleanField(null=True)
    confirms_scope = models.BooleanField(null=True)
    will_sponsor = models.BooleanField(null=True)
    comment = models.TextField(blank=True)
    # What the line manager commits: days over the programme, and who covers for them and how.
    days_released = models.PositiveSmallIntegerField(null=True, blank=True)
    cover = models.TextField(blank=True)
    # What the chief officer commits: the costs of taking part, and a project they'd like to see taken up.
    will_fund = models.BooleanField(null=True)
    project_idea = models.TextField(blank=True)

    machine = ENDORSEMENT

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "application", "kind"], name="endorsement_once")]
        indexes = [models.Index(fields=["tenant", "state"], name="endorsement_by_state")]

    @property
    def cohort_id(self) -> int:
        return self.application.cohort_id

    @property
    def programme_id(self) -> int:
        return self.application.programme_id

    @property
    def named(self) -> str:
        """The endorser as the applicant, or whoever passed the request on, wrote their name."""
        manager = self.kind == self.Kind.LINE_MANAGER
        return (self.application.manager_named if manager else self.application.sponsor_named) or self.endorser.name


@audited()
class AllowedEndorser(TenantModel):
    """An address outside the round's domains that staff let endorse one application, and why."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="allowed_endorsers")
    email = models.EmailField(max_length=254)
    reason = models.TextField()
    by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "application", "email"], name="endorser_allowed_once")]
