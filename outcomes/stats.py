"""Change in the same people: mean, 95% interval and d_z. Pure functions, without a library of statistics.

t quantile: the cumulative distribution of Student's t is 1 - I_x(v/2, 1/2) / 2 with x = v / (v + t²) for t > 0 (NIST Digital
Library of Mathematical Functions, 8.17; Abramowitz and Stegun 26.7.1). I_x is the continued fraction 8.17.22 of the same
library, evaluated by Lentz's method; the quantile is found by bisection.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

TINY = 1e-300


@dataclass(frozen=True)
class PairedChange:
    """Means of the same `n` people before and after; `low` to `high` is the 95% interval of the mean change."""

    n: int
    before: float
    after: float
    change: float
    sd: float
    low: float
    high: float
    dz: float | None

    @property
    def t(self) -> float | None:
        return self.change / (self.sd / math.sqrt(self.n)) if self.sd else None


def paired_change(before: Sequence[float], after: Sequence[float]) -> PairedChange | None:
    """None for fewer than two people. d_z is the mean change over the standard deviation of the changes, None where that is 0."""
    n = len(before)
    if n != len(after):
        raise ValueError("before and after must be of the same people")
    if n < 2:
        return None
    changes = [b - a for a, b in zip(before, after, strict=True)]
    mean = math.fsum(changes) / n
    sd = math.sqrt(math.fsum((c - mean) ** 2 for c in changes) / (n - 1))
    half = t_quantile(0.975, n - 1) * sd / math.sqrt(n)
    return PairedChange(
        n=n,
        before=math.fsum(before) / n,
        after=math.fsum(after) / n,
        change=mean,
        sd=sd,
        low=mean - half,
        high=mean + half,
        dz=mean / sd if sd else None,
    )


def t_quantile(p: float, df: float) -> float:
    """The value that Student's t with `df` degrees of freedom stays below with probability p, for 0.5 <= p < 1."""
    low, high = 0.0, 1.0
    while t_cdf(high, df) < p:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if t_cdf(middle, df) < p else (low, middle)
    return (low + high) / 2


def t_cdf(t: float, df: float) -> float:
    tail = incomplete_beta(df / 2, 0.5, df / (df + t * t)) / 2
    return 1 - tail if t > 0 else tail


def incomplete_beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function I_x(a, b)."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    # The continued fraction converges fast on this side; I_x(a, b) = 1 - I_1-x(b, a) gives the other.
    if x > (a + 1) / (a + b + 2):
        return 1 - incomplete_beta(b, a, 1 - x)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    return front * continued_fraction(a, b, x) / a


def continued_fraction(a: float, b: float, x: float) -> float:
    c, d = 1.0, 1 / away_from_zero(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, 1000):
        for factor in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / away_from_zero(1 + factor * d)
            c = away_from_zero(1 + factor / c)
            value *= c * d
        if abs(c * d - 1) < 1e-15:
            return value
    raise ArithmeticError(f"I_x({a}, {b}) did not converge at {x}")


def away_from_zero(value: float) -> float:
    return value if abs(value) > TINY else TINY
