"""Who sits where at an event: tables and design groups, in rounds."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts.models.cohort import Cohort
from cohorts.models.event import Event
from cohorts.states import SEATING, SeatingState
from tenancy.models import Person, TenantModel, Wall


class SeatingKind(models.TextChoices):
    TABLES = "tables", _("Tables")
    GROUPS = "groups", _("Design groups")


class Seating(TenantModel):
    """One division of those who come to an event into tables, or into groups that design something together: a proposal that staff
    adjust, then show. An event may have several, one after the other; what is shown and took place counts as having met."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="seatings")
    kind = models.CharField(max_length=8, choices=SeatingKind.choices, default=SeatingKind.TABLES)
    # What people read before their table: "After lunch".
    name = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12, choices=SeatingState.choices, default=SeatingState.PROPOSED)
    with_guests = models.BooleanField(default=True)
    with_officers = models.BooleanField(default=False)
    # As of a set plan: {trait: aim} (cohorts.mixing).
    aims = models.JSONField(default=dict)
    seed = models.BigIntegerField(default=0)
    # Design groups that go on with what an earlier event began.
    kept_from = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    made_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    shown_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    machine = SEATING
    # The day before, those whose plans are shown are told.
    wall = Wall(sys=("SELECT",))

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "event"], condition=Q(state="proposed"), name="seating_one_proposed"
            ),
            models.UniqueConstraint(fields=["tenant", "event", "position"], name="seating_position_once"),
        ]
        verbose_name = _("seating plan")

    def __str__(self) -> str:
        return self.name

    # Staff of the event's cohort make it, whoever keeps the event's register reads it. Load `event__cohort` and `event__learning_set`.

    @property
    def cohort(self) -> Cohort:
        return self.event.cohort

    @property
    def cohort_id(self) -> int:
        return self.event.cohort_id

    @property
    def programme_id(self) -> int:
        return self.event.programme_id

    @property
    def owner_id(self) -> int | None:
        return self.event.owner_id

    @property
    def learning_set(self) -> object:
        return self.event.learning_set

    @property
    def is_proposal(self) -> bool:
        return self.state == SeatingState.PROPOSED

    @property
    def is_shown(self) -> bool:
        return self.state == SeatingState.SHOWN


class SeatingTable(TenantModel):
    """One table or group of a plan. `easy` to reach: step-free and near the door."""

    seating = models.ForeignKey(Seating, on_delete=models.CASCADE, related_name="tables")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60)
    # None: as many as come.
    seats = models.PositiveSmallIntegerField(null=True, blank=True)
    easy = models.BooleanField(default=False)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "seating", "position"], name="seating_table_position_once")
        ]
        verbose_name = _("table")

    def __str__(self) -> str:
        return self.name


class Seat(TenantModel):
    """A person's one table within a plan."""

    seating = models.ForeignKey(Seating, on_delete=models.CASCADE, related_name="seats")
    table = models.ForeignKey(SeatingTable, on_delete=models.CASCADE, related_name="seats_taken")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    # Stays here when the proposal is composed again.
    locked = models.BooleanField(default=False)
    # When they came to this very table: who moves after the message the day before gets another.
    since = models.DateTimeField(default=timezone.now)

    # Guests' go with their other traces (cohorts.guests).
    wall = Wall(sys=("SELECT", "DELETE"))

    class Meta:
        ordering = ["person__sort_key", "id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "seating", "person"], name="seat_once")]
        verbose_name = _("seat")


class SeatingPair(TenantModel):
    """Two people whom staff want at one table, or at two, at one event. No reason is kept."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="seating_pairs")
    first = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    together = models.BooleanField()

    # Of guests, with their other traces.
    wall = Wall(sys=("SELECT", "DELETE"))

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "event", "first", "second"], name="seating_pair_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="seating_pair_in_order"),
        ]
        verbose_name = _("pair at an event")

    # Load `event__cohort` with the row.

    @property
    def cohort(self) -> Cohort:
        return self.event.cohort

    @property
    def cohort_id(self) -> int:
        return self.event.cohort_id

    @property
    def programme_id(self) -> int:
        return self.event.programme_id
