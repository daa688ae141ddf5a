"""Events that alumni may come to, for one alumnus and for those who are told."""

from __future__ import annotations

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from cohorts.models import (
    AlumniGroupMember,
    AlumniMembership,
    Attendance,
    Event,
    EventGuest,
    EventOpening,
    Participation,
    Programme,
)
from cohorts.models.event_guest import OPEN
from cohorts.selectors.events import own_ids
from cohorts.states import AlumniState, EventState, GuestState, ParticipationState
from tenancy.models import Person


def opened_events(person_id: int | None) -> QuerySet[Event]:
    """Events that this alumnus may book, or might have: the twin of `open_to_alumnus`. Who has left a programme is asked to none."""
    mine = AlumniMembership.objects.filter(person_id=person_id).exclude(state=AlumniState.LEFT)
    finished = Participation.objects.filter(person_id=person_id, state=ParticipationState.ALUMNUS)
    groups = AlumniGroupMember.objects.filter(person_id=person_id)
    openings = EventOpening.objects.filter(
        Q(of_cohort__isnull=True) | Q(of_cohort__in=finished.values("cohort_id")),
        event__cohort__programme__in=mine.values("programme_id"),
        group__isnull=True,
    )
    of_groups = EventOpening.objects.filter(group__in=groups.values("group_id"))
    return Event.objects.filter(
        Q(pk__in=openings.values("event_id")) | Q(pk__in=of_groups.values("event_id"))
    ).select_related("cohort__programme", "venue")


def opened_ahead(person_id: int) -> list[Event]:
    """What is still to come, each with how this person stands on its list as `mine`, None where they don't."""
    mine = EventGuest.objects.filter(event=OuterRef("pk"), person_id=person_id, state__in=OPEN)
    return list(
        opened_events(person_id)
        .filter(state=EventState.PLANNED, ends_at__gt=timezone.now())
        .annotate(mine=Subquery(mine.values("state")[:1]))
        .order_by("starts_at", "pk")[:20]
    )


def invitees(opening: EventOpening) -> QuerySet[Person]:
    """Active alumni whom an opening is for, without those who are expected at the event or on its list already."""
    event = opening.event
    active = AlumniMembership.objects.filter(programme=event.programme_id, state=AlumniState.ACTIVE)
    people = Person.objects.filter(pk__in=active.values("person_id")).exclude(pk__in=own_ids(event))
    if opening.group_id is not None:
        members = AlumniGroupMember.objects.filter(group=opening.group_id)
        people = Person.objects.filter(pk__in=members.values("person_id")).exclude(pk__in=own_ids(event))
    if opening.of_cohort_id is not None:
        finished = Participation.objects.filter(cohort=opening.of_cohort_id, state=ParticipationState.ALUMNUS)
        people = people.filter(pk__in=finished.values("person_id"))
    return people.exclude(pk__in=EventGuest.objects.filter(event=event, state__in=OPEN).values("person_id"))


def opening_of(event: Event) -> EventOpening | None:
    return EventOpening.objects.filter(event=event).select_related("of_cohort").first()


def came(event: Event, person_id: int | None) -> bool:
    """Had a place, and isn't marked as absent."""
    there = EventGuest.objects.filter(event=event, person_id=person_id, state=GuestState.COMING).exists()
    absent = Attendance.objects.filter(event=event, person_id=person_id, state=Attendance.State.ABSENT)
    return there and not absent.exists()


def sees_recording(opening: EventOpening, person_id: int | None) -> bool:
    if not opening.recording_url:
        return False
    return opening.recording_for == EventOpening.RecordingFor.EVERYONE or came(opening.event, person_id)


def recordings_for(person_id: int) -> list[EventOpening]:
    """The newest ones that this alumnus may watch."""
    rows = EventOpening.objects.filter(event__in=opened_events(person_id).values("pk")).exclude(recording_url="")
    absent = Attendance.objects.filter(person_id=person_id, state=Attendance.State.ABSENT)
    coming = EventGuest.objects.filter(person_id=person_id, state=GuestState.COMING).exclude(
        event__in=absent.values("event_id")
    )
    rows = rows.filter(
        Q(recording_for=EventOpening.RecordingFor.EVERYONE) | Q(event__in=coming.values("event_id"))
    ).select_related("event")
    return list(rows.order_by("-event__starts_at", "-pk")[:10])


def alumni_events_of(programme: Programme) -> list[EventOpening]:
    """All events of a programme that were opened, newest first, for staff."""
    rows = EventOpening.objects.filter(event__cohort__programme=programme, event__state=EventState.PLANNED)
    return list(rows.select_related("event__cohort", "of_cohort").order_by("-event__starts_at", "-pk")[:20])
