"""The noticeboard of a cohort."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from cohorts.models.audience import leads_in, place_on, runs_cohort
from cohorts.models.cohort import Cohort, OfCohort
from cohorts.models.set_room import COUNTED
from cohorts.states import NOTICE, NoticeState
from tenancy.models import Person, TenantModel, Wall


class Notice(OfCohort, TenantModel):
    """Something for all of a cohort to read, until a day: by staff, those who facilitate its sets, or its people. Taken down, it is left
    to its author and staff."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="+")
    author = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    title = models.CharField(max_length=120)
    body = models.TextField()
    state = models.CharField(max_length=10, choices=NoticeState.choices, default=NoticeState.UP)
    posted_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    machine = NOTICE
    wall = Wall(
        readable=(
            f"author_id = {{me}} OR {runs_cohort('{t}.cohort_id')} OR ({{t}}.state = 'up' AND"
            " {t}.ends_at > clock_timestamp() AND ("
            f"{place_on('{t}.cohort_id', '{me}')} OR {leads_in('{t}.cohort_id')}))"
        ),
        writable=f"author_id = {{me}} OR {runs_cohort('{t}.cohort_id')}",
        sys=COUNTED,
    )

    class Meta:
        ordering = ["-posted_at", "-id"]
        indexes = [models.Index(fields=["tenant", "cohort"], condition=Q(state="up"), name="notice_up")]

    @property
    def is_over(self) -> bool:
        return self.ends_at <= timezone.now()
