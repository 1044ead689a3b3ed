"""A calibrator is an artefact: it reads back as it was written, and never guesses."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from engine.domain.errors import CalibrationError
from engine.verify.calibrator import CalibratorKind, read_calibrator
from engine.verify.feature import Feature
from engine.verify.fitting import (
    FitPlan,
    Row,
    compute_digest,
    fit_calibrator,
    guess_raw,
    split_folds,
)
from tests.unit.engine.verify.builders import rows, standing, supported

PLAN = FitPlan(name="share", model_fingerprint="w1", n_resamples=20)
OVERCONFIDENT = rows(800, rate_of=lambda share: share**2)


@pytest.fixture(params=list(CalibratorKind), ids=lambda kind: kind.value)
def calibrator(request):
    features = (Feature.VOTE_SHARE,)
    return fit_calibrator(OVERCONFIDENT, replace(PLAN, kind=request.param, features=features))


def test_it_reads_back_as_it_was_written(calibrator):
    assert read_calibrator(json.loads(json.dumps(calibrator.to_data()))) == calibrator


def test_its_confidence_is_the_rate_of_like_decisions(calibrator):
    half = calibrator.calibrate(standing({"72": 4, "7": 4}))
    assert half.confidence == pytest.approx(0.25, abs=0.05)


def test_the_standing_names_what_gave_the_confidence(calibrator):
    assert calibrator.calibrate(standing({"72": 8})).calibration == calibrator.version


def test_fitting_lowers_the_error_on_unseen_problems(calibrator):
    fitting = calibrator.fitting
    assert fitting.after.ece.value < fitting.before.ece.value / 2
    assert fitting.after.brier.value < fitting.before.brier.value


def test_it_says_what_it_was_fitted_on(calibrator):
    fitting = calibrator.fitting
    assert (fitting.n_rows, fitting.n_problems, fitting.model_fingerprint) == (800, 800, "w1")
    assert fitting.data_digest == compute_digest(OVERCONFIDENT)


def test_without_an_answer_there_is_no_confidence(calibrator):
    unanswered = standing({}, n_ended=4)
    assert calibrator.calibrate(unanswered) == unanswered


def test_an_unknown_feature_gives_no_confidence():
    scored = [
        replace(row, features={**row.features, Feature.LOG_ODDS: row.features[Feature.MARGIN]})
        for row in OVERCONFIDENT
    ]
    calibrator = fit_calibrator(scored, replace(PLAN, features=(Feature.LOG_ODDS,)))
    unscored = supported({"72": 4})
    assert calibrator.calibrate(unscored) == unscored


@pytest.mark.parametrize("n_ended", [1, 12])
def test_more_or_fewer_samples_than_were_fitted_give_no_confidence(calibrator, n_ended):
    beyond = standing({"72": n_ended})
    assert calibrator.calibrate(beyond) == beyond


def test_another_curve_has_another_version(calibrator):
    other = fit_calibrator(
        rows(800), replace(PLAN, kind=calibrator.kind, features=calibrator.features)
    )
    assert other.version != calibrator.version


def test_the_same_rows_give_the_same_calibrator():
    again = fit_calibrator(list(OVERCONFIDENT), PLAN)
    assert again == fit_calibrator(OVERCONFIDENT, PLAN)


def test_the_digest_does_not_depend_on_the_order():
    assert compute_digest(OVERCONFIDENT[::-1]) == compute_digest(OVERCONFIDENT)


def test_the_rows_of_a_problem_are_held_out_together():
    for fold in split_folds(rows(400, per_problem=4)):
        assert not {row.problem for row in fold.seen} & {row.problem for row in fold.unseen}


def test_each_row_is_held_out_once():
    table = rows(400, per_problem=4)
    held_out = [id(row) for fold in split_folds(table) for row in fold.unseen]
    assert sorted(held_out) == sorted(map(id, table))


def test_confidence_below_what_is_proven_has_a_threshold():
    plan = replace(PLAN, features=(Feature.VOTE_SHARE,), target_error=0.2)
    sharp = fit_calibrator(rows(2000, rate_of=lambda share: float(share > 0.6)), plan)
    assert sharp.min_confidence is not None
    assert sharp.predict({Feature.VOTE_SHARE: 0.25}) < sharp.min_confidence
    assert sharp.predict({Feature.VOTE_SHARE: 1.0}) >= sharp.min_confidence


def test_an_isotonic_threshold_does_not_hang_on_who_was_held_out():
    # Unanimous answers are nearly all right, and the wrong ones are of one part: its curve, fitted
    # to the others, is the highest of all.
    surest = [row(f"q{i}", 1.0, is_right=True) for i in range(460)]
    unlucky = {one.problem for one in split_folds(surest)[0].unseen[:16]}
    surest = [replace(one, is_right=one.problem not in unlucky) for one in surest]
    split = [row(f"s{i}", 0.25, is_right=i % 3 == 0) for i in range(300)]
    plan = replace(PLAN, kind=CalibratorKind.ISOTONIC, features=(Feature.VOTE_SHARE,))
    fitted = fit_calibrator([*surest, *split], plan)
    assert fitted.min_confidence == pytest.approx((460 - 16) / 460)
    assert fitted.predict({Feature.VOTE_SHARE: 0.25}) < fitted.min_confidence


def test_a_score_that_shares_its_confidence_with_an_unproved_one_is_no_threshold():
    # Answers of 0.75 alone would pass; the curve cannot tell them from those of 0.5, which do not.
    table = [row(f"a{i}", 1.0, is_right=i >= 3) for i in range(150)]
    table += [row(f"b{i}", 0.75, is_right=i >= 30) for i in range(150)]
    table += [row(f"c{i}", 0.5, is_right=i >= 90) for i in range(500)]
    plan = replace(PLAN, kind=CalibratorKind.ISOTONIC, features=(Feature.VOTE_SHARE,))
    fitted = fit_calibrator(table, replace(plan, target_error=0.15))
    at = {share: fitted.predict({Feature.VOTE_SHARE: share}) for share in (0.5, 0.75, 1.0)}
    assert at[0.5] == at[0.75] < at[1.0] == fitted.min_confidence


def row(problem, share, *, is_right):
    return Row(problem=problem, features={Feature.VOTE_SHARE: share}, is_right=is_right)


def test_the_raw_guess_prefers_a_verifier():
    row = OVERCONFIDENT[3]
    scored = replace(row, features={**row.features, Feature.LOG_ODDS: 0.0})
    assert (guess_raw(row), guess_raw(scored)) == (row.features[Feature.VOTE_SHARE], 0.5)


@pytest.mark.parametrize(
    ("table", "changes"),
    [
        (rows(40), {}),
        ([replace(row, is_right=True) for row in rows(100)], {}),
        (rows(100), {"features": (Feature.LOG_ODDS,)}),
        (rows(100), {"features": ()}),
        (rows(100), {"kind": CalibratorKind.ISOTONIC}),
    ],
    ids=["too-few", "one-sided", "lacks-a-feature", "no-feature", "isotonic-of-three"],
)
def test_what_cannot_be_fitted_is_refused(table, changes):
    with pytest.raises(CalibrationError):
        fit_calibrator(table, replace(PLAN, **changes))


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"features": ["luck"]},
        {"features": ["vote_share", "margin", "log_n", "tail"]},
        {"features": ["vote_share", "vote_share", "vote_share"]},
        {"kind": "oracle"},
        {"parameters": {}},
        {"fitting": None},
    ],
    ids=["format", "unknown-feature", "too-many", "repeated", "kind", "parameters", "fitting"],
)
def test_what_is_no_calibrator_is_refused(change):
    data = fit_calibrator(OVERCONFIDENT, PLAN).to_data()
    with pytest.raises(CalibrationError):
        read_calibrator({**data, **change})
