"""The figures agree with their definitions on cases that can be reckoned by hand."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.errors import CalibrationError
from engine.verify.quality import (
    Forecast,
    Quality,
    compute_aurc,
    compute_brier,
    compute_ece,
    list_risks,
    measure_quality,
)
from engine.verify.selective import compute_binomial_tail, find_threshold

PAIRS = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=80)


def forecasts(*pairs):
    return [
        Forecast(problem=f"p{i}", probability=p, rate=float(right))
        for i, (p, right) in enumerate(pairs)
    ]


def test_calibrated_probabilities_have_no_error():
    rows = forecasts(*[(0.5, True), (0.5, False)] * 30)
    assert compute_ece(rows) == pytest.approx(0)


def test_the_error_is_the_gap_between_claim_and_rate():
    rows = forecasts(*[(0.9, True), (0.9, False)] * 30)
    assert compute_ece(rows) == pytest.approx(0.4)


def test_a_gap_on_each_side_does_not_cancel():
    rows = forecasts(*[(0.3, True)] * 28, *[(0.7, False)] * 32)
    assert compute_ece(rows) == pytest.approx(0.7)


def test_the_brier_score_is_the_mean_squared_error():
    assert compute_brier(forecasts((0.8, True), (0.4, False))) == pytest.approx(0.1)


def test_a_perfect_order_has_the_least_area():
    # Three right ones first, then one wrong: risks 0, 0, 0, 1/4.
    rows = forecasts((0.9, True), (0.8, True), (0.7, True), (0.1, False))
    assert compute_aurc(rows) == pytest.approx(1 / 16)


def test_without_an_order_the_area_is_the_share_of_errors():
    rows = forecasts(*[(0.5, True), (0.5, False)] * 10)
    assert compute_aurc(rows) == pytest.approx(0.5)


@given(PAIRS, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(pairs, rng):
    rows = forecasts(*pairs)
    mixed = rng.sample(rows, len(rows))
    for compute in (compute_ece, compute_brier, compute_aurc):
        assert compute(mixed) == pytest.approx(compute(rows))


@given(PAIRS)
def test_every_figure_lies_between_zero_and_one(pairs):
    quality = measure_quality(forecasts(*pairs), Random(1), n_resamples=20)
    for figure in (quality.ece, quality.brier, quality.aurc):
        assert -1e-9 <= figure.low <= figure.high <= 1 + 1e-9


def test_the_interval_of_many_rows_holds_the_figure():
    rows = forecasts(*[(0.8, i % 5 != 0) for i in range(400)])
    brier = measure_quality(rows, Random(1)).brier
    assert brier.low < brier.value < brier.high
    assert brier.high - brier.low < 0.08


def test_rows_of_one_problem_are_resampled_together():
    alone = [Forecast(problem="p", probability=0.8, rate=r) for r in (1.0, 0.0)]
    quality = measure_quality(alone, Random(1), n_resamples=50)
    assert quality.brier.low == quality.brier.high


def test_figures_survive_json():
    quality = measure_quality(forecasts((0.8, True), (0.4, False)), Random(1))
    assert Quality.from_data(quality.to_data()) == quality


def test_nothing_can_be_measured_on_nothing():
    with pytest.raises(CalibrationError):
        measure_quality([], Random(1))


def test_risks_rise_with_what_is_let_through():
    points = list_risks(forecasts((0.9, True), (0.5, True), (0.5, False), (0.1, False)))
    assert [(p.threshold, p.coverage, p.risk) for p in points] == [
        (0.9, 0.25, 0.0),
        (0.5, 0.75, pytest.approx(1 / 3)),
        (0.1, 1.0, 0.5),
    ]


def test_the_binomial_tail_is_exact():
    assert compute_binomial_tail(4, 1, 0.5) == pytest.approx(5 / 16)
    assert compute_binomial_tail(10, 10, 0.3) == pytest.approx(1)


def test_a_threshold_lets_through_what_it_can_answer_for():
    rows = forecasts(*[(0.9, True)] * 100, *[(0.2, False)] * 100)
    assert find_threshold(rows, target_error=0.1) == 0.9


def test_too_few_rows_prove_no_threshold():
    assert find_threshold(forecasts(*[(0.9, True)] * 20), target_error=0.1) is None


def test_a_wrong_answer_among_the_surest_does_not_end_the_search():
    # Of the first 30 two are wrong, which alone would prove nothing; of all 300 far fewer are.
    surest = [(0.99, i not in (3, 17)) for i in range(30)]
    rows = forecasts(*surest, *[(0.9, i % 50 != 0) for i in range(270)], *[(0.2, False)] * 100)
    assert find_threshold(rows, target_error=0.1) == 0.9


def test_a_spotless_record_of_few_rows_is_proof():
    assert find_threshold(forecasts(*[(0.9, True)] * 36), target_error=0.1) == 0.9


def test_a_poor_order_proves_no_threshold():
    rows = forecasts(*[(0.9, i % 2 == 0) for i in range(200)])
    assert find_threshold(rows, target_error=0.1) is None


def test_the_promise_is_broken_no_more_often_than_stated():
    # Right as often as claimed: every threshold below 0.9 breaks the promise of 10 % errors.
    rng = Random(3)
    n_broken = 0
    for _ in range(300):
        pairs = [(p, rng.random() < p) for p in (rng.uniform(0.5, 0.9) for _ in range(200))]
        n_broken += find_threshold(forecasts(*pairs), target_error=0.1) is not None
    assert n_broken <= 300 * 0.05 + 3 * (300 * 0.05 * 0.95) ** 0.5


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1])
def test_a_target_that_is_no_share_is_refused(share):
    with pytest.raises(CalibrationError):
        find_threshold(forecasts((0.9, True)), target_error=share)
