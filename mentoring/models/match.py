from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cohorts.models import Cohort
from mentoring.states import MATCH, OPEN, MatchState
from tenancy.audit import audited
from tenancy.models import Person, TenantModel

TOPIC_LENGTH = 60


def topics_field() -> ArrayField:
    return ArrayField(models.CharField(max_length=TOPIC_LENGTH), default=list, blank=True)


@audited()
class MentorProfile(TenantModel):
    """What a mentor offers. Its row is what booking locks, so a mentor's bookings happen one after the other."""

    class Pool(models.TextChoices):
        CHIEF_OFFICER = "chief_officer", _("Chief officer")
        ALUMNI = "alumni", _("Alumnus of the programme")
        OUTSIDE = "outside", _("From outside the sector")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="mentor_profiles")
    pool = models.CharField(max_length=14, choices=Pool.choices)
    topics = topics_field()
    about = models.TextField(blank=True)
    capacity = models.PositiveSmallIntegerField(default=2, validators=[MaxValueValidator(10)])
    taking_new = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["person__sort_key", "id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "person"], name="mentor_profile_once")]

    @property
    def mentor_id(self) -> int:
        return self.person_id


@audited()
class MenteeRequest(TenantModel):
    """What a participant would like from a mentor; read by staff, who match."""

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="mentee_requests")
    topics = topics_field()
    wishes = models.TextField(blank=True)
    asked_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "cohort", "person"], name="mentee_request_once")]


@audited()
class MentorMatch(TenantModel):
    """A mentor and a participant put together; either may end it without saying why."""

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="+")
    mentor = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="matches_as_mentor")
    mentee = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="matches_as_mentee")
    state = models.CharField(max_length=10, choices=MatchState.choices, default=MatchState.PROPOSED)
    proposed_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    # Why these two, in words both of them read.
    reason = models.TextField(blank=True)
    proposed_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    machine = MATCH

    class Meta:
        ordering = ["mentee__sort_key", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(mentor=F("mentee")), name="match_of_two_people"),
            models.CheckConstraint(
                condition=~Q(state="active") | Q(accepted_at__isnull=False), name="match_active_when"
            ),
            models.UniqueConstraint(
                fields=["tenant", "cohort", "mentee"], condition=Q(state__in=OPEN), name="match_one_open"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "mentor", "state"], name="match_by_mentor")]
