"""Which answers to stand by: a threshold of confidence that keeps a promised share of errors.

Learn-then-test with fixed sequence testing (Angelopoulos et al. 2021, arXiv 2110.01052; Geifman
and El-Yaniv 2017, arXiv 1705.08500). Thresholds are tried from the strictest on. At each the
hypothesis "more than the target share of the answers let through is wrong" is tested exactly
(binomial, as Clopper and Pearson 1934), and the first that cannot be rejected ends the search. The
order is fixed before an outcome is looked at, so the risk of a threshold that breaks its promise
stays at ``alpha`` however many are tried. It holds for problems like those it was found on, of
which each gives one row.

Among few rows one wrong answer too many ends the search, though hundreds behind it would pass. So
there are two searches, which share the risk: one begins where a spotless record passes, the other
where half the promised errors do.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from engine.domain.errors import CalibrationError
from engine.verify.quality import Forecast, RiskPoint, list_risks

ALPHA = 0.05


def find_threshold(
    forecasts: Sequence[Forecast], *, target_error: float, alpha: float = ALPHA
) -> float | None:
    """Return the least confidence to stand by.

    Args:
        forecasts: Probabilities from a curve that had not seen their problems.
        target_error: Largest share of wrong answers among those stood by, in (0, 1).
        alpha: Risk that the promise is broken, in (0, 1).

    Returns:
        The threshold, or ``None`` where the rows prove none.

    Raises:
        CalibrationError: When a share does not lie in (0, 1).
    """
    return min(find_thresholds(forecasts, target_error=target_error, alpha=alpha), default=None)


def find_thresholds(
    forecasts: Sequence[Forecast], *, target_error: float, alpha: float = ALPHA
) -> tuple[float, ...]:
    """Return every threshold that keeps the promise, whichever of them is then taken.

    Args:
        forecasts: As for `find_threshold`; in place of a probability any score will do whose
            order was fixed before an outcome was looked at.
        target_error: As for `find_threshold`.
        alpha: Likewise.

    Raises:
        CalibrationError: When a share does not lie in (0, 1).
    """
    if not (0 < target_error < 1 and 0 < alpha < 1):
        raise CalibrationError("target_error and alpha must lie between 0 and 1, both excluded")
    points, alpha_each = list_risks(forecasts), alpha / 2
    found: set[float] = set()
    for error in (0.0, target_error / 2):
        n_first = _count_first(len(forecasts), error, target_error, alpha_each)
        tried = [point for point in points if point.n >= n_first]
        found |= _search(tried, target_error, alpha_each)
    return tuple(sorted(found, reverse=True))


def _search(points: Sequence[RiskPoint], target_error: float, alpha: float) -> set[float]:
    """The thresholds before the first that fails."""
    found: set[float] = set()
    for point in points:
        n_wrong = round(point.risk * point.n)
        if compute_binomial_tail(point.n, n_wrong, target_error) > alpha:
            break
        found.add(point.threshold)
    return found


def _count_first(n_rows: int, error: float, target_error: float, alpha: float) -> int:
    """The least number of rows of which so large a share of errors passes; outcomes have no say.

    More than there are where none of them is enough.
    """
    for n in range(1, n_rows + 1):
        if compute_binomial_tail(n, math.ceil(n * error), target_error) <= alpha:
            return n
    return n_rows + 1


def compute_binomial_tail(n: int, k: int, probability: float) -> float:
    """Return P(X <= k) for X ~ Binomial(n, probability)."""
    log_p, log_q = math.log(probability), math.log1p(-probability)
    terms = (
        math.exp(
            math.lgamma(n + 1)
            - math.lgamma(i + 1)
            - math.lgamma(n - i + 1)
            + i * log_p
            + (n - i) * log_q
        )
        for i in range(k + 1)
    )
    return min(1.0, math.fsum(terms))
