"""How good probabilities are: calibration error, Brier score, and risk at each coverage.

ECE with equal-mass bins: Nixon et al. 2019 (arXiv 1904.01685). Brier 1950. AURC: Geifman and
El-Yaniv 2017 (arXiv 1705.08500). ECE alone rewards whoever predicts the base rate, so the three
are always given together. Rows of equal probability cannot be told apart, so each of them counts
as right as often as they are on average: nothing depends on the order of the rows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby, pairwise
from operator import attrgetter
from random import Random
from typing import Any, Self

from engine.domain.errors import CalibrationError

N_BINS = 15
N_RESAMPLES = 500
TAIL = 0.025


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """One row: what was predicted and what came.

    Attributes:
        problem: Which problem; rows of one problem are resampled together.
        probability: Of being right, in [0, 1].
        rate: 1 for right, 0 for wrong; between them where rows were pooled.
    """

    problem: str
    probability: float
    rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A figure with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How good some probabilities are; lower is better in all three.

    Attributes:
        n: Rows.
        ece: Expected calibration error over 15 bins of equal mass, in [0, 1].
        brier: Mean squared error, in [0, 1].
        aurc: Mean share of wrong answers over all coverages, the surest first, in [0, 1].
    """

    n: int
    ece: Estimate
    brier: Estimate
    aurc: Estimate

    def to_data(self) -> dict[str, Any]:
        """Return the figures as JSON."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Read what :meth:`to_data` wrote."""
        figures = {name: Estimate(**data[name]) for name in ("ece", "brier", "aurc")}
        return cls(n=data["n"], **figures)


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskPoint:
    """What is wrong among the rows that are at least as sure as a threshold.

    Attributes:
        threshold: The least probability that is let through.
        coverage: Share of the rows let through, in (0, 1].
        risk: Share of those that are wrong, in [0, 1].
        n: How many they are.
    """

    threshold: float
    coverage: float
    risk: float
    n: int


def measure_quality(
    forecasts: Sequence[Forecast], rng: Random, *, n_resamples: int = N_RESAMPLES
) -> Quality:
    """Measure probabilities, with intervals over resampled problems.

    Raises:
        CalibrationError: When there are no rows.
    """
    if not forecasts:
        raise CalibrationError("no row to measure probabilities on")
    resamples = [_pool(rows) for rows in _resample(forecasts, rng, n_resamples)]
    whole = _pool(forecasts)

    def estimate(measure: Callable[[Sequence[Forecast]], float]) -> Estimate:
        figures = sorted(measure(rows) for rows in resamples)
        value = measure(whole)
        return Estimate(
            value=value,
            low=_quantile(figures, TAIL, value),
            high=_quantile(figures, 1 - TAIL, value),
        )

    return Quality(
        n=len(forecasts), ece=estimate(_ece), brier=estimate(_brier), aurc=estimate(_aurc)
    )


def list_risks(forecasts: Sequence[Forecast]) -> tuple[RiskPoint, ...]:
    """Return the risk at each coverage, the smallest coverage first."""
    points: list[RiskPoint] = []
    n, n_wrong = 0, 0.0
    ordered = sorted(forecasts, key=attrgetter("probability"), reverse=True)
    for probability, group in groupby(ordered, key=attrgetter("probability")):
        rates = [row.rate for row in group]
        n += len(rates)
        n_wrong += len(rates) - math.fsum(rates)
        points.append(
            RiskPoint(threshold=probability, coverage=n / len(forecasts), risk=n_wrong / n, n=n)
        )
    return tuple(points)


def compute_ece(forecasts: Sequence[Forecast]) -> float:
    """Return the expected calibration error over 15 bins of equal mass."""
    return _ece(_pool(forecasts))


def compute_brier(forecasts: Sequence[Forecast]) -> float:
    """Return the mean squared error."""
    return math.fsum((row.probability - row.rate) ** 2 for row in forecasts) / len(forecasts)


def compute_aurc(forecasts: Sequence[Forecast]) -> float:
    """Return the area under the curve of risk over coverage."""
    return _aurc(_pool(forecasts))


def _pool(forecasts: Sequence[Forecast]) -> list[Forecast]:
    """Return the rows by rising probability, equal ones with their mean rate.

    The squared error of pooled rows lacks their variance, which :func:`_brier` adds again.
    """
    pooled: list[Forecast] = []
    ordered = sorted(forecasts, key=attrgetter("probability"))
    for probability, group in groupby(ordered, key=attrgetter("probability")):
        rates = [row.rate for row in group]
        mean = math.fsum(rates) / len(rates)
        pooled += [Forecast(problem="", probability=probability, rate=mean)] * len(rates)
    return pooled


def _ece(pooled: Sequence[Forecast]) -> float:
    n = len(pooled)
    edges = [n * k // N_BINS for k in range(N_BINS + 1)]
    gaps = (
        abs(math.fsum(row.probability - row.rate for row in pooled[first:last]))
        for first, last in pairwise(edges)
    )
    return math.fsum(gaps) / n


def _brier(pooled: Sequence[Forecast]) -> float:
    # Of outcomes 0 and 1 with mean r, the mean of (p - y)^2 is (p - r)^2 + r (1 - r).
    errors = ((row.probability - row.rate) ** 2 + row.rate * (1 - row.rate) for row in pooled)
    return math.fsum(errors) / len(pooled)


def _aurc(pooled: Sequence[Forecast]) -> float:
    n_wrong, risks = 0.0, 0.0
    for n, row in enumerate(reversed(pooled), start=1):
        n_wrong += 1 - row.rate
        risks += n_wrong / n
    return risks / len(pooled)


def _resample(
    forecasts: Sequence[Forecast], rng: Random, n_resamples: int
) -> list[list[Forecast]]:
    """Draw problems with replacement, each with all of its rows."""
    groups: dict[str, list[Forecast]] = {}
    for row in forecasts:
        groups.setdefault(row.problem, []).append(row)
    pools = list(groups.values())
    return [
        [row for pool in rng.choices(pools, k=len(pools)) for row in pool]
        for _ in range(n_resamples)
    ]


def _quantile(ordered: Sequence[float], share: float, default: float) -> float:
    if not ordered:
        return default
    return ordered[min(len(ordered) - 1, max(0, round(share * (len(ordered) - 1))))]
