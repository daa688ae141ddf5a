"""The many-facet Rasch model with a rating scale, by penalised joint likelihood. Needs numpy and scipy: imported where it is used.

log(P(x) / P(x - 1)) = mean + applicant - severity - difficulty of the criterion - step x  (Linacre 1989, Many-Facet Rasch
Measurement; the steps: Andrich 1978, Psychometrika 43, 561-573). Criteria with equally many points share their steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_array

from selection.severity.additive import degrees_of_freedom, shared_markings
from selection.severity.result import Mark, Marking, Why

# Standard deviations, in logits, of the normal penalties: wide enough to leave differences alone, finite so that applicants
# with nothing but top marks get a finite level.
APPLICANT_SD = 3.0
OTHER_SD = 3.0
# Ten marks a category, on average (Linacre 2002, Journal of Applied Measurement 3, 85-106), and three categories at least.
MARKS_A_CATEGORY = 10
FEWEST_CATEGORIES = 3
NEWTON_STEPS = 60


@dataclass
class Fit:
    severity: dict[int, tuple[float, float]] = field(default_factory=dict)
    logits: dict[int, tuple[float, float]] = field(default_factory=dict)
    corrected: dict[int, tuple[float, float]] = field(default_factory=dict)
    spread: float | None = None
    df: int = 0
    refused: Why | None = None


def fit_rasch(marks: Sequence[Mark], markings: Sequence[Marking], *, fewest: int, least_df: int) -> Fit:
    """The most likely parameters under normal penalties, by Newton's method; the function is strictly concave, so there is one.

    - Severity in logits sums to nought over the assessors who are told; in points it is how much less than a middling assessor
      they would give, averaged over the applicants. Its standard error: the square root of the diagonal of the inverse of the
      whole information matrix (Wright & Masters 1982, Rating Scale Analysis, chapter 4, take its diagonal alone, which is
      smaller), carried over to points by the slope (delta method).
    - The corrected score is the 'fair average': what assessors of severity nought are expected to give, weighted over the
      criteria; its standard error by the delta method over all parameters.

    Both errors take the points for different criteria by one assessor as independent. They hardly ever are (halo), so they are
    rather too small; those of the additive model aren't. On sirt's data.ratings1 (135 students, 7 raters, 5 criteria) the
    severities in logits agree with raschpy 1.4.0 at r = .999.
    """
    fit = Fit(df=degrees_of_freedom(markings))
    model = Facets(marks)
    fit.refused = Why.TOO_FEW if fit.df < least_df else model.unfit()
    if fit.refused:
        return fit
    shared = shared_markings(markings)
    told = [
        j for j, assessor in enumerate(model.assessors) if shared[assessor] >= fewest and not model.extreme_assessor[j]
    ]
    if len(told) < 2:
        fit.refused = Why.TOO_FEW
    elif not model.solve():
        fit.refused = Why.UNSETTLED
    else:
        model.tell(fit, told)
        fit.spread = model.residual_spread(fit.df)
    return fit


@dataclass
class Scale:
    """Criteria with the same number of points: `rows` of the marks, `values` the points that were given, `at` where steps stand."""

    rows: np.ndarray
    values: np.ndarray
    criteria: np.ndarray
    at: slice


class Facets:
    """Parameters in one vector: mean, applicants, assessors, criteria, steps of each scale."""

    def __init__(self, marks: Sequence[Mark]) -> None:
        self.applications = sorted({m.application for m in marks})
        self.assessors = sorted({m.assessor for m in marks})
        criteria = {m.criterion: m for m in marks}
        self.criteria = sorted(criteria)
        self.weights = np.array([float(criteria[c].weight) for c in self.criteria])
        self.weights /= self.weights.mean()
        self.i = index_of([m.application for m in marks], self.applications)
        self.j = index_of([m.assessor for m in marks], self.assessors)
        self.c = index_of([m.criterion for m in marks], self.criteria)
        self.points = np.array([float(m.points) for m in marks])
        self.weight = self.weights[self.c]
        most = np.array([criteria[c].max_points for c in self.criteria])
        sizes = len(self.applications), len(self.assessors), len(self.criteria)
        self.theta, self.sigma, self.delta = (
            slice(1, 1 + sizes[0]),
            slice(1 + sizes[0], 1 + sizes[0] + sizes[1]),
            slice(1 + sizes[0] + sizes[1], 1 + sum(sizes)),
        )
        ones, rows = np.ones(len(marks)), np.arange(len(marks))
        columns = np.stack(
            [0 * self.i, self.theta.start + self.i, self.sigma.start + self.j, self.delta.start + self.c]
        )
        self.design = csr_array(
            (np.concatenate([ones, ones, -ones, -ones]), (np.tile(rows, 4), columns.ravel())),
            shape=(len(marks), 1 + sum(sizes)),
        )
        self.scales: list[Scale] = []
        end = 1 + sum(sizes)
        self.x = np.zeros(len(marks), dtype=int)
        for points in sorted(set(most.tolist())):
            which = np.flatnonzero(most == points)
            rows = np.flatnonzero(np.isin(self.c, which))
            values, self.x[rows] = np.unique(self.points[rows], return_inverse=True)
            self.scales.append(Scale(rows, values, which, slice(end, end + len(values) - 1)))
            end += len(values) - 1
        self.size = end
        self.penalty = np.full(end, OTHER_SD**-2)
        self.penalty[0] = 0
        self.penalty[self.theta] = APPLICANT_SD**-2
        self.beta = np.zeros(end)
        top = np.zeros(len(marks), dtype=bool)
        for scale in self.scales:
            top[scale.rows] = self.x[scale.rows] == len(scale.values) - 1
        self.extreme_applicant = all_of(top, self.i, sizes[0]) | all_of(self.x == 0, self.i, sizes[0])
        self.extreme_assessor = all_of(top, self.j, sizes[1]) | all_of(self.x == 0, self.j, sizes[1])

    def unfit(self) -> Why | None:
        """What of these marks the model can't be used on."""
        for scale in self.scales:
            if len(scale.values) < FEWEST_CATEGORIES or len(scale.rows) < MARKS_A_CATEGORY * len(scale.values):
                return Why.FEW_CATEGORIES
        if 2 * self.extreme_applicant.sum() > len(self.applications):
            return Why.EXTREME
        return None

    def chances(self, eta: np.ndarray, scale: Scale, beta: np.ndarray) -> np.ndarray:
        """The probability of each category, in a row for each of `eta`."""
        log = np.multiply.outer(eta, np.arange(len(scale.values)))
        log[:, 1:] -= np.cumsum(beta[scale.at])
        log -= log.max(axis=1, keepdims=True)
        chances = np.exp(log)
        return chances / chances.sum(axis=1, keepdims=True)

    def eta(self, beta: np.ndarray) -> np.ndarray:
        return self.design @ beta[: self.design.shape[1]]

    def value(self, beta: np.ndarray) -> float:
        eta, total = self.eta(beta), -0.5 * float(self.penalty @ beta**2)
        for scale in self.scales:
            chances = self.chances(eta[scale.rows], scale, beta)
            got = chances[np.arange(len(scale.rows)), self.x[scale.rows]]
            total += float(self.weight[scale.rows] @ np.log(np.maximum(got, 1e-300)))
        return total

    def slopes(self, beta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Gradient and information (minus the second derivatives) of the penalised log likelihood."""
        eta = self.eta(beta)
        first, second = np.zeros(len(eta)), np.zeros(len(eta))
        gradient, information = -self.penalty * beta, np.diag(self.penalty)
        places = self.design.shape[1]
        for scale in self.scales:
            chances, weight = self.chances(eta[scale.rows], scale, beta), self.weight[scale.rows]
            category = np.arange(len(scale.values))
            mean = chances @ category
            first[scale.rows] = weight * (self.x[scale.rows] - mean)
            second[scale.rows] = weight * (chances @ category**2 - mean**2)
            reach = from_above(chances)  # P(X >= k), k = 1...
            passed = self.x[scale.rows][:, None] >= category[1:]
            gradient[scale.at] -= weight @ (passed - reach)
            higher = np.maximum.outer(category[1:], category[1:]) - 1
            information[scale.at, scale.at] += (weight @ reach)[higher] - (reach * weight[:, None]).T @ reach
            cross = weight[:, None] * (from_above(chances * category) - mean[:, None] * reach)  # cov(X, 1[X >= k])
            block = self.design[scale.rows].T @ cross
            information[:places, scale.at] -= block
            information[scale.at, :places] -= block.T
        gradient[:places] += self.design.T @ first
        information[:places, :places] += (self.design.T @ self.design.multiply(second[:, None])).toarray()
        return gradient, information

    def solve(self) -> bool:
        value = self.value(self.beta)
        for _step in range(NEWTON_STEPS):
            gradient, self.information = self.slopes(self.beta)
            if np.abs(gradient).max() < 1e-7:
                return True
            step, length = np.linalg.solve(self.information, gradient), 1.0
            while (reached := self.value(self.beta + length * step)) < value - 1e-9 * abs(value) and length > 1e-6:
                length /= 2
            self.beta, value = self.beta + length * step, reached
        return False

    def expected(self, level: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The weighted mean of points expected at each level (mean + applicant - severity), and its gradient by all parameters;
        the gradient by the level itself stands in the column of the mean."""
        mean, gradient = np.zeros(len(level)), np.zeros((len(level), self.size))
        for scale in self.scales:
            category = np.arange(len(scale.values))
            for c in scale.criteria:
                share = self.weights[c] / self.weights.sum()
                chances = self.chances(level - self.beta[self.delta][c], scale, self.beta)
                points = chances @ scale.values
                slope = chances @ (scale.values * category) - points * (chances @ category)
                reach, above = from_above(chances), from_above(chances * scale.values)
                mean += share * points
                gradient[:, 0] += share * slope
                gradient[:, self.delta.start + c] -= share * slope
                gradient[:, scale.at] -= share * (above - points[:, None] * reach)
        return mean, gradient

    def tell(self, fit: Fit, told: list[int]) -> None:
        covariance = np.linalg.inv(self.information)
        centre = np.eye(len(self.assessors))
        centre[:, told] -= 1 / len(told)
        severity = centre @ self.beta[self.sigma]
        errors = np.sqrt(np.diag(centre @ covariance[self.sigma, self.sigma] @ centre.T))
        level = self.beta[0] + self.beta[self.theta] - self.beta[self.sigma][told].mean()
        fair, gradient = self.expected(level)
        rows = np.arange(len(level))
        gradient[rows, self.theta.start + rows] = gradient[:, 0]
        gradient[:, self.sigma.start + np.array(told)] = -gradient[:, :1] / len(told)
        fair_se = np.sqrt(np.einsum("ij,jk,ik->i", gradient, covariance, gradient, optimize=True))
        for i, application in enumerate(self.applications):
            fit.corrected[application] = (float(fair[i]), float(fair_se[i]))
        for j in told:
            strict, slope = self.expected(level - severity[j])
            assessor, points = self.assessors[j], float(np.mean(fair - strict))
            fit.logits[assessor] = (float(severity[j]), float(errors[j]))
            fit.severity[assessor] = (points, float(errors[j] * slope[:, 0].mean()))

    def residual_spread(self, df: int) -> float:
        """Standard deviation of markings about what the model expects, in points."""
        marking = self.i * len(self.assessors) + self.j
        eta, off = self.eta(self.beta), np.zeros(len(self.points))
        for scale in self.scales:
            chances = self.chances(eta[scale.rows], scale, self.beta)
            off[scale.rows] = self.points[scale.rows] - chances @ scale.values
        total = np.bincount(marking, self.weight * off) / self.weights.sum()
        return float(np.sqrt(np.sum(total**2) / df))


def index_of(keys: Sequence[int], order: Sequence[int]) -> np.ndarray:
    place = {key: n for n, key in enumerate(order)}
    return np.array([place[key] for key in keys])


def from_above(terms: np.ndarray) -> np.ndarray:
    """In each row the sums from the k-th category upwards, k = 1, 2..."""
    return np.cumsum(terms[:, ::-1], axis=1)[:, ::-1][:, 1:]


def all_of(flags: np.ndarray, index: np.ndarray, size: int) -> np.ndarray:
    """For each key whether all its flags are set."""
    return np.bincount(index, flags, minlength=size) == np.bincount(index, minlength=size)
