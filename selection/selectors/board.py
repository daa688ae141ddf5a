"""The balance beside the choice: by every attribute, from what was promised to who is chosen, and which limits hold."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from cohorts.models import SectorTarget
from selection.models import Application, AssessorAllocation, Attribute, SeatCommitment, SelectionRound
from selection.selectors.attributes import ATTRIBUTES, COLUMNS, ORGANISATION, SECTOR, Kind, Value, kinds_from
from selection.selectors.limits import Kept, limit_text
from selection.selectors.ranking import ASSESSED_STATES
from selection.states import ApplicationState as S
from selection.states import Eligibility, Lateness

PLACED = (S.OFFERED, S.ACCEPTED)


@dataclass
class BalanceLine:
    """One value of an attribute. `taken` are those chosen, or those with a place once offers are made."""

    value: Value
    kind: Kind
    promised: int = 0
    applied: int = 0
    eligible: int = 0
    taken: int = 0
    target: int | None = None
    floor: int = 0
    ceiling: int | None = None
    # the ceiling is that of any one organisation: worth saying only where it's missed
    common: bool = False

    @property
    def name(self) -> str:
        return self.kind.name

    @property
    def limit_text(self) -> str:
        if self.common and not self.off_by:
            return limit_text(self.floor, None)
        return limit_text(self.floor, self.ceiling)

    @property
    def verdict(self) -> str:
        """'' where nothing is asked, else 'short', 'beyond' or 'holds'."""
        if self.taken < self.floor:
            return "short"
        if self.ceiling is not None and self.taken > self.ceiling:
            return "beyond"
        return "holds" if self.limit_text else ""

    @property
    def off_by(self) -> int:
        if self.taken < self.floor:
            return self.floor - self.taken
        return 0 if self.ceiling is None else max(self.taken - self.ceiling, 0)


@dataclass
class BalanceSection:
    attribute: str
    lines: list[BalanceLine] = field(default_factory=list)

    @property
    def label(self) -> str:
        return str(Attribute(self.attribute).label)

    @property
    def broken(self) -> list[BalanceLine]:
        return [line for line in self.lines if line.off_by]

    def total(self, name: str) -> int:
        return sum(getattr(line, name) for line in self.lines)

    @property
    def totals(self) -> dict[str, int]:
        return {name: self.total(name) for name in ("promised", "applied", "eligible", "taken")}


def balance_sections(
    round_: SelectionRound,
    *,
    chosen: Collection[int] | None,
    kept: Kept,
    targets: Iterable[SectorTarget],
    commitments: Iterable[SeatCommitment],
) -> list[BalanceSection]:
    """A section for each attribute that anybody has a value of; one statement. `chosen` are keys of applications, or None once offers
    are made: then it's who has a place."""
    known: dict[Value, BalanceLine] = {}

    def line_of(value: Value, kind: Kind) -> BalanceLine:
        return known.setdefault(value, BalanceLine(value, kind))

    assessed = AssessorAllocation.objects.filter(application=OuterRef("pk"), withdrawn_at__isnull=True)
    rows = (
        Application.objects.filter(round=round_, submitted_at__isnull=False)
        .order_by()
        .annotate(assessed=Exists(assessed))
        .values_list("pk", "state", "eligibility", "lateness", "assessed", *COLUMNS)
    )
    for pk, state, eligibility, lateness, was_assessed, *columns in rows:
        eligible = is_eligible(state, eligibility, lateness, was_assessed)
        taken = state in PLACED if chosen is None else pk in chosen
        for value, kind in kinds_from(columns).items():
            line = line_of(value, kind)
            line.applied += 1
            line.eligible += eligible
            line.taken += taken
    for target in targets:
        value = (SECTOR, str(target.sector_id))
        line_of(value, Kind(target.sector.name, target.sector.position)).target = target.places
    for each in commitments:
        if each.sector is not None:
            line_of((SECTOR, str(each.sector_id)), Kind(each.sector.name, each.sector.position)).promised = each.seats
        elif each.organisation is not None:
            line_of((ORGANISATION, str(each.organisation_id)), Kind(each.organisation.name)).promised = each.seats
    _put_limits(known, kept, line_of)
    sections = [BalanceSection(attribute) for attribute in ATTRIBUTES]
    for section in sections:
        section.lines = sorted(
            (line for value, line in known.items() if value[0] == section.attribute), key=lambda line: line.kind.order
        )
    return [section for section in sections if section.lines]


def is_eligible(state: str, eligibility: str, lateness: str, assessed: bool) -> bool:
    """Sent to assessors, or about to be: endorsed, and nothing left to settle or to its disfavour."""
    if state in ASSESSED_STATES or assessed:
        return True
    counts = eligibility in ("", Eligibility.YES) and lateness in ("", Lateness.ACCEPTED)
    return state == S.ENDORSED and counts


def _put_limits(known: Mapping[Value, BalanceLine], kept: Kept, line_of: Callable[[Value, Kind], BalanceLine]) -> None:
    if kept.by_targets:
        return
    limits = kept.limits
    for value, floor, ceiling in limits.rows():
        line = line_of(value, kept.kinds[value])
        line.floor, line.ceiling = floor, ceiling
    if limits.each_organisation is not None:
        for (attribute, _key), line in known.items():
            if attribute == ORGANISATION:
                own, every = line.ceiling, limits.each_organisation
                line.common = own is None or own > every
                line.ceiling = max(every if own is None else min(own, every), line.floor)


def sector_title(lines: Sequence[BalanceLine]) -> str:
    """The answer of the picture: the sector that is furthest from its target."""
    aimed = [line for line in lines if line.target]
    if not aimed:
        return _("Places by sector")
    worst = min(aimed, key=lambda line: (line.taken - (line.target or 0), line.kind.order))
    if worst.taken >= (worst.target or 0):
        return _("Every sector has the places it should have")
    return _("%(sector)s has %(n)s of %(target)s places") % {
        "sector": worst.name,
        "n": worst.taken,
        "target": worst.target,
    }
