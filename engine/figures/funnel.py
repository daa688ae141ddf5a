"""How many are left at each stage."""

from collections.abc import Sequence

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from .canvas import MAIN, RULE, WHITE, WIDTH, Canvas, FigureTable, all_withheld, nothing_yet, number, percent

Stage = tuple[str, int | None]
_BAR = 18


def funnel(stages: Sequence[Stage], *, title: str) -> SafeString:
    """One bar a stage, with its share of the stage before; a count of None is drawn as not shown."""
    shown = [count for _label, count in stages if count is not None]
    if stages and not shown:
        return all_withheld(title)
    if not any(shown):
        return nothing_yet(title)
    canvas, widest = Canvas(), max(shown)
    for (label, count), share in zip(stages, _shares(stages), strict=True):
        canvas.heading(label, f"{number(count)} ({share})" if share else number(count), quiet=count is None)
        if count is None:
            canvas.rect(0.5, canvas.y + 0.5, WIDTH - 1, _BAR - 1, WHITE, stroke=RULE, dash="4 4")
        else:
            canvas.rect(0, canvas.y, max(WIDTH * count / widest, 1), _BAR, MAIN)
        canvas.y += _BAR + 12
    return canvas.render(title, [f"{label}: {number(count)}" for label, count in stages])


def funnel_table(stages: Sequence[Stage]) -> FigureTable:
    rows = [[str(label), number(count), share] for (label, count), share in zip(stages, _shares(stages), strict=True)]
    return FigureTable([_("Stage"), _("Number"), _("Share of the stage before")], rows)


def _shares(stages: Sequence[Stage]) -> list[str]:
    """Of the stage before; nothing where either is withheld, or the withheld one could be worked out."""
    before = [None, *(count for _label, count in stages[:-1])]
    return [percent(count, previous) for (_label, count), previous in zip(stages, before, strict=False)]
