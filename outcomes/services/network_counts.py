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
from outcomes.disclosure import Thresholds, enough_people, nearest, rounded, ties_left_open
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


@transaction.atomic
def count_wave(*, wave: NetworkWave) -> bool:
    """Count a wave that has closed and set it beside the one before it; False where that is done. In nobody's scope."""
    wave = NetworkWave.objects.select_for_update(of=("self",)).get(pk=wave.pk)
    if wave.counted_at is not None or not wave.is_closed:
        return False
    limits = thresholds_of_tenant()
    counted = read_wave(wave)
    for relation in Relation.values:
        NetworkMetric.objects.create(wave=wave, relation=relation, **metrics(counted, relation, limits))
    NetworkStanding.objects.bulk_create(standings(wave, counted, limits))
    earlier = NetworkWave.objects.filter(cohort_id=wave.cohort_id, opens_at__lt=wave.opens_at).last()
    if earlier is not None:
        before = read_wave(earlier)
        for relation in Relation.values:
            found = change(before, counted, relation, limits)
            NetworkChange.objects.create(wave=wave, earlier=earlier, relation=relation, **found)
    wave.counted_at = timezone.now()
    wave.save(update_fields=["counted_at"])
    return True


def read_wave(wave: NetworkWave) -> Counted:
    """Those on the list who haven't left the cohort, and what those of them who sent their answers said. Private to this module."""
    places = list(on_list(wave).select_related("organisation").order_by("pk"))
    people = frozenset(p.person_id for p in places)
    sent = {p.person_id: p.answered_at for p in places if p.answered_at}
    unasked = frozenset(
        (person, p.person_id)
        for person, at in sent.items()
        for p in places
        if p.asked_at > at and p.person_id != person
    )
    ties: dict[str, set[nw.Tie]] = {relation: set() for relation in Relation.values}
    rows = (
        Tie.unscoped("sys")  # portal_sys sees all tenants: the tenant is named here
        .filter(tenant_id=wave.tenant_id, wave=wave.pk, person__in=list(sent), other__in=list(people))
        .values_list("relation", "person_id", "other_id")
    )
    for relation, person, other in rows:
        if (person, other) not in unasked:
            ties[relation].add((person, other))
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
    named = [a for a, _b in network.ties]
    each = {a: len(network.people) - 1 for a in network.answered}
    for a, _b in [*network.ties, *network.unasked]:
        each[a] -= 1
    if not enough_answered(network, limits) or not enough_people(
        named, [a for a, left in each.items() if left > 0], thresholds=limits
    ):
        return None
    return per_cent(nw.density(network), 1)


def safe_reciprocity(network: Network, limits: Thresholds) -> int | None:
    mutual, single = ([p for pair in pairs for p in pair] for pairs in nw.dyads(network))
    if not enough_answered(network, limits) or not enough_people(mutual, single, thresholds=limits):
        return None
    return per_cent(nw.reciprocity(network), STEP)


def safe_split(network: Network, group: dict[int, int], limits: Thresholds) -> tuple[int, int] | None:
    """(external, internal) ties, where both are of enough people."""
    external, internal = nw.by_group(network.ties, group)
    if not enough_answered(network, limits) or not enough_people(
        [a for a, _b in external], [a for a, _b in internal], thresholds=limits
    ):
        return None
    return len(external), len(internal)


def metrics(counted: Counted, relation: str, limits: Thresholds) -> dict[str, Any]:
    """The columns of NetworkMetric."""
    network = counted.networks[relation]
    found: dict[str, Any] = {
        "invited": len(network.people),
        "answered": len(network.answered),
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
    if may_show_betweenness(network, limits):
        found["centralisation"] = per_cent(nw.centralisation(nw.betweenness(network)), STEP)
    return found


def may_show_betweenness(network: Network, limits: Thresholds) -> bool:
    answered = len(network.answered)
    named = [a for a, _b in network.ties]
    return (
        answered >= limits.breakdown
        and answered >= WITHHELD * len(network.people)
        and enough_people(named, thresholds=limits)
    )


def standings(wave: NetworkWave, counted: Counted, limits: Thresholds) -> list[NetworkStanding]:
    """For each who answered, their own."""
    found = []
    for relation, network in counted.networks.items():
        if not may_show_betweenness(network, limits):
            continue
        shares = nw.betweenness(network)
        found += [
            NetworkStanding(wave=wave, person_id=p, relation=relation, share=nearest(100 * shares[p], STEP))
            for p in sorted(network.answered)
        ]
    return found


def change(before: Counted, after: Counted, relation: str, limits: Thresholds) -> dict[str, Any]:
    """The columns of NetworkChange: only people on both lists, only what those say who answered both times."""
    people, answered = before.people & after.people, before.answered & after.answered
    wholes = before.networks[relation], after.networks[relation]
    parts = tuple(nw.among(whole, people, answered) for whole in wholes)
    found: dict[str, Any] = {
        "people": len(people) if len(people) >= limits.count else None,
        "answered": len(answered) if len(answered) >= limits.count else None,
    }
    if len(answered) < limits.mean or not all(
        ties_left_open(whole.pairs, part.pairs, step=DENSITY_STEP, thresholds=limits)
        for whole, part in zip(wholes, parts, strict=True)
    ):
        return found
    for when, part, counted in (("before", parts[0], before), ("after", parts[1], after)):
        found[f"density_{when}"] = safe_density(part, limits)
        split = safe_split(part, counted.organisations, limits)
        found[f"cross_{when}"] = None if split is None else nearest(100 * split[0] / sum(split), STEP)
    kept, lost = parts[0].ties & parts[1].ties, parts[0].ties - parts[1].ties
    if enough_people([a for a, _b in kept], [a for a, _b in lost], thresholds=limits):
        found["kept"] = nearest(100 * len(kept) / len(parts[0].ties), STEP)
    return found
