"""Pre-work and follow-on of events."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.models import Event, EventTask, EventTaskDone
from cohorts.rules import event_keeper, expected_at_event
from cohorts.services.events import take_turn_of
from cohorts.states import EventState
from engine.transitions import record_change
from engine.versions import save_if_unchanged
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState


def may_keep(by: Actor, event: Event) -> None:
    if by.kind != "system" and not event_keeper(by, event):
        raise NotAllowed(_("You don’t keep the register of this event."))


def check_planned(event: Event) -> None:
    if event.state != EventState.PLANNED:
        raise WrongState(_("This event has been cancelled."))


def tidy(title: str, url: str) -> str:
    title = " ".join(title.split())
    if not title:
        raise Refused(_("Say in a few words what to do."), field="title")
    if url and not url.startswith("https://"):
        raise Refused(_("The link must start with https://"), field="url")
    return title


@transaction.atomic
def add_event_task(*, event: Event, timing: str, title: str, by: Actor, text: str = "", url: str = "") -> EventTask:
    """Ask something of everyone expected. Asked twice in the same words, as by a double click, it is one."""
    may_keep(by, event)
    take_turn_of(event)
    check_planned(event)
    if timing not in EventTask.Timing.values:
        raise Refused(_("Choose when it is to be done."), field="timing")
    title = tidy(title, url)
    task, made = EventTask.objects.get_or_create(
        event=event, timing=timing, title=title, defaults={"text": text.strip(), "url": url}
    )
    if made:
        record_change(event, "add task", by=by, reason=title)
    return task


@transaction.atomic
def edit_event_task(
    *, task: EventTask, version: int, by: Actor, timing: str, title: str, text: str, url: str
) -> EventTask:
    """Change what is asked; who has done it stays so."""
    may_keep(by, task.event)
    take_turn_of(task.event)
    check_planned(task.event)
    title = tidy(title, url)
    try:
        with transaction.atomic():
            save_if_unchanged(task, version=version, timing=timing, title=title, text=text.strip(), url=url)
    except IntegrityError as error:
        raise Refused(_("The event asks that already."), field="title") from error
    record_change(task.event, "edit task", by=by, reason=title)
    return task


@transaction.atomic
def remove_event_task(*, task: EventTask, by: Actor) -> None:
    """Ask it no longer. The second of two clicks finds nothing left to do."""
    may_keep(by, task.event)
    take_turn_of(task.event)
    if EventTask.objects.filter(pk=task.pk).delete()[0]:
        record_change(task.event, "remove task", by=by, reason=task.title)


@transaction.atomic
def mark_task_done(*, task: EventTask, by: Actor) -> EventTaskDone:
    """Someone expected has done it; said twice, the first moment stays."""
    if not expected_at_event(by, task.event):
        raise NotAllowed(_("You aren’t expected at this event."))
    take_turn_of(task.event)
    check_planned(task.event)
    assert by.person is not None
    return EventTaskDone.objects.get_or_create(task=task, person=by.person, defaults={"done_at": timezone.now()})[0]


@transaction.atomic
def take_back_task_done(*, task: EventTask, by: Actor) -> None:
    """It isn't done after all."""
    if not expected_at_event(by, task.event):
        raise NotAllowed(_("You aren’t expected at this event."))
    EventTaskDone.objects.filter(task=task, person_id=by.person_id).delete()
