"""Scores of paths lie in [0, 1], and what could not be judged is worth one half."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.aggregation import Aggregation
from engine.domain.outcome import Likelihood, Outcome, OutcomeStatus
from engine.domain.verdict import Verdict
from engine.search.scoring import (
    LARGEST_LOG_ODDS,
    UNJUDGED,
    read_score,
    score_likelihood,
    score_path,
    to_log_odds,
)

SCORES = st.lists(st.none() | st.floats(0, 1), max_size=6)


@pytest.mark.parametrize("how", list(Aggregation), ids=str)
@given(scores=SCORES)
def test_the_score_of_a_path_is_a_probability(how, scores):
    assert 0 <= score_path(scores, how) <= 1 + 1e-9


@pytest.mark.parametrize("how", list(Aggregation), ids=str)
def test_a_path_that_nobody_judged_is_worth_one_half(how):
    assert score_path([None, None], how) == UNJUDGED


def test_a_step_that_could_not_be_judged_is_passed_over():
    assert score_path([0.9, None], Aggregation.LAST) == 0.9


def test_likelihoods_are_averaged_over_tokens():
    long, short = (
        Likelihood(mean_logprob=math.log(p), n_tokens=n) for p, n in [(0.5, 3), (0.25, 1)]
    )

    assert score_likelihood(long, short) == pytest.approx((0.5**3 * 0.25) ** (1 / 4))


def test_texts_without_logprobs_have_no_likelihood():
    assert score_likelihood(None, Likelihood(mean_logprob=0.0, n_tokens=0)) is None


@given(score=st.floats(0, 1))
def test_log_odds_are_bounded_and_odd(score):
    assert abs(to_log_odds(score)) <= LARGEST_LOG_ODDS + 1e-9
    assert to_log_odds(1 - score) == pytest.approx(-to_log_odds(score), abs=1e-6)


@pytest.mark.parametrize(
    "status", [s for s in OutcomeStatus if s is not OutcomeStatus.COMPLETE], ids=str
)
def test_a_judge_that_broke_off_has_said_nothing(status):
    assert read_score(Outcome(trial_id="t", status=status, reason="x", score=1.0)) is None


@pytest.mark.parametrize(
    ("verdict", "score"),
    [(Verdict.RIGHT, 1.0), (Verdict.WRONG, 0.0), (Verdict.UNCHECKED, None), (None, None)],
    ids=str,
)
def test_a_verdict_without_a_score_is_a_sure_score(verdict, score):
    judged = Outcome(trial_id="t", status=OutcomeStatus.COMPLETE, reason="scored", verdict=verdict)

    assert read_score(judged) == score
