"""The Dirichlet rule integrates the posterior."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.search.stopping.beta import doubt_lead
from engine.search.stopping.dirichlet import Dirichlet, doubt_mode
from engine.search.stopping.poll import Poll

RIVALS = st.lists(st.integers(0, 30), max_size=5).map(lambda counts: tuple(sorted(counts)[::-1]))


@given(st.integers(0, 500))
def test_without_a_named_rival_it_equals_the_beta_form(n_lead):
    assert doubt_mode(n_lead, ()) == pytest.approx(doubt_lead(n_lead, 0), abs=1e-11)


@given(st.integers(0, 40), RIVALS)
def test_it_never_doubts_less_than_the_beta_form(n_ahead, rivals):
    second = max(rivals, default=0)
    n_lead = second + n_ahead

    assert doubt_mode(n_lead, rivals) >= doubt_lead(n_lead, second) - 1e-11


@given(st.integers(0, 40), st.integers(0, 6))
def test_equals_share_what_the_unseen_leave(n_votes, n_rivals):
    odds = 1 - doubt_mode(n_votes, (n_votes,) * n_rivals)
    without_votes = 1 - doubt_mode(0, (0,) * n_rivals)

    assert odds <= 1 / (n_rivals + 1) + 1e-9
    assert odds >= without_votes - 1e-9
    assert without_votes == pytest.approx(1 / (n_rivals + 2))


@pytest.mark.parametrize(
    ("n_lead", "rivals"), [(5, (3, 2)), (20, (15, 10, 1, 1)), (1, (1, 1, 1, 1))], ids=str
)
def test_it_agrees_with_draws_from_the_posterior(n_lead, rivals):
    draw, n_draws = random.Random(7), 20_000
    n_won = sum(
        draw.gammavariate(n_lead + 1, 1) > max(draw.gammavariate(n + 1, 1) for n in (*rivals, 0))
        for _ in range(n_draws)
    )

    # Five standard errors of a frequency near one half.
    assert 1 - doubt_mode(n_lead, rivals) == pytest.approx(n_won / n_draws, abs=0.018)


def test_more_rivals_need_more_votes():
    two = Poll(names=("a", "b"), votes=(), n_left=38)
    many = Poll(names=("a", "b", "c", "d", "e"), votes=(), n_left=35)
    rule = Dirichlet(risk=0.05)

    assert rule.rule_on(many).n_needed > rule.rule_on(two).n_needed


def test_it_says_how_sure_it_is():
    ruling = Dirichlet(risk=0.05).rule_on(Poll(names=("a",) * 4, votes=(), n_left=36))

    assert ruling.reason == "it is the most frequent with probability 0.969"
