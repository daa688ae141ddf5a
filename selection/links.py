"""Which assessors hang together through the applications they share."""

from __future__ import annotations

from collections.abc import Iterable


def linked_groups(pairs: Iterable[tuple[int, int]]) -> list[tuple[list[int], list[int]]]:
    """The connected parts of the graph of (application, assessor) pairs: each part's applications and assessors, sorted.

    Severities, and so corrected scores, can be compared within a part only (Weeks & Williams 1964, Technometrics 6, 319-324).
    """
    parent: dict[tuple[str, int], tuple[str, int]] = {}

    def root(node: tuple[str, int]) -> tuple[str, int]:
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for application, assessor in pairs:
        parent[root(("application", application))] = root(("assessor", assessor))
    parts: dict[tuple[str, int], tuple[list[int], list[int]]] = {}
    for node in sorted(parent):
        kind, key = node
        parts.setdefault(root(node), ([], []))[kind == "assessor"].append(key)
    return sorted(parts.values(), key=lambda part: part[1])
