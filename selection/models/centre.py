"""The assessment centre: an optional stage of a round, after the paper sift."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from selection.models.application import Application
from selection.models.framework import Criterion
from selection.models.round import SelectionRound
from tenancy.audit import audited
from tenancy.models import Person, TenantModel, Wall

# As with scores: one's own, or those of somebody whose observers have all finished; never those of a part that was taken back.
MARKS_READABLE = (
    "EXISTS (SELECT 1 FROM selection_observer own WHERE own.id = {t}.observer_id AND own.withdrawn_at IS NULL"
    " AND (own.person_id = {me} OR NOT EXISTS (SELECT 1 FROM selection_observer peer"
    " WHERE peer.place_id = own.place_id AND peer.finished_at IS NULL AND peer.withdrawn_at IS NULL)))"
)
MARKS_WRITABLE = (
    "EXISTS (SELECT 1 FROM selection_observer own WHERE own.id = {t}.observer_id AND own.person_id = {me}"
    " AND own.withdrawn_at IS NULL AND own.finished_at IS NULL)"
)


@audited()
class AssessmentCentre(TenantModel):
    """That a round has the stage, how many it sees and how much it counts for. Without a row there is none."""

    class State(models.TextChoices):
        PREPARED = "prepared", _("Being prepared")
        BOOKING = "booking", _("Open for booking")
        HELD = "held", _("Held")
        CALLED_OFF = "called_off", _("Called off")

    round = models.OneToOneField(SelectionRound, on_delete=models.CASCADE, related_name="centre")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PREPARED)
    places = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])
    # Its part of an application's points, in a hundred; the rest is the paper's.
    weight = models.PositiveSmallIntegerField(default=40, validators=[MinValueValidator(10), MaxValueValidator(60)])
    book_by = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(weight__gte=10, weight__lte=60), name="centre_weight_is_a_part"),
        ]

    @property
    def cohort_id(self) -> int:
        return self.round.cohort_id


@audited()
class Exercise(TenantModel):
    """One thing people do there, and the criteria it is evidence for."""

    centre = models.ForeignKey(AssessmentCentre, on_delete=models.CASCADE, related_name="exercises")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    # What an applicant reads beforehand.
    told = models.TextField(blank=True)
    minutes = models.PositiveSmallIntegerField(validators=[MinValueValidator(5), MaxValueValidator(240)])
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["tenant", "centre", "position"], name="exercise_position_once")]

    @property
    def cohort_id(self) -> int:
        return self.centre.cohort_id


@audited()
class ExerciseCriterion(TenantModel):
    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="criteria")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["criterion__position"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "exercise", "criterion"], name="exercise_criterion_once")
        ]


@audited()
class CentreSlot(TenantModel):
    """A time from which so many people do every exercise."""

    centre = models.ForeignKey(AssessmentCentre, on_delete=models.CASCADE, related_name="slots")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    where = models.CharField(max_length=200)
    room = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1), MaxValueValidator(30)])
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="centre_slot_ends_later")]

    @property
    def cohort_id(self) -> int:
        return self.centre.cohort_id


@audited()
class CentrePlace(TenantModel):
    """One applicant's way through it. Its public id is the calendar's UID; `sequence` rises with each change a calendar must learn of."""

    class State(models.TextChoices):
        CALLED = "called", _("To choose a time")
        BOOKED = "booked", _("Time booked")
        CAME = "came", _("Came")
        MISSED = "missed", _("Didn’t come")
        RELEASED = "released", _("Released")

    application = models.OneToOneField(Application, on_delete=models.CASCADE, related_name="centre_place")
    slot = models.ForeignKey(CentreSlot, on_delete=models.PROTECT, null=True, blank=True, related_name="taken")
    state = models.CharField(max_length=10, choices=State.choices, default=State.CALLED)
    called_at = models.DateTimeField()
    booked_at = models.DateTimeField(null=True, blank=True)
    # Empty: the applicant chose it.
    given_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # What observers are told of an adjustment, in the staff's words: never the need itself.
    arranged = models.CharField(max_length=300, blank=True)
    sequence = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    wall = Wall(sys=("SELECT",))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=("called", "released")) | Q(slot__isnull=False), name="centre_place_has_a_time"
            )
        ]

    @property
    def cohort_id(self) -> int:
        return self.application.cohort_id


class Period(Func):
    """[start, end): parts that touch don't overlap."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


@audited()
class Observer(TenantModel):
    """One assessor who watches one exercise of one place. Times are copied: who is where stands on this table alone."""

    place = models.ForeignKey(CentrePlace, on_delete=models.CASCADE, related_name="observers")
    exercise = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="observers")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="observing")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    wall = Wall(sys=("SELECT", "DELETE"))

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "place", "exercise", "person"], name="observer_once"),
            # A group task is watched for several people at once: the same slot and exercise don't stand in each other's way.
            ExclusionConstraint(
                name="observer_in_one_exercise_at_a_time",
                expressions=[
                    ("tenant", RangeOperators.EQUAL),
                    ("person", RangeOperators.EQUAL),
                    ("exercise", RangeOperators.NOT_EQUAL),
                    (
                        Period("starts_at", "ends_at", RangeBoundary(inclusive_lower=True, inclusive_upper=False)),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(withdrawn_at__isnull=True),
            ),
        ]

    @property
    def cohort_id(self) -> int:
        return self.place.cohort_id


@audited()
class ObservedMark(TenantModel):
    """Points for one criterion by one observer, and a note. Hidden from everyone else until all observers of the place are done."""

    observer = models.ForeignKey(Observer, on_delete=models.CASCADE, related_name="marks")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    points = models.PositiveSmallIntegerField(null=True, blank=True)
    comment = models.TextField(blank=True)

    wall = Wall(readable=MARKS_READABLE, writable=MARKS_WRITABLE, sys=("SELECT", "DELETE"))

    class Meta:
        ordering = ["criterion__position"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "observer", "criterion"], name="observed_mark_once"),
            models.CheckConstraint(condition=Q(points__gte=1), name="observed_mark_at_least_one"),
        ]
