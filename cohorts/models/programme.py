from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tenancy.models import Organisation, TenantModel


class Nation(models.TextChoices):
    """The divisions of GOV.UK's list of bank holidays."""

    ENGLAND_AND_WALES = "england-and-wales", _("England and Wales")
    SCOTLAND = "scotland", _("Scotland")
    NORTHERN_IRELAND = "northern-ireland", _("Northern Ireland")


class Programme(TenantModel):
    """A commissioned scheme, run as one cohort after another."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=40)
    summary = models.TextField(blank=True)
    # Whose bank holidays its events keep off; '' for the tenant's.
    nation = models.CharField(max_length=20, blank=True, choices=Nation.choices)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["tenant", "slug"], name="programme_slug_unique")]

    def __str__(self) -> str:
        return self.name

    @property
    def programme_id(self) -> int:
        return self.pk


class ClosedDays(TenantModel):
    """Days on which a programme plans nothing, besides weekends and bank holidays: as at Christmas, each year, or once."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="closed_days")
    name = models.CharField(max_length=80)
    first_day = models.DateField()
    last_day = models.DateField()
    # By day and month, from the year of its first day on.
    every_year = models.BooleanField(default=False)

    class Meta:
        ordering = ["first_day", "id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "programme", "first_day", "last_day"], name="closed_days_once"),
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="closed_days_end_later"),
        ]

    def __str__(self) -> str:
        return self.name

    def covers(self, day: date) -> bool:
        if self.first_day <= day <= self.last_day:
            return True
        if not self.every_year or day < self.first_day:
            return False
        first, last, now = ((d.month, d.day) for d in (self.first_day, self.last_day, day))
        return first <= now <= last if first <= last else now >= first or now <= last


class ProgrammePartner(TenantModel):
    """An organisation's part in a programme."""

    class Part(models.TextChoices):
        COMMISSIONER = "commissioner", _("Commissioner")
        LEAD = "lead", _("Lead deliverer")
        DESIGNER = "designer", _("Designer")
        DELIVERY = "delivery", _("Delivery partner")
        LINKED = "linked", _("Linked programme")

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="partners")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=20, choices=Part.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "programme", "organisation", "part"], name="partner_once")
        ]

    def __str__(self) -> str:
        return f"{self.organisation}, {self.get_part_display()}"


class StrategicAmbition(TenantModel):
    """A long-term ambition that projects are linked to; retired ones keep their old links."""

    name = models.CharField(max_length=160)
    position = models.PositiveSmallIntegerField(default=0)
    retired_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="ambition_name_unique")]

    def __str__(self) -> str:
        return self.name
