"""Figures with how many values they are over, and their 95 % bootstrap intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from engine.training.statistics import bootstrap_mean

_N_DIGITS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A mean.

    Attributes:
        n: How many values it is over.
        mean: Of the values.
        low: The lower end of its 95 % interval.
        high: The upper end.
    """

    n: int
    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.mean:.3f} [{self.low:.3f}, {self.high:.3f}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """The same figure of two versions on the same prompts.

    Attributes:
        old: Of the old version.
        new: Of the new one.
        change: New minus old, paired prompt by prompt.
    """

    old: Measure
    new: Measure
    change: Measure


def measure(values: Sequence[float], *, seed: int) -> Measure | None:
    """The mean of per-prompt values; None without any."""
    if not values:
        return None
    found = bootstrap_mean(values, seed=seed)
    mean, low, high = (round(one, _N_DIGITS) for one in (found.mean, found.low, found.high))
    return Measure(n=len(values), mean=mean, low=low, high=high)


def shift(old: Sequence[float], new: Sequence[float], *, seed: int) -> Shift | None:
    """Two versions' values on the same prompts, in the same order; None without any."""
    change = [after - before for before, after in zip(old, new, strict=True)]
    found = [measure(values, seed=seed) for values in (old, new, change)]
    before, after, moved = found
    if before is None or after is None or moved is None:
        return None
    return Shift(old=before, new=after, change=moved)
