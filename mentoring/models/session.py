from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from mentoring.models.match import MentorMatch
from mentoring.states import SESSION, SessionState
from tenancy.audit import audited
from tenancy.models import Person, TenantModel


class Period(Func):
    """[start, end): sessions that touch don't overlap."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


def period() -> Period:
    return Period("starts_at", "ends_at", RangeBoundary(inclusive_lower=True, inclusive_upper=False))


def no_overlap(name: str, condition: Q) -> ExclusionConstraint:
    """One mentor is in one place at a time. The tenant is part of it: else it would answer questions about another's rows."""
    return ExclusionConstraint(
        name=name,
        expressions=[
            ("tenant", RangeOperators.EQUAL),
            ("mentor", RangeOperators.EQUAL),
            (period(), RangeOperators.OVERLAPS),
        ],
        condition=condition,
    )


class AvailabilitySlot(TenantModel):
    """A time that a mentor offers; free until a session stands in it."""

    mentor = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="slots")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = models.CharField(max_length=200, blank=True)
    join_url = models.URLField(max_length=500, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="slot_ends_later"),
            no_overlap("slot_no_overlap", Q(withdrawn_at__isnull=True)),
        ]


@audited()
class MentoringSession(TenantModel):
    """A booked meeting. Its public id is the calendar's UID; `sequence` rises with each change a calendar must learn of.

    Mentor, mentee and times are copied: the wall against double booking stands on this table alone.
    """

    match = models.ForeignKey(MentorMatch, on_delete=models.CASCADE, related_name="sessions")
    slot = models.ForeignKey(
        AvailabilitySlot, on_delete=models.SET_NULL, null=True, blank=True, related_name="sessions"
    )
    mentor = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    mentee = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = models.CharField(max_length=200, blank=True)
    join_url = models.URLField(max_length=500, blank=True)
    state = models.CharField(max_length=10, choices=SessionState.choices, default=SessionState.BOOKED)
    sequence = models.PositiveIntegerField(default=0)
    booked_at = models.DateTimeField()

    machine = SESSION

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="session_ends_later"),
            no_overlap("session_no_overlap", ~Q(state=SessionState.CANCELLED)),
        ]
        indexes = [models.Index(fields=["tenant", "mentee", "starts_at"], name="session_by_mentee")]

    @property
    def cohort_id(self) -> int:
        return self.match.cohort_id
