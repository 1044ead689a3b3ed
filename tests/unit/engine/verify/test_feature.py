"""What is unknown of a standing is absent from its features."""

from __future__ import annotations

import math

import pytest

from engine.verify.feature import Feature, read_features
from tests.unit.engine.verify.builders import standing, supported


def test_the_share_counts_abstentions():
    assert read_features(standing({"72": 3}, n_ended=4))[Feature.VOTE_SHARE] == 0.75


def test_the_margin_is_the_lead_over_the_runner_up():
    assert read_features(standing({"72": 3, "7": 1}))[Feature.MARGIN] == 0.5


def test_a_leader_by_weight_that_has_fewer_votes_has_no_margin():
    assert read_features(standing({"72": 1, "7": 3}))[Feature.MARGIN] == 0


def test_the_number_of_samples_is_on_a_logarithmic_scale():
    assert read_features(standing({"72": 7}))[Feature.LOG_N] == pytest.approx(math.log(8))


def test_without_an_answer_nothing_is_known():
    assert read_features(standing({}, n_ended=3)) == {}


def test_an_unscored_answer_has_no_log_odds():
    features = read_features(supported({"72": 2}))
    assert not {Feature.LOG_ODDS, Feature.TAIL} & features.keys()


def test_a_scored_answer_has_log_odds():
    features = read_features(supported({"72": 2}, n_scored=1, mean_score=0.75))
    assert features[Feature.LOG_ODDS] == pytest.approx(math.log(3))


def test_a_score_of_one_has_finite_log_odds():
    features = read_features(supported({"72": 2}, n_scored=1, mean_score=1.0))
    assert features[Feature.LOG_ODDS] == 8.0


def test_execution_is_zero_or_one():
    programs = [read_features(supported({"72": 2}, n_programs=n)) for n in (0, 2)]
    assert [features[Feature.EXECUTED] for features in programs] == [0.0, 1.0]


def test_the_tail_is_passed_on():
    assert read_features(supported({"72": 1}, mean_tail=1.5))[Feature.TAIL] == 1.5
