"""Dividing people into sets as mixed as can be, and saying how far from the best possible. Knows no models: docs/composing.md.

numpy is loaded when a search is first made, not when this is imported.
"""

from __future__ import annotations

from cohorts.composing.bound import best_possible, by_chance
from cohorts.composing.meeting import Leader, Meetings, choose_meetings
from cohorts.composing.problem import Attribute, BadProblem, Problem, even_sizes, number_of_sets
from cohorts.composing.results import Broken, Division, divide, judge, score

__all__ = [
    "Attribute",
    "BadProblem",
    "Broken",
    "Division",
    "Leader",
    "Meetings",
    "Problem",
    "best_possible",
    "by_chance",
    "choose_meetings",
    "divide",
    "even_sizes",
    "judge",
    "number_of_sets",
    "score",
]
