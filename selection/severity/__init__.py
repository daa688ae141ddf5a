"""How strictly assessors mark, and what scores would be without that.

`estimate` loads numpy and scipy when it is called. See docs/marking.md for what is estimated and how far it may be trusted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from selection.links import linked_groups
from selection.severity.result import (
    AssessorSeverity,
    Changes,
    CorrectedScore,
    Estimate,
    Mark,
    Marking,
    Model,
    Why,
    markings_of,
    places_changed,
    ranks,
)

__all__ = [
    "AssessorSeverity",
    "Changes",
    "CorrectedScore",
    "Estimate",
    "Mark",
    "Model",
    "Why",
    "estimate",
    "places_changed",
]

# Fewer applications shared with others than this, and an assessor's severity is anybody's guess.
FEWEST_SHARED = 3
# With fewer degrees of freedom the spread, and with it every standard error, is anybody's guess.
LEAST_DF = 5


def estimate(marks: Iterable[Mark], model: Model = Model.ADDITIVE) -> Estimate:
    """Severities and corrected scores from finished marks; the order of the marks makes no difference.

    The additive model is the default: it shrinks nobody towards the middle, so that a stream of good applicants isn't taken for
    a lenient assessor. Never standardises an assessor's marks by their own mean and spread: that assumes everybody saw
    applicants of the same quality.
    """
    given = sorted(marks, key=lambda m: (m.application, m.assessor, m.criterion))
    markings = markings_of(given)
    if not markings:
        return Estimate(model, refused=Why.NO_MARKS)
    return rasch_estimate(given, markings) if model == Model.RASCH else additive_estimate(markings)


def additive_estimate(markings: Sequence[Marking]) -> Estimate:
    from selection.severity.additive import fit_additive

    fit = fit_additive(markings, fewest=FEWEST_SHARED, least_df=LEAST_DF)
    return assemble(
        Model.ADDITIVE, markings, fit.severity, fit.corrected, spread=fit.spread, df=fit.df, chance=fit.chance
    )


def rasch_estimate(marks: Sequence[Mark], markings: Sequence[Marking]) -> Estimate:
    from selection.severity.rasch import fit_rasch

    if len(linked_groups((m.application, m.assessor) for m in markings)) > 1:
        return assemble(Model.RASCH, markings, {}, {}, refused=Why.SEPARATE)
    fit = fit_rasch(marks, markings, fewest=FEWEST_SHARED, least_df=LEAST_DF)
    return assemble(
        Model.RASCH,
        markings,
        fit.severity,
        fit.corrected,
        logits=fit.logits,
        spread=fit.spread,
        df=fit.df,
        refused=fit.refused,
    )


def assemble(
    model: Model,
    markings: Sequence[Marking],
    severity: Mapping[int, tuple[float, float]],
    corrected: Mapping[int, tuple[float, float]],
    *,
    logits: Mapping[int, tuple[float, float]] | None = None,
    spread: float | None = None,
    df: int = 0,
    chance: float | None = None,
    refused: Why | None = None,
) -> Estimate:
    """Everything by application and by assessor, with ranks where everybody can be compared with everybody."""
    from selection.severity.additive import shared_markings

    parts = linked_groups((m.application, m.assessor) for m in markings)
    group = {("application", a): g for g, (applications, _people) in enumerate(parts) for a in applications}
    group |= {("assessor", p): g for g, (_applications, people) in enumerate(parts) for p in people}
    of_application: dict[int, list[float]] = defaultdict(list)
    of_assessor: dict[int, list[float]] = defaultdict(list)
    for marking in markings:
        of_application[marking.application].append(marking.points)
        of_assessor[marking.assessor].append(marking.points)
    raw = {a: sum(points) / len(points) for a, points in of_application.items()}
    if refused is None and len(parts) > 1:
        refused = Why.SEPARATE
    if refused is None and corrected.keys() != raw.keys():
        refused = Why.TOO_FEW
    before = ranks(raw)
    after = {} if refused else ranks({a: score for a, (score, _se) in corrected.items()})
    shared = shared_markings(markings)
    nothing: tuple[float | None, float | None] = (None, None)
    people = tuple(
        AssessorSeverity(
            p,
            group["assessor", p],
            len(points),
            shared[p],
            sum(points) / len(points),
            *severity.get(p, nothing),
            *(logits or {}).get(p, nothing),
        )
        for p, points in sorted(of_assessor.items())
    )
    applicants = []
    for a, points in sorted(of_application.items()):
        score, se = corrected.get(a, nothing)
        where = group["application", a]
        applicants.append(CorrectedScore(a, where, len(points), raw[a], before[a], score, se, after.get(a)))
    groups = tuple(tuple(people_of) for _applications, people_of in parts)
    return Estimate(model, people, tuple(applicants), groups, spread, df, chance, refused)
