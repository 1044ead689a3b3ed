"""The two curves are what their definitions say."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.errors import CalibrationError
from engine.verify.isotonic import IsotonicCurve, fit_isotonic
from engine.verify.logistic import LogisticCurve, fit_logistic

SCORED = st.lists(
    st.tuples(st.floats(0, 1, allow_subnormal=False), st.booleans()), min_size=1, max_size=60
)


@given(SCORED, st.lists(st.floats(-1, 2), min_size=2, max_size=20))
def test_an_isotonic_curve_never_falls(scored, at):
    curve = fit_isotonic(*zip(*scored, strict=True))
    values = [curve.at([score]) for score in sorted(at)]
    assert all(a <= b for a, b in pairwise(values))


@given(SCORED)
def test_an_isotonic_curve_keeps_away_from_certainty(scored):
    curve = fit_isotonic(*zip(*scored, strict=True))
    n = len(scored)
    assert all(1 / (n + 2) <= p <= (n + 1) / (n + 2) for p in curve.probabilities)


def test_violators_are_pooled_to_their_mean():
    # 1 of 1, then 0 of 1, then 1 of 2 fall; they meet at 2 of 4.
    curve = fit_isotonic([0.1, 0.2, 0.3, 0.3, 0.9], [True, False, True, False, True])
    assert curve.at([0.1]) == curve.at([0.25]) == pytest.approx(0.5)


def test_rates_that_rise_are_kept():
    scores = [0.2] * 10 + [0.8] * 10
    curve = fit_isotonic(scores, [True] * 3 + [False] * 7 + [True] * 8 + [False] * 2)
    assert (curve.at([0.2]), curve.at([0.8])) == (pytest.approx(0.3), pytest.approx(0.8))


def test_between_two_blocks_the_curve_is_a_line():
    curve = IsotonicCurve(scores=(0.0, 1.0), probabilities=(0.2, 0.6))
    assert curve.at([0.5]) == pytest.approx(0.4)


def test_beyond_its_ends_a_curve_is_constant():
    curve = IsotonicCurve(scores=(0.2, 0.8), probabilities=(0.3, 0.6))
    assert (curve.at([0.0]), curve.at([1.0])) == (0.3, 0.6)


@pytest.mark.parametrize(
    ("scores", "probabilities"),
    [
        ((), ()),
        ((0.1,), (0.1, 0.2)),
        ((0.1, 0.1), (0.1, 0.2)),
        ((0.1, 0.2), (0.3, 0.2)),
        ((0.1, 0.2), (0.3, 1.2)),
        ((0.1, math.nan), (0.3, 0.4)),
    ],
    ids=["empty", "uneven", "flat", "falling", "above-one", "nan"],
)
def test_what_is_no_isotonic_curve_is_refused(scores, probabilities):
    with pytest.raises(CalibrationError):
        IsotonicCurve(scores=scores, probabilities=probabilities)


def test_a_logistic_fit_recovers_the_rates_of_two_groups():
    rows = [[0.0]] * 1000 + [[1.0]] * 1000
    is_right = [i < 200 for i in range(1000)] + [i < 700 for i in range(1000)]
    curve = fit_logistic(rows, is_right, ridge=1e-6)
    assert (curve.at([0.0]), curve.at([1.0])) == (
        pytest.approx(0.2, abs=0.002),
        pytest.approx(0.7, abs=0.002),
    )


def test_a_separating_feature_leaves_the_weights_finite():
    curve = fit_logistic([[0.0], [1.0]] * 50, [False, True] * 50)
    assert 0.8 < curve.at([1.0]) < 1


def test_a_constant_feature_changes_nothing():
    is_right = [True, False, False, False] * 25
    curve = fit_logistic([[3.7]] * 100, is_right)
    assert curve.at([3.7]) == pytest.approx(26 / 102, abs=0.01)


@given(
    st.lists(st.tuples(st.floats(-5, 5), st.floats(0, 1), st.booleans()), min_size=2, max_size=40)
)
def test_a_logistic_fit_has_no_slope_left(table):
    # Where the penalised likelihood is greatest, the residuals sum to nothing.
    rows, is_right = [list(row[:2]) for row in table], [row[2] for row in table]
    curve = fit_logistic(rows, is_right)
    n_right = sum(is_right)
    high, low = (n_right + 1) / (n_right + 2), 1 / (len(rows) - n_right + 2)
    wanted = math.fsum(high if right else low for right in is_right)
    assert math.fsum(curve.at(row) for row in rows) == pytest.approx(wanted, abs=1e-4)


@pytest.mark.parametrize(
    ("rows", "is_right"),
    [([], []), ([[1.0]], [True, False]), ([[1.0], [1.0, 2.0]], [True, False])],
    ids=["empty", "uneven", "ragged"],
)
def test_rows_that_do_not_fit_together_are_refused(rows, is_right):
    with pytest.raises(CalibrationError):
        fit_logistic(rows, is_right)


def test_scores_without_outcomes_are_refused():
    with pytest.raises(CalibrationError):
        fit_isotonic([0.1], [])


def test_a_weight_that_is_no_number_is_refused():
    with pytest.raises(CalibrationError):
        LogisticCurve(weights=(math.inf,), bias=0.0)
