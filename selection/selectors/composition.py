"""Who is in: the ranking down to the line, and the departures from it that staff gave a reason for. Pure: writes nothing."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from selection.models import Departure
from selection.selectors.ranking import Ranked
from selection.states import ApplicationState


@dataclass
class Composition:
    """`chosen` in rank order, never more than `places`; `reserves` are the next ones; `effect` says why someone isn't where
    rank alone would put them: 'in' and 'out' by decision, 'up' and 'down' because of somebody else's."""

    places: int
    chosen: list[Ranked]
    reserves: list[Ranked]
    rest: list[Ranked]
    effect: dict[int, str] = field(default_factory=dict)

    @property
    def seal(self) -> str:
        """Names exactly this choice: what was confirmed is what is offered, or the page is shown again."""
        parts = [r.public_id for r in self.chosen] + ["|"] + [r.public_id for r in self.reserves]
        return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:24]

    def by_sector(self) -> Counter[int]:
        return Counter(r.sector_id for r in self.chosen)


def compose(ranked: Sequence[Ranked], *, places: int, reserve_length: int) -> Composition:
    """Fill `places` with those brought in and then by rank, leaving out those taken out, who stay in line for the reserve."""
    candidates = [r for r in ranked if r.state == ApplicationState.ELIGIBLE and r.rank is not None]
    forced = [r for r in candidates if r.departure == Departure.Direction.IN]
    free = [r for r in candidates if not r.departure]
    chosen_ids = {r.pk for r in forced[:places]}
    chosen_ids |= {r.pk for r in free[: max(places - len(chosen_ids), 0)]}
    chosen = [r for r in candidates if r.pk in chosen_ids]
    others = [r for r in candidates if r.pk not in chosen_ids]
    by_rank = {r.pk for r in candidates[:places]}
    effect = {}
    for r in candidates:
        if r.departure:
            effect[r.pk] = r.departure
        elif (r.pk in chosen_ids) != (r.pk in by_rank):
            effect[r.pk] = "up" if r.pk in chosen_ids else "down"
    return Composition(places, chosen, others[:reserve_length], others[reserve_length:], effect)
