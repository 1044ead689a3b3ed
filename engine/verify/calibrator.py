"""Calibrators as values: from the features of a standing to the probability of being right.

A calibrator is an artefact: fitted by a command, kept as JSON, named in event 1 of each search
that it was used for. It says on what it was fitted and how good it is, so that whoever reads a
confidence can judge it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any, Self, TypeAlias

from engine.domain.canonical import JsonValue, canonical_bytes, digest
from engine.domain.errors import CalibrationError
from engine.domain.standing import Standing
from engine.verify.feature import Feature, count_samples, read_features
from engine.verify.isotonic import IsotonicCurve
from engine.verify.logistic import LogisticCurve
from engine.verify.quality import Quality

FORMAT = 1
DIGEST_CHARS = 12

Curve: TypeAlias = IsotonicCurve | LogisticCurve


class CalibratorKind(StrEnum):
    """Which curve.

    ``PLATT``: logistic, over any features. ``ISOTONIC``: non-decreasing, over one.
    """

    PLATT = "platt"
    ISOTONIC = "isotonic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitting:
    """What a calibrator was fitted on, and how good it proved to be.

    Both qualities are measured on problems that the measured curve has not seen.

    Attributes:
        data_digest: SHA-256 of the rows.
        n_rows: How many.
        n_problems: On how many problems.
        n_right: How many of the rows were right.
        model_fingerprint: Whose answers they were.
        algorithms: Strategies that gave the standings; empty where none was named.
        sample_range: Fewest and most ended samples of a row; ``None`` where no row told.
        before: Quality of the uncalibrated probability.
        after: Quality of the calibrated one.
    """

    data_digest: str
    n_rows: int
    n_problems: int
    n_right: int
    model_fingerprint: str
    algorithms: tuple[str, ...] = ()
    sample_range: tuple[int, int] | None = None
    before: Quality
    after: Quality

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Read it from JSON."""
        values: dict[str, Any] = {
            **data,
            "algorithms": tuple(data["algorithms"]),
            "sample_range": None if (span := data["sample_range"]) is None else tuple(span),
            "before": Quality.from_data(data["before"]),
            "after": Quality.from_data(data["after"]),
        }
        return cls(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibrator:
    """A fitted curve, and where it comes from.

    Attributes:
        name: What it is called.
        features: What the curve takes, in its order.
        curve: The curve.
        min_confidence: Below it an answer is not stood by; ``None`` where no threshold was found
            that keeps the promised share of errors.
        fitting: What it was fitted on.
    """

    name: str
    features: tuple[Feature, ...]
    curve: Curve
    min_confidence: float | None = None
    fitting: Fitting

    def __post_init__(self) -> None:
        """Refuse a curve that does not take the features."""
        n_taken = self.curve.n_features
        if n_taken != len(self.features) or len(set(self.features)) != len(self.features):
            raise CalibrationError(
                f"the calibrator {self.name!r} has {len(self.features)} features and a curve over "
                f"{n_taken}; each must be named once"
            )

    @property
    def kind(self) -> CalibratorKind:
        """Which curve it is."""
        is_isotonic = isinstance(self.curve, IsotonicCurve)
        return CalibratorKind.ISOTONIC if is_isotonic else CalibratorKind.PLATT

    @property
    def version(self) -> str:
        """The name that event 1 pins: another curve or threshold has another."""
        return f"{self.name}@{digest(canonical_bytes(self._curve_data()))[:DIGEST_CHARS]}"

    def predict(self, features: Mapping[Feature, float]) -> float | None:
        """Return the probability in (0, 1).

        Returns:
            ``None`` where a feature is unknown, or where more or fewer samples ended than for any
            row that was fitted: five of five say less than eight of eight.
        """
        if any(name not in features for name in self.features) or self._is_beyond(features):
            return None
        return self.curve.at([features[name] for name in self.features])

    def calibrate(self, standing: Standing) -> Standing:
        """Return the standing with its confidence; unchanged where none can be given."""
        confidence = self.predict(read_features(standing))
        if confidence is None:
            return standing
        return replace(standing, confidence=confidence, calibration=self.version)

    def to_data(self) -> dict[str, Any]:
        """Return the artefact as JSON."""
        return {
            "format": FORMAT,
            "name": self.name,
            **self._curve_data(),
            "fitting": {
                **asdict(self.fitting),
                "algorithms": list(self.fitting.algorithms),
                "sample_range": list(self.fitting.sample_range or ()) or None,
            },
        }

    def _is_beyond(self, features: Mapping[Feature, float]) -> bool:
        span = self.fitting.sample_range
        if span is None or Feature.LOG_N not in features:
            return False
        return not span[0] <= count_samples(features) <= span[1]

    def _curve_data(self) -> dict[str, JsonValue]:
        return {
            "kind": self.kind.value,
            "features": [feature.value for feature in self.features],
            "parameters": _parameters_of(self.curve),
            "min_confidence": self.min_confidence,
        }


def read_calibrator(data: Mapping[str, Any]) -> Calibrator:
    """Read what :meth:`Calibrator.to_data` wrote.

    Raises:
        CalibrationError: When it is no calibrator of this format.
    """
    if data.get("format") != FORMAT:
        raise CalibrationError(
            f"a calibrator of format {data.get('format')!r}; this program reads {FORMAT}"
        )
    try:
        return Calibrator(
            name=data["name"],
            features=tuple(Feature(name) for name in data["features"]),
            curve=_read_curve(CalibratorKind(data["kind"]), data["parameters"]),
            min_confidence=data["min_confidence"],
            fitting=Fitting.from_data(data["fitting"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CalibrationError(f"not a calibrator: {error!r}") from error


def _parameters_of(curve: Curve) -> dict[str, JsonValue]:
    if isinstance(curve, IsotonicCurve):
        return {"scores": list(curve.scores), "probabilities": list(curve.probabilities)}
    return {"weights": list(curve.weights), "bias": curve.bias}


def _read_curve(kind: CalibratorKind, parameters: Mapping[str, Any]) -> Curve:
    if kind is CalibratorKind.ISOTONIC:
        return IsotonicCurve(
            scores=tuple(parameters["scores"]), probabilities=tuple(parameters["probabilities"])
        )
    return LogisticCurve(weights=tuple(parameters["weights"]), bias=parameters["bias"])
