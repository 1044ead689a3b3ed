"""Fits calibrators, and measures them on problems that they have not seen."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from random import Random

from engine.domain.canonical import canonical_bytes, digest
from engine.domain.errors import CalibrationError
from engine.verify.calibrator import Calibrator, CalibratorKind, Curve, Fitting
from engine.verify.feature import Feature, count_samples
from engine.verify.isotonic import IsotonicCurve, fit_isotonic
from engine.verify.log_odds import to_probability
from engine.verify.logistic import fit_logistic
from engine.verify.quality import N_RESAMPLES, Forecast, measure_quality
from engine.verify.selective import find_threshold, find_thresholds

MIN_PROBLEMS = 50
N_FOLDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One decision whose answer was graded.

    Attributes:
        problem: Which problem: all rows of one stay on one side of every split.
        features: What was known of the standing.
        is_right: Whether the answer was right.
    """

    problem: str
    features: Mapping[Feature, float]
    is_right: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FitPlan:
    """What to fit.

    Attributes:
        name: What to call the calibrator.
        kind: Which curve.
        features: What it takes; all of them must be known of every row.
        model_fingerprint: Whose answers the rows are.
        algorithms: Strategies that gave them.
        target_error: Largest share of wrong answers among those to stand by.
        ridge: Strength of Platt scaling's penalty.
        seed: Of the bootstrap.
        n_resamples: How many.
    """

    name: str
    kind: CalibratorKind = CalibratorKind.PLATT
    features: tuple[Feature, ...] = (Feature.VOTE_SHARE, Feature.MARGIN, Feature.LOG_N)
    model_fingerprint: str
    algorithms: tuple[str, ...] = ()
    target_error: float = 0.1
    ridge: float = 1.0
    seed: int = 0
    n_resamples: int = N_RESAMPLES


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """One way to hold rows out.

    Attributes:
        seen: To fit on.
        unseen: To measure on.
    """

    seen: tuple[Row, ...]
    unseen: tuple[Row, ...]


def fit_calibrator(rows: Sequence[Row], plan: FitPlan) -> Calibrator:
    """Fit a curve to all rows, and measure the recipe by cross-fitting.

    For the measurement the problems are split into five parts by their names; the rows of each
    part are judged by a curve fitted to the other four. The threshold comes from these
    probabilities too; that of an isotonic curve, from the order of its one feature, which needs no
    fit. (Curves of five parts do not compare at the top: the part with most errors has the curve
    with fewest.)

    Raises:
        CalibrationError: When the rows are too few, all right or all wrong, or lack a feature.
    """
    _check(rows, plan)
    held_out = _cross_fit(rows, plan)
    curve = _fit_curve(rows, plan)
    return Calibrator(
        name=plan.name,
        features=plan.features,
        curve=curve,
        min_confidence=(
            _find_isotonic_threshold(rows, plan, curve)
            if isinstance(curve, IsotonicCurve)
            else find_threshold(held_out, target_error=plan.target_error)
        ),
        fitting=Fitting(
            data_digest=compute_digest(rows),
            n_rows=len(rows),
            n_problems=len({row.problem for row in rows}),
            n_right=sum(row.is_right for row in rows),
            model_fingerprint=plan.model_fingerprint,
            algorithms=plan.algorithms,
            sample_range=_find_range(rows),
            before=measure_quality(
                [_forecast(row, guess_raw(row)) for row in rows],
                Random(plan.seed),  # noqa: S311 - a reproducible bootstrap, no secret
                n_resamples=plan.n_resamples,
            ),
            after=measure_quality(
                held_out,
                Random(plan.seed),  # noqa: S311 - the same resamples as above
                n_resamples=plan.n_resamples,
            ),
        ),
    )


def guess_raw(row: Row) -> float:
    """Return the probability that would be read off a row without any calibrator.

    A verifier's mean score where there is one, else the vote share.
    """
    if Feature.LOG_ODDS in row.features:
        return to_probability(row.features[Feature.LOG_ODDS])
    return row.features.get(Feature.VOTE_SHARE, 0.5)


def compute_digest(rows: Sequence[Row]) -> str:
    """Return the SHA-256 of the rows, in whatever order they come."""
    lines = sorted(
        canonical_bytes(
            {
                "problem": row.problem,
                "features": {name.value: value for name, value in row.features.items()},
                "is_right": row.is_right,
            }
        )
        for row in rows
    )
    return digest(b"\n".join(lines))


def split_folds(rows: Sequence[Row]) -> tuple[Fold, ...]:
    """Return five ways to hold rows out; the rows of a problem are always held out together."""
    folds = [
        Fold(
            seen=tuple(row for row in rows if _fold_of(row.problem) != number),
            unseen=tuple(row for row in rows if _fold_of(row.problem) == number),
        )
        for number in range(N_FOLDS)
    ]
    return tuple(fold for fold in folds if fold.unseen)


def _find_range(rows: Sequence[Row]) -> tuple[int, int] | None:
    counts = [count_samples(row.features) for row in rows if Feature.LOG_N in row.features]
    return (min(counts), max(counts)) if counts else None


def _check(rows: Sequence[Row], plan: FitPlan) -> None:
    n_problems = len({row.problem for row in rows})
    if n_problems < MIN_PROBLEMS:
        raise CalibrationError(
            f"the rows are of too few problems ({n_problems}); a fit needs {MIN_PROBLEMS}"
        )
    if len({row.is_right for row in rows}) == 1:
        raise CalibrationError("all answers are right, or all are wrong: nothing can be fitted")
    if plan.kind is CalibratorKind.ISOTONIC and len(plan.features) != 1:
        raise CalibrationError("an isotonic curve takes one feature; name one")
    if not plan.features:
        raise CalibrationError("name at least one feature")
    for row in rows:
        bad = [f.value for f in plan.features if not math.isfinite(row.features.get(f, math.nan))]
        if bad:
            raise CalibrationError(
                f"a row of problem {row.problem!r} lacks {', '.join(bad)}: "
                "leave the feature out, or the row"
            )


def _find_isotonic_threshold(
    rows: Sequence[Row], plan: FitPlan, curve: IsotonicCurve
) -> float | None:
    """The least confidence of a proved score, where no score below it has the same confidence."""
    (feature,) = plan.features
    scores = [_forecast(row, row.features[feature]) for row in rows]
    proved = find_thresholds(scores, target_error=plan.target_error)
    levels = sorted({row.features[feature] for row in rows})
    at = [curve.at((level,)) for level in levels]
    apart = [level for i, level in enumerate(levels) if not i or at[i] > at[i - 1]]
    return min((curve.at((level,)) for level in apart if level in proved), default=None)


def _cross_fit(rows: Sequence[Row], plan: FitPlan) -> list[Forecast]:
    held_out: list[Forecast] = []
    for fold in split_folds(rows):
        curve = _fit_curve(fold.seen, plan)
        held_out += [
            _forecast(row, curve.at(_list_values(row, plan.features))) for row in fold.unseen
        ]
    return held_out


def _fit_curve(rows: Sequence[Row], plan: FitPlan) -> Curve:
    inputs = [_list_values(row, plan.features) for row in rows]
    is_right = [row.is_right for row in rows]
    if plan.kind is CalibratorKind.ISOTONIC:
        return fit_isotonic([values[0] for values in inputs], is_right)
    return fit_logistic(inputs, is_right, ridge=plan.ridge)


def _list_values(row: Row, features: Sequence[Feature]) -> list[float]:
    return [row.features[feature] for feature in features]


def _forecast(row: Row, probability: float) -> Forecast:
    return Forecast(problem=row.problem, probability=probability, rate=float(row.is_right))


def _fold_of(problem: str) -> int:
    """Return the part that a problem belongs to: its name alone decides, whatever the rows."""
    return int.from_bytes(blake2b(problem.encode(), digest_size=8).digest(), "big") % N_FOLDS
