"""What the rules promise, on draws; most tests also show a setting that would fail them."""

from __future__ import annotations

import math
from random import Random
from statistics import fmean

import pytest

from engine.search.stopping.catalogue import Stop
from engine.search.stopping.e_process import log_e_value
from scripts.simulate_stopping import (
    MIXTURES,
    N_MIXTURE,
    RIGHT,
    draw_mixed,
    draw_names,
    make_rule,
    play,
)


def _play(stop, risk, questions, *, n_planned, seed=11):
    random = Random(seed)
    rule = make_rule(stop, risk)
    return [play(rule, draw_names(question, n_planned, random)) for question in questions]


def _draw_uniform(n_answers, n_questions, *, seed=5):
    """Return shares from the uniform prior, the likeliest answer first."""
    random = Random(seed)
    for _ in range(n_questions):
        draws = sorted((random.expovariate(1) for _ in range(n_answers)), reverse=True)
        yield tuple(draw / sum(draws) for draw in draws)


def _exceeds(errors, rate):
    """Whether errors are more frequent than `rate`, by over three standard errors."""
    allowed = len(errors) * rate + 3 * math.sqrt(len(errors) * rate * (1 - rate))
    return sum(errors) > allowed


@pytest.mark.parametrize(
    ("stop", "n_answers"), [(Stop.BETA, 2), (Stop.DIRICHLET, 3)], ids=["beta", "dirichlet"]
)
def test_over_the_prior_a_posterior_rule_keeps_its_risk(stop, n_answers):
    def err(risk):
        plays = _play(stop, risk, _draw_uniform(n_answers, 600), n_planned=64)
        return [p.winner != RIGHT for p in plays if p.is_open]

    assert not _exceeds(err(0.05), 0.05)
    assert _exceeds(err(0.4), 0.05)


@pytest.mark.parametrize("stop", [Stop.BETA, Stop.DIRICHLET], ids=str)
def test_a_posterior_rule_seldom_differs_from_the_full_vote(stop):
    plays = _play(stop, 0.05, [(0.7, 0.2, 0.1)] * 400, n_planned=64)

    assert fmean(p.winner != p.full_winner for p in plays) <= 0.01


def test_a_posterior_rule_gives_no_guarantee_between_near_equals():
    # The reason why a certificate is a rule of its own.
    plays = _play(Stop.BETA, 0.05, [(0.34, 0.33, 0.33)] * 200, n_planned=128)

    assert fmean(p.is_open and p.winner != RIGHT for p in plays) > 0.05


@pytest.mark.parametrize("delta", [0.02, 0.1], ids=str)
def test_over_the_prior_the_full_vote_differs_at_most_as_often_as_promised(delta):
    plays = _play(Stop.STOCHASTIC, delta, _draw_uniform(3, 800), n_planned=32)
    exact = _play(Stop.EXACT, 0.1, _draw_uniform(3, 800), n_planned=32)

    assert not _exceeds([p.winner != p.full_winner for p in plays], delta)
    assert fmean(p.n_drawn for p in plays) < 0.75 * fmean(p.n_drawn for p in exact)


def test_the_exact_rule_never_differs_from_the_full_vote():
    plays = _play(Stop.EXACT, 0.05, _draw_uniform(3, 400), n_planned=32)

    assert all(p.winner == p.full_winner for p in plays)
    assert fmean(p.n_drawn for p in plays) < 32


@pytest.mark.parametrize("shares", [(0.5, 0.5), (0.4, 0.4, 0.2)], ids=str)
def test_equals_are_certified_no_more_often_than_the_bound(shares):
    certified = _play(Stop.CERTIFICATE, 0.1, [shares] * 200, n_planned=128)
    believed = _play(Stop.BETA, 0.1, [shares] * 200, n_planned=128)

    assert fmean(p.is_certified for p in certified) <= 0.1
    assert fmean(p.is_open for p in believed) > 0.1


def test_a_fixed_target_is_seldom_certified_at_any_moment():
    random, n_runs, eps = Random(3), 1000, 0.1
    n_certified = n_fooled = 0
    for _ in range(n_runs):
        n_for, n_against, best = 0, 0, 0.0
        for name in draw_names((0.5, 0.5), 200, random):
            n_for, n_against = n_for + (name == RIGHT), n_against + (name != RIGHT)
            best = max(best, log_e_value(n_for, n_against))
        n_certified += best >= -math.log(eps)
        n_fooled += best >= -math.log(3 * eps)

    # The second figure shows that the first is no accident of a bet that never pays.
    assert n_certified / n_runs <= eps < n_fooled / n_runs


def test_a_clear_mode_is_certified():
    plays = _play(Stop.CERTIFICATE, 0.05, [(0.9, 0.05, 0.05)] * 200, n_planned=64)

    assert fmean(p.is_certified for p in plays) > 0.97
    assert fmean(p.n_drawn for p in plays) < 16


@pytest.mark.parametrize(
    ("stop", "risk", "mixture"),
    [
        (Stop.BETA, 0.05, MIXTURES[0]),
        (Stop.DIRICHLET, 0.05, MIXTURES[0]),
        (Stop.STOCHASTIC, 0.05, MIXTURES[0]),
        (Stop.STOCHASTIC, 0.05, MIXTURES[1]),
    ],
    ids=str,
)
def test_a_third_of_the_samples_comes_within_a_point_of_the_full_vote(stop, risk, mixture):
    random = Random(2)
    questions = [draw_mixed(*mixture, random) for _ in range(1000)]
    plays = _play(stop, risk, questions, n_planned=N_MIXTURE)

    assert fmean(p.n_drawn for p in plays) <= N_MIXTURE / 3
    assert abs(fmean(p.gain for p in plays)) <= 0.01
