"""Isotonic regression: the best non-decreasing curve from a score to a probability.

Pool adjacent violators (Ayer et al. 1955; Zadrozny and Elkan 2002 for calibration): neighbouring
levels of the score whose rates of success fall are merged until none does. Between two blocks the
curve is a straight line. It needs some 1,000 rows; with fewer, Platt scaling is the safer choice.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from engine.domain.errors import CalibrationError


@dataclass(frozen=True, slots=True, kw_only=True)
class IsotonicCurve:
    """A non-decreasing, piecewise linear curve, constant beyond its ends.

    Attributes:
        scores: Where the knots stand, strictly rising.
        probabilities: The curve's value at each, non-decreasing, in (0, 1).
    """

    scores: tuple[float, ...]
    probabilities: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse what is no such curve."""
        knots = (self.scores, self.probabilities)
        if not self.scores or len(self.scores) != len(self.probabilities):
            raise CalibrationError("an isotonic curve needs as many scores as probabilities")
        if not all(math.isfinite(value) for values in knots for value in values):
            raise CalibrationError("a knot of an isotonic curve is not a finite number")
        if any(a >= b for a, b in zip(self.scores, self.scores[1:], strict=False)):
            raise CalibrationError("the scores of an isotonic curve must rise")
        if any(a > b for a, b in zip(self.probabilities, self.probabilities[1:], strict=False)):
            raise CalibrationError("the probabilities of an isotonic curve must not fall")
        if not 0 <= self.probabilities[0] <= self.probabilities[-1] <= 1:
            raise CalibrationError("the probabilities of an isotonic curve must lie in [0, 1]")

    @property
    def n_features(self) -> int:
        """How many features the curve takes."""
        return 1

    def at(self, features: Sequence[float]) -> float:
        """Return the probability at a score, the one feature."""
        (score,) = features
        if score <= self.scores[0]:
            return self.probabilities[0]
        if score >= self.scores[-1]:
            return self.probabilities[-1]
        right = bisect_left(self.scores, score)
        x0, x1 = self.scores[right - 1 : right + 1]
        y0, y1 = self.probabilities[right - 1 : right + 1]
        # The rounding of the line must not leave the values that it joins.
        return min(y1, max(y0, y0 + (y1 - y0) * (score - x0) / (x1 - x0)))


@dataclass(frozen=True, slots=True)
class _Block:
    first: float
    last: float
    n_right: float
    n: int

    @property
    def rate(self) -> float:
        return self.n_right / self.n

    def joined(self, later: _Block) -> _Block:
        return _Block(self.first, later.last, self.n_right + later.n_right, self.n + later.n)


def fit_isotonic(scores: Sequence[float], is_right: Sequence[bool]) -> IsotonicCurve:
    """Fit the curve of least squares.

    No value comes closer to 0 or 1 than n rows can tell: it lies in [1 / (n + 2),
    (n + 1) / (n + 2)].

    Args:
        scores: One a row, finite.
        is_right: Whether that row's answer was right.

    Raises:
        CalibrationError: When there are no rows, or not as many scores as outcomes.
    """
    if not scores or len(scores) != len(is_right):
        raise CalibrationError("an isotonic fit needs rows, each with a score and an outcome")
    blocks: list[_Block] = []
    for level in _group_levels(scores, is_right):
        block = level
        while blocks and blocks[-1].rate >= block.rate:
            block = blocks.pop().joined(block)
        blocks.append(block)
    low, high = 1 / (len(scores) + 2), (len(scores) + 1) / (len(scores) + 2)
    knots: dict[float, float] = {}
    for block in blocks:
        knots[block.first] = knots[block.last] = max(low, min(high, block.rate))
    return IsotonicCurve(scores=tuple(knots), probabilities=tuple(knots.values()))


def _group_levels(scores: Sequence[float], is_right: Sequence[bool]) -> list[_Block]:
    """Return one block for each distinct score, the lowest first."""
    rows = sorted(zip(scores, is_right, strict=True), key=itemgetter(0))
    levels: list[_Block] = []
    for score, group in groupby(rows, key=itemgetter(0)):
        outcomes = [right for _, right in group]
        levels.append(_Block(score, score, float(sum(outcomes)), len(outcomes)))
    return levels
