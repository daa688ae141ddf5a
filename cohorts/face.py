"""What the app tells the lower floors when asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, CharField, DateTimeField, ExpressionWrapper, F, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Least, Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts import (  # noqa: F401 -- they register on import
    face_alumni,
    face_buddies,
    face_engagement,
    face_guests,
    face_home,
    face_movement,
    face_notebook,
    face_partners,
    face_report,
    face_return_briefs,
    face_returning,
    face_review,
    face_room,
    face_seating,
    face_set_terms,
    face_spread,
    face_support,
    face_vetoes,
)
from cohorts.calendar import event_entry
from cohorts.models import (
    Attendance,
    AttendanceImport,
    Event,
    EventGuest,
    EventNeeds,
    EventTaskDone,
    Invitation,
    LearningSet,
    Participation,
    Presence,
    SetMembership,
    SetPlan,
)
from cohorts.models.event_guest import HOLDS_PLACE
from cohorts.models.invitation import ANSWER_DAYS
from cohorts.rules import INVITE
from cohorts.selectors import my_events
from cohorts.selectors.event_tasks import tasks_owed
from cohorts.selectors.needs import readings_for
from cohorts.selectors.seating import in_words, seats_for
from cohorts.services.attendance_imports.kind import ATTENDANCE_LISTS
from cohorts.services.set_job import run_compose_sets
from cohorts.services.sets import COMPOSE
from cohorts.states import EventState, InvitationState, ParticipationState
from engine.imports.job import register_import
from engine.imports.retention import delete_uploads
from engine.jobs import handlers
from reminders.calendars import CalendarEntry, calendar_sources
from reminders.kinds import name_kinds
from reminders.obligations import ObligationSource, obligation_sources
from tenancy.models import Person, Role
from tenancy.privacy import Holding, holdings
from tenancy.retention import RetentionKind, delete_rows, retention_kinds
from tenancy.unneeded import LooseEnd, loose_ends
from tenancy.vocabulary import in_own_words

handlers.register(COMPOSE, run_compose_sets)
register_import(ATTENDANCE_LISTS)


def registers_owed() -> QuerySet:
    """Events that are over, of cohorts still going, whose register nobody has saved."""
    return (
        Event.objects.filter(
            state=EventState.PLANNED, ends_at__lt=Now(), registered_at__isnull=True, owner__isnull=False
        )
        .exclude(cohort__stage="finished")
        .annotate(
            owed_by=F("owner_id"),
            owed_about=Cast("title", TextField()),
            owed_key=Cast("public_id", TextField()),
            owed_due=ExpressionWrapper(F("ends_at") + timedelta(days=2), output_field=DateTimeField()),
            owed_since=F("ends_at"),
            owed_cohort=F("cohort_id"),
        )
    )


def answers_owed() -> QuerySet:
    """Invitations not yet answered."""
    roles = [When(role=value, then=Value(str(label))) for value, label in Role.choices]
    return Invitation.objects.filter(state=InvitationState.OPEN).annotate(
        owed_by=F("person_id"),
        owed_about=Cast(Case(*roles, default=F("role"), output_field=CharField()), TextField()),
        owed_key=Cast("public_id", TextField()),
        owed_due=ExpressionWrapper(F("invited_at") + timedelta(days=ANSWER_DAYS), output_field=DateTimeField()),
        owed_since=F("invited_at"),
        owed_cohort=F("cohort_id"),
    )


def presence_owed() -> QuerySet[Presence]:
    """Chief officers asked to be at an event that hasn't begun, who haven't answered."""
    return Presence.objects.filter(
        answer=Presence.Answer.WAITING,
        asked_at__isnull=False,
        event__state=EventState.PLANNED,
        event__starts_at__gt=Now(),
    ).annotate(
        owed_by=F("person_id"),
        owed_about=Cast("event__title", TextField()),
        owed_key=Cast("public_id", TextField()),
        owed_due=Least(
            ExpressionWrapper(F("asked_at") + timedelta(days=14), output_field=DateTimeField()), "event__starts_at"
        ),
        owed_since=F("asked_at"),
        owed_cohort=F("event__cohort_id"),
    )


def path_of(name: str) -> Any:
    return lambda slug, key: reverse(name, kwargs={"tenant": slug, "public_id": key})


obligation_sources.register(
    "cohorts.register",
    ObligationSource(
        kind="cohorts.register",
        label=_("Keep the register of “{about}”"),
        board_label=_("Attendance registers"),
        rows=registers_owed,
        path=path_of("cohorts:event-register"),
        ends=_("when the register is saved"),
        remind_every=3,
    ),
)
obligation_sources.register(
    "cohorts.task",
    ObligationSource(
        kind="cohorts.task",
        label=_("{about}"),
        board_label=_("Pre-work and follow-on"),
        rows=tasks_owed,
        path=path_of("cohorts:event-task-detail"),
        ends=_("when they say that they’ve done it, or the event is over or cancelled"),
    ),
)
obligation_sources.register(
    "cohorts.presence",
    ObligationSource(
        kind="cohorts.presence",
        label=_("Say whether you’ll be at “{about}”"),
        board_label=_("Chief officers’ presence"),
        rows=presence_owed,
        path=lambda slug, key: reverse("cohorts:presence-mine", kwargs={"tenant": slug}),
        ends=_("when they say yes or no, or the event starts or is cancelled"),
    ),
)
obligation_sources.register(
    "cohorts.invitation",
    ObligationSource(
        kind="cohorts.invitation",
        label=_("Answer your invitation: {about}"),
        board_label=_("Invitations"),
        rows=answers_owed,
        path=path_of("cohorts:invitation-answer"),
        ends=_("when the invitation is accepted, declined or withdrawn"),
        link_purpose=INVITE,
    ),
)


def calendar_of(person: Person) -> list[CalendarEntry]:
    slug = person.tenant.slug
    mine = {
        event.pk: event_entry(
            event, path=reverse("cohorts:event-detail", kwargs={"tenant": slug, "public_id": event.public_id})
        )
        for event in my_events(person.pk)
    }
    promised = Presence.objects.filter(person=person, answer=Presence.Answer.YES).select_related("event__venue")
    for row in promised:
        mine.setdefault(
            row.event_id, event_entry(row.event, path=reverse("cohorts:presence-mine", kwargs={"tenant": slug}))
        )
    for (event_id, _person), seats in seats_for([person.pk], mine).items():
        entry = mine[event_id]
        mine[event_id] = replace(entry, place=", ".join(part for part in (entry.place, in_words(seats)) if part))
    return list(mine.values())


calendar_sources.register("cohorts", calendar_of)


def export_places(person: Person) -> list[dict[str, Any]]:
    rows = Participation.objects.filter(person=person).select_related("cohort__programme", "organisation")
    return [
        {"cohort": str(r.cohort), "sent by": str(r.organisation or ""), "state": r.state, "joined": r.joined_at}
        for r in rows
    ]


def export_events(person: Person) -> list[dict[str, Any]]:
    rows = Attendance.objects.filter(person=person).select_related("event")
    kept = Event.objects.filter(owner=person).select_related("venue")
    tasks = EventTaskDone.objects.filter(person=person).select_related("task__event")
    return [
        *({"event": t.task.event.title, "task": t.task.title, "done": t.done_at} for t in tasks),
        *(
            {
                "event": r.event.title,
                "on": r.event.starts_at,
                "state": r.state,
                "note": r.note,
                "checked in": r.checked_in_at,
                "recorded": r.recorded_at,
            }
            for r in rows
        ),
        *(
            {
                "keeps the register of": e.title,
                "on": e.starts_at,
                "about": e.summary,
                "place": e.whole_address,
                "online": e.join_url,
                "state": e.state,
            }
            for e in kept
        ),
    ]


def export_lists(person: Person) -> list[dict[str, Any]]:
    rows = AttendanceImport.objects.filter(uploaded_by=person).select_related("file", "event")
    return [
        {"file": r.file.name, "event": r.event.title, "uploaded": r.uploaded_at, "state": r.state}
        for r in rows.defer("file__content", "outcome")
    ]


def old_lists(before: datetime) -> QuerySet[AttendanceImport]:
    return AttendanceImport.objects.filter(uploaded_at__lt=before).only("pk", "file_id").order_by("pk")


def export_presence(person: Person) -> list[dict[str, Any]]:
    rows = Presence.objects.filter(person=person).select_related("event")
    return [
        {
            "event": r.event.title,
            "on": r.event.starts_at,
            "asked": r.asked_at,
            "answer": r.answer,
            "answered": r.answered_at,
            "was there": r.came,
        }
        for r in rows
    ]


def export_needs(person: Person) -> list[dict[str, Any]]:
    read = [{"by": r.by_role, "at": r.at} for r in readings_for(person.pk)]
    return [
        {
            "food": r.diet,
            "without": ", ".join(r.without),
            "allergy": r.allergy,
            "access": r.access,
            "a table that's easy to reach": r.easy_seat,
            "saved": r.saved_at,
            "read": read,
        }
        for r in EventNeeds.objects.filter(person=person)
    ]


def needs_over(before: datetime) -> QuerySet[EventNeeds]:
    """Of people who are on no cohort and asked to no event that ends after that moment, and haven't said anything new since."""
    going = Participation.objects.filter(cohort__ends_on__gte=timezone.localdate(before)).exclude(
        state=ParticipationState.WITHDRAWN
    )
    asked = EventGuest.objects.filter(event__ends_at__gte=before, state__in=HOLDS_PLACE)
    return (
        EventNeeds.objects.filter(saved_at__lt=before)
        .exclude(person__in=going.values("person"))
        .exclude(person__in=asked.values("person"))
        .order_by("pk")
    )


def export_sets(person: Person) -> list[dict[str, Any]]:
    rows = SetMembership.objects.filter(person=person).select_related("learning_set__cohort", "plan")
    led = LearningSet.objects.filter(facilitator=person).select_related("cohort")
    return [
        *({"set": r.learning_set.name, "cohort": r.learning_set.cohort.name, "state": r.plan.state} for r in rows),
        *({"facilitates": s.name, "cohort": s.cohort.name} for s in led),
    ]


def export_invitations(person: Person) -> list[dict[str, Any]]:
    rows = Invitation.objects.filter(Q(person=person) | Q(accepted_as=person)).select_related("cohort").distinct()
    return [
        {
            "role": r.role,
            "cohort": r.cohort.name if r.cohort else "",
            "state": r.state,
            "invited": r.invited_at,
            "note": r.note,
        }
        for r in rows
    ]


# Taken up by somebody whom the tenant knew by another address.
TAKEN_BY_ANOTHER = Q(accepted_as__isnull=False) & ~Q(accepted_as=F("person"))
loose_ends.register(
    "cohorts.invitation",
    LooseEnd(
        Invitation,
        "person",
        TAKEN_BY_ANOTHER,
        lambda people: Invitation.objects.filter(TAKEN_BY_ANOTHER, person__in=people).update(person=F("accepted_as")),
    ),
)
holdings.register(
    "cohorts.places",
    Holding(label=_("Places on cohorts"), models=(Participation._meta.label,), export=export_places, keep_days=None),
)
holdings.register(
    "cohorts.events",
    Holding(
        label=_("Events: apologies and attendance"),
        models=(Attendance._meta.label, Event._meta.label, EventTaskDone._meta.label),
        export=export_events,
        keep_days=6 * 365,
    ),
)
holdings.register(
    "cohorts.attendance_lists",
    Holding(
        label=_("Attendance lists you uploaded"),
        models=(AttendanceImport._meta.label,),
        export=export_lists,
        kind="cohorts.attendance_lists",
    ),
)
retention_kinds.register(
    "cohorts.attendance_lists",
    RetentionKind(
        label=_("Attendance lists that were uploaded"),
        after=_("after the upload"),
        days=90,
        least=30,
        most=183,
        due=old_lists,
        delete=delete_uploads,
    ),
)
holdings.register(
    "cohorts.presence",
    Holding(
        label=_("Presence at events as a chief officer"),
        models=(Presence._meta.label,),
        export=export_presence,
        keep_days=6 * 365,
    ),
)
holdings.register(
    "cohorts.needs",
    Holding(
        label=_("What you need at events: food and access"),
        models=(EventNeeds._meta.label,),
        export=export_needs,
        kind="cohorts.needs",
    ),
)
retention_kinds.register(
    "cohorts.needs",
    RetentionKind(
        label=_("What people need at events: food and access"),
        after=_("after the end of the last cohort they’re on"),
        days=30,
        least=7,
        most=183,
        due=needs_over,
        delete=lambda rows: delete_rows(EventNeeds, [row.pk for row in rows]),
    ),
)
holdings.register(
    "cohorts.sets",
    Holding(
        label=in_own_words(_("%(Sets)s")),
        models=(SetMembership._meta.label, LearningSet._meta.label, SetPlan._meta.label),
        export=export_sets,
        keep_days=6 * 365,
    ),
)
holdings.register(
    "cohorts.invitations",
    Holding(label=_("Invitations"), models=(Invitation._meta.label,), export=export_invitations, keep_days=365),
)
name_kinds(
    "cohorts",
    {
        "welcome": _("Welcome to the cohort"),
        "presence_asked": _("Chief officer asked to an event"),
        "event_new": _("New event"),
        "event_changed": _("Event changed"),
        "event_cancelled": _("Event cancelled"),
        "set": in_own_words(_("%(Learning_set)s published or changed")),
        "invitation": _("Invitation to take part"),
        "invitation_answer": _("Answer to an invitation"),
        "reflection_shared": _("Reflection shared"),
        "appraisal": _("Summary for an appraisal shared by a link"),
        "history_nod": _("Answer to your leadership history"),
    },
    # what people keep for themselves is shared with one reader, and that it is stands behind the same wall
    private=("reflection_shared", "appraisal", "history_nod"),
)
