"""What seating plans answer when the lower floors ask, and what the report says of them."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.composing import score
from cohorts.mixing import aims_of
from cohorts.models import Participation, Seat, Seating, SeatingPair
from cohorts.selectors.seating import figures_of, sat
from cohorts.states import ParticipationState
from reminders.kinds import name_kinds
from tenancy.conflicts import pair
from tenancy.models import Person
from tenancy.privacy import Holding, holdings


def seating_figure(cohort_id: int) -> dict[str, Any] | None:
    """Plans of events that took place, by those who were there: how mixed, and how many pairs of the cohort have sat together. No
    names: a report outlives its people."""
    rows = (
        sat()
        .filter(seating__event__cohort=cohort_id)
        .select_related("seating__event", "person__organisation__sector")
        .order_by("seating__event__starts_at", "seating__position", "table__position", "person_id")
    )
    plans: dict[Seating, dict[int, list[Person]]] = {}
    for seat in rows:
        plans.setdefault(seat.seating, {}).setdefault(seat.table_id, []).append(seat.person)
    if not plans:
        return None
    own = set(
        Participation.objects.filter(cohort=cohort_id)
        .exclude(state=ParticipationState.WITHDRAWN)
        .values_list("person_id", flat=True)
    )
    together: set[tuple[int, int]] = set()
    table, indices = [], []
    for plan, tables in plans.items():
        for people in tables.values():
            together |= {pair(a.pk, b.pk) for a, b in combinations(people, 2) if a.pk in own and b.pk in own}
        division = figures_of(list(tables.values()), aims_of(plan.aims))
        if division is not None and division.index is not None:
            indices.append(division.index)
        seated = sum(map(len, tables.values()))
        mixed = score(division) if division else "–"
        table.append([plan.event.title, plan.name, plan.get_kind_display(), len(tables), seated, mixed])
    pairs = len(own) * (len(own) - 1) // 2
    values = {"met": len(together), "pairs": pairs, "index": round(sum(indices) / len(indices)) if indices else 0}
    title = (
        _("%(met)d of %(pairs)d pairs have sat at one table, and tables were mixed %(index)d of 100")
        if indices
        else _("%(met)d of %(pairs)d pairs have sat at one table")
    )
    return {
        "key": "seating",
        "title": title % values,
        "definition": _(
            "Plans for tables and design groups that were shown, at events that took place, without those whom the register has as"
            " absent. Pairs are of the cohort’s own people; mixed is 0 for what drawing lots makes on average and 100 for more than"
            " any division can reach, on average over the plans, by people’s present employers."
        ),
        "kind": "table",
        "data": {
            "header": [_("Event"), _("Plan"), _("Kind"), _("Tables"), _("People"), _("Mixed, of 100")],
            "rows": table,
        },
    }


def export_seats(person: Person) -> list[dict[str, Any]]:
    """Whom somebody was kept apart from or together with is about the other one too, so it isn't named."""
    seats = Seat.objects.filter(person=person).select_related("seating__event", "table").order_by("seating__made_at")
    made = Seating.objects.filter(made_by=person).select_related("event").order_by("made_at")
    pairs = SeatingPair.objects.filter(Q(first=person) | Q(second=person)).select_related("event")
    return [
        *(
            {
                "event": s.seating.event.title,
                "on": s.seating.event.starts_at,
                "plan": s.seating.name,
                "state": s.seating.state,
                "table": s.table.name,
            }
            for s in seats
        ),
        *({"made the plan": m.name, "event": m.event.title, "at": m.made_at} for m in made),
        *(
            {"event": p.event.title, "with one other": _("kept together") if p.together else _("kept apart")}
            for p in pairs
        ),
    ]


holdings.register(
    "cohorts.seating",
    Holding(
        label=gettext_lazy("Where you sat at events"),
        models=(Seat._meta.label, SeatingPair._meta.label, Seating._meta.label),
        export=export_seats,
        keep_days=6 * 365,
    ),
)
name_kinds("cohorts", {"seat": gettext_lazy("Your table at an event")})
