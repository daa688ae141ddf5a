"""The best cohort under floors and ceilings, proved, with a reason for everybody. Knows no models: docs/composition.md.

numpy and scipy are loaded when `choose` or `explain` is first called, not when this is imported.
"""

from __future__ import annotations

from selection.composition.problem import (
    ALLOWED_ATTRIBUTES,
    BadProblem,
    Candidate,
    Problem,
    Rule,
    problem_of_round,
)
from selection.composition.promotion import Promotion, promote
from selection.composition.results import (
    Cause,
    Choice,
    Explanation,
    Explanations,
    Fault,
    FaultKind,
    Infeasible,
    Lift,
    Limit,
    Miss,
    Reason,
    Side,
    Swap,
)

__all__ = [
    "ALLOWED_ATTRIBUTES",
    "QUICK",
    "BadProblem",
    "Candidate",
    "Cause",
    "Choice",
    "Explanation",
    "Explanations",
    "Fault",
    "FaultKind",
    "Infeasible",
    "Lift",
    "Limit",
    "Miss",
    "Problem",
    "Promotion",
    "Reason",
    "Rule",
    "Side",
    "Swap",
    "choose",
    "explain",
    "problem_of_round",
    "promote",
]


# Questions for somebody who waits: within two seconds for 500 people and five for 2,000, but for rounds with every value fixed.
QUICK = 60


def choose(problem: Problem, *, nodes: int | None = None) -> Choice | Infeasible:
    """The most valuable set that keeps the rules; or, if none does, the one that comes nearest.

    Of sets worth the same it's the one with the earlier person where they first differ, going down the ranking. The answer depends on what
    is asked and not on the order of rows. `nodes` limits the search; what is found then is kept, but `proved` may be false, and NotProved
    is raised if nothing is found.
    """
    from selection.composition import choosing

    return choosing.choose(problem, nodes=nodes)


def explain(problem: Problem, choice: Choice, *, questions: int | None = None) -> Explanations:
    """Why everybody is in or out, in rank order. `choice` is the proved one of this very problem; another is refused.

    `questions` is how many questions may be asked of the solver, where one for each tight limit is asked in any case (a number, not a time:
    the same problem gets the same answer). What they don't reach is told more roughly, and is true all the same: `some` and `at_least` of
    Explanation.
    """
    from selection.composition import explaining

    return explaining.explain(problem, choice, questions=questions)
