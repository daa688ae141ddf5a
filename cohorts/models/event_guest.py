"""Guests of an event, and whoever waits for a place at it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cohorts.models.cohort import Cohort
from cohorts.models.event import Event
from cohorts.states import GUEST, GuestState
from tenancy.models import Person, TenantModel, Wall

# How long somebody has to say whether they take a place; never beyond the start of the event.
ANSWER_DAYS = 5
# Those whose place is theirs, or is kept for their answer.
HOLDS_PLACE = (GuestState.ASKED, GuestState.COMING)
OPEN = (GuestState.WAITING, *HOLDS_PLACE)


class EventGuest(TenantModel):
    """One person who isn't expected anyway and one event: somebody of another cohort, somebody from outside, or one of its own people who
    gave their place away and waits for another. Who comes counts in no figure of the cohort."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="guests")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    # As staff, or the guest, write it: it needn't be on the tenant's list of organisations.
    employer = models.CharField(max_length=120, blank=True)
    # Named by the contact of a linked programme, for one of its places.
    through = models.ForeignKey(
        "cohorts.PartnerPlaces", on_delete=models.SET_NULL, null=True, blank=True, related_name="guests"
    )
    # Somebody of the movement, who took one of its places or waits for one.
    opening = models.ForeignKey(
        "cohorts.MovementOpening", on_delete=models.SET_NULL, null=True, blank=True, related_name="guests"
    )
    state = models.CharField(max_length=10, choices=GuestState.choices)
    asked_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    # The order of the waiting list.
    added_at = models.DateTimeField()
    # Set while their answer is waited for.
    answer_by = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    # How often they were asked: each asking has a message of its own.
    times_asked = models.PositiveSmallIntegerField(default=0)

    machine = GUEST
    # The tick finds whose time is over and where somebody waits; retention deletes.
    wall = Wall(sys=("SELECT", "DELETE"))

    class Meta:
        ordering = ["added_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "event", "person"],
                condition=Q(state__in=("waiting", "asked", "coming")),
                name="event_guest_open_once",
            ),
            models.CheckConstraint(
                condition=~Q(state="asked") | Q(answer_by__isnull=False), name="event_guest_asked_until"
            ),
        ]
        verbose_name = _("guest")

    # Staff of the event's cohort reach its guests. Load `event__cohort` with the row.

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
    def is_open(self) -> bool:
        return self.state in OPEN
