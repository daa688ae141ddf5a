"""The story as steps, each at its moment, run in order whichever cohort they belong to."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from celery.app.task import Task

from portal.demo.clock import Clock
from reminders.hours import is_working_day

LONDON = ZoneInfo("Europe/London")


def is_open(day: date) -> bool:
    """A working day, but for the fortnight around Christmas when nobody plans anything."""
    return is_working_day(day) and (day.month, day.day) < (12, 20) and (day.month, day.day) > (1, 3)


def open_from(day: date) -> date:
    """That day, or the next that is open."""
    while not is_open(day):
        day += timedelta(days=1)
    return day


class HereAndNow:
    """The worker of this process: what services hand to Celery is run here, at the story's time, once the step has committed.

    No broker is asked, so no running worker can take a part of the story at the real time.
    """

    def __init__(self) -> None:
        self.waiting: deque[tuple[Task, tuple[Any, ...]]] = deque()

    @contextmanager
    def instead_of_celery(self) -> Iterator[None]:
        def taken(task: Task, args: tuple[Any, ...] = (), **_options: Any) -> None:
            if (task.name, tuple(args)) not in [(t.name, a) for t, a in self.waiting]:
                self.waiting.append((task, tuple(args)))

        published = Task.apply_async
        Task.apply_async = taken
        try:
            yield
        finally:
            Task.apply_async = published

    def work(self) -> None:
        while self.waiting:
            task, args = self.waiting.popleft()
            task.run(*args)


class Moment(datetime):
    """A moment that remembers the day it was planned for, where that was a holiday and it has moved to the next working day."""

    moved_from: date | None = None

    @classmethod
    def on(cls, day: date, clock: time, *, planned: date) -> Moment:
        moment = cls.combine(day, clock, tzinfo=LONDON)
        moment.moved_from = planned
        return moment

    @property
    def planned(self) -> date:
        return self.moved_from or self.date()

    def __add__(self, delta: timedelta) -> Moment:
        moment = super().__add__(delta)
        moment.moved_from = self.planned + timedelta(days=delta.days)
        return moment


@dataclass(order=True)
class Step:
    """On one day, what was planned for an earlier one comes first, whatever the clock: after a holiday many days fall on one."""

    day: date
    planned: date
    moment: datetime
    number: int
    run: Callable[[], None] = field(compare=False)


class Timeline:
    """`day` and `at` name moments by their distance from today, on working days; `add` plans a step, `run` runs them all."""

    def __init__(self, clock: Clock, worker: HereAndNow, *, now: datetime) -> None:
        self.clock, self.worker, self.end = clock, worker, now
        self.today = now.astimezone(LONDON).date()
        self.steps: list[Step] = []
        self.numbers = count()

    def day(self, days: int) -> date:
        """The working day that many days from today or the next one; of the past, never today itself."""
        found = open_from(self.today + timedelta(days=days))
        if days < 0 and found >= self.today:
            found = self.today - timedelta(days=1)
            while not is_open(found):
                found -= timedelta(days=1)
        return found

    def at(self, days: int, clock: str = "09:30") -> Moment:
        return Moment.on(self.day(days), time.fromisoformat(clock), planned=self.today + timedelta(days=days))

    def spread(self, first: int, last: int, number: int) -> list[datetime]:
        """That many moments from `first` to `last` days from today, in working hours, in order; all on days after day(first - 1)."""
        after = self.day(first - 1)
        dates = ((d, self.today + timedelta(days=d)) for d in range(first, last + 1))
        days = [d for d, found in dates if is_open(found) and found > after] or [last]
        found = []
        for i in range(number):
            place = i * len(days) // max(number, 1)
            minutes = 500 + (i * 37) % 530
            found.append(self.at(days[place], f"{minutes // 60:02}:{minutes % 60:02}") + timedelta(seconds=i % 60))
        return sorted(found)

    def add(self, moment: datetime, run: Callable[[], None]) -> None:
        if moment > self.end:
            raise ValueError(f"a step of the past can't be in the future: {moment}")
        # In UTC: local times of one zone compare by their wall clock.
        day = moment.astimezone(LONDON).date()
        planned = moment.planned if isinstance(moment, Moment) else day
        heapq.heappush(self.steps, Step(day, planned, moment.astimezone(UTC), next(self.numbers), run))

    def run(self, say: Callable[[str], None]) -> None:
        """Steps may plan later ones. After each the worker does what it was handed."""
        latest, month = self.clock.moment, ""
        while self.steps:
            step = heapq.heappop(self.steps)
            latest = max(latest, step.moment)
            if month != (month := f"{latest:%B %Y}"):
                say(month)
            self.clock.set(latest)
            step.run()
            self.worker.work()
