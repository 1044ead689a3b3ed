"""Paired comparison of two ways to answer the same problems."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from statistics import fmean

RESAMPLES = 2_000
TAIL = 0.025


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A mean with its 95 % interval.

    Attributes:
        mean: Of what was measured.
        low: The interval's lower end.
        high: Its upper end.
    """

    mean: float
    low: float
    high: float


def bootstrap_mean(
    values: Sequence[float], rng: Random, *, resamples: int = RESAMPLES
) -> Interval:
    """Return the mean of per-problem values, and its interval over resampled problems.

    Efron 1979, the percentile form. For a paired comparison the values are differences, one a
    problem.

    Args:
        values: One a problem, at least one.
        rng: Chooses the resampled problems.
        resamples: How often.

    Raises:
        ValueError: Without a value.
    """
    if not values:
        raise ValueError("a mean needs at least one value")
    means = sorted(fmean(rng.choices(values, k=len(values))) for _ in range(resamples))
    cut = math.floor(TAIL * (resamples - 1))
    return Interval(mean=fmean(values), low=means[cut], high=means[-1 - cut])


def mcnemar_exact(n_only_first: int, n_only_second: int) -> float:
    """Return the two-sided p of McNemar's exact test.

    McNemar 1947, in its binomial form: of the problems that exactly one of two ways got right,
    how surprising is this split if both were as good?

    Args:
        n_only_first: Problems that only the first way got right.
        n_only_second: Problems that only the second way got right.

    Raises:
        ValueError: For a count below 0.
    """
    if min(n_only_first, n_only_second) < 0:
        raise ValueError("counts are at least 0")
    n = n_only_first + n_only_second
    fewer = min(n_only_first, n_only_second)
    tail = sum(math.comb(n, k) for k in range(fewer + 1))
    return min(1.0, 2 * tail / 2**n)
