"""Paired comparison of two ways to answer the same problems."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

_RESAMPLES: Final = 10_000
_BATCH: Final = 500
_TAIL: Final = 0.025


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A mean with its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float


def bootstrap_mean(values: Sequence[float], *, seed: int) -> Interval:
    """The mean of per-problem values and its percentile interval over resampled problems.

    For a paired comparison the values are differences, one a problem.
    """
    data = np.asarray(values, dtype=float)
    rng = np.random.default_rng(seed)
    means: list[float] = []
    for _ in range(_RESAMPLES // _BATCH):
        chosen = rng.integers(0, len(data), size=(_BATCH, len(data)))
        means += data[chosen].mean(axis=1).tolist()
    low, high = np.quantile(means, [_TAIL, 1 - _TAIL])
    return Interval(mean=float(data.mean()), low=float(low), high=float(high))
