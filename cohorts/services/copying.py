"""A new cohort from an earlier one, the programme's pattern, and its closed days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.copying import copy_sources
from cohorts.models import ClosedDays, Cohort, Event, EventTask, Programme
from cohorts.selectors.copying import digest_of_events, events_to_copy, local_day, nights_of, open_days
from cohorts.services.cohorts import NAMES, create_cohort, may_run
from cohorts.shifting import SATURDAY, OpenDays, at_same_clock
from engine.dates import uk_weekday
from engine.transitions import record_change
from tenancy.actors import Actor
from tenancy.errors import Refused, StaleEdit
from tenancy.models import Role
from tenancy.selectors import people_with_role
from tenancy.turns import take_turns, take_turns_at


def field_of(event: Event) -> str:
    """The field of the form that holds the event's new day."""
    return f"day_{event.public_id}"


def closed_on(event: Event, day: date, days: OpenDays) -> str:
    """'Monday 3 May 2027 (Early May bank holiday)' for the first day of the event's run that is closed; '' where none is."""
    old = local_day(event.starts_at)
    for n in range(nights_of(event) + 1):
        this, before = day + timedelta(days=n), old + timedelta(days=n)
        if words := days.why_closed(this, weekend_too=before.weekday() >= SATURDAY):
            return f"{uk_weekday(this)} ({words})"
    return ""


def check_days(events: list[Event], chosen: Mapping[str, date], days: OpenDays) -> None:
    for event in events:
        day = chosen.get(event.public_id)
        if day is not None and (words := closed_on(event, day, days)):
            raise Refused(
                _("%(title)s would be on %(day)s. Choose another day, or tick that you mean it.")
                % {"title": event.title, "day": words},
                field=field_of(event),
            )


@transaction.atomic
def copy_cohort(
    *,
    source: Cohort,
    name: str,
    places: int,
    starts_on: date,
    ends_on: date,
    days: Mapping[str, date],
    seen: str,
    by: Actor,
    closed_days_meant: bool = False,
) -> Cohort:
    """A new cohort with the frame, the events and the pre-work of `source`. `days` maps public ids of its events to their new days;
    what isn't named stays behind. Venues go along as proposals; join links, registers, sets and people don't. `seen` is the digest of
    what the page showed: where the source has changed since, it is looked at again. Asked for twice, as by a double click, it is one."""
    may_run(by, source.programme)
    take_turns(source)
    take_turns_at(NAMES)
    name = " ".join(name.split())
    made = Cohort.objects.filter(
        programme=source.programme_id, copied_from=source, name__iexact=name, starts_on=starts_on
    ).first()
    if made is not None:
        return made
    events = events_to_copy(source)
    if seen != digest_of_events(events):
        raise StaleEdit(_("The cohort you copy from has changed since. Look at the dates again."), theirs={})
    if not closed_days_meant:
        check_days(events, days, open_days(source.programme))
    cohort = create_cohort(
        programme=source.programme,
        name=name,
        places=places,
        starts_on=starts_on,
        ends_on=ends_on,
        by=by,
        targets=targets_within(source, places),
        budget_pounds=source.budget_pounds,
    )
    cohort.copied_from = source
    cohort.save(update_fields=["copied_from"])
    keepers = {person.pk for person in people_with_role(Role.STAFF, cohort_id=cohort.pk)}
    for event in events:
        if (day := days.get(event.public_id)) is not None:
            copy_event(event, cohort, day, keepers=keepers, by=by)
    for answer in copy_sources:
        answer.write(source, cohort, by)
    record_change(cohort, "copy", by=by, reason=source.name)
    return cohort


def targets_within(source: Cohort, places: int) -> dict[int, int]:
    """The sectors' places, where there are as many places in all as then."""
    targets = {target.sector_id: target.places for target in source.targets.all()}
    return targets if sum(targets.values()) <= places else {}


def copy_event(event: Event, cohort: Cohort, day: date, *, keepers: set[int], by: Actor) -> Event:
    zone = timezone.get_current_timezone()
    last = day + timedelta(days=nights_of(event))
    copied = Event.objects.create(
        cohort=cohort,
        kind=event.kind,
        title=event.title,
        summary=event.summary,
        starts_at=at_same_clock(event.starts_at, day, zone),  # type: ignore[arg-type]
        ends_at=at_same_clock(event.ends_at, last, zone),  # type: ignore[arg-type]
        venue=event.venue,
        place=event.place,
        place_confirmed=False,
        capacity=event.capacity,
        owner=event.owner if event.owner_id in keepers else by.person,
    )
    EventTask.objects.bulk_create(
        EventTask(event=copied, timing=task.timing, title=task.title, text=task.text, url=task.url)
        for task in event.tasks.all()
    )
    record_change(copied, "create", by=by, target=copied.state)
    return copied


@transaction.atomic
def choose_pattern(*, cohort: Cohort, chosen: bool = True, by: Actor) -> Cohort:
    """Make a cohort its programme's pattern, instead of whichever was; or no pattern any more."""
    may_run(by, cohort.programme)
    take_turns(cohort.programme)
    row = Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
    if row.is_pattern == chosen:
        return row
    if chosen:
        Cohort.objects.filter(programme=row.programme_id, is_pattern=True).update(is_pattern=False)
    row.is_pattern = chosen
    row.save(update_fields=["is_pattern"])
    record_change(row, "pattern" if chosen else "no pattern", by=by)
    return row


@transaction.atomic
def add_closed_days(
    *, programme: Programme, name: str, first_day: date, last_day: date | None, every_year: bool, by: Actor
) -> ClosedDays:
    """Days on which the programme plans nothing. The same days said twice are one."""
    may_run(by, programme)
    name, last_day = " ".join(name.split()), last_day or first_day
    if not name:
        raise Refused(_("Say why nothing is planned, for example “Christmas”."), field="name")
    if last_day < first_day:
        raise Refused(_("The last day must be the first day or later."), field="last_day")
    if (last_day - first_day).days > 60:
        raise Refused(_("Choose 60 days or fewer."), field="last_day")
    row, made = ClosedDays.objects.get_or_create(
        programme=programme,
        first_day=first_day,
        last_day=last_day,
        defaults={"name": name, "every_year": every_year},
    )
    if made:
        record_change(programme, "add closed days", by=by, reason=name)
    return row


@transaction.atomic
def remove_closed_days(*, row: ClosedDays, by: Actor) -> None:
    """The second of two clicks finds nothing left to do."""
    may_run(by, row.programme)
    if ClosedDays.objects.filter(pk=row.pk).delete()[0]:
        record_change(row.programme, "remove closed days", by=by, reason=row.name)
