"""Reads of the register of interest: the programmes whose register somebody keeps, the balance of its sectors, its rows."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.models import Programme
from selection.models import ExpressionOfInterest, SelectionRound
from selection.states import RoundState
from tenancy.actors import Actor
from tenancy.models import Role, Sector

ON_LIST = Q(confirmed_at__isnull=False)


def live_interests() -> QuerySet[ExpressionOfInterest]:
    return ExpressionOfInterest.objects.filter(withdrawn_at__isnull=True)


def interests_of(programme: Programme) -> QuerySet[ExpressionOfInterest]:
    """Who is on the list, newest first, with what a row of the page shows."""
    return (
        live_interests()
        .filter(ON_LIST, programme=programme)
        .select_related("person", "organisation__sector", "told_for__cohort")
    )


def programmes_of_staff(actor: Actor) -> QuerySet[Programme]:
    """The twin of the rule `staff` for a programme: staff of one cohort alone keep no register."""
    programmes = Programme.objects.all()
    if actor.has_role(Role.STAFF):
        return programmes
    return programmes.filter(pk__in=[g.programme_id for g in actor.grants if g.role == Role.STAFF and g.programme_id])


def open_rounds_of(programme: Programme) -> QuerySet[SelectionRound]:
    """Rounds that take applications now or will: published, and not past their closing date."""
    return (
        SelectionRound.objects.filter(cohort__programme=programme, state=RoundState.OPEN, closes_at__gt=timezone.now())
        .select_related("cohort")
        .order_by("closes_at")
    )


@dataclass(frozen=True)
class Balance:
    """How many on the list come from each sector, in the tenant's order; `unconfirmed` have yet to answer and count nowhere else."""

    lines: list[tuple[str, int]]
    total: int
    unconfirmed: int


def balance_of_interest(programme: Programme) -> Balance:
    """Two statements. A sector nobody has come from yet is a line too: that is what staff look for."""
    rows = (
        live_interests()
        .filter(programme=programme)
        .order_by()
        .values_list("organisation__sector_id")
        .annotate(on_list=Count("pk", filter=ON_LIST), waiting=Count("pk", filter=~ON_LIST))
    )
    found = {sector: (on_list, waiting) for sector, on_list, waiting in rows}
    lines = [(sector.name, found.get(sector.pk, (0, 0))[0]) for sector in Sector.objects.all()]
    if elsewhere := found.get(None, (0, 0))[0]:
        lines.append((_("Organisation not on our list"), elsewhere))
    return Balance(lines, sum(n for n, _w in found.values()), sum(w for _n, w in found.values()))
