"""Events for alumni: planned for them, or opened to them; booked by themselves; and what was recorded."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.emails import send_alumni_event, send_event, send_guest_waiting, send_recording
from cohorts.models import AlumniGroup, Attendance, Cohort, Event, EventGuest, EventKind, EventOpening, Programme, Venue
from cohorts.models.event_guest import OPEN
from cohorts.rules import open_to_alumnus, staff
from cohorts.selectors.alumni import finished_cohorts
from cohorts.selectors.alumni_events import invitees
from cohorts.selectors.events import own_ids
from cohorts.selectors.guests import places_at
from cohorts.services.events import create_event
from cohorts.services.guests import accept_place, check_ahead, take_event
from cohorts.states import CohortStage, GuestState
from engine.transitions import record_change, transition
from engine.versions import save_if_unchanged
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.models import Person


def check_of_programme(of_cohort: Cohort | None, programme_id: int) -> None:
    if of_cohort is not None and of_cohort.programme_id != programme_id:
        raise Refused(_("Choose a cohort of this programme."), field="of_cohort")


def check_group(group: AlumniGroup | None, programme_id: int) -> None:
    if group is not None and (group.programme_id != programme_id or group.closed_at is not None):
        raise Refused(_("Choose an open group of this programme."), field="group")


@transaction.atomic
def open_event(
    *,
    event: Event,
    of_cohort: Cohort | None,
    by: Actor,
    alumni_only: bool = False,
    group: AlumniGroup | None = None,
) -> EventOpening:
    """Let alumni book places, and tell those who are active. Said twice it is once; for other alumni than before, the new ones are told."""
    if by.kind != "system" and not staff(by, event):
        raise NotAllowed(_("Only staff of the cohort open its events to alumni."))
    check_of_programme(of_cohort, event.programme_id)
    take_event(event)
    check_ahead(event)
    if event.learning_set_id is not None:
        raise Refused(_("What one set meets for isn’t for others."))
    opening, made = EventOpening.objects.get_or_create(
        event=event,
        defaults={
            "of_cohort": of_cohort,
            "alumni_only": alumni_only,
            "group": group,
            "opened_by": by.person,
            "opened_at": timezone.now(),
        },
    )
    if not made and (opening.group_id or opening.of_cohort_id == (of_cohort.pk if of_cohort else None)):
        return opening
    opening.of_cohort, opening.event = of_cohort, event
    opening.save(update_fields=["of_cohort"])
    record_change(event, "open to alumni", by=by, reason=of_cohort.name if of_cohort else "")
    for person in invitees(opening):
        send_alumni_event(opening, person, by=by)
    return opening


@transaction.atomic
def plan_alumni_event(
    *,
    programme: Programme,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    by: Actor,
    place: str = "",
    venue: Venue | None = None,
    join_url: str = "",
    summary: str = "",
    capacity: int | None = None,
    of_cohort: Cohort | None = None,
    group: AlumniGroup | None = None,
) -> EventOpening:
    """An event for alumni alone: the last cohort that finished holds it, so that nobody is expected who didn't book."""
    if by.kind != "system" and not staff(by, programme):
        raise NotAllowed(_("Only staff of the programme plan events for its alumni."))
    check_of_programme(of_cohort, programme.pk)
    check_group(group, programme.pk)
    host = finished_cohorts(programme).filter(stage=CohortStage.FINISHED).first()
    if host is None:
        raise Refused(_("No cohort of this programme has finished, so it has no alumni to invite yet."))
    event = create_event(
        cohort=host,
        kind=EventKind.VIRTUAL if join_url and not place.strip() and venue is None else EventKind.NETWORKING,
        title=title,
        starts_at=starts_at,
        ends_at=ends_at,
        place=place,
        venue=venue,
        join_url=join_url,
        summary=summary,
        capacity=capacity,
        tell=False,
        by=by,
    )
    return open_event(event=event, of_cohort=of_cohort, group=group, alumni_only=True, by=by)


@transaction.atomic
def book_place(*, event: Event, by: Actor) -> EventGuest:
    """An alumnus takes a place, and it goes into their calendar; where none is left, or others wait, they wait in their turn. Booked
    twice it is once."""
    if by.person is None or not open_to_alumnus(by, event):
        raise NotAllowed(_("This event isn’t open to you."))
    take_event(event)
    check_ahead(event)
    rows = EventGuest.objects.filter(event=event, person=by.person, state__in=OPEN)
    there = rows.select_related("person", "event__cohort__programme").first()
    if there is not None:
        return accept_place(guest=there, by=by) if there.state == GuestState.ASKED else there
    away = Attendance.objects.filter(event=event, person=by.person, state=Attendance.State.APOLOGIES).exists()
    if not away and own_ids(event).filter(person_id=by.person_id).exists():
        raise WrongState(_("You’re expected at this event anyway."))
    places = places_at(event)
    row = EventGuest.objects.create(
        event=event, person=by.person, state=GuestState.WAITING, asked_by=by.person, added_at=timezone.now()
    )
    record_change(row, "add", by=by, target=row.state)
    if not places.has_room or places.waiting:
        send_guest_waiting(row, by=by)
        return row
    transition(row, "book", by=by, answered_at=timezone.now())
    Attendance.objects.filter(event=event, person=by.person, state=Attendance.State.APOLOGIES).delete()
    send_event(event, [by.person], what="new", by=by)
    return row


@transaction.atomic
def save_recording(
    *, opening: EventOpening, version: int, recording_url: str, recording_for: str, by: Actor
) -> EventOpening:
    """Where it can be watched, and by whom; '' takes it away. Those who had a place are told of a new one."""
    event = opening.event
    if by.kind != "system" and not staff(by, event):
        raise NotAllowed(_("Only staff of the cohort add a recording."))
    take_event(event)
    if not event.is_over:
        raise WrongState(_("There is a recording once the event is over."))
    if recording_url and not recording_url.startswith("https://"):
        raise Refused(_("The link must start with https://"), field="recording_url")
    is_new = bool(recording_url) and recording_url != opening.recording_url
    save_if_unchanged(opening, version=version, recording_url=recording_url, recording_for=recording_for)
    record_change(event, "recording", by=by, reason=recording_url)
    if is_new:
        absent = Attendance.objects.filter(event=event, state=Attendance.State.ABSENT).values("person_id")
        coming = EventGuest.objects.filter(event=event, state=GuestState.COMING).exclude(person__in=absent)
        for person in Person.objects.filter(pk__in=coming.values("person_id")):
            send_recording(opening, person, by=by)
    return opening
