from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenancy.models import Organisation, TenantModel


class Programme(TenantModel):
    """A commissioned scheme, run as one cohort after another."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=40)
    summary = models.TextField(blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["tenant", "slug"], name="programme_slug_unique")]

    def __str__(self) -> str:
        return self.name

    @property
    def programme_id(self) -> int:
        return self.pk


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
