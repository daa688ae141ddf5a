"""Observers of an assessment centre: named, taken back, what a conflict of interest takes from them, and the marks they give.

A place's row is locked before those of its observers, everywhere."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from engine.transitions import record_change, transition
from selection import emails_centre
from selection.models import (
    AssessmentCentre,
    AssessorAllocation,
    CentrePlace,
    Exercise,
    ObservedMark,
    Observer,
    SelectionRound,
)
from selection.rules import observing, require, staff
from selection.selectors.assessment import bars, round_assessors
from selection.selectors.centre import OBSERVERS, observers_with_all, times_of
from selection.selectors.rota import plan_rota
from selection.services.assessment import Mark, check_marks, locked_round
from selection.services.centre_places import locked_place
from selection.services.suspension import System, keep_known
from selection.states import SEATED, ApplicationState, CentrePlaceState, CentreState
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.models import Person

# What the database says when somebody would be in two places at once.
ELSEWHERE = ("observer_in_one_exercise_at_a_time", "observer_in_one_room_at_a_time")


@transaction.atomic
def name_observer(*, place: CentrePlace, exercise: Exercise, person: Person, by: Actor, reason: str = "") -> Observer:
    """One of the round's assessors watches one exercise of somebody who has a time: two at most, nobody whom something bars, and whoever
    scored the application on paper only with a reason. Named twice is once; who was taken back can be named again."""
    require(staff, by, place)
    round_ = locked_round(place.application.round, by)
    centre = AssessmentCentre.objects.get(round=round_)
    held = locked_place(place)
    if centre.state != CentreState.BOOKING:
        raise WrongState(_("Observers are named while the assessment centre is under way."))
    if held.slot is None or held.state not in (CentrePlaceState.BOOKED, CentrePlaceState.CAME):
        raise WrongState(_("This person has no time yet."))
    exercises = list(Exercise.objects.filter(centre=centre))
    if exercise.pk not in {e.pk for e in exercises}:
        raise Refused(_("Choose an exercise of this assessment centre"), field="exercise")
    _check_person(held, person, reason, round_)
    known = list(Observer.objects.filter(place=held, exercise=exercise))
    row = next((o for o in known if o.person_id == person.pk), None)
    if row is not None and row.withdrawn_at is None:
        return row
    if sum(o.withdrawn_at is None for o in known) >= OBSERVERS:
        raise Refused(_("This exercise has its observers already. Take one back first."), field="person")
    given = _give_part(row or Observer(place=held, exercise=exercise, person=person), held, exercises, by, reason)
    emails_centre.send_observing(observers_with_all([given]), by=by)
    return given


def _give_part(row: Observer, place: CentrePlace, exercises: list[Exercise], by: Actor, reason: str = "") -> Observer:
    """Write it, at the time the person's slot gives this exercise; Refused where the observer would be in two places at once."""
    if place.slot is None:
        raise WrongState(_("This person has no time yet."))
    row.place, row.slot, row.together = place, place.slot, row.exercise.together
    row.starts_at, row.ends_at = times_of(exercises, row.exercise, place.slot)
    row.withdrawn_at, row.withdrawn_because = None, ""
    row.sequence += 1
    if not _saved(row):
        raise Refused(_("%(name)s watches something else at that time.") % {"name": row.person.name}, field="person")
    said = f"{row.person.name}, {row.exercise.name}"
    record_change(
        place.application, "name_observer", by=by, reason=f"{said}: {reason.strip()}" if reason.strip() else said
    )
    return row


@transaction.atomic
def name_for_group(
    *, place: CentrePlace, exercise: Exercise, person: Person, by: Actor, reason: str = ""
) -> list[Observer]:
    """The same for everybody who does this exercise together with that person: where one of them has two observers, or somebody who
    mustn't observe them, the others are watched all the same. Refused, and why, if that's so of all of them."""
    held = locked_round(place.application.round, by)
    slot = CentrePlace.objects.values_list("slot", flat=True).get(pk=place.pk)
    if slot is None or not exercise.together:
        return [name_observer(place=place, exercise=exercise, person=person, by=by, reason=reason)]
    group = CentrePlace.objects.filter(slot=slot, application__round=held).select_related("application__round")
    named: list[Observer] = []
    why: Refused | None = None
    for each in group.order_by("pk"):
        try:
            with transaction.atomic():
                named.append(name_observer(place=each, exercise=exercise, person=person, by=by, reason=reason))
        except NotAllowed:
            raise
        except Refused as refusal:
            why = refusal
    if not named and why is not None:
        raise why
    return named


@transaction.atomic
def fill_rota(*, round: SelectionRound, seal: str, by: Actor) -> list[Observer]:
    """Name an observer wherever one is missing, as plan_rota() has it. `seal` is that of the plan the page showed: another one is shown
    first."""
    round_ = locked_round(round, by)
    centre = AssessmentCentre.objects.get(round=round_)
    if centre.state != CentreState.BOOKING:
        raise WrongState(_("Observers are named while the assessment centre is under way."))
    places = {p.pk: locked_place(p) for p in CentrePlace.objects.filter(application__round=round_).order_by("pk")}
    plan = plan_rota(centre)
    if plan.seal != seal:
        raise WrongState(_("Something has changed since you opened the page. This is the plan as it is now."))
    exercises = list(Exercise.objects.filter(centre=centre))
    known = {
        (o.place_id, o.exercise_id, o.person_id): o
        for o in Observer.objects.filter(place__in=places, withdrawn_at__isnull=False)
    }
    rows = []
    for part in plan.parts:
        row = known.get((part.place.pk, part.exercise.pk, part.person.pk)) or Observer()
        row.exercise, row.person = part.exercise, part.person
        rows.append(_give_part(row, places[part.place.pk], exercises, by))
    emails_centre.send_observing(observers_with_all(rows), by=by)
    return rows


def _check_person(place: CentrePlace, person: Person, reason: str, round_: SelectionRound) -> None:
    if person.pk not in {p.pk for p in round_assessors(round_)}:
        raise Refused(_("Choose one of this round’s assessors"), field="person")
    if why := bars([place.application], [person]):
        raise Refused(
            _("%(name)s can’t observe: %(why)s.")
            % {"name": person.name, "why": next(iter(why.values()))[0][1].rstrip(".")},
            field="person",
        )
    scored = AssessorAllocation.objects.filter(
        application=place.application_id, assessor=person, withdrawn_at__isnull=True
    )
    if not reason.strip() and scored.exists():
        raise Refused(
            _("%(name)s scored this application on paper. Say why they observe it too.") % {"name": person.name},
            field="reason",
        )


def _saved(row: Observer) -> bool:
    """False where the person would be in two places at once."""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if not any(name in str(error) for name in ELSEWHERE):
            raise
        return False
    return True


@transaction.atomic
def withdraw_observer(*, observer: Observer, reason: str, by: Actor) -> Observer:
    """An observer can't come: what they've finished counts, so that isn't taken back. Twice is once."""
    require(staff, by, observer)
    place = locked_place(observer.place)
    row = Observer.objects.select_for_update(of=("self",)).select_related("person", "exercise").get(pk=observer.pk)
    if row.withdrawn_at is not None:
        return row
    if not reason.strip():
        raise Refused(_("Give a reason."), field="reason")
    if row.finished_at is not None:
        raise WrongState(_("%(name)s has finished marking, so this counts.") % {"name": row.person.name})
    row.withdrawn_at, row.withdrawn_because = timezone.now(), Observer.Withdrawn.DROPPED_OUT
    row.sequence += 1
    row.save(update_fields=["withdrawn_at", "withdrawn_because", "sequence"])
    emails_centre.send_not_observing(observers_with_all([row]), by=by)
    record_change(
        place.application,
        "withdraw_observer",
        by=by,
        reason=f"{row.person.name}, {row.exercise.name}: {reason.strip()}",
    )
    return row


@transaction.atomic
def save_marks(*, observer: Observer, marks: Mapping[int, Mark], by: Actor, finish: bool = False) -> Observer:
    """Keep an observer's marks for the criteria of their exercise (criterion id → Mark); with `finish` for good, which needs points for
    each. Whoever begins to mark says that the person came."""
    place = locked_place(observer.place)
    row = _own_open_part(observer, place, by)
    criteria = [c.criterion for c in row.exercise.criteria.select_related("criterion")]  # type: ignore[attr-defined]
    check_marks(criteria, marks, finish=finish)
    ObservedMark.objects.bulk_create(
        [
            ObservedMark(observer=row, criterion=criterion, points=mark.points, comment=mark.comment.strip())
            for criterion in criteria
            if (mark := marks.get(criterion.pk)) is not None
        ],
        update_conflicts=True,
        unique_fields=["tenant", "observer", "criterion"],
        update_fields=["points", "comment"],
    )
    now = timezone.now()
    if place.state == CentrePlaceState.BOOKED:
        transition(place, "come", by=by)
    row.began_at = row.began_at or now
    row.finished_at = now if finish else None
    row.save(update_fields=["began_at", "finished_at"])
    return row


def _own_open_part(observer: Observer, place: CentrePlace, by: Actor) -> Observer:
    """The row locked, if it's still theirs to mark; otherwise why not."""
    row = (
        Observer.objects.select_for_update(of=("self",))
        .select_related("exercise", "person")
        .filter(pk=observer.pk)
        .first()
    )
    if row is None or not observing(by, row):
        raise NotAllowed(_("You don’t observe this exercise."))
    row.place = place
    if row.finished_at is not None:
        raise WrongState(_("You’ve finished this, so it can’t be changed."))
    if place.state not in (CentrePlaceState.BOOKED, CentrePlaceState.CAME):
        raise WrongState(_("Programme staff say that this person didn’t come."))
    centre = AssessmentCentre.objects.get(round=place.application.round_id)
    if centre.state != CentreState.BOOKING or place.application.state != ApplicationState.ELIGIBLE:
        raise WrongState(_("The assessment centre isn’t under way."))
    if row.starts_at > timezone.now():
        raise WrongState(_("This hasn’t begun yet."))
    return row


def take_back_observers(round_: SelectionRound) -> list[Observer]:
    """Every part between two people whom something bars by now: from now on the database shows its marks to nobody, and they count
    nowhere. Callers hold the round's lock. Returns what was taken, with place, application and person at hand."""
    rows = list(
        Observer.objects.filter(place__application__round=round_, withdrawn_at__isnull=True)
        .select_related("place__application", "person", "exercise")
        .order_by("pk")
    )
    found = bars({o.place.application for o in rows}, {o.person for o in rows}) if rows else {}
    taken = [o for o in rows if (o.place.application_id, o.person_id) in found]
    if not taken:
        return []
    pairs = {(o.place.application_id, o.person_id) for o in taken}
    keep_known({pair: found[pair] for pair in pairs})
    now = timezone.now()
    for row in taken:
        locked_place(row.place)
        Observer.objects.filter(pk=row.pk).update(
            withdrawn_at=now,
            withdrawn_because=Observer.Withdrawn.CONFLICT,
            suspended_at=now,
            restored_at=None,
            sequence=F("sequence") + 1,
        )
        record_change(
            row.place.application, "observer_conflict", by=System, reason=f"{row.person.name}, {row.exercise.name}"
        )
    told = observers_with_all(taken)
    # whose exercise is over needn't be told not to come
    emails_centre.send_not_observing([o for o in told if o.ends_at > now], by=System)
    emails_centre.send_observer_conflict(told, how={pair: found[pair][0][1] for pair in pairs}, by=System)
    return taken


def give_observers_back(round_: SelectionRound, *, by: Actor) -> int:
    """Parts that a conflict had taken come back as they were, once nothing bars any more: where the person still has that time, the
    observer is free then, and, unless it was finished, while the exercise lacks somebody. Returns how many."""
    centre = AssessmentCentre.objects.filter(round=round_).first()
    if centre is None or centre.state not in (CentreState.BOOKING, CentreState.HELD):
        return 0
    rows = list(
        Observer.objects.filter(
            place__application__round=round_,
            place__state__in=SEATED,
            withdrawn_because=Observer.Withdrawn.CONFLICT,
        )
        .select_related("place__application", "person", "exercise")
        .order_by("pk")
    )
    found = bars({o.place.application for o in rows}, {o.person for o in rows}) if rows else {}
    return sum(_give_back(row, centre, by) for row in rows if (row.place.application_id, row.person_id) not in found)


def _give_back(row: Observer, centre: AssessmentCentre, by: Actor) -> bool:
    place = locked_place(row.place)
    if place.slot_id != row.slot_id:
        return False
    if row.finished_at is None:
        others = Observer.objects.filter(place=place, exercise=row.exercise_id, withdrawn_at__isnull=True).count()
        if centre.state != CentreState.BOOKING or others >= OBSERVERS:
            return False
    row.withdrawn_at, row.withdrawn_because = None, ""
    row.restored_at = timezone.now()
    row.sequence += 1
    if not _saved(row):
        return False
    record_change(place.application, "observer_again", by=by, reason=f"{row.person.name}, {row.exercise.name}")
    if row.ends_at > timezone.now():
        emails_centre.send_observing(observers_with_all([row]), by=by)
    return True
