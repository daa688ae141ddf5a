"""What selection tells of assessment centres."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.db.models import CharField, Count, DateTimeField, ExpressionWrapper, F, Min, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast, Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from engine.home import Panel, panel_sources
from reminders.calendars import CalendarEntry, calendar_sources
from reminders.kinds import name_kinds
from reminders.obligations import ObligationSource, obligation_sources
from selection.calendar import observer_entry, place_entry
from selection.face_applications import nearest_staff
from selection.models import AssessmentCentre, CentreArrangement, CentrePlace, ObservedMark, Observer
from selection.selectors.centre import unwatched_places
from selection.states import TOLD, ApplicationState, CentrePlaceState, CentreState
from tenancy.actors import Actor
from tenancy.conflicts import NOTHING_MORE, ConflictSource, conflict_sources
from tenancy.models import Person, Role, Tenant
from tenancy.privacy import Holding, holdings

# An observer's marks are owed so long after the person's time.
MARK_DAYS = 2


def times_to_choose() -> QuerySet[CentrePlace]:
    """While a time can be chosen: after that staff give one."""
    return CentrePlace.objects.filter(
        state=CentrePlaceState.CALLED,
        application__state=ApplicationState.ELIGIBLE,
        application__round__centre__state=CentreState.BOOKING,
        application__round__centre__book_by__gt=Now(),
    ).annotate(
        owed_by=F("application__applicant_id"),
        owed_about=F("application__round__cohort__programme__name"),
        owed_key=F("application__public_id"),
        owed_due=F("application__round__centre__book_by"),
        owed_since=F("called_at"),
        owed_cohort=F("application__cohort_id"),
    )


def marks_owed() -> QuerySet[Observer]:
    """From the moment the exercise begins, unless the person didn't come."""
    return Observer.objects.filter(
        withdrawn_at__isnull=True,
        finished_at__isnull=True,
        starts_at__lte=Now(),
        place__state__in=(CentrePlaceState.BOOKED, CentrePlaceState.CAME),
        place__application__state=ApplicationState.ELIGIBLE,
        place__application__round__centre__state=CentreState.BOOKING,
    ).annotate(
        owed_by=F("person_id"),
        owed_about=F("place__application__applicant__name"),
        owed_key=F("public_id"),
        owed_due=ExpressionWrapper(F("slot__ends_at") + timedelta(days=MARK_DAYS), output_field=DateTimeField()),
        owed_since=F("starts_at"),
        owed_cohort=F("place__application__cohort_id"),
    )


def observers_owed() -> QuerySet[AssessmentCentre]:
    """One row a centre, while somebody has a time to come and an exercise that nobody watches: before the first of those times, by whoever
    is nearest."""
    bare = unwatched_places().filter(slot__centre=OuterRef("pk")).order_by().values("slot__centre")
    return (
        AssessmentCentre.objects.filter(state=CentreState.BOOKING)
        .annotate(
            owed_by=nearest_staff("round__cohort"),
            owed_about=Cast(Subquery(bare.annotate(n=Count("pk")).values("n")), CharField()),
            owed_key=F("round__public_id"),
            owed_due=Subquery(bare.annotate(first=Min("slot__starts_at")).values("first")),
            owed_since=Subquery(bare.annotate(first=Min("booked_at")).values("first")),
            owed_cohort=F("round__cohort_id"),
        )
        .filter(owed_by__isnull=False, owed_due__isnull=False)
    )


obligation_sources.register(
    "selection.centre_observers",
    ObligationSource(
        kind="selection.centre_observers",
        label=gettext_lazy("Name observers for the assessment centre ({about} without)"),
        board_label=gettext_lazy("Observers to name"),
        rows=observers_owed,
        path=lambda slug, key: reverse("selection:centre-observers", kwargs={"tenant": slug, "public_id": key}),
        ends=gettext_lazy("when every exercise of everybody who has a time is watched by somebody"),
        remind_before=5,
    ),
)
obligation_sources.register(
    "selection.centre_time",
    ObligationSource(
        kind="selection.centre_time",
        label=gettext_lazy("Choose your time at the assessment centre of {about}"),
        board_label=gettext_lazy("Times at the assessment centre"),
        rows=times_to_choose,
        path=lambda slug, key: reverse("selection:centre-book", kwargs={"tenant": slug, "public_id": key}),
        ends=gettext_lazy("when a time is chosen or given, or the person is released"),
        remind_before=2,
    ),
)
obligation_sources.register(
    "selection.centre_marks",
    ObligationSource(
        kind="selection.centre_marks",
        label=gettext_lazy("Finish your marks for {about} at the assessment centre"),
        board_label=gettext_lazy("Marks of observers"),
        rows=marks_owed,
        path=lambda slug, key: reverse("selection:observe", kwargs={"tenant": slug, "public_id": key}),
        ends=gettext_lazy("when the marks are finished or taken back, or the person didn’t come"),
        remind_before=1,
    ),
)


def calendar_of(person: Person) -> list[CalendarEntry]:
    """The person's own time, and what they observe; what was cancelled stays as such."""
    slug = person.tenant.slug
    own = CentrePlace.objects.filter(application__applicant=person).exclude(slot=None, last_slot=None)
    entries = [
        place_entry(p, slug) for p in own.select_related("slot", "last_slot", "application__round__cohort") if p.had
    ]
    parts = Observer.objects.filter(person=person).select_related("slot", "exercise", "place__application__applicant")
    return entries + [observer_entry(o, slug) for o in parts]


calendar_sources.register("selection.centre", calendar_of)


name_kinds(
    "selection",
    {
        "centre_called": gettext_lazy("Called to an assessment centre"),
        "centre_time": gettext_lazy("Time at an assessment centre"),
        "centre_released": gettext_lazy("No longer called to an assessment centre"),
        "observing": gettext_lazy("Observing at an assessment centre"),
        "not_observing": gettext_lazy("No longer observing"),
        "observer_conflict": gettext_lazy("Observer with a conflict of interest"),
    },
)


# On the home page; the calendar has all of them.
SHOWN = 8


def observing_panels(actor: Actor, tenant: Tenant) -> list[Panel]:
    """What an observer watches next, and what waits for marks, by time."""
    if actor.kind != "person" or not actor.holds(Role.ASSESSOR):
        return []
    rows = (
        Observer.objects.filter(
            person=actor.person_id,
            withdrawn_at__isnull=True,
            finished_at__isnull=True,
            place__state__in=(CentrePlaceState.BOOKED, CentrePlaceState.CAME),
            place__application__state=ApplicationState.ELIGIBLE,
            place__application__round__centre__state=CentreState.BOOKING,
        )
        .select_related("exercise", "slot", "place__application__applicant")
        .order_by("starts_at", "pk")
    )
    parts = list(rows[: SHOWN + 1])
    if not parts:
        return []
    context = {"parts": parts[:SHOWN], "more": len(parts) > SHOWN, "now": timezone.now()}
    return [Panel("selection/_panel_observing.html", context, position=16)]


panel_sources.register("selection.observing", observing_panels)


def observed(person_ids: Collection[int]) -> list[QuerySet]:
    """An observer and whom they watched: no mentor of somebody they judged."""
    rows = Observer.objects.filter(
        person__in=person_ids, place__application__applicant__in=person_ids, withdrawn_at__isnull=True
    )
    return [
        rows.annotate(
            conflict_one=F("person"), conflict_other=F("place__application__applicant"), conflict_detail=NOTHING_MORE
        )
    ]


conflict_sources.register(
    "selection.observer",
    ConflictSource(observed, gettext_lazy("One observed the other at an assessment centre.")),
)


def marks_in_copy(rows: QuerySet[ObservedMark]) -> list[dict[str, Any]]:
    return [
        {
            "exercise": m.observer.exercise.name,
            "criterion": m.criterion.name,
            "points": m.points,
            "comment": m.comment,
        }
        for m in rows.select_related("observer__exercise", "criterion").order_by("observer", "criterion__position")
    ]


def export_centre(person: Person) -> list[dict[str, Any]]:
    """The person's own ways through a centre, with the marks given to them once they've been told what was decided; and what they gave as
    observer. Marks are read as that person, so nobody's come out that the database hides."""
    own = CentrePlace.objects.filter(application__applicant=person).select_related(
        "application__round__cohort__programme", "slot"
    )
    told = {a.place_id: a.text for a in CentreArrangement.objects.filter(place__in=own)}
    seen: list[dict[str, Any]] = [
        {
            "assessment centre of": str(p.application.round.cohort),
            "state": p.get_state_display(),
            "called": p.called_at,
            "from": p.slot.starts_at if p.slot else None,
            "to": p.slot.ends_at if p.slot else None,
            "where": p.slot.where if p.slot else "",
            "observers are told": told.get(p.pk, ""),
            "marks given to you": marks_in_copy(
                ObservedMark.objects.filter(observer__place=p, observer__finished_at__isnull=False)
            )
            if p.application.state in TOLD
            else [],
        }
        for p in own
    ]
    watched = Observer.objects.filter(person=person).select_related("place__application", "exercise")
    given = CentrePlace.objects.filter(given_by=person).count()
    return [
        *seen,
        *(
            {
                "observed": o.exercise.name,
                "application": o.place.application.reference,
                "from": o.starts_at,
                "to": o.ends_at,
                "begun": o.began_at,
                "finished": o.finished_at,
                "taken back": o.withdrawn_at,
                "because": o.get_withdrawn_because_display(),
                "marks": marks_in_copy(ObservedMark.objects.filter(observer=o, observer__person=person)),
            }
            for o in watched.order_by("pk")
        ),
        *([{"times given to others": given}] if given else []),
    ]


holdings.register(
    "selection.centre",
    Holding(
        label=gettext_lazy("Assessment centres you were called to or observed at"),
        models=("selection.CentrePlace", "selection.Observer"),
        export=export_centre,
        kind="selection.applications",
    ),
)
