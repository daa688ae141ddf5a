"""Figures of a network: with services.aggregates the only place that reads answers of others, as portal_sys and for one named tenant.

Whom somebody named never leaves this module. What does has been through outcomes.disclosure and is rounded: NetworkMetric and
NetworkChange hold nothing finer. A wave is counted once, after it has closed, or a later answer could be told from the difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from outcomes import network as nw
from outcomes.disclosure import Thresholds, enough_people, enough_ties, nearest, rounded, ties_left_open, window
from outcomes.models import (
    NetworkChange,
    NetworkMetric,
    NetworkStanding,
    NetworkWave,
    Relation,
    Tie,
)
from outcomes.network import Network
from outcomes.selectors import on_list
from outcomes.services.aggregates import thresholds_of_tenant

# Under so much of a response figures are provisional, and betweenness isn't shown: one missing answer may change who stands between whom.
PROVISIONAL, WITHHELD = 0.8, 0.7
# Densities to the nearest whole per cent, other shares and counts of ties to the nearest five.
DENSITY_STEP, STEP = 0.01, 5


@dataclass(frozen=True)
class Counted:
    """One wave as it was answered: a network a relation, and where people were at the time."""

    networks: dict[str, Network]
    organisations: dict[int, int]
    sectors: dict[int, int]

    @property
    def people(self) -> frozenset[int]:
        return self.networks[Relation.KNOW].people

    @property
    def answered(self) -> frozenset[int]:
        return self.networks[Relation.KNOW].answered


@dataclass(frozen=True)
class Told:
    """What has been shown of one wave already: when it was counted, of whoever was there then, and beside the wave before it."""

    metric: NetworkMetric
    part: NetworkChange | None

    def ties(self) -> tuple[float, float]:
        """How many there were, as closely as anybody can tell."""
        m = self.metric
        low, high = of_density(m.density, m.pairs)
        if m.cross_ties is not None and m.own_ties is not None:
            low, high = max(low, m.cross_ties + m.own_ties - STEP), min(high, m.cross_ties + m.own_ties + STEP)
        return low, high

    def leaves_open(self, part: Network, density: int | None, limits: Thresholds) -> bool:
        """Whether the density of a part may be shown too. The part shown earlier is of other people, neither more nor fewer."""
        shown = self.part
        if shown is not None and shown.density_after is not None and density is not None:
            apart = DENSITY_STEP * (shown.pairs_after + part.pairs)
            if (shown.pairs_after, shown.density_after) != (part.pairs, density) and apart < limits.count:
                return False
        left = self.metric.pairs - part.pairs
        return ties_left_open(self.ties(), of_density(density, part.pairs), left=left, thresholds=limits)

    def leaves_crossing_open(self, part: Network, density: int | None, cross: int | None, limits: Thresholds) -> bool:
        """Whether the share of a part's ties that lead elsewhere may be shown too."""
        low, high = of_density(density, part.pairs)
        left = self.metric.pairs - part.pairs
        for whole, share in (
            (self.metric.cross_ties, cross),
            (self.metric.own_ties, None if cross is None else 100 - cross),
        ):
            least, most = window(share, STEP, most=100)
            inside = low * least / 100, high * most / 100
            if not ties_left_open(window(whole, STEP, most=self.ties()[1]), inside, left=left, thresholds=limits):
                return False
        return True


def of_density(density: int | None, pairs: int) -> tuple[float, float]:
    low, high = window(density, 100 * DENSITY_STEP, most=100)
    return low * pairs / 100, high * pairs / 100


@transaction.atomic
def count_wave(*, wave: NetworkWave) -> bool:
    """Count a wave that has closed and set it beside the one before it; False where that is done. In nobody's scope."""
    wave = NetworkWave.objects.select_for_update(of=("self",)).get(pk=wave.pk)
    if wave.counted_at is not None or not wave.is_closed:
        return False
    earlier = NetworkWave.objects.filter(cohort_id=wave.cohort_id, opens_at__lt=wave.opens_at).last()
    if earlier is not None and earlier.counted_at is None:
        return False  # its turn comes first: what was told of it decides what can be told of both
    limits = thresholds_of_tenant()
    counted = read_wave(wave)
    between = {
        relation: nw.betweenness(network)
        for relation, network in counted.networks.items()
        if may_show_betweenness(network, limits)
    }
    told = {
        relation: NetworkMetric.objects.create(
            wave=wave, relation=relation, **metrics(counted, relation, between.get(relation), limits)
        )
        for relation in Relation.values
    }
    NetworkStanding.objects.bulk_create(standings(wave, counted, between))
    if earlier is not None:
        before = read_wave(earlier)
        told_before = {metric.relation: metric for metric in earlier.metrics.all()}
        parts_before = {found.relation: found for found in earlier.changes.all()}
        for relation in Relation.values:
            tellings = Told(told_before[relation], parts_before.get(relation)), Told(told[relation], None)
            found = change(before, counted, relation, tellings, limits)
            NetworkChange.objects.create(wave=wave, earlier=earlier, relation=relation, **found)
    wave.counted_at = timezone.now()
    wave.save(update_fields=["counted_at"])
    return True


def read_wave(wave: NetworkWave) -> Counted:
    """Those on the list who haven't left the cohort, and what those of them who sent their answers said. Private to this module."""
    places = list(on_list(wave).select_related("organisation").order_by("pk"))
    people = frozenset(p.person_id for p in places)
    sent = {p.person_id: p.answered_at for p in places if p.answered_at}
    ties: dict[str, set[nw.Tie]] = {relation: set() for relation in Relation.values}
    rows = (
        Tie.unscoped("sys")  # portal_sys sees all tenants: the tenant is named here
        .filter(tenant_id=wave.tenant_id, wave=wave.pk, person__in=list(sent), other__in=list(people))
        .values_list("relation", "person_id", "other_id")
    )
    for relation, person, other in rows:
        ties[relation].add((person, other))
    # who came on the list after somebody had sent their answers, and of whom they have said nothing since
    said = set().union(*ties.values())
    unasked = frozenset(
        (person, p.person_id)
        for person, at in sent.items()
        for p in places
        if p.seen_from > at and p.person_id != person and (person, p.person_id) not in said
    )
    return Counted(
        {r: Network(people, frozenset(sent), frozenset(found), unasked) for r, found in ties.items()},
        {p.person_id: p.organisation_id for p in places if p.organisation_id},
        {p.person_id: p.organisation.sector_id for p in places if p.organisation and p.organisation.sector_id},
    )


def enough_answered(network: Network, limits: Thresholds) -> bool:
    return len(network.answered) >= limits.mean


def per_cent(value: float | None, step: int) -> int | None:
    return None if value is None else nearest(100 * value, step)


def safe_density(network: Network, limits: Thresholds) -> int | None:
    """Not where nearly nobody, or nearly everybody, was named: both the ties and those that aren't must be of enough people."""
    not_named = (
        (a, b)
        for a in network.answered
        for b in network.people
        if a != b and (a, b) not in network.ties and (a, b) not in network.unasked
    )
    if not enough_answered(network, limits) or not enough_ties(network.ties, not_named, thresholds=limits):
        return None
    return per_cent(nw.density(network), 1)


def safe_reciprocity(network: Network, limits: Thresholds) -> int | None:
    mutual, single = ([*pairs, *((b, a) for a, b in pairs)] for pairs in nw.dyads(network))
    if not enough_answered(network, limits) or not enough_ties(mutual, single, thresholds=limits):
        return None
    return per_cent(nw.reciprocity(network), STEP)


def safe_split(network: Network, group: dict[int, int], limits: Thresholds) -> tuple[int, int] | None:
    """(external, internal) ties, where both are of enough people, and neither leads to one person alone."""
    external, internal = nw.by_group(network.ties, group)
    if not enough_answered(network, limits) or not enough_ties(external, internal, thresholds=limits):
        return None
    return len(external), len(internal)


def metrics(counted: Counted, relation: str, between: dict[int, float] | None, limits: Thresholds) -> dict[str, Any]:
    """The columns of NetworkMetric; `between` where betweenness may be shown."""
    network = counted.networks[relation]
    found: dict[str, Any] = {
        "invited": len(network.people),
        "answered": len(network.answered),
        "pairs": network.pairs,
        "density": safe_density(network, limits),
        "reciprocity": safe_reciprocity(network, limits),
    }
    for name, group in (("organisation", counted.organisations), ("sector", counted.sectors)):
        expected = nw.expected_ei(group)
        found[f"ei_{name}_expected"] = None if expected is None else rounded(expected, 0.01)
        split = safe_split(network, group, limits)
        if split is None:
            continue
        if name == "organisation":
            found |= {"cross_ties": nearest(split[0], STEP), "own_ties": nearest(split[1], STEP)}
        found[f"ei_{name}"] = rounded(nw.ei_index(*split) or 0.0, 0.1)
        p = nw.permutation_p(network.ties, group)
        found[f"ei_{name}_p"] = None if p is None else rounded(p, 0.001 if p < 0.01 else 0.01)
    if between is not None:
        found["centralisation"] = per_cent(nw.centralisation(between), STEP)
    return found


def may_show_betweenness(network: Network, limits: Thresholds) -> bool:
    answered = len(network.answered)
    named = [a for a, _b in network.ties]
    return (
        answered >= limits.breakdown
        and answered >= WITHHELD * len(network.people)
        and enough_people(named, thresholds=limits)
    )


def standings(wave: NetworkWave, counted: Counted, between: dict[str, dict[int, float]]) -> list[NetworkStanding]:
    """For each who answered, their own."""
    return [
        NetworkStanding(wave=wave, person_id=p, relation=relation, share=nearest(100 * shares[p], STEP))
        for relation, shares in between.items()
        for p in sorted(counted.answered)
    ]


def change(
    before: Counted, after: Counted, relation: str, told: tuple[Told, Told], limits: Thresholds
) -> dict[str, Any]:
    """The columns of NetworkChange: only people on both lists, only what those say who answered both times. Beside what was told of
    either wave, when others were counted in it too, no figure may tell of the few who are left out."""
    people, answered = before.people & after.people, before.answered & after.answered
    parts = tuple(nw.among(wave.networks[relation], people, answered) for wave in (before, after))
    found: dict[str, Any] = {
        "people": len(people) if len(people) >= limits.count else None,
        "answered": len(answered) if len(answered) >= limits.count else None,
        "pairs_after": parts[1].pairs,
    }
    if len(answered) < limits.mean:
        return found
    densities = tuple(safe_density(part, limits) for part in parts)
    if not all(
        telling.leaves_open(part, density, limits)
        for telling, part, density in zip(told, parts, densities, strict=True)
    ):
        return found
    for n, (when, counted) in enumerate((("before", before), ("after", after))):
        found[f"density_{when}"] = densities[n]
        split = safe_split(parts[n], counted.organisations, limits)
        cross = None if split is None else nearest(100 * split[0] / sum(split), STEP)
        if told[n].leaves_crossing_open(parts[n], densities[n], cross, limits):
            found[f"cross_{when}"] = cross
    kept, lost, new = parts[0].ties & parts[1].ties, parts[0].ties - parts[1].ties, parts[1].ties - parts[0].ties
    if enough_ties(kept, lost, new, thresholds=limits):
        found["kept"] = nearest(100 * len(kept) / len(parts[0].ties), STEP)
    return found
