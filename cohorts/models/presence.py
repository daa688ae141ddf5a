"""Chief officers' promises to be there, and what came of them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cohorts.models.event import Event
from tenancy.models import Person, TenantModel


class Presence(TenantModel):
    """One chief officer and one event: asked or not, what they said, and afterwards whether they were there."""

    class Answer(models.TextChoices):
        WAITING = "waiting", _("Not answered yet")
        YES = "yes", _("Will be there")
        NO = "no", _("Can’t be there")

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="presences")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    answer = models.CharField(max_length=8, choices=Answer.choices, default=Answer.WAITING)
    asked_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    # Said by whoever keeps the register, once the event has started; None until then.
    came = models.BooleanField(null=True, blank=True)

    class Meta:
        ordering = ["person__sort_key", "id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "event", "person"], name="presence_once")]
