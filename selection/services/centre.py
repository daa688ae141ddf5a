"""An assessment centre of a round: switched on, exercises, times, who is called; closed or called off. Staff only, and under the round's
lock, since all of it concerns all of the round."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from engine.transitions import record_change, record_changes, transition
from engine.versions import save_if_unchanged
from selection import emails_centre
from selection.models import (
    Application,
    AssessmentCentre,
    CentrePlace,
    CentreSlot,
    Criterion,
    Exercise,
    ExerciseCriterion,
    SelectionRound,
)
from selection.selectors.centre import live_places, proposed, seats_ahead, slots_with_room, unmarked_places
from selection.selectors.moderation import conflicts_of_moderator
from selection.services.assessment import locked_round, refuse_unscored
from selection.services.centre_places import release
from selection.states import ApplicationState, CentrePlaceState, CentreState, RoundState
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.turns import take_turns

LEAST_WEIGHT, MOST_WEIGHT = 10, 60
# Added at once, one after the other.
MOST_TIMES = 12


def locked_centre(centre: AssessmentCentre, by: Actor) -> AssessmentCentre:
    """As it is now, under the lock of its round."""
    locked_round(centre.round, by)
    return AssessmentCentre.objects.select_related("round__cohort__programme", "round__tenant").get(pk=centre.pk)


def _need(centre: AssessmentCentre, *states: CentreState) -> None:
    if centre.state not in states:
        raise WrongState(
            _("This assessment centre is “%(state)s”, so this can’t change.") % {"state": centre.get_state_display()}
        )


def _check(places: int, weight: int, book_by: datetime) -> None:
    if places < 1:
        raise Refused(_("Say how many people are seen"), field="places")
    if not LEAST_WEIGHT <= weight <= MOST_WEIGHT:
        raise Refused(
            _("It counts for %(least)s to %(most)s in a hundred") % {"least": LEAST_WEIGHT, "most": MOST_WEIGHT},
            field="weight",
        )
    if book_by <= timezone.now():
        raise Refused(_("Choose a moment that is still to come"), field="book_by")


@transaction.atomic
def set_up_centre(*, round: SelectionRound, places: int, weight: int, book_by: datetime, by: Actor) -> AssessmentCentre:
    """Switch it on, once every application is scored. From now on moderation waits until it is closed or called off."""
    round_ = locked_round(round, by)
    if round_.state != RoundState.ASSESSING:
        raise WrongState(_("An assessment centre is set up while the round is being assessed."))
    wanted = {"places": places, "weight": weight, "book_by": book_by}
    present = AssessmentCentre.objects.filter(round=round_).first()
    if present is not None:
        if present.state == CentreState.PREPARED and all(getattr(present, k) == v for k, v in wanted.items()):
            return present
        raise WrongState(_("This round has an assessment centre already."))
    refuse_unscored(round_)
    _check(places, weight, book_by)
    centre = AssessmentCentre.objects.create(round=round_, **wanted)
    record_change(round_, "set_up_centre", by=by, reason=_of_centre(centre))
    return centre


def _of_centre(centre: AssessmentCentre) -> str:
    return ngettext(
        "%(n)s person, for %(weight)s in a hundred of the points",
        "%(n)s people, for %(weight)s in a hundred of the points",
        centre.places,
    ) % {"n": centre.places, "weight": centre.weight}


@transaction.atomic
def change_centre(
    *, centre: AssessmentCentre, places: int, weight: int, book_by: datetime, version: int, by: Actor
) -> AssessmentCentre:
    """Anything of it until booking opens; then only until when people book, and how many more are seen."""
    held = locked_centre(centre, by)
    _need(held, CentreState.PREPARED, CentreState.BOOKING)
    _check(places, weight, book_by)
    if held.state == CentreState.BOOKING:
        if weight != held.weight:
            raise Refused(_("Booking is open, so what it counts for can’t change any more."), field="weight")
        if places < live_places(held).count():
            raise Refused(_("More people than that are called already."), field="places")
    save_if_unchanged(held, version=version, places=places, weight=weight, book_by=book_by)
    record_change(held.round, "change", by=by, reason=_of_centre(held))
    return held


@transaction.atomic
def add_exercise(
    *,
    centre: AssessmentCentre,
    name: str,
    minutes: int,
    criteria: Collection[Criterion],
    by: Actor,
    told: str = "",
    together: bool = False,
) -> Exercise:
    """One more thing people do there, after the others, as evidence for these criteria of the round's framework. The same again is there
    once; another one of the same name is refused."""
    held = locked_centre(centre, by)
    _need(held, CentreState.PREPARED)
    values = _exercise(held, name, minutes, told, together, criteria)
    if present := Exercise.objects.filter(centre=held, name__iexact=values["name"]).first():
        evidence = set(present.criteria.values_list("criterion", flat=True))  # type: ignore[attr-defined]
        if all(getattr(present, k) == v for k, v in values.items()) and evidence == {c.pk for c in criteria}:
            return present
        raise Refused(_("There’s an exercise of this name already"), field="name")
    last = held.exercises.aggregate(last=Max("position"))["last"] or 0  # type: ignore[attr-defined]
    exercise = Exercise.objects.create(centre=held, position=last + 1, **values)
    _keep_criteria(exercise, criteria)
    _retime(held)
    record_change(held.round, "add_exercise", by=by, reason=exercise.name)
    return exercise


@transaction.atomic
def change_exercise(
    *,
    exercise: Exercise,
    name: str,
    minutes: int,
    criteria: Collection[Criterion],
    version: int,
    by: Actor,
    told: str = "",
    together: bool = False,
) -> Exercise:
    held = locked_centre(exercise.centre, by)
    _need(held, CentreState.PREPARED)
    row = Exercise.objects.filter(pk=exercise.pk).first()
    if row is None:
        raise WrongState(_("This exercise has been taken out."))
    save_if_unchanged(row, version=version, **_exercise(held, name, minutes, told, together, criteria))
    _keep_criteria(row, criteria)
    _retime(held)
    record_change(held.round, "change_exercise", by=by, reason=row.name)
    return row


@transaction.atomic
def remove_exercise(*, exercise: Exercise, by: Actor) -> None:
    """Gone already is as good. The last one stays while there are times, which would have no length without it."""
    held = locked_centre(exercise.centre, by)
    _need(held, CentreState.PREPARED)
    row = Exercise.objects.filter(pk=exercise.pk).first()
    if row is None:
        return
    others = Exercise.objects.filter(centre=held).exclude(pk=row.pk)
    if not others.exists() and slots_with_room(held).exists():
        raise Refused(_("Take the times out first: this is the only exercise."))
    row.delete()
    _retime(held)
    record_change(held.round, "remove_exercise", by=by, reason=row.name)


def _exercise(
    centre: AssessmentCentre, name: str, minutes: int, told: str, together: bool, criteria: Collection[Criterion]
) -> dict:
    name = " ".join(name.split())
    if not name:
        raise Refused(_("Say what people do"), field="name")
    if not 5 <= minutes <= 240:
        raise Refused(_("It takes 5 to 240 minutes"), field="minutes")
    if not criteria:
        raise Refused(_("Choose what it is evidence for"), field="criteria")
    if {c.framework_id for c in criteria} != {centre.round.framework_id}:
        raise Refused(_("Choose criteria of this round"), field="criteria")
    return {"name": name, "minutes": minutes, "told": told.strip(), "together": together}


def _keep_criteria(exercise: Exercise, criteria: Collection[Criterion]) -> None:
    wanted = {c.pk for c in criteria}
    ExerciseCriterion.objects.filter(exercise=exercise).exclude(criterion__in=wanted).delete()
    ExerciseCriterion.objects.bulk_create(
        [ExerciseCriterion(exercise=exercise, criterion_id=pk) for pk in sorted(wanted)], ignore_conflicts=True
    )


def _length(centre: AssessmentCentre) -> timedelta:
    return timedelta(minutes=sum(Exercise.objects.filter(centre=centre).values_list("minutes", flat=True)))


def _retime(centre: AssessmentCentre) -> None:
    """Every time lasts as long as its exercises together."""
    if length := _length(centre):
        CentreSlot.objects.filter(centre=centre).update(ends_at=F("starts_at") + length)


@transaction.atomic
def add_slot(*, centre: AssessmentCentre, starts_at: datetime, where: str, room: int, by: Actor) -> CentreSlot:
    """A time from which so many people at once do every exercise. The same time at the same place is there once."""
    held = locked_centre(centre, by)
    _need(held, CentreState.PREPARED, CentreState.BOOKING)
    where = " ".join(where.split())
    if not where:
        raise Refused(_("Say where it is"), field="where")
    if not 1 <= room <= 30:
        raise Refused(_("From 1 to 30 people at once"), field="room")
    if starts_at <= timezone.now():
        raise Refused(_("Choose a time that is still to come"), field="starts_at")
    length = _length(held)
    if not length:
        raise Refused(_("Say first what people do there."))
    try:
        with transaction.atomic():
            slot = CentreSlot.objects.create(
                centre=held, starts_at=starts_at, ends_at=starts_at + length, where=where, room=room
            )
    except IntegrityError as error:
        if "centre_slot_once" not in str(error):
            raise
        raise Refused(_("This time is there already."), field="starts_at") from error
    record_change(held.round, "add_slot", by=by, reason=_slot(slot))
    return slot


@transaction.atomic
def add_slots(
    *, centre: AssessmentCentre, starts_at: datetime, where: str, room: int, times: int, pause: int, by: Actor
) -> list[CentreSlot]:
    """So many times one after the other, with a pause of so many minutes between them: all of them or none."""
    if not 1 <= times <= MOST_TIMES:
        raise Refused(_("From 1 to %(most)s times") % {"most": MOST_TIMES}, field="times")
    if not 0 <= pause <= 240:
        raise Refused(_("From 0 to 240 minutes"), field="pause")
    rows: list[CentreSlot] = []
    for _n in range(times):
        rows.append(add_slot(centre=centre, starts_at=starts_at, where=where, room=room, by=by))
        starts_at = rows[-1].ends_at + timedelta(minutes=pause)
    return rows


def _slot(slot: CentreSlot) -> str:
    return f"{timezone.localtime(slot.starts_at):%d.%m.%Y %H:%M}, {slot.where}"


@transaction.atomic
def withdraw_slot(*, slot: CentreSlot, by: Actor) -> CentreSlot:
    """Nobody can choose it any more; refused where somebody has. Twice is once."""
    held = locked_centre(slot.centre, by)
    _need(held, CentreState.PREPARED, CentreState.BOOKING)
    take_turns(slot)
    row = CentreSlot.objects.get(pk=slot.pk)
    if row.withdrawn_at is not None:
        return row
    if CentrePlace.objects.filter(slot=row).exists():
        raise Refused(_("Somebody has booked this time. Give them another one first."))
    row.withdrawn_at = timezone.now()
    row.save(update_fields=["withdrawn_at"])
    record_change(held.round, "withdraw_slot", by=by, reason=_slot(row))
    return row


@transaction.atomic
def open_booking(
    *, centre: AssessmentCentre, called: Collection[str], by: Actor, reasons: Mapping[str, str] | None = None
) -> AssessmentCentre:
    """Call people (public ids of applications), who choose a time from now on. Whoever is called without being among the first `places` of
    the ranking, or left out though they are, needs a reason in `reasons`, which stands in the application's history."""
    held = locked_centre(centre, by)
    _need(held, CentreState.PREPARED)
    reasons = {key: text.strip() for key, text in (reasons or {}).items()}
    _check(held.places, held.weight, held.book_by)
    if not held.exercises.exists():  # type: ignore[attr-defined]
        raise Refused(_("Say first what people do there."))
    wanted = set(called)
    rows = {
        a.public_id: a
        for a in Application.objects.filter(round=held.round_id, state=ApplicationState.ELIGIBLE, public_id__in=wanted)
        .select_related("applicant")
        .order_by("pk")
    }
    if wanted - set(rows):
        raise WrongState(_("One of these applications has changed since you opened the page. Look again."))
    _check_numbers(held, len(wanted))
    first = {r.public_id: r.pk for r in proposed(held.round, held.places)}
    moved = wanted ^ set(first)
    if any(not reasons.get(key) for key in moved):
        raise Refused(
            _("Say why for everybody you add to the first %(n)s of the ranking or leave out.") % {"n": held.places},
            field="reasons",
        )
    closed = conflicts_of_moderator(held.round, by) if moved else {}
    if {(rows[key].pk if key in rows else first[key]) for key in moved} & set(closed):
        raise NotAllowed(_("You have a conflict of interest with one of those you add or leave out."))
    transition(held, "open_booking", by=by)
    now = timezone.now()
    places = CentrePlace.objects.bulk_create(CentrePlace(application=row, called_at=now) for row in rows.values())
    emails_centre.send_called(held, places, by=by)
    record_changes(Application, "centre_call", by=by, reasons={key: reasons.get(key, "") for key in rows})
    left_out = {key: reasons[key] for key in set(first) - wanted}
    record_changes(Application, "centre_leave_out", by=by, reasons=left_out)
    return held


def _check_numbers(centre: AssessmentCentre, called: int) -> None:
    if not called:
        raise Refused(_("Choose who is called."), field="called")
    if called > centre.places:
        raise Refused(
            ngettext("Only %(n)s person is seen.", "Only %(n)s people are seen.", centre.places) % {"n": centre.places},
            field="called",
        )
    seats = seats_ahead(centre, timezone.now())
    if seats < called:
        raise Refused(
            _("There’s room for %(seats)s people in the times to come, and %(called)s are called. Add times first.")
            % {"seats": seats, "called": called},
            field="called",
        )


@transaction.atomic
def call_application(*, application: Application, reason: str, by: Actor) -> CentrePlace:
    """One more person, or one who had been released, while people book."""
    centre = AssessmentCentre.objects.filter(round=application.round_id).select_related("round").first()
    if centre is None:
        raise WrongState(_("This round has no assessment centre."))
    held = locked_centre(centre, by)
    _need(held, CentreState.BOOKING)
    row = Application.objects.select_related("applicant").get(pk=application.pk)
    if row.state != ApplicationState.ELIGIBLE:
        raise WrongState(_("This application isn’t being assessed any more."))
    if not reason.strip():
        raise Refused(_("Give a reason."), field="reason")
    if conflicts_of_moderator(held.round, by, [row]):
        raise NotAllowed(_("You have a conflict of interest with this application: somebody else decides."))
    place = CentrePlace.objects.filter(application=row).first()
    if place is not None and place.state != CentrePlaceState.RELEASED:
        return place
    _check_numbers(held, live_places(held).count() + 1)
    now = timezone.now()
    if place is None:
        place = CentrePlace.objects.create(application=row, called_at=now)
    else:
        transition(place, "call_again", by=by, reason=reason, called_at=now)
    record_change(row, "centre_call", by=by, reason=reason)
    place.application = row
    emails_centre.send_called(held, [place], by=by)
    return place


@transaction.atomic
def release_place(*, place: CentrePlace, reason: str, by: Actor) -> CentrePlace:
    """Somebody needn't come after all, with a reason: they stay in the ranking with their paper points."""
    centre = AssessmentCentre.objects.select_related("round").get(round=place.application.round_id)
    held = locked_centre(centre, by)
    _need(held, CentreState.BOOKING)
    if conflicts_of_moderator(held.round, by, [place.application]):
        raise NotAllowed(_("You have a conflict of interest with this application: somebody else decides."))
    if not reason.strip():
        raise Refused(_("Give a reason."), field="reason")
    return release(place, reason=reason, by=by)


@transaction.atomic
def close_centre(*, centre: AssessmentCentre, by: Actor) -> AssessmentCentre:
    """It's over: its marks count from now on. Refused while somebody who is called neither came nor missed it, and while marks of
    somebody who came are missing."""
    held = locked_centre(centre, by)
    if held.state != CentreState.BOOKING:
        return transition(held, "close", by=by)  # says why not
    places = list(
        CentrePlace.objects.select_for_update(of=("self",)).filter(application__round=held.round_id).order_by("pk")
    )
    if open_ := [p.application_id for p in places if p.state in (CentrePlaceState.CALLED, CentrePlaceState.BOOKED)]:
        raise Refused(
            _("Say first whether these came, or release them: %(references)s.") % {"references": _references(open_)}
        )
    if bare := list(unmarked_places(held).values_list("application_id", flat=True)):
        raise Refused(_("Marks are still missing of %(references)s.") % {"references": _references(bare)})
    return transition(held, "close", by=by)


def _references(applications: Collection[int]) -> str:
    rows = Application.objects.filter(pk__in=applications).order_by("reference").values_list("reference", flat=True)
    return ", ".join(rows[:10])


@transaction.atomic
def call_off_centre(*, centre: AssessmentCentre, reason: str, by: Actor) -> AssessmentCentre:
    """It doesn't take place, or what was seen there doesn't count: everybody is ranked by paper. Who hadn't come is released."""
    held = locked_centre(centre, by)
    transition(held, "call_off", by=by, reason=reason)
    waiting = CentrePlace.objects.filter(
        application__round=held.round_id, state__in=(CentrePlaceState.CALLED, CentrePlaceState.BOOKED)
    )
    for place in waiting.select_related("application").order_by("pk"):
        release(place, reason=reason, by=Actor.system("assessment centre"))
    return held
