"""A share of successes, with the interval that a count of this size allows."""

from __future__ import annotations

import math
from dataclasses import dataclass

Z_95 = 1.959964


@dataclass(frozen=True, slots=True, kw_only=True)
class Proportion:
    """So many of so many, with Wilson's 95 % interval.

    Wilson 1927, "Probable inference, the law of succession, and statistical inference", JASA 22:
    unlike the textbook interval it holds for few cases and for shares near 0 and 1.

    Attributes:
        n_hits: Successes.
        n_cases: Trials.
    """

    n_hits: int
    n_cases: int

    def __post_init__(self) -> None:
        """Refuse counts that no series of trials has."""
        if not 0 <= self.n_hits <= self.n_cases:
            raise ValueError(f"{self.n_hits} of {self.n_cases} is no share")

    @property
    def ratio(self) -> float | None:
        """The share itself; ``None`` without a case."""
        return self.n_hits / self.n_cases if self.n_cases else None

    @property
    def low(self) -> float:
        """The interval's lower end; 0 without a case."""
        return max(0.0, self._centre - self._reach) if self.n_hits else 0.0

    @property
    def high(self) -> float:
        """The interval's upper end; 1 without a case."""
        return min(1.0, self._centre + self._reach) if self.n_hits < self.n_cases else 1.0

    @property
    def _centre(self) -> float:
        n, z2 = self.n_cases, Z_95 * Z_95
        return (self.n_hits + z2 / 2) / (n + z2)

    @property
    def _reach(self) -> float:
        n, z2 = self.n_cases, Z_95 * Z_95
        n_misses = n - self.n_hits
        return Z_95 * math.sqrt(self.n_hits * n_misses / n + z2 / 4) / (n + z2) if n else 1.0
