"""Open cohorts beside each other: what every app counts of them, each count with the list of what it counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.models import Count, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cohorts.models import Attendance, Cohort, Event, Participation, SectorTarget
from cohorts.selectors.cohorts import counted, staff_cohorts
from cohorts.states import CohortStage, EventState, ParticipationState
from reminders.selectors import count_obligations
from tenancy.actors import Actor
from tenancy.models import Tenant
from tenancy.registry import Registry
from tenancy.words import Words


@dataclass(frozen=True)
class Cell:
    """A count and, below it, what it is of. Without `href` it is no count of rows."""

    text: str
    href: str = ""
    note: str = ""


@dataclass(frozen=True)
class Comparison:
    """One column. `cells` answers for all cohorts at once, by key, in one statement or two; a cohort it doesn't name has nothing."""

    title: Words
    position: int
    cells: Callable[[Sequence[Cohort], Tenant], dict[int, list[Cell]]]


comparisons: Registry[Comparison] = Registry("What is compared between cohorts?")


def open_cohorts(actor: Actor) -> QuerySet[Cohort]:
    """The cohorts an actor is staff of that haven't finished, those that began first on top, with what the first columns show."""
    places = Participation.objects.filter(cohort=OuterRef("pk"), state=ParticipationState.ACTIVE)
    registers = Event.objects.filter(cohort=OuterRef("pk"), state=EventState.PLANNED, registered_at__isnull=False)
    marks = Attendance.objects.filter(
        event__cohort=OuterRef("pk"),
        event__state=EventState.PLANNED,
        event__registered_at__isnull=False,
        is_guest=False,
    )
    return (
        staff_cohorts(actor)
        .exclude(stage=CohortStage.FINISHED)
        .annotate(
            active=counted(places, "cohort"),
            registers=counted(registers, "cohort"),
            marked=counted(marks, "event__cohort"),
            present=counted(marks.filter(state=Attendance.State.PRESENT), "event__cohort"),
        )
        .order_by("starts_on", "pk")
    )


def compare(actor: Actor, tenant: Tenant) -> tuple[list[Words], list[tuple[Cohort, list[list[Cell]]]]]:
    """The columns' titles, and a row for each open cohort."""
    cohorts = list(open_cohorts(actor))
    columns = sorted(comparisons, key=lambda column: column.position)
    answers = [column.cells(cohorts, tenant) if cohorts else {} for column in columns]
    return [c.title for c in columns], [(row, [found.get(row.pk, []) for found in answers]) for row in cohorts]


def address(name: str, tenant: Tenant, cohort: Cohort) -> str:
    return reverse(name, kwargs={"tenant": tenant.slug, "public_id": cohort.public_id})


def places(cohorts: Sequence[Cohort], tenant: Tenant) -> dict[int, list[Cell]]:
    return {
        row.pk: [
            Cell(
                str(row.active),  # type: ignore[attr-defined]
                address("cohorts:participation-list", tenant, row),
                _("of %(n)d places taken") % {"n": row.places},
            )
        ]
        for row in cohorts
    }


def balance(cohorts: Sequence[Cohort], tenant: Tenant) -> dict[int, list[Cell]]:
    """Each sector that has a target or people: how many take part, of how many it should have."""
    of = [row.pk for row in cohorts]
    here = (
        Participation.objects.filter(cohort__in=of, state=ParticipationState.ACTIVE)
        .order_by()
        .values_list("cohort", "organisation__sector__public_id", "organisation__sector__name")
        .annotate(n=Count("pk"))
    )
    taken = {(cohort, key): (name, n) for cohort, key, name, n in here if key}
    targets = SectorTarget.objects.filter(cohort__in=of).order_by("sector__position", "pk")
    wanted = {
        (cohort, key): (name, places)
        for cohort, key, name, places in targets.values_list("cohort", "sector__public_id", "sector__name", "places")
    }
    found: dict[int, list[Cell]] = {}
    for row in cohorts:
        people = address("cohorts:participation-list", tenant, row)
        keys = dict.fromkeys([*(k for k in wanted if k[0] == row.pk), *(k for k in taken if k[0] == row.pk)])
        for pair in keys:
            name, n = taken.get(pair, (wanted.get(pair, ("", 0))[0], 0))
            note = _("%(sector)s, of %(n)d") % {"sector": name, "n": wanted[pair][1]} if pair in wanted else name
            found.setdefault(row.pk, []).append(Cell(str(n), f"{people}?sector={pair[1]}", note))
    return found


def attendance(cohorts: Sequence[Cohort], tenant: Tenant) -> dict[int, list[Cell]]:
    found = {}
    for row in cohorts:
        if row.marked:  # type: ignore[attr-defined]
            share = round(100 * row.present / row.marked)  # type: ignore[attr-defined]
            kept = ngettext("present, in %(n)d register", "present, in %(n)d registers", row.registers) % {  # type: ignore[attr-defined]
                "n": row.registers  # type: ignore[attr-defined]
            }
            found[row.pk] = [Cell(f"{share}%", f"{address('cohorts:event-list', tenant, row)}#past-caption", kept)]
    return found


def overdue(cohorts: Sequence[Cohort], tenant: Tenant) -> dict[int, list[Cell]]:
    """What people owe late, as the board has it."""
    late = dict.fromkeys((row.pk for row in cohorts), 0)
    for owed in count_obligations(cohort_ids=list(late)):
        if owed.cohort_id is not None:
            late[owed.cohort_id] += owed.late
    board = reverse("reminders:board", kwargs={"tenant": tenant.slug})
    return {row.pk: [Cell(str(late[row.pk]), f"{board}?cohort={row.slug}&late=1")] for row in cohorts}


comparisons.register("cohorts.places", Comparison(gettext_lazy("Places"), 10, places))
comparisons.register("cohorts.balance", Comparison(gettext_lazy("By sector"), 40, balance))
comparisons.register("cohorts.attendance", Comparison(gettext_lazy("Attendance"), 50, attendance))
comparisons.register("reminders.overdue", Comparison(gettext_lazy("Overdue"), 90, overdue))
