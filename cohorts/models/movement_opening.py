"""Events that are open to the movement."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from cohorts.models.event import Event
from tenancy.models import Person, TenantModel


class MovementOpening(TenantModel):
    """That so many places of an event are for people of the movement to take by themselves. Whoever takes one comes as a guest does."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="movement_openings")
    places = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])
    opened_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "event"], name="movement_opening_once"),
            models.CheckConstraint(condition=Q(places__gte=1), name="movement_opening_places"),
        ]
