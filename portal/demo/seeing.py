"""Assessment centres: set up after the scores on paper, people called and at times of their choice. One is under way, with some
people seen yesterday; one is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.moments import local_moment
from portal.demo import words_health as texts
from portal.demo.deciding import mark, staffed
from portal.demo.story import Story
from portal.demo.timeline import LONDON, Moment
from selection.models import AdjustmentNeed, AssessmentCentre, CentrePlace, CentreSlot, Observer, SelectionRound
from selection.selectors.centre import next_in_rank, proposed
from selection.selectors.rota import plan_rota
from selection.services.centre import add_exercise, add_slots, close_centre, open_booking, set_up_centre
from selection.services.centre_places import book_slot, give_slot, note_missed, tell_observers
from selection.services.observing import fill_rota, save_marks
from selection.services.rounds import end_of
from selection.services.support import arrange_adjustment, say_needs
from tenancy.actors import Actor

SEEN = 6
# How many of a day's times people have come to by today.
CAME = 3


@dataclass(frozen=True)
class Seeing:
    """Its two days and until when people book, in days from today; a centre whose days are both past is told to its end."""

    days: tuple[int, int]
    book_by: int

    @property
    def over(self) -> bool:
        return self.days[1] < 0


def plan_seeing(story: Story, seeing: Seeing) -> None:
    """From setting it up, the day after the last scores, as far as it has come. What lies ahead is left to happen."""
    timeline, first = story.world.timeline, story.days.score_by + 1
    timeline.add(timeline.at(first, "09:30"), lambda: set_up(story, seeing))
    timeline.add(timeline.at(first, "14:00"), lambda: call(story))
    timeline.add(timeline.at(first + 1, "08:10"), lambda: choose(story))
    timeline.add(timeline.at(first + 4, "10:00"), lambda: arrange(story))
    timeline.add(timeline.at(first + 5, "11:00"), lambda: name_observers(story, seeing))
    timeline.add(timeline.at(first + 7, "16:30"), lambda: choose_late(story))
    if seeing.over:
        timeline.add(timeline.at(seeing.book_by + 1, "09:40"), lambda: give_last(story))
        timeline.add(timeline.at(seeing.book_by + 1, "10:30"), lambda: name_observers(story, seeing))
        timeline.add(timeline.at(story.days.seen_by, "15:10"), lambda: close(story))


def centre_of(story: Story) -> AssessmentCentre:
    return AssessmentCentre.objects.select_related("round__cohort__programme", "round__tenant").get(
        round=story.the_round()
    )


def set_up(story: Story, seeing: Seeing) -> None:
    timeline = story.world.timeline

    def step(round_: SelectionRound, by: Actor) -> None:
        centre = set_up_centre(
            round=round_, places=SEEN, weight=40, book_by=end_of(timeline.day(seeing.book_by)), by=by
        )
        criteria = list(round_.criteria.all())
        for name, minutes, told, evidence in texts.EXERCISES:
            chosen = [criteria[n] for n in evidence]
            add_exercise(centre=centre, name=name, minutes=minutes, told=told, criteria=chosen, by=by)
        for days, where in zip(seeing.days, texts.ROOMS, strict=True):
            starts_at = local_moment(timeline.day(days), timeline.at(days, "10:00").time())
            add_slots(centre=centre, starts_at=starts_at, where=where, room=1, times=CAME, pause=15, by=by)

    staffed(story, step)


def call(story: Story) -> None:
    """The first by rank, but for one who can't come at all; the next takes that place."""

    def step(round_: SelectionRound, by: Actor) -> None:
        centre = centre_of(story)
        first = proposed(round_, SEEN)
        away, instead = first[-1], next_in_rank(round_)[SEEN]
        called = [r.public_id for r in first[:-1]] + [instead.public_id]
        reasons = {away.public_id: texts.AWAY, instead.public_id: texts.INSTEAD}
        open_booking(centre=centre, called=called, reasons=reasons, by=by)

    staffed(story, step)


def places_of(story: Story) -> list[CentrePlace]:
    rows = CentrePlace.objects.filter(application__round=story.the_round())
    return list(rows.select_related("application__applicant", "application__round", "slot").order_by("pk"))


def slots_of(story: Story) -> list[CentreSlot]:
    return list(CentreSlot.objects.filter(centre=centre_of(story)).order_by("starts_at"))


def book(story: Story, place: CentrePlace, number: int, needs: str = "") -> None:
    """As the applicant; whoever asked for something with the application leaves it as it is."""
    with story.world.acting(place.application.applicant) as by:
        asked = AdjustmentNeed.objects.filter(application=place.application).first()
        version, before = (asked.version, asked.text) if asked else (0, "")
        say_needs(place=place, text=needs or before, version=version, by=by)
        book_slot(place=place, slot=slots_of(story)[number], by=by)


def choose(story: Story) -> None:
    """Three take times of the first day; one of them needs something."""
    with story.world.reading():
        places = places_of(story)
    for number, place in enumerate(places[:CAME]):
        book(story, place, number, texts.NEED if number == 1 else "")


def arrange(story: Story) -> None:
    def step(_round: SelectionRound, by: Actor) -> None:
        place = places_of(story)[1]
        asked = AdjustmentNeed.objects.get(application=place.application)
        arrange_adjustment(application=place.application, version=asked.version, arranged=texts.NEED_ARRANGED, by=by)
        tell_observers(place=place, text=texts.OBSERVERS_TOLD, version=0, by=by)

    staffed(story, step)


def name_observers(story: Story, seeing: Seeing) -> None:
    """Everybody who has a time gets two; they mark on the day, all but the last where it is still under way."""

    def step(round_: SelectionRound, by: Actor) -> None:
        rows = fill_rota(round=round_, seal=plan_rota(centre_of(story)).seal, by=by)
        rows.sort(key=lambda o: (o.ends_at, o.pk))
        for number, row in enumerate(rows):
            finish = seeing.over or row is not rows[-1]
            story.world.timeline.add(
                when_planned(story, seeing, row.ends_at + timedelta(minutes=4 + number % 2)),
                lambda row=row, number=number, finish=finish: watch(story, row, number, finish=finish),
            )

    staffed(story, step)


def when_planned(story: Story, seeing: Seeing, moment: datetime) -> Moment:
    """A moment of one of the centre's days, which remembers a weekend that it was planned for: closing was too, and comes after it."""
    timeline, local = story.world.timeline, moment.astimezone(LONDON)
    days = next(days for days in seeing.days if timeline.day(days) == local.date())
    return Moment.on(local.date(), local.time(), planned=timeline.today + timedelta(days=days))


def choose_late(story: Story) -> None:
    """One more chooses, and staff give a time to somebody who rang: both are still without observers. The last hasn't chosen."""
    with story.world.reading():
        places = places_of(story)
    book(story, places[CAME], CAME)

    def step(_round: SelectionRound, by: Actor) -> None:
        place = places_of(story)[CAME + 1]
        give_slot(place=place, slot=slots_of(story)[CAME + 1], sequence=place.sequence, by=by)

    staffed(story, step)


def give_last(story: Story) -> None:
    """Whoever chose no time is given the last, and won't come."""

    def step(_round: SelectionRound, by: Actor) -> None:
        place = places_of(story)[-1]
        give_slot(place=place, slot=slots_of(story)[-1], sequence=place.sequence, by=by)

    staffed(story, step)


def last_given(story: Story) -> int | None:
    """The place whose time is the last there is; while it is under way, nobody's."""
    with story.world.reading():
        return next((p.pk for p in places_of(story) if p.slot_id == slots_of(story)[-1].pk), None)


def close(story: Story) -> None:
    def step(_round: SelectionRound, by: Actor) -> None:
        note_missed(place=places_of(story)[-1], by=by)
        close_centre(centre=centre_of(story), by=by)

    staffed(story, step)


def watch(story: Story, observer: Observer, number: int, *, finish: bool) -> None:
    """When their exercise is over; whoever doesn't finish has begun. Nobody came for the last time of a centre that is over."""
    if observer.place_id == last_given(story):
        return
    with story.world.acting(observer.person) as by:
        row = Observer.objects.select_related("exercise", "place__application__applicant").get(pk=observer.pk)
        nominee = story.by_email[row.place.application.applicant.email]
        criteria = [c.criterion_id for c in row.exercise.criteria.order_by("criterion__position")]  # type: ignore[attr-defined]
        marks = {pk: mark(nominee, number, n, texts.OBSERVED) for n, pk in enumerate(criteria) if finish or not n}
        save_marks(observer=row, marks=marks, finish=finish, by=by)
