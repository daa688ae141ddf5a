"""Districts, and what is known of each: how rural it is, how deprived, and where it lies."""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenancy.models.base import TenantModel


class Rurality(models.TextChoices):
    """The broad classes of the rural-urban classification of local authorities."""

    URBAN = "urban", _("Predominantly urban")
    MIXED = "mixed", _("Urban with significant rural")
    RURAL = "rural", _("Predominantly rural")


class Deprivation(models.TextChoices):
    """Deciles of deprivation in three bands: a decile alone may point at one employer."""

    MORE = "more", _("More deprived (deciles 1 to 3)")
    MIDDLE = "middle", _("In between (deciles 4 to 7)")
    LESS = "less", _("Less deprived (deciles 8 to 10)")


def band_of(decile: int | None) -> str:
    """The band of a decile, 1 for the most deprived tenth; '' where none is known."""
    if decile is None:
        return ""
    return Deprivation.MORE if decile <= 3 else Deprivation.MIDDLE if decile <= 7 else Deprivation.LESS


def decile_field() -> Any:
    return models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )


class District(TenantModel):
    """A district or unitary authority of the tenant's list. What isn't known stays empty; `source` says where the rest is from."""

    name = models.CharField(max_length=80)
    # Of the Office for National Statistics, such as E07000070.
    code = models.CharField(max_length=9, blank=True)
    rurality = models.CharField(max_length=6, choices=Rurality.choices, blank=True)
    # 1 is the most deprived tenth of the country's districts.
    decile = decile_field()
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    source = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "name"], name="district_name_once"),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__isnull=False, longitude__isnull=False),
                name="district_lies_somewhere",
            ),
            models.CheckConstraint(
                condition=Q(decile__isnull=True) | Q(decile__gte=1, decile__lte=10), name="district_decile"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Placed(models.Model):
    """What lies in a district, and is as rural and as deprived as that unless staff say otherwise. Load `district` with it."""

    district = models.ForeignKey(District, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    rurality = models.CharField(max_length=6, choices=Rurality.choices, blank=True)
    decile = decile_field()

    class Meta:
        abstract = True

    @property
    def rurality_there(self) -> str:
        return self.rurality or (self.district.rurality if self.district else "")

    @property
    def decile_there(self) -> int | None:
        return self.decile if self.decile is not None else self.district.decile if self.district else None

    @property
    def deprivation_there(self) -> str:
        return band_of(self.decile_there)


PLACED = ("district", "rurality", "decile")
