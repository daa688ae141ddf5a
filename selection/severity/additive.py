"""Applicant plus assessor by least squares. Needs numpy and scipy: imported where it is used, not when Django starts.

The model: marking = level of the applicant - severity of the assessor + error. One marking is the weighted mean of an assessor's
points for an application, so that the criteria, on which one assessor's points hang together, don't count as so many opinions.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.special import fdtrc

from selection.links import linked_groups
from selection.severity.result import Marking


@dataclass
class Fit:
    """By application and by assessor; only what is told. `shared` counts an assessor's applications that others marked too."""

    severity: dict[int, tuple[float, float]] = field(default_factory=dict)
    corrected: dict[int, tuple[float, float]] = field(default_factory=dict)
    spread: float | None = None
    df: int = 0
    chance: float | None = None


def shared_markings(markings: Sequence[Marking]) -> Counter[int]:
    """How many applications each assessor marked that somebody else marked too: only those say how strict they are."""
    times = Counter(marking.application for marking in markings)
    return Counter(marking.assessor for marking in markings if times[marking.application] > 1)


def degrees_of_freedom(markings: Sequence[Marking]) -> int:
    """Markings less what is estimated from them: a level an applicant, a severity an assessor, less one a connected part."""
    parts = linked_groups((m.application, m.assessor) for m in markings)
    return len(markings) - sum(len(applications) + len(assessors) - 1 for applications, assessors in parts)


def fit_additive(markings: Sequence[Marking], *, fewest: int, least_df: int) -> Fit:
    """Least squares within each connected part, with the severities of its assessors summing to nought.

    The applicants are absorbed (Searle 1971, Linear Models, chapter 7): with N the table of who marked what (applications in
    rows), n the row sums and y the markings, the severities solve  L s = -(sum of y - N'(mean of y per applicant)),
    L = diag(column sums) - N' diag(1/n) N, whose only null vector in a connected part is the constant one. Then

        corrected_i = mean of y_i + mean of the severities of i's assessors,
        cov(s)      = sigma^2 L+              (L+ the Moore-Penrose inverse, which is the sum-to-zero solution)
        var(corr_i) = sigma^2 (1/n_i + a_i' L+ a_i),  a_i = N_i / n_i  (the two terms are uncorrelated),
        sigma^2     = residual sum of squares / df,   df = markings - applicants - assessors + parts.

    `chance` is the upper tail of F = (s' L s / (assessors - parts)) / sigma^2.

    An assessor with fewer than `fewest` applications shared with others isn't told and takes no part in what the others are
    measured against; their only shared marking cancels out of corrected scores by itself. With fewer than `least_df` degrees of
    freedom nothing is told.
    """
    fit = Fit(df=degrees_of_freedom(markings))
    if fit.df < least_df:
        return fit
    shared = shared_markings(markings)
    squares = explained = 0.0
    contrasts = 0
    parts = []
    by_application: dict[int, list[Marking]] = defaultdict(list)
    for marking in markings:
        by_application[marking.application].append(marking)
    for applications, assessors in linked_groups((m.application, m.assessor) for m in markings):
        part = Part(applications, assessors, [m for a in applications for m in by_application[a]])
        squares += part.squares
        explained += part.explained
        contrasts += len(assessors) - 1
        parts.append(part)
    variance = squares / fit.df
    fit.spread = float(np.sqrt(variance))
    if contrasts and variance > 0:
        fit.chance = float(fdtrc(contrasts, fit.df, explained / contrasts / variance))
    for part in parts:
        told = [assessor for assessor in part.assessors if shared[assessor] >= fewest]
        if len(told) >= 2:
            part.tell(fit, told, variance)
    return fit


class Part:
    """One connected part of the markings, solved."""

    def __init__(self, applications: list[int], assessors: list[int], markings: list[Marking]) -> None:
        self.applications, self.assessors = applications, assessors
        row = {key: i for i, key in enumerate(applications)}
        column = {key: j for j, key in enumerate(assessors)}
        i = np.array([row[m.application] for m in markings])
        j = np.array([column[m.assessor] for m in markings])
        y = np.array([m.points for m in markings])
        table = np.zeros((len(applications), len(assessors)))
        table[i, j] = 1
        self.times = table.sum(axis=1)
        self.share = table / self.times[:, None]
        self.raw = np.bincount(i, y) / self.times
        absorbed = np.diag(table.sum(axis=0)) - table.T @ self.share
        constant = np.full_like(absorbed, 1 / len(assessors))
        self.inverse = np.linalg.inv(absorbed + constant) - constant
        self.severity = self.inverse @ -np.bincount(j, y - self.raw[i])
        fitted = (self.raw + self.share @ self.severity)[i] - self.severity[j]
        self.squares = float(np.sum((y - fitted) ** 2))
        self.explained = float(self.severity @ absorbed @ self.severity)

    def tell(self, fit: Fit, told: list[int], variance: float) -> None:
        """Severities against the mean of those who are told, and the scores that follow."""
        middle = np.array([1 / len(told) if assessor in set(told) else 0.0 for assessor in self.assessors])
        centre = np.eye(len(self.assessors)) - np.outer(np.ones(len(self.assessors)), middle)
        severity = centre @ self.severity
        covariance = variance * (centre @ self.inverse @ centre.T)
        corrected = self.raw + self.share @ severity
        spread = variance / self.times + np.einsum("ij,jk,ik->i", self.share, covariance, self.share)
        for j, assessor in enumerate(self.assessors):
            if middle[j]:
                fit.severity[assessor] = (float(severity[j]), float(np.sqrt(max(covariance[j, j], 0.0))))
        for i, application in enumerate(self.applications):
            fit.corrected[application] = (float(corrected[i]), float(np.sqrt(spread[i])))
