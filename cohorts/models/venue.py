"""Where events take place: the tenant's own list, so that what a place offers is asked once."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenancy.models import Placed, TenantModel


class Venue(Placed, TenantModel):
    """A place with its address, how to get there, and what it offers. Events name one and add the room; what nobody has asked the
    place yet is 'not known yet', which isn't 'no'."""

    class Offer(models.TextChoices):
        UNKNOWN = "unknown", _("Not known yet")
        YES = "yes", _("Yes")
        NO = "no", _("No")

    name = models.CharField(max_length=120)
    address = models.CharField(max_length=300)
    directions = models.TextField(blank=True)
    step_free = models.CharField(_("Step-free throughout"), max_length=8, choices=Offer.choices, default=Offer.UNKNOWN)
    accessible_toilet = models.CharField(
        _("Accessible toilet"), max_length=8, choices=Offer.choices, default=Offer.UNKNOWN
    )
    accessible_parking = models.CharField(
        _("Accessible parking"), max_length=8, choices=Offer.choices, default=Offer.UNKNOWN
    )
    hearing_loop = models.CharField(_("Hearing loop"), max_length=8, choices=Offer.choices, default=Offer.UNKNOWN)
    quiet_room = models.CharField(_("Quiet room"), max_length=8, choices=Offer.choices, default=Offer.UNKNOWN)
    access_notes = models.TextField(blank=True)
    # Of the room that events usually have: what a seating plan begins with.
    tables = models.PositiveSmallIntegerField(null=True, blank=True)
    seats_each = models.PositiveSmallIntegerField(null=True, blank=True)
    easy_tables = models.PositiveSmallIntegerField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="venue_name_once")]

    def __str__(self) -> str:
        return self.name

    def offers(self) -> list[tuple[str, str, str]]:
        """(what, answer as a value, answer in words) of each feature."""
        return [
            (str(self._meta.get_field(name).verbose_name), getattr(self, name), getattr(self, f"get_{name}_display")())  # type: ignore[union-attr]
            for name in FEATURES
        ]

    def not_known(self) -> int:
        """How many of its features nobody has asked about."""
        return sum(getattr(self, name) == self.Offer.UNKNOWN for name in FEATURES)


FEATURES = ("step_free", "accessible_toilet", "accessible_parking", "hearing_loop", "quiet_room")
