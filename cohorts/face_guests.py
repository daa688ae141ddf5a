"""What guests of events answer when the lower floors ask."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet, TextField
from django.db.models.functions import Cast, Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cohorts.models import Attendance, EventGuest, Participation, Seat, SeatingPair
from cohorts.rules import GUEST
from cohorts.states import EventState, GuestState
from reminders.kinds import name_kinds
from reminders.obligations import ObligationSource, obligation_sources
from tenancy.models import Person
from tenancy.privacy import Holding, holdings
from tenancy.retention import SYS, RetentionKind, delete_rows, retention_kinds


def answers_owed() -> QuerySet[EventGuest]:
    """Places kept for an answer, at events still to come."""
    return EventGuest.objects.filter(
        state=GuestState.ASKED, event__state=EventState.PLANNED, event__starts_at__gt=Now()
    ).annotate(
        owed_by=F("person_id"),
        owed_about=Cast("event__title", TextField()),
        owed_key=Cast("public_id", TextField()),
        owed_due=F("answer_by"),
        owed_since=F("added_at"),
        owed_cohort=F("event__cohort_id"),
    )


obligation_sources.register(
    "cohorts.guest",
    ObligationSource(
        kind="cohorts.guest",
        label=_("Say whether you’ll come to “{about}”"),
        board_label=_("Guests’ answers"),
        rows=answers_owed,
        path=lambda slug, key: reverse("cohorts:guest-answer", kwargs={"tenant": slug, "public_id": key}),
        ends=_("when they say yes or no, the time is over, or the event starts or is cancelled"),
        link_purpose=GUEST,
        remind_before=2,
    ),
)


def export_guests(person: Person) -> list[dict[str, Any]]:
    rows = EventGuest.objects.filter(person=person).select_related("event").order_by("added_at")
    return [
        {
            "event": r.event.title,
            "on": r.event.starts_at,
            "employer": r.employer,
            "state": r.state,
            "added": r.added_at,
            "answer by": r.answer_by,
            "answered": r.answered_at,
        }
        for r in rows
    ]


def long_over(before: datetime) -> QuerySet[EventGuest]:
    return EventGuest.objects.filter(event__ends_at__lt=before).select_related("event").order_by("pk")


def delete_guests(rows: Sequence[EventGuest]) -> None:
    """With the mark that the register has of each as a guest, and where they sat; one of the event's own people keeps theirs."""
    pairs = Q(pk__in=[])
    for row in rows:
        pairs |= Q(event=row.event_id, person=row.person_id)
    marks = Attendance.objects.using(SYS).filter(pairs, is_guest=True)
    delete_rows(Attendance, list(marks.values_list("pk", flat=True)))
    for row in rows:
        delete_traces(row)
    delete_rows(EventGuest, [row.pk for row in rows])


def delete_traces(row: EventGuest) -> None:
    """A guest's seats, and what staff wished for them; not those of somebody who had a place on the cohort."""
    if Participation.objects.using(SYS).filter(cohort=row.event.cohort_id, person=row.person_id).exists():
        return
    seats = Seat.objects.using(SYS).filter(seating__event=row.event_id, person=row.person_id)
    delete_rows(Seat, list(seats.values_list("pk", flat=True)))
    pairs = SeatingPair.objects.using(SYS).filter(Q(first=row.person_id) | Q(second=row.person_id), event=row.event_id)
    delete_rows(SeatingPair, list(pairs.values_list("pk", flat=True)))


holdings.register(
    "cohorts.guests",
    Holding(
        label=_("Events you were asked to as a guest"),
        models=(EventGuest._meta.label,),
        export=export_guests,
        kind="cohorts.guests",
    ),
)
retention_kinds.register(
    "cohorts.guests",
    RetentionKind(
        label=_("Guests of events, and whoever waited for a place"),
        after=_("after the end of the event"),
        days=365,
        least=30,
        most=730,
        due=long_over,
        delete=delete_guests,
    ),
)
name_kinds(
    "cohorts",
    {
        "guest_asked": _("Guest asked to an event"),
        "guest_waiting": _("Guest on the waiting list"),
        "guest_off": _("No place at an event after all"),
    },
)
