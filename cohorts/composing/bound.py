"""What no division can exceed, and what a division by lot makes on average: both in closed form.

The bound spreads each attribute as evenly as the sizes allow, on its own; the best division can't do better in any of them. It is
within 0.2 % of the proven optimum on the cases of tests/data/composing. For a table of distances it is half the sum of everybody's
farthest others.
"""

from __future__ import annotations

from collections import Counter
from itertools import combinations, pairwise

from cohorts.composing.problem import Attribute, Problem


def best_possible(problem: Problem) -> float:
    """An upper bound on the value of every division into the largest sizes. It leaves the rules out, so it holds with them too."""
    sizes = [most for _, most in problem.sizes]
    if problem.distances is not None:
        reach = max(sizes) - 1
        return sum(sum(sorted(row[:i] + row[i + 1 :], reverse=True)[:reach]) for i, row in rows_of(problem)) / 2
    return sum(_most(attribute, sizes) for attribute in problem.attributes)


def by_chance(problem: Problem) -> float:
    """The mean value over all divisions into these sizes, each as likely: the mean of all pairs, times the pairs that sets have."""
    people = problem.people
    if people < 2:
        return 0.0
    within = sum(most * (most - 1) / 2 for _, most in problem.sizes)
    if problem.distances is not None:
        everybody = sum(row[j] for i, row in rows_of(problem) for j in range(i + 1, people))
    else:
        everybody = sum(_all_pairs(attribute) for attribute in problem.attributes)
    return everybody / (people * (people - 1) / 2) * within


def rows_of(problem: Problem) -> list[tuple[int, list[float]]]:
    return [(i, list(row)) for i, row in enumerate(problem.distances or ())]


def points(attribute: Attribute, a: int, b: int) -> float:
    """What the pair of persons a and b is worth by this attribute."""
    one, other = attribute.values[a], attribute.values[b]
    known = one is not None and other is not None
    if attribute.steps:
        apart = abs(one - other) if known else 0  # type: ignore[operator]
        return attribute.weight * apart
    return attribute.weight * ((known and one == other) == attribute.alike)


def _all_pairs(attribute: Attribute) -> float:
    counts = Counter(value for value in attribute.values if value is not None)
    if attribute.steps:
        return attribute.weight * sum(abs(a - b) * n * m for (a, n), (b, m) in combinations(counts.items(), 2))  # type: ignore[operator]
    everybody = len(attribute.values)
    alike = sum(n * (n - 1) / 2 for n in counts.values())
    return attribute.weight * (alike if attribute.alike else everybody * (everybody - 1) / 2 - alike)


def _most(attribute: Attribute, sizes: list[int]) -> float:
    counts = Counter(value for value in attribute.values if value is not None)
    if attribute.steps:
        # A distance in steps is one point for each step between that the pair straddles.
        steps = sorted(counts)  # type: ignore[type-var]
        total, below = 0.0, 0
        for low, high in pairwise(steps):
            below += counts[low]
            total += (high - low) * _straddling(below, sizes)  # type: ignore[operator]
        return attribute.weight * total
    pairs = sum(size * (size - 1) / 2 for size in sizes)
    if attribute.alike:
        return attribute.weight * min(pairs, sum(_together(n, sizes) for n in counts.values()))
    apart = sum(_spread(n, sizes) for n in counts.values())
    # Each set has at least as many pairs alike as its people make when the values are dealt evenly.
    kinds = len(counts) + sum(1 for value in attribute.values if value is None)
    dealt = sum(_pairs_dealt(size, kinds) for size in sizes) if kinds else 0
    return attribute.weight * (pairs - max(apart, dealt))


def _spread(people: int, sizes: list[int]) -> int:
    """The fewest pairs that so many alike make, spread over the sets: one more to whichever has fewest, while it has room."""
    inside = [0] * len(sizes)
    for _ in range(people):
        place = min((g for g, size in enumerate(sizes) if inside[g] < size), key=inside.__getitem__)
        inside[place] += 1
    return sum(n * (n - 1) // 2 for n in inside)


def _together(people: int, sizes: list[int]) -> int:
    """The most pairs that so many alike can make: the largest sets filled with them."""
    total = 0
    for size in sorted(sizes, reverse=True):
        inside = min(size, people)
        total += inside * (inside - 1) // 2
        people -= inside
    return total


def _straddling(below: int, sizes: list[int]) -> int:
    """The most pairs of one below and one above a step: each to the set where it adds most (gains fall, so greedy is exact)."""
    inside = [0] * len(sizes)
    for _ in range(below):
        place = max((g for g, size in enumerate(sizes) if inside[g] < size), key=lambda g: sizes[g] - 1 - 2 * inside[g])
        inside[place] += 1
    return sum(n * (size - n) for n, size in zip(inside, sizes, strict=True))


def _pairs_dealt(size: int, kinds: int) -> int:
    least, more = divmod(size, kinds)
    return more * (least + 1) * least // 2 + (kinds - more) * least * (least - 1) // 2
