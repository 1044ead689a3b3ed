"""One figure against its bar."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """Whether the bar was met."""

    MET = "met"
    MISSED = "missed"


class Sense(StrEnum):
    """On which side of the bar the figure must lie."""

    AT_MOST = "<="
    AT_LEAST = ">="


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """A figure, its bar, and what it was made of.

    Attributes:
        name: What was measured.
        unit: Of figure and bar; empty for a ratio.
        sense: On which side of the bar it must lie.
        bar: What must hold.
        figure: What was found.
        details: Spread, sample sizes, whatever else a reader needs to judge the figure.
    """

    name: str
    unit: str
    sense: Sense
    bar: float
    figure: float
    details: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def verdict(self) -> Verdict:
        """Whether the bar was met."""
        is_met = (
            self.figure <= self.bar if self.sense is Sense.AT_MOST else self.figure >= self.bar
        )
        return Verdict.MET if is_met else Verdict.MISSED

    def to_data(self) -> dict[str, Any]:
        """Return the measurement as JSON."""
        return {
            "name": self.name,
            "unit": self.unit,
            "bar": f"{self.sense} {self.bar:g}",
            "figure": round_figure(self.figure),
            "verdict": self.verdict.value,
            "details": dict(self.details),
        }


def describe_spread(values: Sequence[float]) -> dict[str, float]:
    """Return count, least, quartiles and greatest of at least two values."""
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return {
        "n": len(values),
        "min": round_figure(min(values)),
        "p25": round_figure(low),
        "p50": round_figure(middle),
        "p75": round_figure(high),
        "max": round_figure(max(values)),
    }


def round_figure(value: float) -> float:
    """Return a figure to four significant digits: more would be noise."""
    return float(f"{value:.4g}")
