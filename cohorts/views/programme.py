"""A cohort's events in their order, on one page that prints."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch

from cohorts.models import Attendance, Cohort, EventTask
from cohorts.rules import programme_reader
from cohorts.selectors.sequence import line_of, place_all
from cohorts.views.base import CohortFrame, cohorts_with_programme
from tenancy.views.base import TenantPage


class CohortProgrammeView(CohortFrame, TenantPage):
    """Everyone sees what they are expected at; staff what all come to. What each asks before and after stands with it."""

    permission = programme_reader
    template_name = "cohorts/cohort_programme.html"

    def get_object(self) -> Cohort:
        return self.find(Cohort, queryset=cohorts_with_programme())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        cohort = self.object
        tasks = Prefetch("tasks", EventTask.objects.order_by("pk"))
        events = list(line_of(cohort.pk, self.actor, programme_id=cohort.programme_id).prefetch_related(tasks))
        mine = Attendance.objects.filter(event__in=events, person_id=self.actor.person_id)
        known = {row.event_id: row for row in mine}
        placed = place_all(events)
        rows = [
            {
                "event": event,
                "placed": placed[event.pk],
                "mine": known.get(event.pk),
                "before": [t for t in event.tasks.all() if t.timing == EventTask.Timing.BEFORE],
                "after": [t for t in event.tasks.all() if t.timing == EventTask.Timing.AFTER],
            }
            for event in events
        ]
        return super().get_context_data(rows=rows, **kwargs)
