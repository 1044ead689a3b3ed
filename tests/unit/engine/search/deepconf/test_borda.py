"""Borda voting: a vote weighs by how its certainty ranks, not by how great it is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.errors import InvalidInputError
from engine.domain.outcome import Certainty
from engine.search.certainty import Measure, Weighing, weigh_ranks
from engine.search.deepconf import DeepConf, Mode
from tests.unit.engine.search.simulation import play, vote_for

LEVELS = st.dictionaries(st.integers(0, 99), st.floats(0, 9), min_size=1, max_size=9)


def _elect(said, **settings):
    """Hold the vote of samples that answered so, with so much certainty."""

    def script(trial):
        name, level = said[trial.rank]
        certainty = Certainty(mean=level, tail=0.0, lowest=0.0, bottom_tenth=0.0)
        return replace(vote_for(trial, name), certainty=certainty)

    borda = {"weighing": Weighing.BORDA, "measure": Measure.MEAN, "keep": 1.0, **settings}
    return play(DeepConf(samples=len(said), **borda), script).standing


def test_the_surest_of_n_votes_with_n_to_the_power_and_the_last_with_one():
    assert weigh_ranks({0: 1.0, 1: 9.0, 2: 3.0}, 2.0) == {0: 1.0, 1: 9.0, 2: 4.0}


@given(LEVELS)
def test_without_a_power_all_votes_weigh_alike(levels):
    assert set(weigh_ranks(levels, 0.0).values()) == {1.0}


@given(LEVELS, st.floats(0, 4), st.floats(0.1, 10))
def test_only_the_order_of_certainties_counts(levels, power, factor):
    scaled = {rank: level * factor for rank, level in levels.items()}
    # Scaling may round two that differ to one value; then their order is another.
    if len(set(scaled.values())) == len(set(levels.values())):
        assert weigh_ranks(scaled, power) == weigh_ranks(levels, power)


def test_of_equally_sure_votes_the_first_weighs_more():
    assert weigh_ranks({3: 1.0, 1: 1.0, 2: 1.0}, 1.0) == {1: 3.0, 2: 2.0, 3: 1.0}


def test_one_outlier_of_certainty_does_not_decide_the_vote():
    said = [("a", 2.0), ("a", 1.9), ("b", 99.0), ("a", 1.8)]

    assert _elect(said, weighing=Weighing.CERTAINTY).answer.text == "b"
    assert _elect(said, power=1.0).answer.text == "a"


def test_a_great_power_leaves_the_vote_to_the_surest():
    said = [("a", 1.0), ("a", 1.1), ("b", 3.0)]

    assert _elect(said, power=0.0).answer.text == "a"
    assert _elect(said, power=4.0).answer.text == "b"


def test_a_sample_without_an_answer_has_no_rank():
    votes = _elect([(None, 9.0), ("a", 2.0), ("b", 1.0)], power=1.0).votes

    assert [vote.weight for vote in votes] == [2.0, 1.0]


def test_it_says_that_points_were_counted():
    assert "of the points by rank" in _elect([("a", 1.0), ("b", 2.0)]).why


def test_ranks_need_all_samples():
    with pytest.raises(InvalidInputError, match="needs mode=offline"):
        DeepConf(mode=Mode.ONLINE, weighing=Weighing.BORDA)


@pytest.mark.parametrize("power", [-0.1, 4.1], ids=str)
def test_a_power_out_of_range_is_refused(power):
    with pytest.raises(InvalidInputError, match="power must lie between 0 and 4"):
        DeepConf(power=power)
