from __future__ import annotations

from django.db import models

from cohorts.models.cohort import Cohort
from cohorts.models.event import Event
from cohorts.models.learning_set import LearningSet
from engine.models import OF_UPLOADER, SheetImport, file_goes_too
from tenancy.models import Person, Wall


class AttendanceImport(SheetImport):
    """One list of who was at an event. The report of a meeting tool says to the minute who came and went, of people who weren't expected
    too, so it's its uploader's, who had it in hand, and nobody else's."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="attendance_imports")
    uploaded_by = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    # From when on somebody is shown as late: minutes after the start, and less than so many per cent of the event.
    late_after = models.PositiveSmallIntegerField(default=10)
    least_share = models.PositiveSmallIntegerField(default=50)

    wall = Wall(readable=OF_UPLOADER, writable=OF_UPLOADER, sys=("SELECT",))

    class Meta(SheetImport.Meta):
        triggers = [file_goes_too()]

    # Whoever may what of the event may it of the list (cohorts.rules.event_keeper).

    @property
    def cohort(self) -> Cohort:
        return self.event.cohort

    @property
    def cohort_id(self) -> int:
        return self.event.cohort_id

    @property
    def programme_id(self) -> int:
        return self.event.programme_id

    @property
    def owner_id(self) -> int | None:
        return self.event.owner_id

    @property
    def learning_set(self) -> LearningSet | None:
        return self.event.learning_set
