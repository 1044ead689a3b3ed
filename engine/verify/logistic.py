"""Platt scaling: a logistic curve from a few features to a probability.

Platt 1999: P(right | f) = 1 / (1 + exp(-(b + sum_j w_j f_j))), fitted by maximum likelihood with
the targets (n_right + 1) / (n_right + 2) and 1 / (n_wrong + 2) in place of 1 and 0. A ridge on the
weights of the standardised features keeps them finite where a feature separates the rows. The fit
is Newton's method (iteratively reweighted least squares), whose steps are halved while they do
not improve.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from engine.domain.errors import CalibrationError
from engine.verify.log_odds import to_probability

MAX_STEPS = 100
MAX_HALVINGS = 40
# Where a Newton step changes no weight by more than this, the fit has converged.
TOLERANCE = 1e-9
Vector = Sequence[float]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogisticCurve:
    """A logistic function of features.

    Attributes:
        weights: One a feature, for its raw value.
        bias: The log-odds where all features are 0.
    """

    weights: tuple[float, ...]
    bias: float

    def __post_init__(self) -> None:
        """Refuse what gives no probability."""
        if not all(math.isfinite(value) for value in (*self.weights, self.bias)):
            raise CalibrationError("a weight of a logistic curve is not a finite number")

    @property
    def n_features(self) -> int:
        """How many features the curve takes."""
        return len(self.weights)

    def at(self, features: Vector) -> float:
        """Return the probability for the features' raw values, in the order of the weights."""
        products = (w * f for w, f in zip(self.weights, features, strict=True))
        return to_probability(math.fsum((self.bias, *products)))


@dataclass(frozen=True, slots=True)
class _Scale:
    """How one feature is standardised."""

    mean: float
    spread: float


def fit_logistic(
    rows: Sequence[Vector], is_right: Sequence[bool], *, ridge: float = 1.0
) -> LogisticCurve:
    """Fit the curve of greatest penalised likelihood.

    Args:
        rows: The raw features of each row, all of one length.
        is_right: Whether that row's answer was right.
        ridge: Strength of the penalty ridge / 2 * sum_j w_j ** 2 on standardised weights,
            above 0.

    Raises:
        CalibrationError: When there are no rows, or they do not fit together.
    """
    if not rows or len(rows) != len(is_right) or len({len(row) for row in rows}) != 1:
        raise CalibrationError("a logistic fit needs rows of one length, each with an outcome")
    scales = [_find_scale([row[j] for row in rows]) for j in range(len(rows[0]))]
    inputs = [
        (1.0, *((f - s.mean) / s.spread for f, s in zip(row, scales, strict=True))) for row in rows
    ]
    solution = _maximise(_Likelihood(inputs, _smooth_targets(is_right), ridge))
    bias, *weights = solution
    raw = tuple(weight / scale.spread for weight, scale in zip(weights, scales, strict=True))
    shift = math.fsum(w * scale.mean for w, scale in zip(raw, scales, strict=True))
    return LogisticCurve(weights=raw, bias=bias - shift)


@dataclass(frozen=True, slots=True)
class _Likelihood:
    """The penalised log-likelihood as a function of the weights, the bias first."""

    inputs: Sequence[Vector]
    targets: Vector
    ridge: float

    def value(self, weights: Vector) -> float:
        total = -self.ridge / 2 * math.fsum(weight**2 for weight in weights[1:])
        terms = (
            target * z - _log1pexp(z)
            for z, target in zip(self._log_odds(weights), self.targets, strict=True)
        )
        return total + math.fsum(terms)

    def newton_step(self, weights: Vector) -> list[float]:
        """Return the step that maximises the quadratic approximation at these weights."""
        n = len(weights)
        gradient = [0.0] + [-self.ridge * weight for weight in weights[1:]]
        hessian = [[self.ridge * (i == j and i > 0) for j in range(n)] for i in range(n)]
        for row, z, target in zip(self.inputs, self._log_odds(weights), self.targets, strict=True):
            probability = to_probability(z)
            curvature = probability * (1 - probability)
            for i in range(n):
                gradient[i] += (target - probability) * row[i]
                for j in range(n):
                    hessian[i][j] += curvature * row[i] * row[j]
        return _solve(hessian, gradient)

    def _log_odds(self, weights: Vector) -> list[float]:
        return [sum(w * x for w, x in zip(weights, row, strict=True)) for row in self.inputs]


def _maximise(likelihood: _Likelihood) -> list[float]:
    weights = [0.0] * len(likelihood.inputs[0])
    best = likelihood.value(weights)
    for _ in range(MAX_STEPS):
        step = likelihood.newton_step(weights)
        taken = 1.0
        for _ in range(MAX_HALVINGS):
            tried = [w + taken * d for w, d in zip(weights, step, strict=True)]
            if (value := likelihood.value(tried)) >= best:
                weights, best = tried, value
                break
            taken /= 2
        else:
            break
        if taken * max(map(abs, step)) < TOLERANCE:
            break
    return weights


def _smooth_targets(is_right: Sequence[bool]) -> list[float]:
    n_right = sum(is_right)
    high = (n_right + 1) / (n_right + 2)
    low = 1 / (len(is_right) - n_right + 2)
    return [high if right else low for right in is_right]


def _find_scale(values: Vector) -> _Scale:
    mean = math.fsum(values) / len(values)
    spread = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / len(values))
    # A feature that never varies tells nothing; dividing by its rounding errors would.
    return _Scale(mean, spread if spread > 1e-12 * max(1.0, abs(mean)) else 1.0)


def _solve(matrix: list[list[float]], right: Vector) -> list[float]:
    """Solve a small system by Gaussian elimination; the matrix is positive definite."""
    n = len(right)
    rows = [[*matrix[i], right[i]] for i in range(n)]
    for i in range(n):
        pivot = max(range(i, n), key=lambda k: abs(rows[k][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        for k in range(i + 1, n):
            factor = rows[k][i] / rows[i][i]
            rows[k] = [a - factor * b for a, b in zip(rows[k], rows[i], strict=True)]
    solution = [0.0] * n
    for i in reversed(range(n)):
        known = math.fsum(rows[i][j] * solution[j] for j in range(i + 1, n))
        solution[i] = (rows[i][n] - known) / rows[i][i]
    return solution


def _log1pexp(z: float) -> float:
    return max(z, 0.0) + math.log1p(math.exp(-abs(z)))
