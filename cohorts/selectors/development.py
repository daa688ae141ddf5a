"""Reads of one's own plan, and what of it, and of one's part in the programme, can go into a summary."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q
from django.utils.translation import gettext as _

from cohorts.models import Attendance, Cohort, DevelopmentGoal, GoalReview, Participation, Reflection, WorkObjective
from cohorts.states import EventState, ParticipationState
from engine.dates import uk_date
from tenancy.registry import Registry


@dataclass(frozen=True)
class Pickable:
    """One thing that its owner may put into a summary, and the very words it would say there."""

    key: str
    heading: str
    text: str


# What higher apps have of somebody's own that belongs beside their plan, such as what they want to learn from a project.
Lines = Callable[[int], list[Pickable]]
plan_lines: Registry[Lines] = Registry("What else belongs to somebody's development plan?")


def cohort_to_plan_in(person_id: int | None) -> Cohort | None:
    """The latest of the cohorts that somebody is or was on."""
    mine = Participation.objects.filter(person_id=person_id).exclude(state=ParticipationState.WITHDRAWN)
    return Cohort.objects.filter(pk__in=mine.values("cohort")).order_by("-starts_on").first()


def goals_of(person_id: int) -> list[DevelopmentGoal]:
    reviews = Prefetch("reviews", GoalReview.objects.order_by("-written_at", "-pk"))
    rows = DevelopmentGoal.objects.filter(owner_id=person_id).select_related("objective")
    return list(rows.prefetch_related(reviews))


def objectives_of(person_id: int) -> list[WorkObjective]:
    """With how many entries were tied to each."""
    rows = list(WorkObjective.objects.filter(owner_id=person_id))
    counted = Reflection.objects.filter(author_id=person_id, objective__isnull=False).order_by().values("objective_id")
    entries = dict(counted.annotate(n=Count("pk")).values_list("objective_id", "n"))
    for row in rows:
        row.entries = entries.get(row.pk, 0)  # type: ignore[attr-defined]
    return rows


def pickables(person_id: int, *, reflections: bool = True) -> list[Pickable]:
    found = []
    for objective in WorkObjective.objects.filter(owner_id=person_id):
        done = _("done") if objective.done else _("under way")
        found.append(Pickable(f"o-{objective.public_id}", _("Work objectives"), f"{objective.title}: {done}"))
    for goal in goals_of(person_id):
        text = _("%(what)s. How I’ll know: %(measure)s. %(standing)s.") % {
            "what": goal.better_at.rstrip("."),
            "measure": goal.measure.rstrip("."),
            "standing": goal.get_standing_display(),
        }
        found.append(Pickable(f"g-{goal.public_id}", _("What I’m getting better at"), text))
        if reviews := list(goal.reviews.all()):
            said = reviews[0]
            if said.body:
                words = f"{uk_date(said.written_at)}, {goal.better_at}: {said.body}"
                found.append(Pickable(f"r-{said.public_id}", _("What I said of it last"), words))
    for lines in plan_lines:
        found += lines(person_id)
    entries = Reflection.objects.filter(author_id=person_id).order_by("-written_at")[:200]
    for entry in entries if reflections else ():
        text = f"{uk_date(entry.written_at)}, {entry.title}: {entry.body}"
        found.append(Pickable(f"e-{entry.public_id}", _("From my reflections"), text))
    attended = Attendance.objects.filter(
        person_id=person_id, event__registered_at__isnull=False, event__state=EventState.PLANNED
    ).aggregate(all=Count("pk"), there=Count("pk", filter=Q(state=Attendance.State.PRESENT)))
    if attended["all"]:
        text = _("I was at %(there)d of %(all)d events.") % attended
        found.append(Pickable("attendance", _("Taking part"), text))
    return found
