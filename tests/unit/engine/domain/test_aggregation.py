"""The four ways from step scores to a path's score."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.aggregation import Aggregation, aggregate_scores

SCORES = st.lists(st.floats(0, 1), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        (Aggregation.LAST, 0.8),
        (Aggregation.MIN, 0.5),
        (Aggregation.PRODUCT, 0.36),
        (Aggregation.MEAN, 2.2 / 3),
    ],
    ids=str,
)
def test_a_path_is_scored_by_its_steps(how, expected):
    assert aggregate_scores([0.9, 0.5, 0.8], how) == pytest.approx(expected)


@pytest.mark.parametrize("how", list(Aggregation), ids=lambda how: how.value)
def test_a_path_without_a_step_has_no_score(how):
    assert aggregate_scores([], how) is None


@given(SCORES, st.sampled_from(Aggregation))
def test_a_path_s_score_stays_between_zero_and_one(scores, how):
    assert 0 <= aggregate_scores(scores, how) <= 1


@given(SCORES)
def test_the_product_is_at_most_the_least(scores):
    product, least = (
        aggregate_scores(scores, how) for how in (Aggregation.PRODUCT, Aggregation.MIN)
    )
    assert product <= least
