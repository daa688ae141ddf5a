"""What an event asks of people before and after it, so that one leads to the next."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from cohorts.models.event import Event
from tenancy.models import Person, TenantModel

# How long people have for what follows an event.
FOLLOW_ON = timedelta(days=14)


class EventTask(TenantModel):
    """Pre-work or follow-on of one event: something to read, watch, write or try. It moves with the event: nothing of when it's due
    is stored."""

    class Timing(models.TextChoices):
        BEFORE = "before", _("Before the event")
        AFTER = "after", _("After the event")

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="tasks")
    timing = models.CharField(max_length=6, choices=Timing.choices)
    title = models.CharField(max_length=120)
    text = models.TextField(blank=True)
    url = models.URLField(max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "event", "timing", "title"], name="event_task_title_once")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def due_at(self) -> datetime:
        """Pre-work by the start of the event, follow-on within a fortnight of its end."""
        if self.timing == self.Timing.BEFORE:
            return self.event.starts_at
        return self.event.ends_at + FOLLOW_ON


class EventTaskDone(TenantModel):
    """Somebody said that they did it."""

    task = models.ForeignKey(EventTask, on_delete=models.CASCADE, related_name="done")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    done_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "task", "person"], name="event_task_done_once")]
