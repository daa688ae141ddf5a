"""Events that alumni may come to."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cohorts.models.alumni_group import AlumniGroup
from cohorts.models.cohort import Cohort
from cohorts.models.event import Event
from tenancy.models import Person, TenantModel


class EventOpening(TenantModel):
    """That alumni of the programme may book a place at an event: of one cohort, or of them all. Whoever books comes as a guest does.
    Afterwards it may have a recording."""

    class RecordingFor(models.TextChoices):
        EVERYONE = "everyone", _("Everybody it was open to")
        CAME = "came", _("Those who came")

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="openings")
    # Alumni of this cohort; None: of every cohort of the programme.
    of_cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # The members of this group, whoever they are, and nobody else.
    group = models.ForeignKey(AlumniGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # Made for alumni: a finished cohort holds it, and nothing of it goes along when that cohort is copied.
    alumni_only = models.BooleanField(default=False)
    opened_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    opened_at = models.DateTimeField()
    recording_url = models.URLField(max_length=500, blank=True)
    recording_for = models.CharField(max_length=8, choices=RecordingFor.choices, default=RecordingFor.EVERYONE)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "event"], name="event_opening_once")]
