"""REBASE: exactly the free places are given out, in proportion to the softmax of the scores."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.errors import InvalidInputError
from engine.domain.trial import Work
from engine.search.scoring import Scorer
from engine.search.steps.rebase import Rebase, share_out
from engine.search.steps.search import StepSearch
from engine.search.steps.settings import StepSettings
from tests.unit.engine.search.simulation import play
from tests.unit.engine.search.steps.orchard import Orchard

SCORES = st.lists(st.floats(0, 1), min_size=1, max_size=12).map(
    lambda scores: sorted(scores, reverse=True)
)
PLACES = st.integers(0, 64)
BALANCES = st.floats(0.01, 10)


@given(scores=SCORES, n_places=PLACES, balance=BALANCES)
def test_every_place_is_given_out(scores, n_places, balance):
    assert sum(share_out(scores, n_places, balance)) == n_places


@given(scores=SCORES, n_places=PLACES, balance=BALANCES)
def test_the_best_gets_its_share_rounded_up(scores, n_places, balance):
    total = sum(math.exp((score - scores[0]) / balance) for score in scores)

    assert share_out(scores, n_places, balance)[0] == math.ceil(n_places / total - 1e-9)


@given(n_paths=st.integers(1, 12), n_places=PLACES)
def test_equal_scores_get_equal_shares(n_paths, n_places):
    shares = share_out([0.5] * n_paths, n_places, 0.2)

    assert max(shares) - min(shares) <= 1


def test_shares_follow_the_softmax():
    # exp(0), exp(-2), exp(-4) over their sum: 0.867, 0.117, 0.016 of 32 places.
    assert share_out([0.9, 0.5, 0.1], 32, 0.2) == [28, 4, 0]


def test_nothing_is_given_to_nobody():
    assert share_out([], 5, 0.2) == []


def test_finished_paths_take_their_places_with_them():
    orchard = Orchard(letters="abcd", is_last=lambda word: word == "a" or len(word) == 3)
    steps = StepSettings(width=8, max_steps=6, scorer=Scorer.VERIFIER)
    played = play(StepSearch(growth=Rebase(), steps=steps), orchard)
    levels = [
        sum(trial.depth == depth and trial.work is Work.STEP for trial in played.trials)
        for depth in (1, 2, 3)
    ]

    assert levels == [8, 6, 6]


@pytest.mark.parametrize("balance", [0.0, -1.0, 11.0], ids=str)
def test_a_temperature_out_of_range_is_refused(balance):
    with pytest.raises(InvalidInputError):
        Rebase(balance=balance)
