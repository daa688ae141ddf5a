"""Assessors' severity in a round, from the marks the ranking has read, and the scores corrected for it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from django.core.cache import cache

from selection.severity import Estimate, Mark, Model, estimate

if TYPE_CHECKING:
    from selection.selectors.ranking import Sheet

CENT = Decimal("0.01")
KEPT_FOR = 60 * 60


def cents(value: float) -> Decimal:
    """Half up, as every other figure of the ranking; what differs only in the ninth place is the same."""
    return Decimal(str(round(value, 9))).quantize(CENT, ROUND_HALF_UP)


def marks_of_sheet(sheet: Sheet) -> list[Mark]:
    """What counts for an estimate: complete marks of applications that all their assessors have finished."""
    criteria = dict(sheet.criteria)
    return [
        Mark(row.pk, marks.assessor_id, criterion, points, sheet.most[criterion], criteria[criterion])
        for row in sheet.rows
        for marks in row.marks
        if marks.points.keys() == criteria.keys()
        for criterion, points in marks.points.items()
    ]


def estimate_of(sheet: Sheet, model: Model) -> Estimate:
    """The estimate for these very marks. The Rasch model takes its time on a long list, so its answer is kept for whoever asks with
    the same marks: the key is made of them, so nobody finds what they couldn't compute from what they read."""
    marks = marks_of_sheet(sheet)
    if model != Model.RASCH:
        return estimate(marks, model)
    key = f"severity:{model}:{digest_of_marks(sheet.tenant_id, marks)}"
    kept = cache.get(key)
    if isinstance(kept, Estimate):
        return kept
    found = estimate(marks, model)
    cache.set(key, found, KEPT_FOR)
    return found


def digest_of_marks(tenant_id: int, marks: Sequence[Mark]) -> str:
    given = sorted((m.application, m.assessor, m.criterion, m.points, m.max_points, m.weight) for m in marks)
    return hashlib.sha256(json.dumps([tenant_id, given]).encode()).hexdigest()
