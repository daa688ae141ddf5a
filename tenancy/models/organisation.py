from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tenancy.models.base import TenantModel
from tenancy.models.district import Placed


class Sector(TenantModel):
    """A sector of public life as the tenant counts them: local government, health, police and fire …"""

    name = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "name"]
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="sector_name_unique")]

    def __str__(self) -> str:
        return self.name


class SeniorityBand(TenantModel):
    """One step of seniority across all kinds of organisation, the most senior first: grades differ between sectors, what people decide
    doesn't."""

    name = models.CharField(max_length=80)
    # How it reads in each kind of organisation, such as 'NHS band 8d to 9; superintendent; area manager'.
    reads_as = models.CharField(max_length=400, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "name"]
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="band_name_unique")]

    def __str__(self) -> str:
        return self.name


class Organisation(Placed, TenantModel):
    """An employer or partner inside a tenant."""

    name = models.CharField(max_length=160)
    short_name = models.CharField(max_length=40, blank=True)
    sector = models.ForeignKey(Sector, on_delete=models.PROTECT, related_name="organisations")
    place = models.CharField(max_length=80, blank=True)
    # Other spellings that staff have confirmed, so that the next import knows them.
    aliases = ArrayField(models.CharField(max_length=160), default=list, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="organisation_name_unique")]

    def __str__(self) -> str:
        return self.name
