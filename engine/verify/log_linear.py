"""Log-linear models of what fills a slot, as plain numbers: fitted elsewhere, evaluated here.

Multinomial logistic regression over counts of cues (Hastie, Tibshirani & Friedman 2009, The
Elements of Statistical Learning, equation 4.17, with weights for every class).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from engine.domain.canonical import JsonValue
from engine.domain.errors import CalibrationError


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLinear:
    """How probable each filler is, given cues.

    Attributes:
        fillers: What may fill the slot, at least one.
        bias: The log-odds of each before any cue, up to a constant.
        weights: What each known cue adds to them, once for every time that it is there.
    """

    fillers: tuple[str, ...]
    bias: tuple[float, ...]
    weights: Mapping[str, tuple[float, ...]]

    def __post_init__(self) -> None:
        """Refuse weights that are not one a filler, or not finite."""
        rows = (self.bias, *self.weights.values())
        if len(set(self.fillers)) != len(self.fillers) or not self.fillers:
            raise CalibrationError("a log-linear model needs fillers, all of them different")
        if any(len(row) != len(self.fillers) for row in rows):
            raise CalibrationError("a log-linear model needs one weight for each filler")
        if not all(math.isfinite(weight) for row in rows for weight in row):
            raise CalibrationError("a log-linear model holds what is not a finite number")

    def log_probabilities(self, cues: Iterable[str]) -> dict[str, float]:
        """Return the natural logarithm of each filler's probability; unknown cues say nothing."""
        sums = list(self.bias)
        for cue in cues:
            for index, weight in enumerate(self.weights.get(cue, ())):
                sums[index] += weight
        top = max(sums)
        total = top + math.log(math.fsum(math.exp(one - top) for one in sums))
        return {filler: one - total for filler, one in zip(self.fillers, sums, strict=True)}

    def to_data(self) -> dict[str, JsonValue]:
        """Return the model as JSON."""
        return {
            "fillers": list(self.fillers),
            "bias": list(self.bias),
            "weights": {cue: list(row) for cue, row in sorted(self.weights.items())},
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Read what :meth:`to_data` wrote.

        Raises:
            CalibrationError: When it is no such thing.
        """
        try:
            return cls(
                fillers=tuple(str(one) for one in data["fillers"]),
                bias=tuple(float(one) for one in data["bias"]),
                weights={
                    str(cue): tuple(float(one) for one in row)
                    for cue, row in data["weights"].items()
                },
            )
        except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as error:
            raise CalibrationError(f"no log-linear model: {error!r}") from error
