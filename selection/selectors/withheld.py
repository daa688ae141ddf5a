"""What somebody with a conflict of interest sees of a ranking: everything but the applications it closes to them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext_lazy

from selection.selectors.ranking import Ranked

# In place of everything that is withheld, on pages and in downloads alike.
CONFLICT = gettext_lazy("You have a conflict")
OTHERS = gettext_lazy("Withheld: it compares with an application you have a conflict with")


def as_seen(ranked: Sequence[Ranked], closed: Collection[int]) -> list[Ranked]:
    """The ranking without the points, marks, rank and decisions of the closed applications, which come last by reference.

    The others are numbered among themselves: a gap in the numbers would say between whose points the withheld ones lie.
    """
    if not closed:
        return list(ranked)
    seen = [r for r in ranked if r.pk not in closed]
    numbered = [
        # what the limits said of others names ranks and people
        replace(r, rank=None if r.rank is None else n, departure_sentence="")
        for n, r in enumerate(seen, start=1)
    ]
    return numbered + [_withheld(r) for r in sorted(ranked, key=lambda r: r.reference) if r.pk in closed]


def _withheld(row: Ranked) -> Ranked:
    return replace(
        row,
        closed=True,
        reserve_position=None,
        moderated=None,
        moderation_reason="",
        departure="",
        departure_reason="",
        departure_sentence="",
        marks=[],
        mean=None,
        first=Decimal(0),
        gap=0,
        rank=None,
        straddles=False,
        from_line=Decimal(0),
        corrected=None,
        se=None,
        centre=None,
        centre_state=None,
        place_state=None,
    )


def tells_of(text: str, references: Collection[str]) -> bool:
    """Whether a sentence for the record names one of these applications."""
    return any(reference in text for reference in references)
