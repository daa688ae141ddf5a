"""Feedback in draft: what the published descriptors say at the points that were agreed, strengths first.

No database here. It says 'you', quotes the framework's own words, compares with nobody, names no assessor, and gives points only
when told to; of one reader it says that it was one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

# So many of each: more than this nobody can act on.
MOST = 3


@dataclass(frozen=True)
class Judged:
    """One criterion of one application: the agreed points (a mean, so perhaps between two), and what each point means."""

    name: str
    position: int
    points: Decimal
    max_points: int
    meanings: Mapping[int, str] = field(default_factory=dict)

    @property
    def reached(self) -> int:
        return int(self.points.quantize(Decimal(1), ROUND_HALF_UP))

    @property
    def share(self) -> Decimal:
        return self.points / self.max_points

    @property
    def is_strength(self) -> bool:
        """In the upper half of its scale."""
        return self.reached * 2 >= self.max_points + 1

    def meaning(self) -> str:
        """The description the answers came closest to."""
        lower = [points for points, text in self.meanings.items() if points <= self.reached and text]
        return self.meanings[max(lower)] if lower else ""

    def next_up(self) -> str:
        """The description one step further; '' at the top of the scale."""
        higher = [points for points, text in self.meanings.items() if points > self.reached and text]
        return self.meanings[min(higher)] if higher else ""


def draft_text(
    judged: Sequence[Judged], *, readers: int, closing: str, tells_points: bool = False, taking_part: bool = False
) -> str:
    """Plain text in paragraphs. Points are never told where one assessor's alone would be. Whoever is `taking_part` reads what to build
    on, the others what would make a next application stronger."""
    points = tells_points and readers > 1
    strong = sorted((j for j in judged if j.is_strength and j.meaning()), key=lambda j: (-j.share, j.position))
    weaker = sorted((j for j in judged if j.next_up()), key=lambda j: (j.share, j.position))
    if taking_part:
        ahead = _("What to build on. These are the next steps up in the criteria:")
    else:
        ahead = _(
            "What would make a next application stronger. These are the next steps up in the criteria; show us more of this:"
        )
    parts = (_opening(readers), _strengths(strong[:MOST], points), _steps(ahead, weaker[:MOST], points), closing)
    return "\n\n".join(part for part in parts if part)


def _opening(readers: int) -> str:
    if readers == 1:
        return _(
            "Thank you for your application. One assessor has read it against the published criteria, so please take what "
            "follows as one reader’s view."
        )
    words = ngettext(
        "Thank you for your application. %(n)d assessor read it against the published criteria.",
        "Thank you for your application. %(n)d assessors read it, each on their own, against the published criteria.",
        readers,
    )
    return words % {"n": readers}


def _line(judged: Judged, text: str, points: bool) -> str:
    said = {"name": judged.name, "text": text, "points": f"{judged.points.normalize():f}", "most": judged.max_points}
    if points:
        return _("- %(name)s (%(points)s of %(most)d): “%(text)s”") % said
    return _("- %(name)s: “%(text)s”") % said


def _strengths(strong: Sequence[Judged], points: bool) -> str:
    if not strong:
        return _(
            "Your answers gave us a picture of your work, and we’d have liked to see more of what you did in it yourself."
        )
    heading = _("What came across well. Your answers came closest to these descriptions in the criteria:")
    return "\n".join([heading, *(_line(j, j.meaning(), points) for j in strong)])


def _steps(heading: str, weaker: Sequence[Judged], points: bool) -> str:
    if not weaker:
        return ""
    # points stand once, beside what came across well
    return "\n".join([heading, *(_line(j, j.next_up(), points and not j.is_strength) for j in weaker)])
