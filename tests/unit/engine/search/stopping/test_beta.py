"""The Beta rule computes what the paper says."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.search.stopping.beta import Beta, count_tail, doubt_lead
from engine.search.stopping.poll import Poll


@pytest.mark.parametrize(
    ("n_lead", "n_second", "odds"),
    [(3, 0, 0.9375), (4, 0, 0.96875), (5, 1, 0.9375), (6, 1, 0.96484375), (2, 2, 0.5)],
    ids=str,
)
def test_known_counts_give_known_odds(n_lead, n_second, odds):
    assert 1 - doubt_lead(n_lead, n_second) == odds


@given(st.integers(0, 20), st.integers(0, 20))
def test_the_odds_are_the_integral_of_the_posterior(n_lead, n_second):
    density = math.gamma(n_lead + n_second + 2) / math.gamma(n_lead + 1) / math.gamma(n_second + 1)
    n_steps = 2000
    below = sum(
        x**n_lead * (1 - x) ** n_second for x in ((i + 0.5) / n_steps / 2 for i in range(n_steps))
    )

    assert doubt_lead(n_lead, n_second) == pytest.approx(
        density * below / n_steps / 2, rel=1e-4, abs=1e-9
    )


@given(st.integers(0, 600), st.integers(0, 600))
def test_two_classes_share_all_the_odds(n_one, n_other):
    assert doubt_lead(n_one, n_other) + doubt_lead(n_other, n_one) == pytest.approx(1)


@given(st.integers(0, 60), st.integers(0, 60))
def test_votes_for_the_leader_lower_the_doubt(n_lead, n_second):
    doubt = doubt_lead(n_lead, n_second)

    assert doubt_lead(n_lead + 1, n_second) <= doubt
    assert doubt_lead(n_lead, n_second + 1) >= doubt
    # Beyond fifty votes in arrears the doubt is 1 to the last bit, and cannot grow.
    if n_second - n_lead < 40:
        assert doubt_lead(n_lead + 1, n_second) < doubt
        assert doubt_lead(n_lead, n_second + 1) > doubt


@pytest.mark.parametrize("n_tosses", range(9))
def test_the_tail_counts_sequences(n_tosses):
    counts = [math.comb(n_tosses, k) for k in range(n_tosses + 1)]

    assert [count_tail(n_tosses, k) for k in range(n_tosses + 1)] == [
        sum(counts[: k + 1]) for k in range(n_tosses + 1)
    ]
    assert count_tail(n_tosses, n_tosses + 3) == 2**n_tosses


@pytest.mark.parametrize(("risk", "n_alike"), [(0.05, 4), (0.01, 6)], ids=str)
def test_votes_that_agree_stop_it(risk, n_alike):
    rule = Beta(risk=risk)

    assert rule.rule_on(Poll(names=(), votes=(), n_left=40)).n_needed == n_alike
    assert rule.rule_on(Poll(names=("a",) * n_alike, votes=(), n_left=36)).is_settled


def test_it_says_how_sure_it_is():
    ruling = Beta(risk=0.05).rule_on(Poll(names=("a",) * 4, votes=(), n_left=36))

    assert ruling.reason == "it leads with probability 0.969"


def test_a_winner_that_cannot_change_needs_no_odds():
    names = ("a", "b") * 4 + ("a", "a")
    ruling = Beta(risk=0.05).rule_on(Poll(names=names, votes=(), n_left=2))

    assert ruling.is_settled
    assert ruling.reason == "2 left, too few to change it"
