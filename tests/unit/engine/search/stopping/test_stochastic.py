"""Stochastic curtailment predicts the full vote."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.search.stopping.poll import Poll
from engine.search.stopping.race import count_race
from engine.search.stopping.stochastic import Stochastic, doubt_race


def _log_ways(*parts):
    return sum(math.lgamma(part) for part in parts)


def _chance(alphas, further):
    """Return the probability of these further counts under the posterior."""
    n_more = sum(further)
    grown = [a + n for a, n in zip(alphas, further, strict=True)]
    ways = math.lgamma(n_more + 1) - _log_ways(*(n + 1 for n in further))
    rise = _log_ways(*grown) - _log_ways(*alphas)
    return math.exp(ways + rise + math.lgamma(sum(alphas)) - math.lgamma(sum(alphas) + n_more))


def _doubt_by_listing(n_lead, n_rival, n_others, *, n_left, n_margin):
    return sum(
        _chance((n_lead + 1, n_rival + 1, n_others + 1), (one, two, n_left - one - two))
        for one in range(n_left + 1)
        for two in range(n_left + 1 - one)
        if n_rival + two >= n_lead + one + n_margin
    )


@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 6), st.integers(0, 14))
def test_two_answers_match_a_listing_of_all_ends(n_first, n_second, n_abstained, n_left):
    names = ["a"] * n_first + ["b"] * n_second + [None] * n_abstained
    n_lead, n_rival = max(n_first, n_second), min(n_first, n_second)
    # "b" leads only where it has more votes, and "a" would then win a tie.
    n_margin = 0 if n_second > n_first else 1
    expected = _doubt_by_listing(n_lead, n_rival, n_abstained, n_left=n_left, n_margin=n_margin)
    expected += _doubt_by_listing(n_lead, 0, n_rival + n_abstained, n_left=n_left, n_margin=1)

    assert doubt_race(count_race(names, n_left)) == pytest.approx(expected, rel=1e-9, abs=1e-12)


@given(st.lists(st.sampled_from(["a", "b", "c", None]), min_size=1, max_size=14))
def test_a_race_that_is_over_leaves_no_doubt(names):
    race = count_race(names, 3)
    if race.is_over:
        assert doubt_race(race) == pytest.approx(0, abs=1e-12)


@given(st.integers(1, 20), st.integers(0, 20), st.integers(1, 40))
def test_a_vote_for_the_leader_lowers_the_doubt(n_lead, n_second, n_left):
    race = count_race(["a"] * (n_lead + n_second) + ["b"] * n_second, n_left)

    assert doubt_race(race.grown(1)) <= doubt_race(race) + 1e-12


def test_fewer_samples_to_come_stop_it_sooner():
    names = ("a", "b", "a", "a", "b", "a")
    rule = Stochastic(risk=0.1)
    near, far = (Poll(names=names, votes=(), n_left=n_left) for n_left in (4, 40))

    assert rule.rule_on(near).is_settled
    assert not rule.rule_on(far).is_settled


def test_a_long_vote_keeps_its_figures():
    race = count_race(["a", "b"] * 20 + ["a", "a"], 982)

    assert 0.3 < doubt_race(race) < 0.5


def test_it_says_how_likely_a_change_is():
    ruling = Stochastic(risk=0.05).rule_on(Poll(names=("a",) * 3, votes=(), n_left=29))

    assert ruling.reason == "29 left would change it with probability 0.044"
