from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.statistics import bootstrap_mean, mcnemar_exact


@pytest.mark.parametrize(
    ("first", "second", "p"),
    [(0, 0, 1.0), (5, 5, 1.0), (0, 5, 0.0625), (1, 9, 22 / 1024), (0, 10, 2 / 1024)],
    ids=["no-pair", "even", "five", "one-of-ten", "ten"],
)
def test_mcnemar_agrees_with_the_binomial_by_hand(first, second, p):
    assert mcnemar_exact(first, second) == pytest.approx(p)


@given(first=st.integers(0, 60), second=st.integers(0, 60))
def test_mcnemar_is_a_symmetric_probability(first, second):
    p = mcnemar_exact(first, second)

    assert 0 < p <= 1
    assert p == mcnemar_exact(second, first)


def test_mcnemar_refuses_counts_below_zero():
    with pytest.raises(ValueError, match="at least 0"):
        mcnemar_exact(-1, 2)


@given(values=st.lists(st.sampled_from([-1.0, 0.0, 1.0]), min_size=1, max_size=20))
def test_a_bootstrap_interval_is_ordered_and_within_the_values(values):
    found = bootstrap_mean(values, Random(1), resamples=50)

    assert min(values) <= found.low <= found.high <= max(values)
    assert found.mean == pytest.approx(sum(values) / len(values))


def test_a_bootstrap_covers_the_mean_it_was_drawn_from():
    values = [float(Random(2).random() < 0.3) for _ in range(1)] + [1.0] * 30 + [0.0] * 69

    found = bootstrap_mean(values, Random(3))

    # 1.96 standard errors of a share of 0.3 among 100 are 0.09.
    assert found.low == pytest.approx(0.21, abs=0.03)
    assert found.high == pytest.approx(0.39, abs=0.03)


def test_a_bootstrap_repeats_itself_for_the_same_seed():
    values = [0.0, 1.0, 1.0, 3.0]

    assert bootstrap_mean(values, Random(4)) == bootstrap_mean(values, Random(4))


def test_a_mean_of_nothing_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        bootstrap_mean([], Random(1))
