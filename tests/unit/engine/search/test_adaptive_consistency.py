"""Adaptive-Consistency: the paper's defaults, asked for no faster than they could be needed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.errors import InvalidInputError
from engine.domain.outcome import Opened
from engine.domain.problem import Problem
from engine.search.adaptive_consistency import AdaptiveConsistency
from engine.search.registry import create_algorithm
from engine.search.self_consistency import SelfConsistency
from engine.search.stopping.catalogue import Stop
from engine.search.strategy import Offered
from engine.search.vote import VoteRule
from tests.unit.engine.search.simulation import fail, play, vote_for

PROBLEM = Problem(text="?")


def _script(names):
    return lambda trial: vote_for(trial, names[trial.rank % len(names)])


def test_samples_that_agree_cost_four_of_forty():
    played = play(AdaptiveConsistency(), _script("a"))

    assert len(played.computed) == 4
    assert played.standing.why == "4 of 4 votes agree; it leads with probability 0.969"
    assert played.standing.n_planned == 40


def test_equal_answers_cost_almost_all_of_forty():
    played = play(AdaptiveConsistency(), _script("ab"))

    assert len(played.computed) == 39


@pytest.mark.parametrize("stop", [s for s in Stop if s is not Stop.FULL], ids=str)
def test_free_slots_do_not_raise_what_is_asked(stop):
    algorithm = SelfConsistency(samples=40, stop=stop)
    state = algorithm.start(PROBLEM)
    needed = algorithm.standing(state).n_needed

    assert len(algorithm.ask(state, 1000)) == needed < 40


def test_a_vote_against_raises_what_is_asked():
    algorithm = AdaptiveConsistency()
    state = algorithm.start(PROBLEM)
    first, *others = algorithm.ask(state, 100)
    for trial in (first, *others):
        state = algorithm.tell(state, Opened(trial=trial))
    state = algorithm.tell(state, vote_for(first, "b"))
    assert len(algorithm.ask(state, 100)) == 3

    state = algorithm.tell(state, vote_for(others[0], "a"))
    asked = algorithm.ask(state, 100)

    # 1-1 after two samples: the leader needs five more in a row, and two are still open.
    assert len(asked) == algorithm.standing(state).n_needed == 5


def test_haste_asks_for_everything_at_once():
    algorithm = AdaptiveConsistency(haste=1.0)

    assert len(algorithm.ask(algorithm.start(PROBLEM), 100)) == 40


@given(order_seed=st.integers(0, 99))
def test_haste_counts_no_vote_beyond_where_the_rule_stopped(order_seed):
    names = "aaaa" + "b" * 36
    played = play(AdaptiveConsistency(haste=1.0), _script(names), order_seed=order_seed)

    assert played.standing.answer.text == "a"
    assert (played.standing.n_ended, played.standing.vote_share) == (4, 1.0)


@given(
    haste=st.sampled_from([0.0, 0.3, 1.0]), names=st.lists(st.sampled_from("aabc"), min_size=40)
)
def test_haste_does_not_change_the_answer(haste, names):
    patient = play(AdaptiveConsistency(), _script(names)).standing
    hasty = play(AdaptiveConsistency(haste=haste), _script(names)).standing

    assert (hasty.answer, hasty.votes) == (patient.answer, patient.votes)


def test_failures_delay_the_stop_and_never_vote():
    played = play(
        AdaptiveConsistency(), lambda t: fail(t) if t.rank in {0, 2} else vote_for(t, "a")
    )

    assert len(played.computed) == 6
    assert played.standing.n_abstained == 2


def test_a_certificate_reaches_the_standing():
    certified = play(SelfConsistency(samples=64, stop=Stop.CERTIFICATE), _script("a")).standing
    believed = play(AdaptiveConsistency(), _script("a")).standing

    assert certified.certificate == "mode with error at most 0.05"
    assert certified.to_data()["certificate"] == certified.certificate
    assert certified.confidence is None
    assert believed.certificate == "none"


@pytest.mark.parametrize(
    "settings",
    [{"samples": 0}, {"risk": 0.0}, {"risk": 0.5}, {"haste": 2.0}, {"stop": "exact"}],
    ids=str,
)
def test_settings_out_of_range_are_refused(settings):
    with pytest.raises(InvalidInputError):
        create_algorithm("adaptive_consistency", settings, Offered())


def test_rules_that_count_votes_refuse_weights():
    with pytest.raises(InvalidInputError, match="needs rule=majority"):
        SelfConsistency(stop=Stop.BETA, rule=VoteRule.LIKELIHOOD)


def test_pins_of_a_release_without_stopping_rules_stop_exactly():
    pinned = {
        name: value
        for name, value in SelfConsistency().settings().items()
        if name not in {"stop", "risk"}
    }

    assert create_algorithm("self_consistency", pinned, Offered()) == SelfConsistency()
