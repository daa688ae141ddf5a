"""Small numbers: which figures about people's answers may be shown. Pure functions; the only way for answers out.

Counts are suppressed by engine.suppression, whose names stand here too; means are this module's own.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from engine.suppression import (
    MIN_BREAKDOWN,
    MIN_COUNT,
    MIN_MEAN,
    SafeRow,
    SafeTable,
    Thresholds,
    suppress_counts,
    suppress_table,
)

__all__ = [
    "MIN_BREAKDOWN",
    "MIN_COUNT",
    "MIN_MEAN",
    "SafeRow",
    "SafeTable",
    "Thresholds",
    "difference_is_safe",
    "enough_people",
    "enough_ties",
    "nearest",
    "rounded",
    "safe_mean",
    "suppress_counts",
    "suppress_table",
    "ties_left_open",
    "window",
]


def safe_mean(values: Sequence[float], *, thresholds: Thresholds, step: float = 0.1) -> float | None:
    """The mean, rounded to `step`; None for too few people, or where it would tell that everyone gave the same end of the scale."""
    if len(values) < thresholds.mean or len(set(values)) == 1:
        return None
    return rounded(sum(values) / len(values), step)


def rounded(value: float, step: float = 0.1) -> float:
    return round(round(value / step) * step, 6)


def difference_is_safe(
    whole: float | None,
    whole_n: int,
    part: float | None,
    part_n: int,
    *,
    thresholds: Thresholds,
    scale: tuple[float, float] = (1, 5),
    steps: tuple[float, float] = (0.5, 0.1),
) -> bool:
    """Whether two means, one over all and one over some of the same people, leave the others' mean unknown.

    Both are known to within half their rounding `steps`. Unless nobody or enough people are left out, the sum of their answers
    must stay open over two points: then nobody's own is known more closely, even to someone who knows all the others'."""
    left = whole_n - part_n
    if whole is None or part is None or left == 0 or left >= thresholds.mean:
        return True
    low, high = scale
    all_low, all_high = ((whole + sign * steps[0] / 2) * whole_n for sign in (-1, 1))
    some_low, some_high = ((part + sign * steps[1] / 2) * part_n for sign in (-1, 1))
    least = max((all_low - some_high) / left, low)
    most = min((all_high - some_low) / left, high)
    return (most - least) * left >= 2


def enough_people(*parts: Iterable[int], thresholds: Thresholds) -> bool:
    """Whether each part of a whole is told of by enough different people, so that neither it nor what is left of the whole points at
    somebody. Each part names whose it is, once for every tie."""
    return all(len(set(part)) >= thresholds.count for part in parts)


def enough_ties(*parts: Iterable[tuple[int, int]], thresholds: Thresholds) -> bool:
    """As enough_people, of ties (who names, who is named), whoever of all is left out with all their ties: a part that leads to one person
    tells of that person, however many say it."""
    for part in parts:
        named: dict[int, set[int]] = {}
        for person, other in part:
            named.setdefault(person, set()).add(other)
        only = Counter(next(iter(others)) for others in named.values() if len(others) == 1)
        most = max((only[p] + (p in named) for p in {*named, *only}), default=0)
        if len(named) - most < thresholds.count:
            return False
    return True


def nearest(value: float, step: int) -> int:
    return int(rounded(value, step))


def ties_left_open(whole: tuple[float, float], part: tuple[float, float], *, left: int, thresholds: Thresholds) -> bool:
    """Whether two counts of ties, one of all and one of some of the same, both known to lie in a window, leave open how many of the
    `left` other possible ties there are: as many different numbers must be possible as a count needs people. Nothing left out is no
    difference."""
    fewest, some_fewest = (math.ceil(low - 1e-9) for low, _high in (whole, part))
    highest, some_highest = (math.floor(high + 1e-9) for _low, high in (whole, part))
    least, most = max(fewest - some_highest, 0), min(highest - some_fewest, left)
    return left == 0 or most - least + 1 >= thresholds.count


def window(value: float | None, step: float, *, most: float) -> tuple[float, float]:
    """Where a number lies of which the nearest multiple of `step` is told; anywhere up to `most` where nothing is."""
    return (0.0, most) if value is None else (max(value - step / 2, 0.0), min(value + step / 2, most))
