"""The assessment centre: an optional stage of a round, after the paper sift."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.utils.translation import gettext_lazy as _

from selection.models.application import Application
from selection.models.framework import Criterion
from selection.models.round import SelectionRound
from selection.states import CENTRE, CENTRE_PLACE, CentrePlaceState, CentreState
from tenancy.audit import audited
from tenancy.models import Person, TenantModel, Wall

# Exercises can change until booking opens, whoever asks.
CENTRE_PREPARED = "EXISTS (SELECT 1 FROM selection_assessmentcentre centre WHERE centre.id = {t}.centre_id AND centre.state = 'prepared')"
EXERCISE_OPEN = (
    "EXISTS (SELECT 1 FROM selection_exercise exercise"
    " JOIN selection_assessmentcentre centre ON centre.id = exercise.centre_id"
    " WHERE exercise.id = {t}.exercise_id AND centre.state = 'prepared')"
)
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
# The applicant, whoever observes them, and staff of the cohort as tenancy.rules.staff has it.
ARRANGEMENT_READABLE = (
    "EXISTS (SELECT 1 FROM selection_centreplace place JOIN selection_application theirs ON theirs.id = place.application_id"
    " JOIN cohorts_cohort cohort ON cohort.id = theirs.cohort_id WHERE place.id = {t}.place_id AND (theirs.applicant_id = {me}"
    " OR EXISTS (SELECT 1 FROM selection_observer own WHERE own.place_id = place.id AND own.person_id = {me}"
    " AND own.withdrawn_at IS NULL)"
    " OR EXISTS (SELECT 1 FROM tenancy_roleassignment held WHERE held.person_id = {me} AND held.role = 'staff'"
    " AND held.valid_from <= clock_timestamp() AND (held.valid_to IS NULL OR held.valid_to > clock_timestamp())"
    " AND (held.cohort_id = cohort.id OR held.programme_id = cohort.programme_id"
    " OR (held.cohort_id IS NULL AND held.programme_id IS NULL)))))"
)


@audited()
class AssessmentCentre(TenantModel):
    """That a round has the stage, how many it sees and how much it counts for. Without a row there is none."""

    round = models.OneToOneField(SelectionRound, on_delete=models.CASCADE, related_name="centre")
    state = models.CharField(max_length=10, choices=CentreState.choices, default=CentreState.PREPARED)
    places = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])
    # Its part of an application's points, in a hundred; the rest is the paper's.
    weight = models.PositiveSmallIntegerField(default=40, validators=[MinValueValidator(10), MaxValueValidator(60)])
    book_by = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    machine = CENTRE

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(weight__gte=10, weight__lte=60), name="centre_weight_is_a_part"),
            models.CheckConstraint(condition=Q(places__gte=1), name="centre_sees_somebody"),
        ]

    @property
    def cohort_id(self) -> int:
        return self.round.cohort_id

    @property
    def programme_id(self) -> int:
        return self.round.programme_id


class OfCentre:
    """Rows of a centre: staff of its cohort reach them. Load `centre__round__cohort` with the row."""

    centre: AssessmentCentre

    @property
    def cohort_id(self) -> int:
        return self.centre.cohort_id

    @property
    def programme_id(self) -> int:
        return self.centre.programme_id


@audited()
class Exercise(OfCentre, TenantModel):
    """One thing people do there, and the criteria it is evidence for. Those of a slot follow each other by position, without a pause."""

    centre = models.ForeignKey(AssessmentCentre, on_delete=models.CASCADE, related_name="exercises")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    # What an applicant reads beforehand.
    told = models.TextField(blank=True)
    minutes = models.PositiveSmallIntegerField(validators=[MinValueValidator(5), MaxValueValidator(240)])
    # Everybody of the slot in one room, as at a group task; else each alone.
    together = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    wall = Wall(writable=CENTRE_PREPARED)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "centre", "position"], name="exercise_position_once"),
            models.CheckConstraint(condition=Q(minutes__gte=1), name="exercise_takes_time"),
        ]


@audited()
class ExerciseCriterion(TenantModel):
    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="criteria")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")

    wall = Wall(writable=EXERCISE_OPEN)

    class Meta:
        ordering = ["criterion__position"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "exercise", "criterion"], name="exercise_criterion_once")
        ]


@audited()
class CentreSlot(OfCentre, TenantModel):
    """A time from which so many people do every exercise."""

    centre = models.ForeignKey(AssessmentCentre, on_delete=models.CASCADE, related_name="slots")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    where = models.CharField(max_length=200)
    room = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1), MaxValueValidator(30)])
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="centre_slot_ends_later"),
            models.UniqueConstraint(
                fields=["tenant", "centre", "starts_at", "where"],
                condition=Q(withdrawn_at__isnull=True),
                name="centre_slot_once",
            ),
        ]


@audited()
class CentrePlace(TenantModel):
    """One applicant's way through it. Its public id is the calendar's UID; `sequence` rises with each change a calendar must learn of, and
    tells a page that it shows an older one."""

    application = models.OneToOneField(Application, on_delete=models.CASCADE, related_name="centre_place")
    slot = models.ForeignKey(CentreSlot, on_delete=models.PROTECT, null=True, blank=True, related_name="taken")
    state = models.CharField(max_length=10, choices=CentrePlaceState.choices, default=CentrePlaceState.CALLED)
    called_at = models.DateTimeField()
    booked_at = models.DateTimeField(null=True, blank=True)
    # Whoever is released keeps it here, so that their calendar can say that it's cancelled.
    last_slot = models.ForeignKey(CentreSlot, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # They were asked anew what they need on the day: when they answered, never what.
    needs_said_at = models.DateTimeField(null=True, blank=True)
    # Empty: the applicant chose it.
    given_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    sequence = models.PositiveIntegerField(default=0)

    machine = CENTRE_PLACE
    wall = Wall(sys=("SELECT", "DELETE"))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=("called", "released"), slot__isnull=True)
                | Q(state__in=("booked", "came", "missed"), slot__isnull=False),
                name="centre_place_has_a_time",
            )
        ]

    @property
    def had(self) -> CentreSlot | None:
        """The time they have, or had until they were released."""
        return self.slot or self.last_slot

    @property
    def cohort_id(self) -> int:
        return self.application.cohort_id

    @property
    def programme_id(self) -> int:
        return self.application.programme_id


class CentreArrangement(TenantModel):
    """What observers are told of an adjustment, in the staff's words: never the need itself. No audit: it is read by more people."""

    place = models.OneToOneField(CentrePlace, on_delete=models.CASCADE, related_name="arrangement")
    text = models.CharField(max_length=300)
    version = models.PositiveIntegerField(default=1)

    wall = Wall(readable=ARRANGEMENT_READABLE)


class Period(Func):
    """[start, end): parts that touch don't overlap."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


def in_one_place(name: str, what: str | Case) -> ExclusionConstraint:
    """Nobody has parts at the same time that differ in `what`, unless one was taken back."""
    return ExclusionConstraint(
        name=name,
        expressions=[
            ("tenant", RangeOperators.EQUAL),
            ("person", RangeOperators.EQUAL),
            (what, RangeOperators.NOT_EQUAL),
            (
                Period("starts_at", "ends_at", RangeBoundary(inclusive_lower=True, inclusive_upper=False)),
                RangeOperators.OVERLAPS,
            ),
        ],
        condition=Q(withdrawn_at__isnull=True),
    )


@audited()
class Observer(TenantModel):
    """One assessor who watches one exercise of one place. Slot, times and whether it's done together are copied: who is where stands on
    this table alone."""

    class Withdrawn(models.TextChoices):
        CONFLICT = "conflict", _("Conflict of interest")
        DROPPED_OUT = "dropped_out", _("Observer dropped out")
        MOVED = "moved", _("The applicant has another time, or none")

    place = models.ForeignKey(CentrePlace, on_delete=models.CASCADE, related_name="observers")
    exercise = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="observers")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="observing")
    slot = models.ForeignKey(CentreSlot, on_delete=models.PROTECT, related_name="observers")
    together = models.BooleanField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    # Something was kept of their marks, which nobody else reads yet.
    began_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_because = models.CharField(max_length=12, choices=Withdrawn.choices, blank=True)
    # When a conflict of interest took it last, and when it came back: the round's record says so.
    suspended_at = models.DateTimeField(null=True, blank=True)
    restored_at = models.DateTimeField(null=True, blank=True)
    # Rises whenever the part is given or taken back: the observer's calendar goes by it.
    sequence = models.PositiveIntegerField(default=0)

    wall = Wall(sys=("SELECT", "DELETE"))

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["tenant", "person"], name="observer_person")]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "place", "exercise", "person"], name="observer_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="observer_ends_later"),
            in_one_place("observer_in_one_exercise_at_a_time", "exercise"),
            # A group task is watched for everybody of its slot at once; anything else for one person.
            in_one_place(
                "observer_in_one_room_at_a_time",
                Case(
                    When(together=True, then=F("slot") * Value(-1)),
                    default=F("place"),
                    output_field=models.BigIntegerField(),
                ),
            ),
        ]

    @property
    def cohort_id(self) -> int:
        return self.place.cohort_id

    @property
    def programme_id(self) -> int:
        return self.place.programme_id


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
