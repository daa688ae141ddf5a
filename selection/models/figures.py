from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from selection.models.round import SelectionRound
from tenancy.models import Sector, TenantModel


class RoundFigures(TenantModel):
    """How many people of a sector came how far in a decided round, counted before the first application of it was deleted.

    Nobody is named, and each is counted once, at the furthest they came. Small numbers are withheld when it's read."""

    class Furthest(models.TextChoices):
        BEGUN = "begun", _("Not sent")
        SENT = "sent", _("Sent, not assessed")
        ASSESSED = "assessed", _("Assessed, no offer")
        OFFERED = "offered", _("Offered, not taken")
        PLACED = "placed", _("Took a place")

    round = models.ForeignKey(SelectionRound, on_delete=models.CASCADE, related_name="figures")
    sector = models.ForeignKey(Sector, on_delete=models.PROTECT, related_name="+")
    furthest = models.CharField(max_length=10, choices=Furthest.choices)
    people = models.PositiveIntegerField()

    class Meta:
        ordering = ["sector__position", "sector__name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "round", "sector", "furthest"], name="round_figures_once")
        ]
