"""What stays of a round whose applications were deleted, as it may be shown."""

from __future__ import annotations

from typing import Any

from engine.suppression import suppress_table, thresholds_of_tenant
from selection.models import RoundFigures, SelectionRound
from selection.states import RoundState


def kept_figures(round_: SelectionRound) -> dict[str, Any] | None:
    """How many of each sector came how far, small numbers withheld so that no total gives them away. Nothing is asked before the
    round is decided, and None where nothing has been deleted yet."""
    if round_.state != RoundState.DECIDED:
        return None
    found: dict[str, dict[str, int]] = {}
    for row in RoundFigures.objects.filter(round=round_).select_related("sector"):
        found.setdefault(row.sector.name, {})[row.furthest] = row.people
    if not found:
        return None
    stages = RoundFigures.Furthest
    counts = [[line.get(stage, 0) for stage in stages] for line in found.values()]
    safe = suppress_table(counts, least=thresholds_of_tenant().count)
    rows = [
        {"name": name, "cells": [*cells, total]}
        for name, cells, total in zip(found, safe.cells, safe.row_totals, strict=True)
    ]
    return {"columns": [stage.label for stage in stages], "rows": rows}
