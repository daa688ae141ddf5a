from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts.models.cohort import Cohort, OfCohort
from cohorts.models.learning_set import LearningSet
from cohorts.models.venue import Venue
from cohorts.states import EVENT, EventState
from tenancy.models import Person, TenantModel, Wall
from tenancy.vocabulary import in_own_words


class EventKind(models.TextChoices):
    WORKSHOP = "workshop", _("Workshop")
    MASTERCLASS = "masterclass", _("Masterclass")
    SET_MEETING = "set_meeting", in_own_words(_("%(Set)s meeting"))
    COACHING = "coaching", _("Coaching")
    MENTORING = "mentoring", _("Mentoring")
    RESIDENTIAL = "residential", _("Residential")
    VIRTUAL = "virtual", _("Online session")
    NETWORKING = "networking", _("Networking")


class Event(OfCohort, TenantModel):
    """Something a cohort comes together for: all of its participants, or the members of one learning set.

    `sequence` rises whenever calendars must change; `owner` keeps the register.
    """

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="events")
    learning_set = models.ForeignKey(
        LearningSet, on_delete=models.PROTECT, null=True, blank=True, related_name="events"
    )
    kind = models.CharField(max_length=20, choices=EventKind.choices)
    title = models.CharField(max_length=120)
    summary = models.TextField(blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, null=True, blank=True, related_name="events")
    # The room at the venue, or a place that stands on no list.
    place = models.CharField(max_length=200, blank=True)
    join_url = models.URLField(max_length=500, blank=True)
    # A venue taken over from an earlier cohort is proposed: nobody has booked it for these days yet.
    place_confirmed = models.BooleanField(default=True)
    # How many there is room for; None: for everybody. The cohort's own people have their places, guests what is left.
    capacity = models.PositiveSmallIntegerField(null=True, blank=True)
    owner = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=12, choices=EventState.choices, default=EventState.PLANNED)
    sequence = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    registered_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    machine = EVENT
    # Guests, and what people need, go some time after their events are over.
    wall = Wall(sys=("SELECT",))

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="event_ends_later")]
        indexes = [models.Index(fields=["tenant", "cohort", "starts_at"], name="event_by_cohort")]

    def __str__(self) -> str:
        return self.title

    @property
    def where(self) -> str:
        """Room and venue, in one line; '' online. Load `venue` with the event."""
        return ", ".join(part for part in (self.place, self.venue.name if self.venue else "") if part)

    @property
    def whole_address(self) -> str:
        """As `where`, with the venue's address: for calendars and messages."""
        whole = ", ".join(part for part in (self.where, self.venue.address if self.venue else "") if part)
        return whole if self.place_confirmed or not whole else str(_("%(place)s (to be confirmed)")) % {"place": whole}

    @property
    def has_started(self) -> bool:
        return self.starts_at <= timezone.now()

    @property
    def is_over(self) -> bool:
        return self.ends_at <= timezone.now()


class Attendance(TenantModel):
    """What is known of one person at one event: apologies sent ahead, a check-in on the day, then what the register says."""

    class State(models.TextChoices):
        APOLOGIES = "apologies", _("Sent apologies")
        PRESENT = "present", _("Present")
        ABSENT = "absent", _("Absent")

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="attendances")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="attendances")
    state = models.CharField(max_length=12, choices=State.choices)
    # Written by the person with their apologies; the organisers of the event read it.
    note = models.TextField(blank=True)
    recorded_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    # Of somebody who came as a guest: in no figure of the cohort.
    is_guest = models.BooleanField(default=False)
    # When they said themselves that they were there, with the code on the screen.
    checked_in_at = models.DateTimeField(null=True, blank=True)

    # Of guests, once they are long over (cohorts.guests).
    wall = Wall(sys=("SELECT", "DELETE"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "event", "person"], name="attendance_once")]
