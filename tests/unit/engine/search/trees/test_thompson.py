"""Draws repeat, and follow the distributions they are named after."""

from __future__ import annotations

import itertools
import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.problem import Problem
from engine.search.trees.thompson import (
    Belief,
    Occasion,
    Rewards,
    draw_gamma,
    draw_normal,
    draw_reward,
)

N_DRAWS = 4000


def _uniforms(n_drawn=0, arm="a", **identity):
    problem = Problem(text="?", **identity)
    return Occasion(problem=problem, place="p", n_drawn=n_drawn).uniforms(arm)


def _draws(draw):
    return [draw(_uniforms(number)) for number in range(N_DRAWS)]


def test_the_same_occasion_draws_the_same():
    one, other = _uniforms(), _uniforms()

    assert list(itertools.islice(one, 5)) == list(itertools.islice(other, 5))


@pytest.mark.parametrize(
    "options", [{"n_drawn": 1}, {"arm": "b"}, {"seed": 1}, {"root_search_id": "r"}], ids=str
)
def test_another_occasion_draws_something_else(options):
    assert next(_uniforms(**options)) != next(_uniforms())


@pytest.mark.parametrize("shape", [0.5, 1.0, 3.5], ids=str)
def test_gamma_has_its_mean_and_variance(shape):
    draws = _draws(lambda uniforms: draw_gamma(shape, uniforms))

    assert statistics.fmean(draws) == pytest.approx(shape, rel=0.1)
    assert statistics.variance(draws) == pytest.approx(shape, rel=0.2)


def test_normal_has_its_mean_and_variance():
    draws = _draws(draw_normal)

    assert statistics.fmean(draws) == pytest.approx(0, abs=0.06)
    assert statistics.variance(draws) == pytest.approx(1, rel=0.1)


def test_the_beta_belief_has_the_posterior_mean():
    seen = Rewards.of([0.9, 0.7, 1.0])
    draws = _draws(lambda uniforms: draw_reward(Belief.BETA, seen, uniforms))

    # a = 0.5 + 2.6, b = 0.5 + 0.4.
    assert statistics.fmean(draws) == pytest.approx(3.1 / 4, abs=0.02)
    assert statistics.variance(draws) == pytest.approx(3.1 * 0.9 / (16 * 5), rel=0.2)


def test_the_gaussian_belief_has_the_posterior_median():
    seen = Rewards.of([0.9, 0.7, 0.8])
    draws = _draws(lambda uniforms: draw_reward(Belief.GAUSSIAN, seen, uniforms))

    # m = 2.4 / (1 + 3); it has heavy tails, so the median tells more than the mean.
    assert statistics.median(draws) == pytest.approx(0.6, abs=0.02)


@pytest.mark.parametrize("belief", list(Belief), ids=str)
def test_more_evidence_narrows_a_belief(belief):
    few, many = (
        _draws(lambda uniforms, n=n: draw_reward(belief, Rewards.of([0.4, 0.6] * n), uniforms))
        for n in (1, 50)
    )

    assert _spread(many) < _spread(few) / 2


def _spread(draws):
    quarters = statistics.quantiles(draws, n=4)
    return quarters[2] - quarters[0]


@given(st.lists(st.floats(0, 1), max_size=20), st.sampled_from(list(Belief)), st.integers(0, 99))
def test_any_rewards_can_be_drawn_from(values, belief, n_drawn):
    drawn = draw_reward(belief, Rewards.of(values), _uniforms(n_drawn))

    assert math.isfinite(drawn)
    if belief is Belief.BETA:
        assert 0 <= drawn <= 1
