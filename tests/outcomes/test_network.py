"""The arithmetic of networks, against published and computed figures; and what a missing answer does to each."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import networkx
import pytest

from outcomes.network import (
    Network,
    among,
    betweenness,
    by_group,
    centralisation,
    density,
    dyads,
    ei_index,
    expected_ei,
    permutation_p,
    reciprocity,
)

CASES = json.loads((Path(__file__).parent / "network_cases.json").read_text())


def full(n: int, ties) -> Network:
    """Everybody answered."""
    people = frozenset(range(n))
    return Network(people, people, frozenset(ties))


@pytest.fixture
def toy():
    letters = "ABCD"
    ties = [(letters.index(a), letters.index(b)) for a, b in CASES["toy"]["edges"]]
    return full(4, ties), {letters.index(k): v for k, v in CASES["toy"]["groups"].items()}


@pytest.mark.parametrize("external, internal, printed", CASES["ei_smit_2021"]["rows"])
def test_ei_as_printed(external, internal, printed):
    assert ei_index(external, internal) == pytest.approx(printed, abs=0.0051)


@pytest.mark.parametrize("n, degree, printed", CASES["density_from_degree_smit_2021"]["rows"])
def test_density_as_printed(n, degree, printed):
    """As many directed ties as that average degree means, dealt out anyhow."""
    pairs = [(a, b) for a in range(n) for b in range(n) if a != b]
    ties = random.Random(1).sample(pairs, round(n * degree))
    assert round(100 * (density(full(n, ties)) or 0)) == printed


def test_the_toy(toy):
    network, groups = toy
    computed = CASES["toy"]["computed"]
    assert density(network) == pytest.approx(computed["density"])
    assert reciprocity(network) == pytest.approx(computed["reciprocity_dyad"])
    external, internal = by_group(network.ties, groups)
    assert ei_index(len(external), len(internal)) == pytest.approx(computed["ei"])
    assert list(betweenness(network).values()) == pytest.approx(list(computed["betweenness"].values()), abs=5e-5)


def test_the_kite():
    graph = networkx.krackhardt_kite_graph()
    network = full(10, [*graph.edges, *((b, a) for a, b in graph.edges)])
    assert density(network) == pytest.approx(CASES["kite"]["computed"]["density"])
    assert list(betweenness(network).values()) == pytest.approx(CASES["kite"]["computed"]["betweenness"], abs=5e-5)
    assert reciprocity(network) == 1


def test_centralisation_from_the_ring_to_the_star():
    ring = full(6, [(n, (n + 1) % 6) for n in range(6)] + [((n + 1) % 6, n) for n in range(6)])
    star = full(6, [(0, n) for n in range(1, 6)] + [(n, 0) for n in range(1, 6)])
    assert centralisation(betweenness(ring)) == pytest.approx(0)
    assert centralisation(betweenness(star)) == pytest.approx(1)
    assert centralisation({1: 0.0, 2: 0.0}) is None


def test_what_is_expected_at_random_is_what_random_deals_give():
    groups = {n: n % 3 if n < 7 else 3 for n in range(12)}
    pairs = [(a, b) for a in groups for b in groups if a != b]
    ties = frozenset(random.Random(2).sample(pairs, 40))
    deal, found = random.Random(3), []
    for _n in range(4000):
        labels = list(groups.values())
        deal.shuffle(labels)
        external, internal = by_group(ties, dict(zip(groups, labels, strict=True)))
        found.append(ei_index(len(external), len(internal)))
    assert expected_ei(groups) == pytest.approx(sum(found) / len(found), abs=0.01)


def test_p_is_small_where_ties_keep_to_groups_and_the_same_each_time():
    groups = {n: n // 4 for n in range(16)}
    inside = frozenset((a, b) for a in groups for b in groups if a != b and groups[a] == groups[b])
    chance = frozenset(random.Random(4).sample([(a, b) for a in groups for b in groups if a != b], 48))
    assert permutation_p(inside, groups) == pytest.approx(1 / 2001)
    assert permutation_p(chance, groups) > 0.1
    assert permutation_p(chance, groups) == permutation_p(chance, groups)
    # nobody has a colleague here, so no deal could change anything
    assert permutation_p(frozenset({(0, 1)}), {0: 1, 1: 2, 2: 3}) is None


def test_who_did_not_answer_stays_in():
    """C says nothing. A and B name C: that counts, and what C could have said of them doesn't stand as a no."""
    network = Network(frozenset("ABC"), frozenset("AB"), frozenset({("A", "C"), ("B", "C"), ("A", "B"), ("B", "A")}))
    assert network.pairs == 4 and density(network) == 1
    assert dyads(network) == ({("A", "B")}, set()) and reciprocity(network) == 1
    # struck out list-wise, half of what was said would be gone
    alone = among(network, frozenset("AB"), frozenset("AB"))
    assert len(alone.ties) == 2 and alone.pairs == 2


def test_nobody_is_blamed_for_not_naming_whom_they_were_not_asked_about():
    people = frozenset({1, 2, 3})
    network = Network(people, people, frozenset({(3, 1)}), unasked=frozenset({(1, 3), (2, 3)}))
    assert network.pairs == 4 and density(network) == 0.25
    assert reciprocity(network) is None


def test_neither_library_is_loaded_at_start():
    code = "import sys, outcomes.network; assert not {'numpy', 'networkx'} & set(sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
