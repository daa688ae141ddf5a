"""Figures of a network: people who name each other, where some haven't answered. Pure functions.

A tie is directed: who names, who is named. Somebody who didn't answer names nobody that is known of, so nothing they could have said is
counted, and everything that others say of them is. No figure leaves a person out because they didn't answer.

density       ties / pairs (i, j) of which i was asked and answered; with everybody's answers that is n(n − 1)
reciprocity   of pairs of whom both answered and at least one names the other, those in which both do (dyads)
E-I           (external − internal) / (external + internal) ties, by a group: Krackhardt and Stern 1988
betweenness   of the shortest ways between two others, the share that leads through somebody: Freeman 1977, on directed ties
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

Tie = tuple[int, int]

SEED = 20260105
PERMUTATIONS = 2000


@dataclass(frozen=True)
class Network:
    """`ties` are of those who `answered`; `unasked` are pairs that whoever answered wasn't asked about, as the second came later."""

    people: frozenset[int]
    answered: frozenset[int]
    ties: frozenset[Tie]
    unasked: frozenset[Tie] = field(default=frozenset())

    @property
    def pairs(self) -> int:
        """How many ties there could have been."""
        return len(self.answered) * (len(self.people) - 1) - len(self.unasked)

    @property
    def not_named(self) -> int:
        return self.pairs - len(self.ties)


def among(network: Network, people: frozenset[int], answered: frozenset[int]) -> Network:
    """What those who `answered` say of `people`, whom they're part of."""
    inside = {(a, b) for a, b in network.ties if a in answered and b in people}
    unasked = {(a, b) for a, b in network.unasked if a in answered and b in people}
    return Network(network.people & people, network.answered & answered, frozenset(inside), frozenset(unasked))


def density(network: Network) -> float | None:
    return len(network.ties) / network.pairs if network.pairs else None


def dyads(network: Network) -> tuple[set[Tie], set[Tie]]:
    """Pairs of whom both could and did say: (mutual, one-sided), the smaller number first."""
    mutual, single = set(), set()
    for a, b in network.ties:
        if b not in network.answered or (b, a) in network.unasked:
            continue
        pair = (min(a, b), max(a, b))
        (mutual if (b, a) in network.ties else single).add(pair)
    return mutual, single


def reciprocity(network: Network) -> float | None:
    mutual, single = dyads(network)
    connected = len(mutual) + len(single)
    return len(mutual) / connected if connected else None


def by_group(ties: frozenset[Tie], group: Mapping[int, Hashable]) -> tuple[list[Tie], list[Tie]]:
    """(external, internal) ties, of those between people whose group is known."""
    known = [(a, b) for a, b in sorted(ties) if a in group and b in group]
    return [t for t in known if group[t[0]] != group[t[1]]], [t for t in known if group[t[0]] == group[t[1]]]


def ei_index(external: int, internal: int) -> float | None:
    """From −1, all ties within groups, to +1, all between them."""
    return (external - internal) / (external + internal) if external + internal else None


def expected_ei(group: Mapping[int, Hashable]) -> float | None:
    """What the index is on average when the same ties fall to people at random: it follows from the sizes of the groups alone."""
    n = len(group)
    sizes: dict[Hashable, int] = {}
    for name in group.values():
        sizes[name] = sizes.get(name, 0) + 1
    inside = sum(size * (size - 1) for size in sizes.values())
    return ei_index(n * (n - 1) - inside, inside)


def permutation_p(ties: frozenset[Tie], group: Mapping[int, Hashable], *, seed: int = SEED) -> float | None:
    """How often groups dealt out anew among the same people and ties lie at least as far from what is expected, in 2,000 deals; two-sided.

    None where no deal could change anything."""
    import numpy as np

    external, internal = by_group(ties, group)
    expected = expected_ei(group)
    found = ei_index(len(external), len(internal))
    if expected is None or found is None or abs(expected) == 1:
        return None
    people = sorted(group)
    at = {person: n for n, person in enumerate(people)}
    numbers = {name: n for n, name in enumerate(dict.fromkeys(group[p] for p in people))}
    labels = np.array([numbers[group[p]] for p in people])
    tails, heads = (np.array([at[tie[end]] for tie in [*external, *internal]]) for end in (0, 1))
    random = np.random.default_rng(seed)
    far, off = 0, abs(found - expected) - 1e-9
    for _deal in range(PERMUTATIONS):
        dealt = random.permutation(labels)
        between = float((dealt[tails] != dealt[heads]).mean())
        far += abs(2 * between - 1 - expected) >= off
    return (1 + far) / (1 + PERMUTATIONS)


def betweenness(network: Network) -> dict[int, float]:
    """Each person's share of the shortest ways between two others, from 0 to 1."""
    import networkx

    graph = networkx.DiGraph()
    graph.add_nodes_from(sorted(network.people))
    graph.add_edges_from(sorted(network.ties))
    found: dict[int, float] = networkx.betweenness_centrality(graph, normalized=True)
    return found


def centralisation(shares: Mapping[int, float]) -> float | None:
    """How far the network leans on one person: 0 where all stand alike, 1 where every way leads through one (Freeman 1978)."""
    if len(shares) < 3:
        return None
    most = max(shares.values())
    return sum(most - share for share in shares.values()) / (len(shares) - 1)
