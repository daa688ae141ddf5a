"""Limits on who is chosen: those kept with a round, and those somebody is trying out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from cohorts.models import SectorTarget
from selection.composition import Candidate, Rule
from selection.models import BalanceRule, SelectionRound
from selection.selectors.attributes import (
    CLASSES,
    ORGANISATION,
    SECTOR,
    SENIORITY,
    Kind,
    Value,
    class_kind,
    one_spelling,
)


@dataclass(frozen=True)
class Limits:
    """Floors and ceilings by value, and the most from any one organisation (None: any number)."""

    floors: Mapping[Value, int] = field(default_factory=dict)
    ceilings: Mapping[Value, int] = field(default_factory=dict)
    each_organisation: int | None = None

    def __bool__(self) -> bool:
        return bool(any(self.floors.values()) or self.ceilings or self.each_organisation is not None)

    @property
    def total_floor(self) -> int:
        """The most that the floors of one attribute together ask for."""
        by_attribute: Counter[str] = Counter()
        for (attribute, _value), floor in self.floors.items():
            by_attribute[attribute] += floor
        return max(by_attribute.values(), default=0)

    def as_text(self) -> str:
        """The same for the same limits."""
        return repr((self.rows(), self.each_organisation))

    def rows(self) -> list[tuple[Value, int, int | None]]:
        """What says something: a floor of 0 and no ceiling doesn't."""
        return [
            (value, self.floors.get(value, 0), self.ceilings.get(value))
            for value in sorted({*self.floors, *self.ceilings})
            if self.floors.get(value) or self.ceilings.get(value) is not None
        ]

    def rules(self, candidates: Iterable[Candidate]) -> list[Rule]:
        """As the composition asks for them. What any one organisation may have is a rule for each that a candidate is of; the smaller
        of two ceilings counts."""
        found = {value: Rule(*value, floor, ceiling) for value, floor, ceiling in self.rows()}
        if self.each_organisation is not None:
            for name in sorted({str(c.attributes[ORGANISATION]) for c in candidates if ORGANISATION in c.attributes}):
                own = found.get((ORGANISATION, name), Rule(ORGANISATION, name))
                ceiling = self.each_organisation if own.ceiling is None else min(own.ceiling, self.each_organisation)
                found[(ORGANISATION, name)] = Rule(ORGANISATION, name, own.floor, max(ceiling, own.floor))
        return list(found.values())


@dataclass(frozen=True)
class Kept:
    """The limits of a round, and what the values in them are called. `by_targets` says that none are kept and the places each sector
    should have stand in for them."""

    limits: Limits
    kinds: Mapping[Value, Kind]
    by_targets: bool = False

    def in_words(self) -> str:
        """All of them in one line, for the history."""
        parts = [
            _("%(group)s %(limit)s") % {"group": self.kinds[value].name, "limit": limit_text(floor, ceiling)}
            for value, floor, ceiling in self.limits.rows()
        ]
        if self.limits.each_organisation is not None:
            parts.append(_("any one organisation at most %(n)d") % {"n": self.limits.each_organisation})
        return "; ".join(parts) or _("No limits")


def limit_text(floor: int, ceiling: int | None) -> str:
    """'' where nothing is asked."""
    if floor and ceiling is not None:
        return _("%(least)d to %(most)d") % {"least": floor, "most": ceiling}
    if floor:
        return _("at least %(n)d") % {"n": floor}
    return "" if ceiling is None else _("at most %(n)d") % {"n": ceiling}


def kept_limits(round_: SelectionRound) -> Kept:
    """The limits kept with a round, in one statement."""
    floors: dict[Value, int] = {}
    ceilings: dict[Value, int] = {}
    kinds: dict[Value, Kind] = {}
    each = None
    for row in round_.balance_rules.select_related("sector", "organisation", "band"):
        if row.attribute == ORGANISATION and row.organisation is None:
            each = row.ceiling
            continue
        value, kind = _value_of(row)
        kinds[value] = kind
        if row.floor:
            floors[value] = row.floor
        if row.ceiling is not None:
            ceilings[value] = row.ceiling
    return Kept(Limits(floors, ceilings, each), kinds)


def _value_of(row: BalanceRule) -> tuple[Value, Kind]:
    if row.sector is not None:
        return (SECTOR, str(row.sector_id)), Kind(row.sector.name, row.sector.position)
    if row.organisation is not None:
        return (ORGANISATION, str(row.organisation_id)), Kind(row.organisation.name)
    if row.band is not None:
        return (SENIORITY, str(row.band_id)), Kind(row.band.name, row.band.position)
    if row.attribute in CLASSES:
        return (row.attribute, row.words), class_kind(row.attribute, row.words)
    return (row.attribute, one_spelling(row.words)), Kind(row.words)


def target_limits(targets: Iterable[SectorTarget]) -> Kept:
    """The places each sector should have, as floors."""
    rows = list(targets)
    return Kept(
        Limits({(SECTOR, str(t.sector_id)): t.places for t in rows}, {}),
        {(SECTOR, str(t.sector_id)): Kind(t.sector.name, t.sector.position) for t in rows},
        by_targets=True,
    )


def limits_in_force(round_: SelectionRound) -> Kept:
    """What a reserve moves up by: the kept limits, or the sectors' targets where none are kept."""
    kept = kept_limits(round_)
    if kept.limits:
        return kept
    return target_limits(SectorTarget.objects.filter(cohort=round_.cohort_id).select_related("sector"))


def namer(*known: Mapping[Value, Kind]) -> Callable[[Rule], str]:
    """What a rule is about, in words."""
    kinds = {value: kind for each in known for value, kind in each.items()}

    def rule_name(rule: Rule) -> str:
        kind = kinds.get((rule.attribute, str(rule.value)))
        return str(rule.value) if kind is None else kind.name

    return rule_name
