"""What selection tells of assessment centres."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.db.models import DateTimeField, ExpressionWrapper, F, QuerySet
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy

from reminders.calendars import CalendarEntry, calendar_sources
from reminders.kinds import name_kinds
from reminders.obligations import ObligationSource, obligation_sources
from selection.calendar import observer_entry, place_entry
from selection.models import CentreArrangement, CentrePlace, ObservedMark, Observer
from selection.states import TOLD, ApplicationState, CentrePlaceState, CentreState
from tenancy.conflicts import NOTHING_MORE, ConflictSource, conflict_sources
from tenancy.models import Person, Tenant
from tenancy.privacy import Holding, holdings
from tenancy.scope import current_scope

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
    slug = Tenant.objects.get(pk=current_scope().tenant_id).slug
    own = CentrePlace.objects.filter(application__applicant=person).exclude(slot=None, last_slot=None)
    entries = [
        place_entry(p, slug) for p in own.select_related("slot", "last_slot", "application__round__cohort") if p.had
    ]
    parts = Observer.objects.filter(person=person).select_related(
        "slot", "exercise", "place__application__applicant"
    )
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
