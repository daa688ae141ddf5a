"""What an estimate of severity says, in words for the chair."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from selection.severity import AssessorSeverity, Estimate, Why

# Beyond this many standard errors a severity is told apart from chance.
TOLD_APART = 2


def refused_in_words(why: Why) -> str:
    return {
        Why.NO_MARKS: _("There are no finished marks yet."),
        Why.TOO_FEW: _("There are too few marks to tell strict assessors from weak applications."),
        Why.SEPARATE: _("Some assessors share no application with the others, so they can’t be compared."),
        Why.FEW_CATEGORIES: _(
            "Too few different points were given, or too few marks of each, to tell how wide the steps are."
        ),
        Why.EXTREME: _("Most applications have nothing but top marks, or nothing but bottom marks."),
        Why.UNSETTLED: _("The calculation found no steady answer for these marks."),
    }[why]


def connected_in_words(estimate: Estimate, names: Mapping[int, str]) -> list[str]:
    """Whether everybody can be compared with everybody: one sentence, or one and a line for each group."""
    if not estimate.groups:
        return [_("There are no finished marks yet, so nobody can be compared.")]
    if len(estimate.groups) == 1:
        count = len(estimate.groups[0])
        return [
            ngettext(
                "There is only %(n)d assessor: nobody to compare them with.",
                "All %(n)d assessors hang together through applications that they, or others between them, both marked. "
                "So everybody can be compared with everybody.",
                count,
            )
            % {"n": count}
        ]
    lines = [
        _("The assessors fall into %(n)d groups that share no application. Nobody can be compared across groups.")
        % {"n": len(estimate.groups)}
    ]
    return lines + [", ".join(sorted(names[pk] for pk in group)) for group in estimate.groups]


def chance_in_words(estimate: Estimate) -> str:
    """Whether there is anything to correct."""
    if estimate.chance is None:
        return ""
    if estimate.chance < 0.01:
        return _("If all were equally strict, differences this large would come up in fewer than 1 of 100 rounds.")
    n = round(100 * estimate.chance)
    text = _("If all were equally strict, differences this large would come up in %(n)d of 100 rounds.") % {"n": n}
    return text if estimate.chance < 0.05 else f"{text} {_('There may be nothing to correct.')}"


def standing_in_words(person: AssessorSeverity) -> str:
    if person.severity is None or person.se is None:
        return _("Too few shared applications to tell")
    if abs(person.severity) <= TOLD_APART * person.se:
        return _("Not told apart from the others")
    return _("Stricter than the others") if person.severity > 0 else _("More lenient than the others")
