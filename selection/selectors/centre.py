"""An assessment centre: whom the ranking proposes, which times have room, and what is still missing before it can close."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Now

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


def unwatched_places(centre: AssessmentCentre | None = None) -> QuerySet[CentrePlace]:
    """Who has a time still to come, and an exercise that nobody watches; of all centres under way where none is named."""
    watched = Observer.objects.filter(
        place=OuterRef(OuterRef("pk")), exercise=OuterRef("pk"), withdrawn_at__isnull=True
    )
    bare = Exercise.objects.filter(~Exists(watched), centre=OuterRef("slot__centre"))
    rows = CentrePlace.objects.filter(
        Exists(bare), state=CentrePlaceState.BOOKED, slot__centre__state=CentreState.BOOKING, slot__starts_at__gt=Now()
    )
    return rows if centre is None else rows.filter(slot__centre=centre)


@dataclass
class Standing:
    """Where one person called stands: how many observers they have of how many, and how many of those have finished."""

    place: CentrePlace
    named: int
    wanted: int
    finished: int

    @property
    def reference(self) -> str:
        return self.place.application.reference

    @property
    def name(self) -> str:
        return self.place.application.applicant.name


def exercises_with_criteria(centre: AssessmentCentre) -> QuerySet[Exercise]:
    """In their order, each with `criteria_names`: what it is evidence for."""
    names = ArrayAgg(
        "criteria__criterion__name", filter=Q(criteria__isnull=False), order_by="criteria__criterion__position"
    )
    return Exercise.objects.filter(centre=centre).annotate(criteria_names=names)


def standings(centre: AssessmentCentre, *, exercises: int) -> list[Standing]:
    """Everybody ever called, by their time and then by reference; one statement. `exercises` says how many the centre has."""
    live = Q(observers__withdrawn_at__isnull=True, observers__pk__isnull=False)
    wanted = OBSERVERS * exercises
    rows = (
        CentrePlace.objects.filter(application__round=centre.round_id)
        .select_related("application__applicant", "application__organisation", "slot")
        .annotate(
            named=Count("observers", filter=live),
            finished=Count("observers", filter=live & Q(observers__finished_at__isnull=False)),
        )
        .order_by(F("slot__starts_at").asc(nulls_last=True), "application__reference")
    )
    return [Standing(p, p.named, wanted if p.slot_id else 0, p.finished) for p in rows]


def next_in_rank(round_: SelectionRound) -> list[Ranked]:
    """Those who could still be called, in the order of the ranking."""
    rows = rank_round(round_, places=0)
    free = (None, CentrePlaceState.RELEASED)
    return [r for r in rows if r.state == ApplicationState.ELIGIBLE and r.points is not None and r.place_state in free]


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
