"""What selection tells of assessment centres."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy

from selection.models import CentreArrangement, CentrePlace, ObservedMark, Observer
from selection.states import TOLD
from tenancy.conflicts import NOTHING_MORE, ConflictSource, conflict_sources
from tenancy.models import Person
from tenancy.privacy import Holding, holdings


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
