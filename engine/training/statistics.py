"""The bootstrap of `engine/domain/statistics.py` over arrays: thousands of problems in a blink."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from engine.domain.statistics import TAIL, Interval

_RESAMPLES: Final = 10_000
_BATCH: Final = 500


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
    low, high = np.quantile(means, [TAIL, 1 - TAIL])
    return Interval(mean=float(data.mean()), low=float(low), high=float(high))
