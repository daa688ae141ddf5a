"""A cohort's plan as the next would have it: every date, where it goes and why. Nothing is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from cohorts.copying import CopiedLine, copy_sources
from cohorts.models import ClosedDays, Cohort, Event, Programme
from cohorts.selectors.cohorts import staff_cohorts
from cohorts.shifting import Moved, OpenDays, Shift, clock_note
from cohorts.states import EventState
from tenancy.actors import Actor
from tenancy.models import Role
from tenancy.seen import digest_of


@dataclass
class Line:
    """One event: what it asks of people stands below it, since those dates follow from its own."""

    event: Event
    moved: Moved
    clock: str
    tasks: list[CopiedLine] = field(default_factory=list)

    @property
    def nights(self) -> int:
        return nights_of(self.event)


@dataclass
class CopyPlan:
    source: Cohort
    shift: Shift
    ends_on: date
    lines: list[Line]
    others: list[CopiedLine]
    # Meetings of sets: there are no sets to copy them for.
    set_meetings: int
    first_day_closed: str
    seen: str


def copyable(actor: Actor) -> QuerySet[Cohort]:
    """Cohorts that this actor may make another one of: those whose programme they are staff of. The pattern of each stands first."""
    programmes = [g.programme_id for g in actor.grants if g.role == Role.STAFF and g.cohort_id is None]
    rows = staff_cohorts(actor)
    if None not in programmes:
        rows = rows.filter(programme__in=programmes)
    return rows.order_by("programme__name", "-is_pattern", "-starts_on", "pk")


def open_days(programme: Programme) -> OpenDays:
    return OpenDays(programme.nation or programme.tenant.nation, tuple(ClosedDays.objects.filter(programme=programme)))


def events_to_copy(cohort: Cohort) -> list[Event]:
    """What everyone of the cohort comes to; not what was called off, nor what was for alumni alone."""
    rows = Event.objects.filter(cohort=cohort, learning_set__isnull=True, state=EventState.PLANNED)
    rows = rows.exclude(openings__alumni_only=True)
    return list(rows.select_related("venue", "owner").prefetch_related("tasks").order_by("starts_at", "pk"))


def digest_of_events(events: list[Event]) -> str:
    """Changes with whatever the page shows of the cohort that is copied."""
    said: dict[str, Any] = {
        e.public_id: [e.version, e.starts_at, e.ends_at, sorted(t.public_id for t in e.tasks.all())] for e in events
    }
    return digest_of(said)


def nights_of(event: Event) -> int:
    return (local_day(event.ends_at) - local_day(event.starts_at)).days


def local_day(moment: datetime) -> date:
    return timezone.localtime(moment).date()


def plan_copy(source: Cohort, first_day: date) -> CopyPlan:
    """The whole plan for a first day: three statements, and those of the other apps."""
    days = open_days(source.programme)
    shift = Shift(source.starts_on, first_day, days)
    zone = timezone.get_current_timezone()
    events = events_to_copy(source)
    lines = []
    for event in events:
        moved = shift.move(local_day(event.starts_at), local_day(event.ends_at))
        line = Line(event, moved, clock_note(event.starts_at, moved.day, zone))  # type: ignore[arg-type]
        apart = moved.day - local_day(event.starts_at)
        for task in event.tasks.all():
            task.event = event
            was = local_day(task.due_at)
            line.tasks.append(CopiedLine(task.title, was, was + apart, task.get_timing_display()))
        lines.append(line)
    meetings = Event.objects.filter(cohort=source, learning_set__isnull=False, state=EventState.PLANNED).count()
    return CopyPlan(
        source=source,
        shift=shift,
        ends_on=max(shift.same_weekday(source.ends_on), first_day),
        lines=lines,
        others=[line for answer in copy_sources for line in answer.lines(source, shift)],
        set_meetings=meetings,
        first_day_closed=days.why_closed(first_day),
        seen=digest_of_events(events),
    )
