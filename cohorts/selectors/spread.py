"""How far a movement has spread: people by month and by step, where they work and are, what they pledged and kept.

Staff read the counts as they are. Participants, the public page and reports get `Safe` ones: none from which a small number can be told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q
from django.db.models.functions import Lower, TruncMonth
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cohorts.models import Movement, MovementMember, Pledge
from cohorts.models.pledge import Outcome
from cohorts.states import MemberState
from engine.suppression import suppress_counts, thresholds_of_tenant
from tenancy.models import Sector

MONTHS_SHOWN = 24
QUARTER = 3
# Whoever is further from the programme than this is told together.
LAST_STEP = 3


@dataclass(frozen=True)
class Month:
    """One month, or a quarter of a year. None is withheld; `in_all` are those who had joined by its end and are in it still."""

    first_day: date
    joined: int | None
    in_all: int | None
    made: int | None
    kept: int | None
    length: int = 1

    @property
    def label(self) -> str:
        if self.length == 1:
            return date_format(self.first_day, "F Y")
        last = self.first_day.replace(month=self.first_day.month + self.length - 1)
        return _("%(first)s to %(last)s") % {
            "first": date_format(self.first_day, "F"),
            "last": date_format(last, "F Y"),
        }


@dataclass(frozen=True)
class Spread:
    """`steps` says how people came: by the public page, told by the cohorts' people, or by members, one and more steps on."""

    members: int | None
    organisations: int | None
    places: int | None
    steps: list[tuple[str, int | None]]
    months: list[Month]
    made: int | None
    kept: int | None

    @property
    def is_empty(self) -> bool:
        return not self.members and not self.made


def step_names() -> list[str]:
    return [
        _("By the public page"),
        _("Told by people of the cohorts"),
        _("Told by a member: two steps away"),
        _("Three steps away, or more"),
    ]


def step_of(generation: int, was_brought: bool) -> int:
    return min(generation, LAST_STEP) if was_brought else 0


def months_until_now(first: date) -> list[date]:
    """The firsts of months, in their order, the last `MONTHS_SHOWN` of them."""
    last, found = timezone.localdate().replace(day=1), []
    while first <= last:
        found.append(first)
        first = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return found[-MONTHS_SHOWN:]


def spread_of(movement: Movement) -> Spread:
    """Three statements, however many there are. Who has left, and what was deleted, counts no more."""
    inside = MovementMember.objects.filter(movement=movement, state=MemberState.MEMBER).order_by()
    joined: Counter[date] = Counter()
    steps = [0] * (LAST_STEP + 1)
    rows = inside.annotate(month=TruncMonth("joined_at")).values_list("month", "generation", "was_brought")
    for month, generation, was_brought, number in rows.annotate(n=Count("pk")):
        joined[timezone.localtime(month).date()] += number
        steps[step_of(generation, was_brought)] += number
    where = inside.aggregate(
        listed=Count("organisation", distinct=True),
        typed=Count(Lower("organisation_name"), distinct=True, filter=~Q(organisation_name="")),
        places=Count(Lower("place"), distinct=True, filter=~Q(place="")),
    )
    made: Counter[date] = Counter()
    kept: Counter[date] = Counter()
    pledges = Pledge.objects.filter(movement=movement).order_by()
    pledges = pledges.annotate(made_in=TruncMonth("made_at"), said_in=TruncMonth("said_at"))
    for made_in, said_in, outcome, number in pledges.values_list("made_in", "said_in", "outcome").annotate(
        n=Count("pk")
    ):
        made[timezone.localtime(made_in).date()] += number
        if outcome == Outcome.DONE:
            kept[timezone.localtime(said_in).date()] += number
    months = months_until_now(min([*joined, *made, timezone.localdate().replace(day=1)]))
    in_all, lines = sum(n for month, n in joined.items() if month < months[0]), []
    for first in months:
        in_all += joined[first]
        lines.append(Month(first, joined[first], in_all, made[first], kept[first]))
    return Spread(
        members=joined.total(),
        organisations=where["listed"] + where["typed"],
        places=where["places"],
        steps=list(zip(step_names(), steps, strict=True)),
        months=lines,
        made=made.total(),
        kept=kept.total(),
    )


def safe_spread(movement: Movement) -> Spread:
    """The same for whoever mustn't learn of anybody: small numbers withheld, with whatever would tell them. What had been reached by the
    end of each quarter is left out, since two of those tell what lies between."""
    spread, least = spread_of(movement), thresholds_of_tenant().count
    quarters = by_quarter(spread.months)
    steps = suppress_counts([n or 0 for _name, n in spread.steps], least=least)
    # what was joined before the first month shown is one more cell, so that the total is no way round
    columns = {
        "joined": column([m.joined or 0 for m in quarters], spread.members or 0, least),
        "made": column([m.made or 0 for m in quarters], spread.made or 0, least),
        "kept": column([m.kept or 0 for m in quarters], spread.kept or 0, least),
    }
    kept = suppress_counts([spread.kept or 0, (spread.made or 0) - (spread.kept or 0)], least=least)
    enough = steps.total is not None
    return Spread(
        members=steps.total,
        organisations=spread.organisations if enough and (spread.organisations or 0) > 1 else None,
        places=spread.places if enough and (spread.places or 0) > 1 else None,
        steps=[(name, n) for (name, _n), n in zip(spread.steps, steps.cells, strict=True)],
        months=[
            Month(quarter.first_day, columns["joined"][i], None, columns["made"][i], columns["kept"][i], QUARTER)
            for i, quarter in enumerate(quarters)
        ],
        made=kept.total,
        kept=kept.cells[0] if kept.total is not None else None,
    )


def by_quarter(months: Sequence[Month]) -> list[Month]:
    """Months are too short for most numbers to be told."""
    found: dict[date, list[Month]] = {}
    for month in months:
        first = month.first_day.replace(month=(month.first_day.month - 1) // QUARTER * QUARTER + 1)
        found.setdefault(first, []).append(month)
    return [
        Month(
            first,
            sum(m.joined or 0 for m in some),
            None,
            sum(m.made or 0 for m in some),
            sum(m.kept or 0 for m in some),
            QUARTER,
        )
        for first, some in found.items()
    ]


def column(counts: Sequence[int], total: int, least: int) -> list[int | None]:
    return suppress_counts([*counts, total - sum(counts)], least=least).cells[:-1]


def sectors_of(movement: Movement) -> list[tuple[str, int]]:
    """For staff: members by the sector of their organisation, in the tenant's order; a sector nobody came from is a line too."""
    rows = MovementMember.objects.filter(movement=movement, state=MemberState.MEMBER).order_by()
    found = dict(rows.values_list("organisation__sector_id").annotate(n=Count("pk")))
    lines = [(sector.name, found.get(sector.pk, 0)) for sector in Sector.objects.all()]
    if elsewhere := found.get(None, 0):
        lines.append((_("Organisation not on our list"), elsewhere))
    return lines


def places_of(movement: Movement) -> list[tuple[str, int]]:
    """For staff: where members are, most first, as they wrote it first."""
    rows = MovementMember.objects.filter(movement=movement, state=MemberState.MEMBER).exclude(place="").order_by()
    counted = rows.annotate(named=Lower("place")).values("named").annotate(n=Count("pk")).order_by("-n", "named")
    return [(row["named"].title(), row["n"]) for row in counted[:20]]
