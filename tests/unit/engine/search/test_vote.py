"""The vote: curtailed it names the winner of the full vote, and it never counts what abstains."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.errors import InvalidInputError
from engine.domain.outcome import OutcomeStatus
from engine.domain.problem import Problem
from engine.domain.trial import Sampling
from engine.search.sampling_state import make_sample
from engine.search.self_consistency import SelfConsistency
from engine.search.vote import (
    Ballot,
    VoteRule,
    count_needed,
    is_settled,
    list_ended_run,
    tally_votes,
)
from tests.unit.engine.search.simulation import play, vote_for

PROBLEM = Problem(text="?")


def _ballots(names, logprobs=None):
    trials = [make_sample(PROBLEM, rank, Sampling()) for rank in range(len(names))]
    logprobs = logprobs or [-0.1] * len(names)
    return [
        Ballot(rank=t.rank, outcome=vote_for(t, name, mean_logprob=logprob))
        for t, name, logprob in zip(trials, names, logprobs, strict=True)
    ]


def _winner(names, rule=VoteRule.MAJORITY, logprobs=None):
    votes = tally_votes(_ballots(names, logprobs), rule)
    return votes[0].answer.text if votes else None


@pytest.mark.parametrize("n_samples", range(1, 7))
def test_a_curtailed_vote_equals_the_full_vote(n_samples):
    for names in itertools.product(["a", "b", "c", None], repeat=n_samples):
        for n_seen in range(n_samples + 1):
            votes = tally_votes(_ballots(names[:n_seen]), VoteRule.MAJORITY)
            if is_settled(votes, n_samples - n_seen):
                answer = votes[0].answer.text if votes else None
                assert answer == _winner(names)


@given(
    st.lists(
        st.tuples(st.sampled_from(["a", "b", "c", None]), st.floats(-4, 0)), min_size=1, max_size=8
    ),
    st.integers(0, 8),
)
def test_a_curtailed_likelihood_vote_equals_the_full_one(samples, n_seen):
    names, logprobs = zip(*samples, strict=True)
    n_seen = min(n_seen, len(names))
    votes = tally_votes(_ballots(names[:n_seen], logprobs[:n_seen]), VoteRule.LIKELIHOOD)

    if is_settled(votes, len(names) - n_seen):
        answer = votes[0].answer.text if votes else None
        assert answer == _winner(names, VoteRule.LIKELIHOOD, logprobs)


@pytest.mark.parametrize("n_samples", range(1, 6))
def test_fewer_samples_than_needed_can_never_settle_it(n_samples):
    for names in itertools.product(["a", "b", None], repeat=n_samples):
        for n_seen in range(n_samples):
            votes = tally_votes(_ballots(names[:n_seen]), VoteRule.MAJORITY)
            needed = count_needed(votes, n_samples - n_seen)
            for n_more in range(n_seen, n_seen + needed):
                for following in itertools.product(["a", "b", "c", None], repeat=n_more - n_seen):
                    grown = tally_votes(_ballots([*names[:n_seen], *following]), VoteRule.MAJORITY)
                    assert not is_settled(grown, n_samples - n_more)


def test_unanimous_samples_cost_half_the_vote():
    played = play(SelfConsistency(samples=16), lambda trial: vote_for(trial, "a"))

    assert len(played.computed) == 8


def test_disagreement_costs_all_but_the_sample_that_could_only_tie():
    played = play(SelfConsistency(samples=8), lambda trial: vote_for(trial, "ab"[trial.rank % 2]))

    assert len(played.computed) == 7


def test_haste_asks_for_everything_at_once():
    algorithm = SelfConsistency(samples=8, haste=1.0)

    assert len(algorithm.ask(algorithm.start(PROBLEM), 100)) == 8


def test_ties_go_to_the_class_submitted_first():
    assert _winner(["b", "a", "a", "b"]) == "b"


def test_a_vote_looks_only_at_the_longest_ended_run():
    trials = [make_sample(PROBLEM, rank, Sampling()) for rank in range(4)]
    outcomes = {t.trial_id: vote_for(t, "a") for t in (trials[0], trials[2], trials[3])}

    assert [ballot.rank for ballot in list_ended_run(trials, outcomes)] == [0]


@pytest.mark.parametrize(
    "status", [s for s in OutcomeStatus if s is not OutcomeStatus.COMPLETE], ids=str
)
def test_only_what_is_complete_votes(status):
    (ballot,) = _ballots(["a"])
    outcome = type(ballot.outcome)(
        trial_id=ballot.outcome.trial_id,
        status=status,
        reason="x",
        answer=ballot.outcome.answer,
        likelihood=ballot.outcome.likelihood,
    )

    assert not tally_votes([Ballot(rank=0, outcome=outcome)], VoteRule.MAJORITY)


def test_abstentions_count_in_the_denominator():
    names = ["a", None, None, "a"]
    played = play(SelfConsistency(samples=4), lambda trial: vote_for(trial, names[trial.rank]))

    assert played.standing.n_abstained == 2
    assert played.standing.vote_share == pytest.approx(1 / 3)


def test_a_likelihood_vote_without_logprobs_abstains():
    (ballot,) = _ballots(["a"])
    silent = type(ballot.outcome)(
        trial_id=ballot.outcome.trial_id,
        status=OutcomeStatus.COMPLETE,
        reason="stop",
        answer=ballot.outcome.answer,
    )

    assert not tally_votes([Ballot(rank=0, outcome=silent)], VoteRule.LIKELIHOOD)


def test_likelihood_prefers_the_text_the_model_is_surer_of():
    assert _winner(["a", "a", "b"], VoteRule.LIKELIHOOD, [-2.0, -2.0, -0.1]) == "b"


def test_a_search_in_which_nobody_votes_ends_without_an_answer():
    played = play(SelfConsistency(samples=3), lambda trial: vote_for(trial, None))

    assert played.standing.answer is None
    assert played.standing.is_decided
    assert played.standing.why == "no sample has voted, and none is left"


@pytest.mark.parametrize(
    "settings", [{"samples": 0}, {"samples": 1025}, {"haste": 1.1}, {"haste": -0.1}], ids=str
)
def test_settings_out_of_range_are_refused(settings):
    with pytest.raises(InvalidInputError):
        SelfConsistency(**settings)
