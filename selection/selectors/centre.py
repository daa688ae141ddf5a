"""An assessment centre: whom the ranking proposes, which times have room, and what is still missing before it can close."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from selection.models import AssessmentCentre, CentrePlace, CentreSlot, Exercise, Observer, SelectionRound
from selection.selectors.ranking import Ranked, rank_round
from selection.states import SEATED, ApplicationState, CentrePlaceState, CentreState

OBSERVERS = 2


def is_under_way(round_: SelectionRound) -> bool:
    """Whether an assessment centre was switched on that is neither over nor called off: moderation waits for it."""
    return AssessmentCentre.objects.filter(round=round_, state__in=(CentreState.PREPARED, CentreState.BOOKING)).exists()


def proposed(round_: SelectionRound, places: int) -> list[Ranked]:
    """The first `places` of the ranking as it stands."""
    rows = rank_round(round_, places=places)
    return [r for r in rows if r.state == ApplicationState.ELIGIBLE and r.points is not None][:places]


def slots_with_room(centre: AssessmentCentre) -> QuerySet[CentreSlot]:
    """Those that stand, by time, each with `left`: for how many there's room."""
    seated = Count("taken", filter=Q(taken__state__in=SEATED))
    return CentreSlot.objects.filter(centre=centre, withdrawn_at__isnull=True).annotate(left=F("room") - seated)


def seats_ahead(centre: AssessmentCentre, now: datetime) -> int:
    """For how many there is room in times to come, and whom sits there already."""
    slots = CentreSlot.objects.filter(centre=centre, withdrawn_at__isnull=True, starts_at__gt=now)
    return int(slots.aggregate(seats=Sum("room"))["seats"] or 0)


def live_places(centre: AssessmentCentre) -> QuerySet[CentrePlace]:
    """Whoever was called and not released."""
    return CentrePlace.objects.filter(application__round=centre.round_id).exclude(state=CentrePlaceState.RELEASED)


def times_of(exercises: Iterable[Exercise], exercise: Exercise, slot: CentreSlot) -> tuple[datetime, datetime]:
    """From when to when an exercise is done in a slot: one after the other by position, without a pause."""
    before = sum(e.minutes for e in exercises if e.position < exercise.position)
    starts = slot.starts_at + timedelta(minutes=before)
    return starts, starts + timedelta(minutes=exercise.minutes)


def observers_with_all(rows: Iterable[Observer]) -> list[Observer]:
    """These as they are now, with what mails and calendars say of them."""
    found = Observer.objects.filter(pk__in=[o.pk for o in rows]).select_related(
        "person", "exercise", "slot", "place__application__applicant", "place__application__round__cohort", "tenant"
    )
    return list(found.order_by("pk"))


def unmarked_places(centre: AssessmentCentre) -> QuerySet[CentrePlace]:
    """Who came, and isn't marked to the end: an observer hasn't finished, or an exercise has nobody's marks."""
    live = Observer.objects.filter(place=OuterRef("pk"), withdrawn_at__isnull=True)
    watched = Observer.objects.filter(
        place=OuterRef(OuterRef("pk")),
        exercise=OuterRef("pk"),
        withdrawn_at__isnull=True,
        finished_at__isnull=False,
    )
    bare = Exercise.objects.filter(~Exists(watched), centre=centre)
    return live_places(centre).filter(
        Exists(live.filter(finished_at__isnull=True)) | Exists(bare), state=CentrePlaceState.CAME
    )
