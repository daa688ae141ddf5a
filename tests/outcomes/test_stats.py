"""Change in the same people, against published and closed-form values."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from outcomes.stats import paired_change, t_cdf, t_quantile

CASE = json.loads((Path(__file__).parent.parent / "data/outcomes/paired.json").read_text())["paired"][0]


def test_the_sleep_data():
    found = paired_change(CASE["pre"], CASE["post"])
    expected = CASE["computed"]
    assert found.n - 1 == expected["df"]
    assert found.change == pytest.approx(expected["mean"])
    assert found.sd == pytest.approx(expected["sd"])
    assert found.t == pytest.approx(expected["t"])
    assert (found.low, found.high) == pytest.approx(expected["ci95"], abs=1e-9)
    assert found.dz == pytest.approx(expected["dz"])
    assert 2 * (1 - t_cdf(found.t, 9)) == pytest.approx(expected["p"], rel=1e-9)


@pytest.mark.parametrize("p", [0.6, 0.9, 0.975, 0.995])
def test_quantiles_with_a_closed_form(p):
    """One degree of freedom is Cauchy; for two, t = (2p - 1) / sqrt(2p(1 - p))."""
    assert t_quantile(p, 1) == pytest.approx(math.tan(math.pi * (p - 0.5)), rel=1e-10)
    assert t_quantile(p, 2) == pytest.approx((2 * p - 1) / math.sqrt(2 * p * (1 - p)), rel=1e-10)


@pytest.mark.parametrize(("n", "half"), [(10, 0.715), (20, 0.468), (30, 0.373), (40, 0.320), (50, 0.284)])
def test_half_width_of_the_interval_in_standard_deviations(n, half):
    assert t_quantile(0.975, n - 1) / math.sqrt(n) == pytest.approx(half, abs=0.0005)


def test_without_spread_there_is_no_dz():
    found = paired_change([3, 3, 4], [4, 4, 5])
    assert (found.change, found.sd, found.low, found.high, found.dz, found.t) == (1, 0, 1, 1, None, None)


def test_one_person_is_no_group_and_lists_must_match():
    assert paired_change([3], [4]) is None
    with pytest.raises(ValueError, match="same people"):
        paired_change([3, 4], [4])
