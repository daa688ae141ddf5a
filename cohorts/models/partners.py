"""Programmes that this one is linked with, and the places at events that each gives the other."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from cohorts.models.event import Event
from cohorts.models.programme import Programme
from tenancy.models import Person, TenantModel, Wall


class LinkedProgramme(TenantModel):
    """A programme of somebody else's that this one shares events with. Its contact needs no account: links in their messages open what
    concerns them."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="linked")
    name = models.CharField(max_length=120)
    organisation = models.CharField(max_length=160)
    contact = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    added_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "programme", "name"],
                condition=Q(ended_at__isnull=True),
                name="linked_programme_open_once",
            )
        ]

    def __str__(self) -> str:
        return self.name


class PartnerPlaces(TenantModel):
    """So many guest places at one of our events, for the linked programme to name people for until a day."""

    linked = models.ForeignKey(LinkedProgramme, on_delete=models.CASCADE, related_name="places")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])
    name_by = models.DateTimeField()
    offered_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    offered_at = models.DateTimeField()

    class Meta:
        ordering = ["event__starts_at", "id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "linked", "event"], name="partner_places_once")]

    @property
    def is_open(self) -> bool:
        """Whether people can still be named."""
        return self.event.state == "planned" and min(self.name_by, self.event.starts_at) > timezone.now()


class PartnerOffer(TenantModel):
    """So many places at an event of the linked programme's, for our alumni and participants to take."""

    linked = models.ForeignKey(LinkedProgramme, on_delete=models.CASCADE, related_name="offers")
    title = models.CharField(max_length=120)
    about = models.TextField(blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = models.CharField(max_length=200, blank=True)
    join_url = models.URLField(max_length=500, blank=True)
    number = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])
    offered_at = models.DateTimeField()

    # Who took a place goes some time after it is over.
    wall = Wall(sys=("SELECT",))

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="partner_offer_ends_later")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.starts_at > timezone.now()


class PartnerOfferTaken(TenantModel):
    """That somebody of ours has one of the places. The linked programme's contact reads their name."""

    offer = models.ForeignKey(PartnerOffer, on_delete=models.CASCADE, related_name="taken")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    taken_at = models.DateTimeField()

    wall = Wall(sys=("SELECT", "DELETE"))

    class Meta:
        ordering = ["taken_at", "id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "offer", "person"], name="partner_offer_taken_once")]
