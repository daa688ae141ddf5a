"""A scored round with an assessment centre that is being prepared: two exercises, three times, assessors who can observe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace

from django.utils import timezone

from selection.models import (
    Application,
    AssessmentCentre,
    AssessorAllocation,
    CentrePlace,
    CentreSlot,
    Exercise,
    Observer,
)
from selection.services.assessment import Mark
from selection.services.centre import add_exercise, add_slot, open_booking, set_up_centre
from selection.services.centre_places import book_slot
from selection.services.observing import name_observer, save_marks
from selection.services.support import say_needs
from tests.clock import travel
from tests.selection.assess_setup import Points, Scene, make_scene


@dataclass
class CentreScene:
    scene: Scene
    centre: AssessmentCentre
    interview: Exercise
    group: Exercise
    slots: list[CentreSlot]
    # one observer of each person, for tests that need to name one
    first: dict[int, SimpleNamespace] = field(default_factory=dict)

    @property
    def staff(self) -> SimpleNamespace:
        return self.scene.staff

    def inside(self, who: SimpleNamespace | None = None):
        return self.scene.inside(who or self.staff)

    def fresh(self) -> AssessmentCentre:
        return AssessmentCentre.objects.select_related("round__cohort__programme").get(pk=self.centre.pk)

    def place(self, n: int) -> CentrePlace:
        return CentrePlace.objects.select_related("application__round__cohort", "slot").get(
            application=self.scene.applications[n]
        )

    def call(self, *numbers: int, reasons: Mapping[int, str] | None = None, answered: bool = True) -> None:
        """Unless `answered` is False, they all say that they need nothing on the day."""
        named = {self.scene.applications[n].public_id: why for n, why in (reasons or {}).items()}
        with self.inside():
            open_booking(
                centre=self.centre,
                called=[self.scene.applications[n].public_id for n in numbers],
                reasons=named,
                by=self.staff.actor,
            )
        for n in numbers if answered else ():
            self.say_needs(n)

    def say_needs(self, n: int, text: str = "") -> CentrePlace:
        who = self.scene.member(self.scene.applications[n])
        with self.inside(who):
            return say_needs(place=self.place(n), text=text, version=0, by=who.actor)

    def book(self, n: int, slot: int) -> CentrePlace:
        """As the applicant."""
        who = self.scene.member(self.scene.applications[n])
        with self.inside(who):
            return book_slot(place=self.place(n), slot=self.slots[slot], by=who.actor)

    def free_observers(self, application: Application) -> list[SimpleNamespace]:
        """Who didn't score it on paper."""
        with self.inside():
            scored = set(
                AssessorAllocation.objects.filter(application=application).values_list("assessor_id", flat=True)
            )
        return [who for who in self.scene.assessors if who.person.pk not in scored]

    def watch(self, n: int, exercise: Exercise, who: SimpleNamespace, reason: str = "") -> Observer:
        with self.inside():
            return name_observer(
                place=self.place(n), exercise=exercise, person=who.person, reason=reason, by=self.staff.actor
            )

    def mark(
        self, row: Observer, who: SimpleNamespace, points: Sequence[int | None], *, finish: bool = True
    ) -> Observer:
        """At the end of their time."""
        with self.inside(who):
            criteria = [c.criterion_id for c in row.exercise.criteria.order_by("criterion__position")]
            given = {pk: Mark(p, "heard") for pk, p in zip(criteria, points, strict=True)}
            with travel(row.ends_at):
                return save_marks(observer=row, marks=given, finish=finish, by=who.actor)

    def after(self) -> datetime:
        return self.slots[-1].ends_at + timedelta(hours=1)


def make_centre(
    tenant,
    staff,
    *,
    points: Points,
    applications: int = 4,
    assessors: int = 4,
    places: int = 2,
    seen: int = 3,
    weights: Sequence[int] = (3, 2, 1),
    rooms: Sequence[int] = (1, 1, 1),
) -> CentreScene:
    scene = make_scene(tenant, staff, applications=applications, assessors=assessors, places=places, weights=weights)
    scene.start()
    scene.score_all(points)
    with scene.inside(staff):
        scene.round.refresh_from_db()
        now = timezone.now().replace(minute=0, second=0, microsecond=0)
        centre = set_up_centre(
            round=scene.round, places=seen, weight=40, book_by=now + timedelta(days=5), by=staff.actor
        )
        first, second, third = scene.criteria
        interview = add_exercise(centre=centre, name="Interview", minutes=30, criteria=[first, second], by=staff.actor)
        group = add_exercise(
            centre=centre, name="Group task", minutes=45, criteria=[second, third], together=True, by=staff.actor
        )
        slots = [
            add_slot(
                centre=centre, starts_at=now + timedelta(days=7, hours=2 * n), where="Room 1", room=room, by=staff.actor
            )
            for n, room in enumerate(rooms)
        ]
    return CentreScene(scene, centre, interview, group, slots)
